// What the config does to properties before they are mapped to CleverTap, in the order written, with Freshpaint's
// meaning. Only the operations that the site uses are here.
const operations = {
  /*% if "rename-property" in operations %*/
  "rename-property"(properties, name, to) {
    const value = properties[name];
    if (value !== undefined) {
      delete properties[name];
      properties[to] = value;
    }
  },
  /*% endif %*/
  /*% if "change-type" in operations %*/
  "change-type"(properties, name, to) {
    const changed = changes[to](properties[name]);
    // What cannot be converted is left as it was.
    if (changed !== undefined) {
      properties[name] = changed;
    }
  },
  /*% endif %*/
  /*% if "uppercase" in operations %*/
  uppercase(properties, name) {
    if (is(properties[name], "String")) {
      properties[name] = properties[name].toUpperCase();
    }
  },
  /*% endif %*/
  /*% if "lowercase" in operations %*/
  lowercase(properties, name) {
    if (is(properties[name], "String")) {
      properties[name] = properties[name].toLowerCase();
    }
  },
  /*% endif %*/
  /*% if "delete-property" in operations %*/
  "delete-property"(properties, name) {
    delete properties[name];
  },
  /*% endif %*/
  /*% if "send-builtin" in operations %*/
  "send-builtin"(properties, name) {
    properties[name] = builtins[name]();
  },
  /*% endif %*/
  /*% if "send-constant" in operations %*/
  "send-constant"(properties, name, value) {
    properties[name] = value;
  },
  /*% endif %*/
};
/*% if "change-type" in operations %*/

// Each gives undefined where a value cannot be converted.
const changes = {
  /*% if "text" in types %*/
  text(value) {
    try {
      return isDate(value) ? value.toISOString() : is(value, "Object") || is(value, "Array") ? JSON.stringify(value) : is(value, "String") || scalar(value) === undefined ? undefined : String(value);
    } catch (error) {}
  },
  /*% endif %*/
  /*% if "number" in types %*/
  number: toNumber,
  /*% endif %*/
  /*% if "boolean" in types %*/
  boolean: value => /^(true|1)$/i.test(words(value)) || (/^(false|0)$/i.test(words(value)) ? false : undefined),
  /*% endif %*/
  /*% if "date" in types %*/
  // Texts as birthdays have them; numbers are milliseconds.
  date(value) {
    const date = new Date(is(value, "Number") ? value : is(value, "String") && toDay(value) ? value.trim().replace(" ", "T") : NaN);
    return isDate(date) ? date : undefined;
  },
  /*% endif %*/
};
/*% endif %*/
/*% if builtins %*/

// What the page was when the call was made, which the snippet notes: [address, title, time].
let moment;
const builtins = {
  /*% if "url" in builtins %*/
  url: () => moment[0],
  /*% endif %*/
  /*% if "path" in builtins %*/
  path: () => new URL(moment[0]).pathname,
  /*% endif %*/
  /*% if "search" in builtins %*/
  search: () => new URL(moment[0]).search,
  /*% endif %*/
  /*% if "title" in builtins %*/
  title: () => moment[1],
  /*% endif %*/
  /*% if "timestamp" in builtins %*/
  timestamp: () => new Date(moment[2]),
  /*% endif %*/
  /*% if "referrer" in builtins %*/
  referrer: () => document.referrer,
  /*% endif %*/
  /*% if "user_agent" in builtins %*/
  user_agent: () => navigator.userAgent,
  /*% endif %*/
  /*% if "language" in builtins %*/
  language: () => navigator.language,
  /*% endif %*/
  /*% if "screen_width" in builtins %*/
  screen_width: () => screen.width,
  /*% endif %*/
  /*% if "screen_height" in builtins %*/
  screen_height: () => screen.height,
  /*% endif %*/
};
/*% endif %*/

// on: the event's name; empty for user properties. "*" is every event.
function transform(on, properties) {
  site.transformations.forEach(([target, operation, ...values]) => {
    if (target === on || on && target === "*") {
      operations[operation](properties, ...values);
    }
  });
}
