// window.freshpaint: whatever is asked of it is a method that can be called and chained. Only "then" is nothing,
// or an await on an answer would never come back. Where the page has put something else in its place, whoever kept it
// goes on all the same.
const methodsOf = {
  get: (target, name) => typeof name !== "string" || name === "then" || name in target ? target[name] :
    new Proxy((...values) => ((window.freshpaint || 0).push ? window.freshpaint : calls).push([name, ...values]), methodsOf)
};

const calls = new Proxy([], methodsOf);
