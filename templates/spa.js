// A single-page application: every new address is a page view to CleverTap. The SDK's own option for it misses
// pushState. Told once per address; before the SDK is there, it is the SDK that looks at the address.
let address = location.href;

function watchAddress() {
  if (address !== location.href) {
    address = location.href;
    try {
      if (opened && permitted()) {
        send("page");
      }
    } catch (error) {
      report("failed", "page", error);
    }
  }
}

["pushState", "replaceState"].forEach(name => {
  const original = history[name];
  history[name] = function (...values) {
    const result = original.apply(this, values);
    setTimeout(watchAddress);
    return result;
  };
});
addEventListener("popstate", watchAddress);
addEventListener("hashchange", watchAddress);
