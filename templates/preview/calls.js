// The list of calls, newest first: what the page called, what the bridge handed to CleverTap's SDK, what CleverTap
// received, and what was changed or left out on the way.
import { byId, element } from "./elements.js";

const STATES = {
  taken: "Noted",
  waits: "In line",
  nothing: "Nothing to send",
  held: "Held",
  dropped: "Not sent",
  sent: "On its way",
  told: "Told to the SDK",
  received: "Received",
  failed: "Failed",
  own: "SDK"
};
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
Object.assign(NOTES, { register: NOTES.addEventProperties, register_once: NOTES.addInitialEventProperties, unregister: NOTES.removeEventProperty });
// Questions that a page asks; nothing becomes of them.
const QUESTIONS = ["ready", "user", "id", "traits", "get_distinct_id", "has_opted_out_tracking", "init"];
// What the SDK sends because of these, CleverTap receives as a call of the page.
const ARRIVING = { event: "event", onUserLogin: "profile", profile: "profile" };
const OWN = { page: "page view", ping: "still here", profile: "privacy settings", event: "event", data: "data" };
// Milliseconds after which something that has not arrived is worth a word.
const PATIENCE = 8000;
// Calls that are kept in the list.
const MOST = 500;

const list = byId("calls");

export function calls({ reasons, announce }) {
  const entries = new Map();

  function entry(number, method, name, text) {
    const made = { number, method, name, text, state: "taken", reasons: [], sent: [], arrived: [], at: new Date(), node: element("li", { class: "call" }) };
    made.note = method in NOTES ? NOTES[method] : "";
    entries.set(number, made);
    list.prepend(made.node);
    while (list.children.length > MOST) list.lastElementChild.remove();
    if (entries.size > MOST) entries.delete(entries.keys().next().value);
    return made;
  }

  const outcome = {
    taken({ number, method, name, text }) {
      if (QUESTIONS.includes(method)) return undefined;
      const made = entry(number, method, method === "identify" || method === "track" ? name : "", text);
      if (!/^(identify|track)$/.test(method) && !made.note) made.note = "Does nothing here: CleverTap’s destination takes identify and track.";
      return made;
    },
    waits: made => Object.assign(made, { state: "waits" }),
    turn: made => Object.assign(made, { state: "nothing" }),
    sent(made, { kind, name, text }) {
      const arrives = ARRIVING[kind];
      made.sent.push({ arrives, name, text, done: !arrives });
      made.state = arrives ? "sent" : "told";
      if (arrives) setTimeout(() => made.state === "sent" && draw(Object.assign(made, { late: true })), PATIENCE);
    },
    reported(made, { code, name, value }) {
      const sentence = reasons[code];
      const [state] = [["held", /^held/], ["dropped", /^(not|nothing is) sent/], ["failed", /^failed/]].find(([, words]) => words.test(sentence)) ?? [];
      if (state) made.state = state;
      made.reasons.push({ code, name: state ? "" : name, value: state ? "" : value, sentence });
    }
  };

  // One thing that happened in the frame.
  function hear({ step, number, ...details }) {
    if (step === "error") {
      const made = entry(Symbol(step), "error", "", details.text + (details.line ? ` (line ${details.line})` : ""));
      made.state = "failed";
      draw(made, `Error: ${details.text}`);
      return;
    }
    const made = step === "taken" ? outcome.taken({ number, ...details }) : entries.get(number);
    // The page's own view of a single-page application belongs to no call.
    if (!made || !Object.hasOwn(outcome, step) || (step === "sent" && details.kind === "page")) return;
    if (step !== "taken") outcome[step](made, details);
    draw(made);
  }

  // What CleverTap received, in the order of arrival: the oldest call that waits for such a thing has arrived.
  function receive(rows) {
    for (const row of rows) {
      const waiting = row.own ? undefined : [...entries.values()].find(made => made.sent.some(sent => matches(sent, row)));
      const made = waiting ?? entry(Symbol("received"), row.own ? "SDK" : row.kind, row.own ? row.name || OWN[row.kind] || row.kind : row.name, "");
      if (waiting) waiting.sent.find(sent => matches(sent, row)).done = true;
      made.arrived.push(row);
      made.note = waiting ? made.note : row.own ? "Sent by CleverTap’s SDK on its own account." : "Called on an earlier page.";
      made.state = row.own ? "own" : "received";
      draw(made, row.own ? "" : `${made.method} ${made.name}: received by CleverTap${row.person ? `, under ${row.person}` : ""}`);
    }
  }

  const matches = (sent, row) => !sent.done && sent.arrives === row.kind && (row.kind !== "event" || sent.name === row.name);

  function draw(made, news = "") {
    const { node, method, name, state, reasons: changes, sent, arrived } = made;
    node.dataset.state = state;
    if (state !== "own") byId("empty").hidden = true;
    const changed = changes.filter(change => change.name).length;
    node.replaceChildren(
      element("div", { class: "head" },
        element("span", { class: "method", "data-method": method }, method),
        element("h3", {}, name),
        element("span", { class: "badge" }, STATES[state]),
        ...(changed ? [element("span", { class: "badge changed" }, `${changed} changed or left out`)] : []),
        element("time", {}, made.at.toLocaleTimeString("en-GB"))),
      element("div", { class: "steps" }, ...[
        made.text && part(method === "error" ? "In your code" : "Your page called", element("pre", {}, made.text)),
        sent.length && part("Handed to CleverTap’s SDK", ...sent.map(({ text }) => element("pre", {}, text))),
        arrived.length && part("CleverTap received", ...arrived.flatMap(received))
      ].filter(Boolean)),
      words(made, changes)
    );
    // What has to be scrolled must be reached by keyboard.
    for (const pre of node.querySelectorAll("pre")) if (pre.scrollHeight > pre.clientHeight) pre.tabIndex = 0;
    if (news || /held|dropped/.test(state)) announce(news || `${method} ${name}: ${changes.at(-1)?.sentence}`);
  }

  function words(made, changes) {
    const lines = changes.map(({ code, name, value, sentence }) =>
      element("li", { "data-code": code }, ...(name ? [element("code", {}, name), " "] : []), ...(value ? [code === "name-cleaned" ? "→ " : "", element("q", {}, value.slice(0, 200)), " "] : []), name ? sentence : capital(sentence)));
    if (made.note) lines.push(element("li", {}, made.note));
    if (made.state === "waits") lines.push(element("li", {}, "Waits in the bridge’s line, for CleverTap’s SDK, its answer, or the visitor’s consent."));
    if (made.state === "sent" && made.late) {
      lines.push(element("li", {}, made.sent.some(({ name }) => name === "Charged")
        ? "The SDK keeps it back: it does not send a purchase whose Charged ID equals the one before."
        : "The SDK has not sent it yet."));
    }
    return lines.length ? element("ul", { class: "reasons" }, ...lines) : "";
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

const capital = text => text[0].toUpperCase() + text.slice(1);

const part = (title, ...content) => element("section", {}, element("h4", {}, title), ...content);

function received({ person, host, data }) {
  const rows = data.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, ...readable(value))));
  return [
    element("p", { class: "person" }, "under ", element("b", {}, person ?? "nobody yet"), element("small", {}, ` at ${host}`)),
    ...(rows.length ? [element("table", {}, element("tbody", {}, ...rows))] : [])
  ];
}

// CleverTap's dates are seconds since 1970, with a mark in front.
function readable(value) {
  const [, seconds] = /^"\$D_(-?\d+)"$/.exec(value) ?? [];
  const day = seconds && new Date(seconds * 1000);
  return day && isFinite(day) ? [value, element("small", {}, day.toISOString().slice(0, 16).replace("T", " "), " UTC")] : [value];
}
