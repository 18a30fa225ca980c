// The methods of window.freshpaint. Those that this destination does not take (page, group, alias ...) are not
// here: they do nothing.
let eventProperties = own(recall("properties"));
let pageviewProperties = {};

// What the page gave, as a plain copy of its own properties; anything but an object counts as none.
function own(value) {
  value = copy([value], 0, 3e5);
  return is(value, "Object") ? value : Object.create(null);
}

// Whoever the page identified last: { id, traits }.
const user = () => own(recall("user"));

// People navigate in their callbacks: not before the request is on its way, and not much later.
function later(callback) {
  if (typeof callback === "function") {
    setTimeout(callback, $fill(callback_delay));
  }
}

// Whether options.integrations let a call through: this destination's own key decides, else All.
function allowed(options) {
  const { All = true, [site.destination]: choice = All } = own(own(options).integrations);
  report(choice ? "" : "not-allowed", site.destination);
  return choice;
}

function register(properties) {
  remember("properties", Object.assign(eventProperties, own(properties)));
}

const registerOnce = properties => register(Object.assign(own(properties), eventProperties));

const unregister = name => register({ [name]: undefined });

const methods = {
  identify(id, traits, options) {
    if (is(id, "Object")) {
      traits = id;
      id = "";
    }
    id = words(id);
    traits = own(traits);
    const known = user();
    remember("user", { id: id || known.id, traits: Object.assign(id && id !== known.id ? {} : own(known.traits), traits) });
    if (allowed(options)) {
      join({ profile: toProfile(id, traits) });
    }
  },
  track(name, properties, options) {
    if (allowed(options)) {
      join(toEvent(name, Object.assign(own(properties), pageviewProperties, eventProperties)));
    }
  },
  addEventProperties: register,
  register,
  addInitialEventProperties: registerOnce,
  register_once: registerOnce,
  removeEventProperty: unregister,
  unregister,
  addPageviewProperties(properties) {
    Object.assign(pageviewProperties, own(properties));
  },
  reset() {
    pageviewProperties = {};
    eventProperties = {};
    remember("user");
    remember("properties");
    join({ reset: !!recall("held") });
    remember("held");
  },
  ready: later,
  user: () => new Proxy({
    id: () => user().id || null,
    traits: () => (recall("user") || 0).traits || {}
  }, methodsOf),
  get_distinct_id: () => user().id || deviceId() || "",
  has_opted_out_tracking: () => false
};

// A call as the snippet noted it, [method, value, ...], or a function to run. The fourth value is a callback.
function take(call) {
  try {
    later(call[4]);
    const answer = is(call, "Function") ? call() : methods[call[0]](...call.slice(1));
    if (answer !== undefined) {
      return answer;
    }
  } catch (error) {
    report(methods[call[0]] ? "failed" : "", call[0], error);
  }
  return window.freshpaint;
}
