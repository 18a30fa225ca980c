// Debug builds only: tells the developer what became of a call or a value, and why. An empty code says that
// nothing happened to it. Kept for tools in window.freshtap.reports.
var REASONS = $fill(reasons|tojson);

// The call that all this is about. Numbers go on from page to page, because a call may wait for the next.
var called = Date.now() * 1000;
var about;

function report(code, name, value) {
  if (code) {
    const told = { code: code, name: name, value: value, call: about };
    window.freshtap.reports.push(told);
    console.info("freshtap: " + REASONS[code], name, value);
    tell("reported", told);
  }
}

// The steps of a call, for tools that follow it while it happens, as events of the window named "freshtap": it is taken,
// waits in the line, has its turn, is sent. One that is held has two turns.
function trace(step, value) {
  if (step === "taken") {
    about = ++called;
  } else if (step === "waits") {
    value.number = about;
  } else if (step === "turn") {
    about = value.number;
  }
  tell(step, value);
}

function tell(step, value) {
  dispatchEvent(new CustomEvent("freshtap", { detail: { step: step, call: about, value: value } }));
}
