// What the config does to properties before they are mapped to CleverTap, in the order written, with Freshpaint's
// meaning. Only what the site uses is here, by the name that its row has. Each gets the value that a property has and
// gives the one that it shall have, if any.
const operations = {
  /*% if "rename-property" in operations %*/
  rename(value, to, properties, name) {
    if (value != null) {
      delete properties[name];
      properties[to] = value;
    }
  },
  /*% endif %*/
  /*% if "uppercase" in operations %*/
  uppercase: value => is(value, / String/) ? value.toUpperCase() : value,
  /*% endif %*/
  /*% if "lowercase" in operations %*/
  lowercase: value => is(value, / String/) ? value.toLowerCase() : value,
  /*% endif %*/
  /*% if "delete-property" in operations %*/
  delete(value, to, properties, name) {
    delete properties[name];
  },
  /*% endif %*/
  /*% if "send-constant" in operations %*/
  send: (value, constant) => constant,
  /*% endif %*/
  /*% if "text" in types %*/
  text(value) {
    try {
      return isDate(value) ? value.toISOString() : is(value, / Object/) || is(value, / Array/) ? JSON.stringify(value) : scalar(value) === undefined ? value : String(value);
    } catch (error) {}
  },
  /*% endif %*/
  /*% if "number" in types %*/
  number: toNumber,
  /*% endif %*/
  /*% if "boolean" in types %*/
  boolean: value => /^(true|1)$/i.test(words(value)) || !/^(false|0)$/i.test(words(value)) && value,
  /*% endif %*/
  /*% if "date" in types %*/
  // Texts as birthdays have them; numbers are milliseconds.
  date(value) {
    const date = new Date(is(value, / Number/) ? value : toDay(words(value)) ? words(value).replace(" ", "T") : NaN);
    return isDate(date) ? date : value;
  },
  /*% endif %*/
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
/*% if builtins %*/

// What the page was when the call was made, which the snippet notes: [address, title, time].
let moment;
/*% endif %*/

// on: the event's name; empty for user properties. "*" is every event.
const transform = (on, properties) => {
  site.changes.forEach(([target, name, operation = name, to]) => {
    if (target === on || on && target === "*") {
      const value = operations[operation](properties[name], to, properties, name);
      if (value !== undefined) {
        properties[name] = value;
      }
    }
  });
};
