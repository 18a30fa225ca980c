// window.freshpaint: whatever is asked of it is a method that can be called and chained. Only "then" is nothing,
// or an await on an answer would never come back.
const methodsOf = {
  get: (target, name) => name in target || name === "then" || typeof name === "symbol" ? target[name] :
    new Proxy((...values) => window.freshpaint.push([name, ...values]), methodsOf)
};
