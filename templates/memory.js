// The only one that touches our storage. What cannot be stored (blocked, full), or may not be, is kept for this page
// alone.
//   consent      the visitor's decision
//   user         id and user properties of whoever the page identified last
//   properties   event properties that ride along with every event
//   visitor      who CleverTap was told this browser is, and under which device id
//   device       the device id under which somebody is known, where there are no cookies
//   held         events that wait for somebody to be identified
//   line         calls that a page could not hand over before it was left
//   profile      the last identify of this browser session, because the same one is sent once
const KEY = "freshtap_" + site.account + "_";
const unstored = {};
const storage = name => name === "profile" ? sessionStorage : localStorage;

function recall(name) {
  try {
    return JSON.parse(unstored[name] || storage(name)[KEY + name]);
  } catch (error) {}
}

function remember(name, value) {
  unstored[name] = "";
  try {
    unstored[name] = value && JSON.stringify(value);
  } catch (error) {}
  try {
    delete storage(name)[KEY + name];
    if (unstored[name] && (permitted() || name === "consent")) {
      storage(name)[KEY + name] = unstored[name];
      unstored[name] = "";
    }
  } catch (error) {}
}

// The calls kept under a name, and more behind them; without those older than a day, and without the oldest beyond
// $fill(stored_calls). An identify or a reset outlasts the events around it: without it, the events behind it would be
// somebody else's.
function kept(name, more) {
  let calls = [].concat(recall(name) || [], more || []).filter(Boolean);
  const last = calls[calls.length - 1];
  calls = calls.filter(call => (call.name ? call : last).at > Date.now() - 864e5);
  while (calls.length > $fill(stored_calls)) {
    calls.splice(Math.max(0, calls.findIndex(call => call.name)), 1);
  }
  return calls;
}

// The device id under which somebody is known, in a cookie that all subdomains share; where there are no cookies,
// for this host alone.
const recallDevice = () => (document.cookie.split(KEY + "device=")[1] || recall("device") || "").split(";")[0];

// The domains that a cookie of this page can be asked for, the widest first.
const domains = () => location.hostname.split(".").map((label, index, labels) => ";domain=" + labels.slice(index).join(".")).reverse();

// On the widest domain that the browser accepts, which is where the SDK keeps its own.
function rememberDevice(device) {
  remember("device");
  domains().forEach(domain => {
    if (recallDevice() !== device) {
      document.cookie = KEY + "device=" + device + ";path=/;samesite=lax;max-age=" + (device ? 31536000 : 0) + domain;
    }
  });
  if (recallDevice() !== device) {
    remember("device", device);
  }
}
