// One call as the page shows it: what was called, what was handed to CleverTap's SDK, what CleverTap received, and in
// plain words what was changed or left out on the way.
import { element } from "./elements.js";

const STATES = {
  called: "Noted",
  joined: "In line",
  nothing: "Nothing to send",
  held: "Held",
  dropped: "Not sent",
  sent: "On its way",
  told: "Told to the SDK",
  received: "Received",
  failed: "Failed",
  own: "SDK"
};

// What has to be scrolled must be reached by keyboard. Whether it has to be is asked once the page has its layout: asked
// as each card is drawn, a layout of the whole list would be made for each.
const scrolled = new ResizeObserver(entries => {
  for (const { target } of entries) {
    if (target.scrollHeight > target.clientHeight) target.tabIndex = 0;
  }
});

function code(text) {
  const node = element("pre", {}, text);
  scrolled.observe(node);
  return node;
}

export function draw(call) {
  const { node, method, name, state, reasons, at } = call;
  const changed = reasons.filter(reason => reason.name).length;
  node.dataset.state = state;
  node.replaceChildren(
    element(
      "div",
      { class: "head" },
      element("span", { class: "method", "data-method": method }, method),
      element("h3", {}, name),
      element("span", { class: "badge" }, STATES[state]),
      changed ? element("span", { class: "badge changed" }, `${changed} changed or left out`) : "",
      element("time", {}, at.toLocaleTimeString("en-GB"))
    ),
    element("div", { class: "steps" }, ...steps(call)),
    words(call)
  );
}

function* steps({ method, text, sent, arrived }) {
  const step = (title, ...content) => element("section", {}, element("h4", {}, title), ...content);
  if (text) yield step(method === "error" ? "In your code" : "Your page called", code(text));
  if (sent.length) yield step("Handed to CleverTap’s SDK", ...sent.map(({ text }) => code(text)));
  if (arrived.length) yield step("CleverTap received", ...arrived.flatMap(received));
}

function received({ person, host, data }) {
  const where = element(
    "p",
    { class: "person" },
    "under ",
    element("b", {}, person ?? "nobody yet"),
    element("small", {}, ` at ${host}`)
  );
  const rows = data.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, ...readable(value)))
  );
  return rows.length ? [where, element("table", {}, element("tbody", {}, ...rows))] : [where];
}

// CleverTap's dates are seconds since 1970, with a mark in front.
function readable(value) {
  const [, seconds] = /^"\$D_(-?\d+)"$/.exec(value) ?? [];
  const day = seconds && new Date(seconds * 1000);
  return day && isFinite(day)
    ? [value, element("small", {}, `${day.toISOString().slice(0, 16).replace("T", " ")} UTC`)]
    : [value];
}

function words({ state, reasons, note, late, sent }) {
  const lines = [...reasons.map(reason), note];
  if (state === "joined")
    lines.push("Waits in the bridge’s line, for CleverTap’s SDK, its answer, or the visitor’s consent.");
  if (state === "sent" && late) {
    const isPurchase = sent.some(({ name }) => name === "Charged");
    lines.push(
      isPurchase
        ? "The SDK keeps it back: it does not send a purchase whose Charged ID equals the one before."
        : "The SDK has not sent it yet."
    );
  }
  const items = lines.filter(Boolean).map(line => element("li", {}, ...[line].flat()));
  return items.length ? element("ul", { class: "reasons" }, ...items) : "";
}

// A sentence of the bridge's about a call, or about one of its properties.
function reason({ code, name, value, sentence }) {
  if (!name) return sentence[0].toUpperCase() + sentence.slice(1);
  const given = value ? [code === "name-cleaned" ? "→ " : "", element("q", {}, value.slice(0, 200)), " "] : [];
  return [element("code", {}, name), " ", ...given, sentence];
}
