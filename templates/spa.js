// A single-page application: every new address is a page view to CleverTap. The SDK's own option for it misses
// pushState. Told once per address; before the SDK is there, it is the SDK that looks at the address.
let address = location.href;

const watchAddress = () => {
  if (address !== location.href) {
    address = location.href;
    try {
      if (opened && permitted() && isOurs()) {
        send("page");
      }
    } catch (error) {
      report("failed", "page", error);
    }
  }
};

// Knows also what was kept of pushState before this script, and what no method of history does.
// A page may have something else by this name.
try {
  navigation.addEventListener("currententrychange", () => setTimeout(watchAddress));
} catch (error) {}
["pushState", "replaceState"].forEach(name => {
  const original = history[name];
  history[name] = function (...values) {
    setTimeout(watchAddress);
    return original.apply(this, values);
  };
});
addEventListener("popstate", watchAddress);
addEventListener("hashchange", watchAddress);
