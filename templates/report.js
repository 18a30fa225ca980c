// Debug builds only: tells the developer what became of a call or a value, and why. An empty code says that
// nothing happened to it. Kept for tools in window.freshtap.reports.
var REASONS = $fill(reasons|tojson);

function report(code, name, value) {
  if (code) {
    window.freshtap.reports.push({ code: code, name: name, value: value });
    console.info("freshtap: " + REASONS[code], name, value);
  }
}
