// Freshpaint's own SDK is on the page and stays in charge of window.freshpaint: first its stub, an array that its script
// reads later, then the real object. Every call of either is noted here, once, and goes on as if nobody listened.
// Gives back the list of calls.
const listen = () => {
  const calls = [];
  const methods = ["identify", "track", "addEventProperties", "register", "addInitialEventProperties", "register_once",
    "removeEventProperty", "unregister", "addPageviewProperties", "reset",
    "set_consent", "opt_in_tracking", "opt_out_tracking"];
  const heeded = [];
  // The stub's calls, which the real object may repeat when it takes the stub's place.
  let repeated = [];
  let inside = 0;
  let identified;
  let there = window.freshpaint;

  const hear = call => {
    try {
      // Events that begin with $ Freshpaint says to itself.
      if (methods.includes(call[0]) && call[0] + (call[1] || "")[0] !== "track$") {
        identified = identified || call[0] === "reset" || call[0] === "identify" && !is(call[1], / Object/);
        const heard = copy([call], 0);
        /*% if builtins %*/
        heard.moment = [location.href, document.title, Date.now()];
        /*% endif %*/
        calls.push(heard);
        return true;
      }
    } catch (error) {}
  };
  const note = call => {
    if (hear(call)) {
      repeated.push(call);
    }
  };

  const heedStub = stub => {
    const push = stub.push;
    stub.push = (...entries) => {
      entries.forEach(note);
      return push.apply(stub, entries);
    };
    heeded.push(stub.push);
    stub.forEach(note);
  };
  const heedMethod = (object, name) => {
    const method = object[name];
    object[name] = function (...values) {
      const again = repeated.findIndex(call => call.length === values.length + 1 && [name, ...values].every((value, index) => value === call[index]));
      if (again >= 0) {
        repeated.splice(again, 1);
      } else if (!inside) {
        hear([name, ...values]);
      }
      inside++;
      try {
        return method.apply(this, values);
      } finally {
        inside--;
      }
    };
  };
  const heed = object => {
    if (Array.isArray(object)) {
      if (!heeded.includes(object.push)) {
        heedStub(object);
      }
    } else if (object && !heeded.includes(object)) {
      heeded.push(object);
      methods.filter(name => object[name]).forEach(name => heedMethod(object, name));
      // Its script repeats the stub's calls in the same task, if it does so only now.
      setTimeout(() => {
        repeated = [];
        // Somebody whom Freshpaint knows from an earlier page.
        try {
          const user = object.user();
          if (user.id() && !identified) {
            calls.push(copy([["known", user.id(), user.traits()]], 0));
          }
        } catch (error) {}
      });
    }
  };

  heed(there);
  try {
    Object.defineProperty(window, "freshpaint", {
      configurable: true,
      enumerable: true,
      get: () => there,
      set: object => {
        there = object;
        heed(object);
      }
    });
  } catch (error) {
    // Declared by the page with var.
    setInterval(() => heed(window.freshpaint), 50);
  }
  return calls;
};

// Once for the snippet and the script behind it; an element with this id is no list.
window.freshtap = (window.freshtap || 0).push ? window.freshtap : listen();
