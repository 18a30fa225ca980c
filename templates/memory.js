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

// The browser's storage; where it is blocked, an object that lasts as long as the page. Only writing can fail.
let local = {};
let session = local;
try {
  local = localStorage || local;
  session = sessionStorage || session;
} catch (error) {}
const storage = name => name === "profile" ? session : local;

const recall = name => {
  try {
    const text = unstored[name] || storage(name)[KEY + name];
    // Each call asks for what mostly is not there, and an error takes longer than all the rest.
    return text && JSON.parse(text);
  } catch (error) {}
};

const remember = (name, value) => {
  unstored[name] = "";
  try {
    unstored[name] = value && JSON.stringify(value);
    if (unstored[name] && (permitted() || name === "consent")) {
      // Over what is there: another tab never finds nothing in between.
      storage(name)[KEY + name] = unstored[name];
      unstored[name] = "";
      return;
    }
  } catch (error) {}
  delete storage(name)[KEY + name];
};

// The calls kept under a name, and one or more behind them; without what is no call, what is older than a day, and the
// oldest beyond $fill(stored_calls). An identify or a reset outlasts the events around it: without it, the events behind
// it would be somebody else's. Where all are too old, one of another user becomes a reset (profile: 0): nobody is told of
// the new user any more, and yet the one before is no longer there.
const kept = (name, more) => {
  const calls = [].concat(recall(name), more).filter(call => call);
  const last = calls[calls.length - 1];
  const yesterday = Date.now() - 864e5;
  let surplus = calls.length - $fill(stored_calls);
  report(surplus > 0 ? "calls-too-many" : "", name, surplus);
  report(calls.some(call => call.name && call.at <= yesterday) ? "calls-too-old" : "", name);
  return calls.filter(call => call.name ? surplus-- < 1 && call.at > yesterday : last.at > yesterday || !isCurrent(call.profile) && !(call.profile = 0)).slice(-$fill(stored_calls));
};

const COOKIE = RegExp(KEY + "device=([^;]+)");

// The device id under which somebody is known, in a cookie that all subdomains share; where there are no cookies,
// for this host alone. Nothing in a sandbox, where asking for cookies fails.
const recallDevice = () => {
  try {
    // Each event asks for it. To split the cookies would take longer than all else that is done for an event.
    return (COOKIE.exec(document.cookie) || [0, recall("device") || ""])[1];
  } catch (error) {}
};

// The domains that a cookie of this page can be on, the widest first; the last is its host, which goes without saying.
const domains = () => {
  const labels = location.hostname.split(".");
  return labels.map((label, index) => ";domain=" + labels.slice(-1 - index).join(".")).concat("");
};

// Puts a cookie on a domain, or with an empty value takes it from there.
const bake = (name, value, domain) => {
  document.cookie = name + "=" + value + ";path=/;samesite=lax;max-age=" + (value ? 31536e3 : 0) + domain;
};

// On the widest domain that the browser accepts, which is where the SDK keeps its own. Another cookie tells which that is:
// ours is over what is there, and another tab never finds nothing in between.
const rememberDevice = device => {
  remember("device");
  bake(KEY + "device", device, domains().find(domain => {
    bake(KEY, 1, domain);
    return document.cookie.includes(KEY + "=") && !bake(KEY, "", domain);
  }));
  if (recallDevice() !== device) {
    remember("device", device);
  }
};
