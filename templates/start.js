// Starts: first the calls that an earlier page could not hand over, then those that were noted before, in their
// order.
takeLine();
if (consent() === "out") {
  forget();
}
heedHosts();
addEventListener("visibilitychange", heedHosts);
const noted = window.$fill(global) || 0;
/*% if not companion %*/
// A plain array is what some pages begin with; whoever kept a reference to the snippet's object goes on through its push.
if (!(noted.push && noted.identify)) {
  window.freshpaint = calls;
}
calls.push = take;
/*% endif %*/
noted.push = take;
[].slice.call(noted).forEach(take);
connect();
