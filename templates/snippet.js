// Stands in for the account's script from the first line of the page until it arrives: notes every call with the
// values it was made with. Kept as small as can be, because it is pasted inline.
{
  /*% include "copy.js" %*/
  /*% if companion %*/
  /*% include "companion.js" %*/
  /*% else %*/
  /*% include "stub.js" %*/
  if (!(window.freshpaint || 0).push) {
    window.freshpaint = calls;
    calls.push = call => {
      call = calls[calls.length] = copy([call], 0) || [];
      /*% if builtins %*/
      // Not onto a function, which is the page's own.
      if (call.push) {
        call.moment = [location.href, document.title, Date.now()];
      }
      /*% endif %*/
      // What a getter would answer is not known yet: nothing at all is the safest.
      return typeof call[0] === "string" && /^(get_[^g]|has_|id$|trait)/.test(call[0]) ? "" : calls;
    };
  }
  /*% endif %*/
}
