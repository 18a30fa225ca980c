// The SDK would hand itself to a module loader of the page (AMD), which never starts it. The loader that it asks first
// (CommonJS), with "exports" and "module", starts it at once, and so its script finds one; all other scripts find what
// the page has. Gives back what ends that.
const shield = script => ["exports", "module"].map(name => {
  let value = window[name];
  try {
    Object.defineProperty(window, name, {
      configurable: true,
      get: () => document.currentScript === script ? {} : value,
      set: given => value = given
    });
  } catch (error) {}
  return () => {
    delete window[name];
    // An element is found by its id again; what was declared meanwhile stays.
    if (value && !(name in window)) {
      window[name] = value;
    }
  };
});
