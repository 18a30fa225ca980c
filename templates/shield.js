// The SDK would hand itself to a module loader (AMD), or to what it takes for one (elements with the ids
// "exports" and "module"), and never start. Until the SDK is there, these are not there for its script; for all
// others they are. Gives back what ends that.
function shield(script) {
  const define = window.define;
  const places = [[window, "exports"], define ? [define, "amd"] : [window, "define"]];
  const ends = places.map(([owner, name]) => {
    let value = owner[name];
    try {
      Object.defineProperty(owner, name, {
        configurable: true,
        get: () => document.currentScript === script ? undefined : value,
        set: given => {
          value = given;
        }
      });
    } catch (error) {}
    return () => {
      delete owner[name];
      // An element is found by its id again.
      if (owner[name] !== value) {
        owner[name] = value;
      }
    };
  });
  return () => ends.forEach(end => end());
}
