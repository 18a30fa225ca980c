// Whether a value is of a kind, also where it comes from another frame.
const is = (value, kind) => ({}).toString.call(value).slice(8, -1) === kind;

// A value as it is now: the page may change its objects afterwards, and its getters and proxies may throw. What
// an object may cost is shared among its properties, because pages pass loops and whole components.
const copy = (holder, key, cost) => {
  try {
    const value = holder[key];
    return typeof value === "bigint" ? String(value) : typeof value !== "object" ? value : is(value, "Date") ? new Date(+value) : Object.keys(value).reduce((result, key, index, keys) => {
      if (cost > keys.length) {
        result[key] = copy(value, key, cost / (keys.length + 1));
      }
      return result;
    }, is(value, "Array") ? [] : is(value, "Object") ? $fill(empty) : null);
  } catch (error) {}
};
