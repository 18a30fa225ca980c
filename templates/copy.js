// Whether a value is of a kind, as in [object Array], also where it comes from another frame.
const is = (value, kind) => kind.test(({}).toString.call(value));

// How many more properties of a call are copied.
let budget;

// A value as it is now: the page may change its objects afterwards, and its getters and proxies may throw. Pages pass
// loops and whole components, and so each property has to leave as many (floor) as its share is for each behind it.
// Not by reduce, which old libraries replace. An element's dataset (DOMStringMap) is an object, too.
const copy = (holder, key, floor = (budget = 1e6) && 0) => {
  let result;
  try {
    const value = holder[key];
    result = /*% if not noted %*/ typeof value === "bigint" ? String(value) : /*% endif %*/ typeof value !== "object" ? value : is(value, / Date/) ? new Date(+value) : is(value, / Array/) ? [] : is(value, / (Object|DOMS)/) ? $fill(empty) : null;
    if (result !== value) {
      Object.keys(value).forEach((name, index, names) => {
        if (budget-- > floor) {
          result[name] = copy(value, name, budget - (budget - floor) / (names.length - index + 1));
          /*% if not noted %*/
          // What is undefined takes nothing's place.
          if (result[name] === undefined) {
            report("value-unusable", name);
            delete result[name];
          }
          /*% endif %*/
        }
      });
    }
  } catch (error) {}
  return result;
};
