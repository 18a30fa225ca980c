// Whether calls may be stored and sent. The visitor's decision is "in", "out", or nothing as long as there is none; it is
// looked up each time, because it may have been made on another page or in another tab meanwhile. One that was cleared away
// still holds on this page.
//   heeded   the decision that this page has acted upon
let heeded;
const consent = () => recall("consent") || heeded /*% if respect_gpc %*/ || navigator.globalPrivacyControl && "out" /*% endif %*/;
const permitted = () => consent() /*% if consent_required %*/ === "in" /*% else %*/ !== "out" /*% endif %*/;

heeded = consent();

// What a page says of destinations, in options.integrations or set_consent: our own key decides, else All.
const chosen = (integrations, otherwise) => {
  const { All = otherwise, [site.name]: choice = All } = own(integrations);
  return choice;
};

// Takes the visitor's decision. Undefined is none, and changes nothing.
const decide = agrees => {
  if (agrees !== undefined) {
    remember("consent", agrees ? "in" : "out");
    heed(true);
  }
};

// Acts upon a decision, wherever it was made. The page where it was made tells CleverTap.
const heed = made => {
  const before = heeded;
  heeded = consent();
  if (heeded !== before) {
    if (heeded === "out") {
      goOffline(true, made);
      forget();
    } else if (before) {
      // Also what was called, and what the SDK noted, while nothing was wanted.
      forget();
      goOffline(false);
      join(made && { optIn: true });
    }
    // What waited in this page's memory alone, or found no room before.
    Object.keys(unstored).forEach(name => remember(name, recall(name)));
    connect();
  }
};

addEventListener("storage", event => {
  // Another tab's reset. Not read anew otherwise: a Date comes back as text.
  if (!recall("properties")) {
    eventProperties = {};
  }
  if (event.key === KEY + "visitor" && !event.newValue) {
    pageviewProperties = {};
  }
  heed();
});

// Nothing is left of this visitor: neither what waits, nor what is stored, by us or by CleverTap. The decision stays.
const forget = () => {
  forgetUser();
  line = [];
  remember("line");
  // Also what a reset leaves to an identify in line, and what an earlier build, of another config, has held.
  remember("held");
  Object.keys(local).forEach(key => /^WZRK/.test(key) && delete local[key]);
  try {
    forgetVisitor();
    document.cookie.split("; ").forEach(cookie => /^WZRK/.test(cookie) && domains().forEach(domain => bake(cookie.split("=")[0], "", domain)));
  } catch (error) {}
};
