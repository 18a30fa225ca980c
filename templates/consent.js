// Whether calls may be stored and sent. The visitor's decision is "in", "out", or nothing as long as there is none; it is
// looked up each time, because it may have been made on another page or in another tab meanwhile.
const consent = () => recall("consent") /*% if respect_gpc %*/ || navigator.globalPrivacyControl && "out" /*% endif %*/;
const permitted = () => (consent() || "$fill(undecided)") === "in";

// What a page says of destinations, in options.integrations or set_consent: our own key decides, else All.
function chosen(integrations, otherwise) {
  const { All = otherwise, [site.destination]: choice = All } = own(integrations);
  return choice;
}

// Takes the visitor's decision. Undefined is none, and changes nothing.
function decide(agrees) {
  const before = consent();
  if (agrees) {
    const began = permitted();
    remember("consent", "in");
    if (before === "out") {
      goOnline();
      join({ optIn: true });
    }
    if (!began) {
      // What waited in this page's memory alone.
      Object.keys(unstored).forEach(name => remember(name, recall(name)));
      if (!opened) {
        connect();
      }
    }
  } else if (agrees !== undefined) {
    remember("consent", "out");
    goOffline();
    forget();
  }
}

// Nothing is left of this visitor: neither what waits, nor what is stored, by us or by CleverTap.
function forget() {
  methods.reset();
  line = [];
  visitor = 0;
  ["visitor", "line", "profile"].forEach(name => remember(name));
  rememberDevice("");
  try {
    Object.keys(localStorage).forEach(key => /^WZRK/.test(key) && delete localStorage[key]);
    Object.keys(sessionStorage).forEach(key => /^WZRK/.test(key) && delete sessionStorage[key]);
  } catch (error) {}
  document.cookie.split("; ").filter(cookie => /^WZRK/.test(cookie)).forEach(cookie => {
    ["", ...domains()].forEach(domain => {
      document.cookie = cookie.split("=")[0] + "=;path=/;max-age=0" + domain;
    });
  });
}
