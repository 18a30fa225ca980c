// Starts: first the calls that an earlier page could not hand over, then those that were noted before, in their
// order.
takeLine();
if (consent() === "out") {
  forget();
}
heedHosts();
addEventListener("visibilitychange", heedHosts);
/*% if not companion %*/
// Whoever kept a reference to the snippet's object goes on through its push.
if (!(window.freshpaint || 0).push) {
  window.freshpaint = calls;
}
calls.push = take;
/*% endif %*/
const noted = window.$fill(global) || [];
noted.push = take;
[].slice.call(noted).forEach(take);
/*% if not companion %*/
// A plain array is what some pages begin with.
if (!noted.identify) {
  window.freshpaint = calls;
}
/*% endif %*/
connect();
