// Starts: first the calls that an earlier page could not hand over, then those that the snippet noted, in their
// order. Whoever kept a reference to the snippet's object goes on through its push.
takeLine();
if (!(window.freshpaint || 0).push) {
  window.freshpaint = new Proxy([], methodsOf);
}
const noted = window.freshpaint.splice(0);
window.freshpaint.push = take;
noted.forEach(take);
connect();
