// Debug builds only: tells the developer what became of a call or a value, and why. An empty code says that
// nothing happened to it. Kept for tools in window.freshtap.reports.
var REASONS = $fill(reasons|tojson);

var reports = window.freshtap.reports;

// The call of the page that is worked on, by a number that no other page gives.
var about = "";
var count = 0;

function report(code, name, value) {
  if (code) {
    reports.push({ code: code, name: name, value: value });
    console.info("freshtap: " + REASONS[code], name, value);
    tell({ code: code, name: name, value: value });
  }
}

// How far a call has come, for tools; the console is spared it.
//   called  the bridge has it: its method, and the values it was made with
//   joined  what became of it stands in the line
//   turn    its turn has come
//   sent    CleverTap's SDK has it: what was pushed where
function trace(step, name, value) {
  if (step === "called") {
    about = Math.round(performance.timeOrigin) + "-" + ++count;
  }
  // Stored with the call, where it has to wait for another page.
  if (step === "joined") {
    value.call = about;
  }
  if (step === "turn") {
    about = value.call || "";
  }
  tell({ step: step, name: name, value: value });
}

// Tools listen for the event "freshtap" on window.
function tell(detail) {
  detail.call = about;
  dispatchEvent(new CustomEvent("freshtap", { detail: detail }));
}
