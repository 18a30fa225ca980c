// Stands in for Freshpaint from the first line of the page until the account's script arrives: notes every call
// with the values it was made with. Kept as small as can be, because it is pasted inline.
{
  /*% include "copy.js" %*/
  /*% include "stub.js" %*/
  if (!(window.freshpaint || 0).push) {
    const calls = window.freshpaint = new Proxy([], methodsOf);
    calls.push = call => {
      call = calls[calls.length] = copy([call], 0, 3e5) || [];
      // What a getter would answer is not known yet: nothing at all is the safest.
      return /^(get_[^g]|has_|id$|trait)/.test(call[0]) ? "" : calls;
    };
  }
}
