// Whether calls may be stored and sent. The visitor's decision is "in", "out", or nothing as long as there is none; it is
// looked up each time, because it may have been made on another page or in another tab meanwhile.
const consent = () => recall("consent") /*% if respect_gpc %*/ || navigator.globalPrivacyControl && "out" /*% endif %*/;
const permitted = () => (consent() || "$fill(undecided)") === "in";

// The decision that this page has acted upon.
let heeded = consent();

// What a page says of destinations, in options.integrations or set_consent: our own key decides, else All.
function chosen(integrations, otherwise) {
  const { All = otherwise, [site.destination]: choice = All } = own(integrations);
  return choice;
}

// Takes the visitor's decision. Undefined is none, and changes nothing.
function decide(agrees) {
  if (agrees !== undefined) {
    const decision = agrees ? "in" : "out";
    remember("consent", decision);
    heed(true);
    // Once more, where there was no room before.
    remember("consent", decision);
  }
}

// Acts upon a decision, wherever it was made. The page where it was made tells CleverTap. One that was cleared away in
// another tab still holds here.
function heed(made) {
  const before = heeded;
  heeded = consent() || before;
  if (heeded !== before) {
    if (heeded === "out") {
      goOffline(true, made);
      forget();
    } else {
      if (before === "out") {
        // Also what was called, and what the SDK noted, while nothing was wanted.
        forget();
        goOffline(false);
        join(made && { optIn: true });
      }
      // What waited in this page's memory alone.
      Object.keys(unstored).forEach(name => remember(name, recall(name)));
      connect();
    }
  }
}

addEventListener("storage", () => heed());

// Nothing is left of this visitor: neither what waits, nor what is stored, by us or by CleverTap. The decision stays.
function forget() {
  methods.reset();
  line = [];
  visitor = 0;
  ["visitor", "line", "profile"].forEach(name => remember(name));
  try {
    rememberDevice("");
    document.cookie.split("; ").forEach(cookie => /^WZRK/.test(cookie) && ["", ...domains()].forEach(domain => {
      document.cookie = cookie.split("=")[0] + "=;path=/;max-age=0" + domain;
    }));
    [localStorage, sessionStorage].forEach(store => Object.keys(store).forEach(key => /^WZRK/.test(key) && delete store[key]));
  } catch (error) {}
}
