// The list of calls, newest first, and how far each has come.
import { draw } from "./card.js";
import { byId, element } from "./elements.js";

// What becomes of calls that are not sent.
const NOTES = {
  addEventProperties: "Kept: rides along with every event from now on.",
  addInitialEventProperties: "Kept, where there is no such property yet.",
  removeEventProperty: "Taken away from later events.",
  addPageviewProperties: "Kept for the events of this page.",
  set_consent: "The visitor’s decision is kept.",
  opt_in_tracking: "The visitor agrees: kept.",
  opt_out_tracking: "The visitor refuses: everything stops here.",
  reset: "The user is forgotten."
};
Object.assign(NOTES, {
  register: NOTES.addEventProperties,
  register_once: NOTES.addInitialEventProperties,
  unregister: NOTES.removeEventProperty
});
// Questions that a page asks; nothing becomes of them.
const QUESTIONS = ["ready", "user", "id", "traits", "get_distinct_id", "has_opted_out_tracking", "init"];
// What the SDK sends because of these, CleverTap receives as a call of the page.
const ARRIVING = { event: "event", onUserLogin: "profile", profile: "profile" };
const OWN = { page: "page view", ping: "still here", profile: "privacy settings", event: "event", data: "data" };
// Milliseconds after which something that has not arrived is worth a word.
const PATIENCE = 8000;
// Calls that are kept in the list.
const MOST = 500;

// What a sentence says has become of the call; any other is about one of its properties.
const ENDS = [
  ["held", /^held/],
  ["dropped", /^(not|nothing is) sent/],
  ["failed", /^failed/]
];

const list = byId("calls");

export function calls({ reasons, announce }) {
  const entries = new Map();

  function entry(number, method, name, text) {
    const node = element("li", { class: "call" });
    const note = Object.hasOwn(NOTES, method) ? NOTES[method] : "";
    const made = {
      number,
      method,
      name,
      text,
      note,
      node,
      state: "called",
      reasons: [],
      sent: [],
      arrived: [],
      at: new Date()
    };
    entries.set(number, made);
    list.prepend(node);
    while (list.children.length > MOST) list.lastElementChild.remove();
    if (entries.size > MOST) entries.delete(entries.keys().next().value);
    return made;
  }

  function show(call, news) {
    if (call.state !== "own") byId("empty").hidden = true;
    draw(call);
    if (news) announce(news);
  }

  // What happens to a call, as the debug build tells it.
  const steps = {
    joined(call) {
      call.state = "joined";
    },
    turn(call) {
      call.state = "nothing";
    },
    sent(call, { kind, name, text }) {
      // The page's own view of a single-page application belongs to no call.
      if (kind === "page") return;
      const arrives = ARRIVING[kind];
      call.sent.push({ arrives, name, text, done: !arrives });
      call.state = arrives ? "sent" : "told";
      if (arrives) setTimeout(() => call.state === "sent" && show(Object.assign(call, { late: true })), PATIENCE);
    },
    reported(call, { code, name, value }) {
      const sentence = reasons[code];
      const [end] = ENDS.find(([, words]) => words.test(sentence)) ?? [];
      call.state = end ?? call.state;
      call.reasons.push(end ? { sentence } : { code, name, value, sentence });
      return end && `${call.method} ${call.name}: ${sentence}`;
    }
  };

  function take({ number, method, name, text }) {
    if (QUESTIONS.includes(method)) return;
    const isSent = method === "identify" || method === "track";
    const call = entry(number, method, isSent ? name : "", text);
    if (!isSent && !call.note) call.note = "Does nothing here: CleverTap’s destination takes identify and track.";
    show(call);
  }

  function fail({ text, line }) {
    const call = entry(Symbol("error"), "error", "", line ? `${text} (line ${line})` : text);
    call.state = "failed";
    show(call, `Error: ${text}`);
  }

  // One thing that happened in the frame.
  function hear({ step, ...details }) {
    if (step === "called") take(details);
    else if (step === "error") fail(details);
    else {
      const call = entries.get(details.number);
      if (call && Object.hasOwn(steps, step)) show(call, steps[step](call, details));
    }
  }

  const matches = (sent, row) =>
    !sent.done && sent.arrives === row.kind && (row.kind !== "event" || sent.name === row.name);

  // What CleverTap received, in the order of arrival: the oldest call that waits for such a thing has arrived.
  function receive(rows) {
    for (const row of rows) {
      if (row.own) {
        const call = entry(Symbol("own"), "SDK", row.name || OWN[row.kind] || row.kind, "");
        show(
          Object.assign(call, { state: "own", arrived: [row], note: "Sent by CleverTap’s SDK on its own account." })
        );
        continue;
      }
      const waiting = [...entries.values()].find(call => call.sent.some(sent => matches(sent, row)));
      const call = waiting ?? entry(Symbol("received"), row.kind, row.name, "");
      if (waiting) waiting.sent.find(sent => matches(sent, row)).done = true;
      else call.note = "The call that it came from is no longer in this list.";
      call.arrived.push(row);
      call.state = "received";
      show(call, `${call.method} ${call.name}: received by CleverTap${row.person ? `, under ${row.person}` : ""}`);
    }
  }

  return {
    hear,
    receive,
    // Another page begins.
    turn(what) {
      if (!byId("empty").hidden) return;
      list.prepend(element("li", { class: "page" }, what, element("time", {}, new Date().toLocaleTimeString("en-GB"))));
    },
    clear() {
      entries.clear();
      list.replaceChildren();
      byId("empty").hidden = false;
    }
  };
}
