// The forms for track and identify: what is filled in becomes the very code that a page would have.
import { byId, element } from "./elements.js";

/*% include "preview/literal.js" %*/

const PURCHASE = [
  ["order_id", '"1001"'],
  ["total", "42.5"],
  ["products", '[{"name": "Tea", "price": 12.5, "quantity": 2}]']
];
const ANOTHER = "another";

// Numbers, true, false, lists and objects are what they look like; anything else is text.
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// A list of names and values to fill in. Calls back whenever something changes.
function properties(place, changed) {
  const rows = element("div", { class: "rows" });
  const add = element(
    "button",
    { type: "button", class: "quiet", onclick: () => append("", "").querySelector("input").focus() },
    "Add a property"
  );
  place.append(
    rows,
    add,
    element("p", { class: "hint" }, '12.5, true, [1, 2] and {"a": 1} are taken as such; "12" in quotes is text.')
  );
  place.addEventListener("input", changed);

  function append(name, value) {
    const input = (label, text) =>
      element("input", {
        "aria-label": label,
        placeholder: label,
        value: text,
        autocomplete: "off",
        spellcheck: "false"
      });
    const remove = element(
      "button",
      { type: "button", class: "remove", title: "Remove this property", "aria-label": "Remove this property" },
      "×"
    );
    const row = element("div", { class: "row" }, input("name", name), input("value", value), remove);
    remove.addEventListener("click", () => {
      row.remove();
      add.focus();
      changed();
    });
    rows.append(row);
    return row;
  }

  return {
    fill(pairs) {
      rows.replaceChildren();
      pairs.forEach(([name, value]) => append(name, value));
    },
    pairs: () => Array.from(rows.children, row => Array.from(row.querySelectorAll("input"), input => input.value)),
    values() {
      return Object.fromEntries(
        this.pairs()
          .filter(([name]) => name)
          .map(([name, value]) => [name, read(value)])
      );
    }
  };
}

const call = (method, ...values) => {
  const given = values.filter(value => value !== "" && !(typeof value === "object" && !Object.keys(value).length));
  return `freshpaint.${method}(${given.map(value => literal(value)).join(", ")});`;
};

// `fire` is given the code that a form makes.
export function forms(fire) {
  const choice = byId("event");
  const eventProperties = properties(byId("event-properties"), write);
  const traits = properties(byId("traits"), write);
  const filled = new Map();
  let chosen;

  const form = {
    track: () =>
      call(
        "track",
        choice.value === ANOTHER ? byId("event-name").value : (choice.selectedOptions[0]?.textContent ?? ""),
        eventProperties.values()
      ),
    identify() {
      const { id, ...fields } = Object.fromEntries(new FormData(byId("identify")));
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
      return call("identify", id, { ...given, ...traits.values() });
    }
  };

  function write() {
    byId("track-code").textContent = form.track();
    byId("identify-code").textContent = form.identify();
  }

  function choose() {
    if (chosen !== undefined) filled.set(chosen, eventProperties.pairs());
    chosen = choice.value;
    byId("another").hidden = chosen !== ANOTHER;
    const { charged, names } = choice.selectedOptions[0].dataset;
    const worthTrying = [...(charged ? PURCHASE : []), ...JSON.parse(names ?? "[]").map(name => [name, ""])];
    eventProperties.fill(filled.get(chosen) ?? (worthTrying.length ? worthTrying : [["", ""]]));
    write();
  }

  for (const method of ["track", "identify"]) {
    byId(method).addEventListener("input", write);
    byId(method).addEventListener("submit", event => {
      event.preventDefault();
      fire(form[method]());
    });
  }
  choice.addEventListener("change", choose);
  traits.fill([["plan", "premium"]]);

  return {
    // Offers the events of a config, and keeps what was filled in.
    offer({ events, traits: names }) {
      const before = choice.value;
      const known = events.map(({ name, charged, enabled, properties: touched }, index) =>
        element(
          "option",
          {
            value: `event ${name}`,
            "data-charged": charged ? "yes" : undefined,
            "data-names": JSON.stringify(touched),
            title: enabled ? undefined : "not enabled"
          },
          name
        )
      );
      choice.replaceChildren(...known, element("option", { value: ANOTHER }, "Another name…"));
      if ([...choice.options].some(option => option.value === before)) choice.value = before;
      const have = traits.pairs().map(([name]) => name);
      traits.fill([
        ...traits.pairs(),
        ...names.filter(name => !have.includes(name) && !byId("identify").elements[name]).map(name => [name, ""])
      ]);
      choose();
    }
  };
}
