// The methods of window.freshpaint. Those that this destination does not take (page, group, alias ...) are not
// here: they do nothing. In companion mode, what is not about CleverTap is Freshpaint's to do.

// What the page gave, as a plain copy of its own properties; anything but an object counts as none.
const own = value => {
  value = copy([value], 0);
  return is(value, / Object/) ? value : own({});
};

/*% if not companion %*/

// Whoever the page identified last: { id, traits }.
const user = () => recall("user") || {};

// People navigate in their callbacks: not before the request is on its way, and not much later.
const later = callback => {
  if (typeof callback === "function") {
    setTimeout(callback, $fill(callback_delay));
  }
};
/*% endif %*/

// Whether options.integrations let a call through.
const allowed = options => {
  report(chosen(own(options).integrations, true) ? "" : "not-allowed", site.name);
  return !options || chosen(own(options).integrations, true);
};

let eventProperties = own(recall("properties"));
let pageviewProperties = {};

const register = properties => remember("properties", Object.assign(eventProperties, own(properties)));

const registerOnce = properties => register(Object.assign(own(properties), eventProperties));

const unregister = name => {
  delete eventProperties[name];
  register();
};

// Nothing that the page has said of its user goes with what is called from here on.
const forgetUser = () => {
  pageviewProperties = {};
  eventProperties = {};
  /*% if not companion %*/
  remember("user");
  /*% endif %*/
  remember("properties");
};

const methods = {
  identify(id, traits, options) {
    if (is(id, / Object/)) {
      traits = id;
    }
    report(id == null || id === traits || words(id) ? "" : "id-unusable", "identify", id);
    report(traits == null || is(traits, / Object/) ? "" : "properties-unusable", "identify", traits);
    id = words(id);
    traits = own(traits);
    /*% if not companion %*/
    const known = user();
    remember("user", { id: id || known.id, traits: Object.assign({}, id && id !== known.id || known.traits, traits) });
    // Whoever CleverTap was told last may be another one: options.integrations may have kept this one's identify away.
    id = id || known.id || "";
    /*% endif %*/
    if (allowed(options)) {
      /*% if operations %*/
      transform("", traits);
      /*% endif %*/
      join({ profile: toProfile(id, traits) });
    }
  },
  /*% if companion %*/
  known(id, traits) {
    traits = own(traits);
    /*% if operations %*/
    transform("", traits);
    /*% endif %*/
    join({ profile: toProfile(words(id), traits), known: true });
  },
  /*% endif %*/
  track(name, properties, options) {
    report(properties == null || is(properties, / Object/) ? "" : "properties-unusable", name, properties);
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
    forgetUser();
    /*% if before_identify == "hold" %*/
    // Not what an identify in front of it will send, also one that is still stored; those events are that user's.
    const held = !taking && !hidden && !line.some(call => call.profile) && recall("held");
    report(held ? "held-forgotten" : "", "reset", held);
    join({ reset: !!held });
    if (held) {
      remember("held");
    }
    /*% else %*/
    join({ reset: false });
    /*% endif %*/
  },
  set_consent(choices) {
    decide(chosen(choices));
  },
  opt_in_tracking() {
    decide(true);
  },
  opt_out_tracking() {
    decide(false);
  },
  /*% if not companion %*/
  // What a page does as Freshpaint's SDK is there.
  init(account, options) {
    if (options && options.loaded) {
      options.loaded(window.freshpaint);
    }
  },
  ready: later,
  user: () => new Proxy({
    id: () => user().id || null,
    traits: () => user().traits || {}
  }, methodsOf),
  get_distinct_id: () => user().id || permitted() && deviceId() || "",
  has_opted_out_tracking: () => consent() === "out"
  /*% endif %*/
};

// A call as it was noted, [method, value, ...], or a function to run. The fourth value is a callback.
const take = call => {
  try {
    trace("called", call[0], call);
    /*% if builtins %*/
    moment = call.moment || [location.href, document.title, Date.now()];
    /*% endif %*/
    /*% if companion %*/
    methods[call[0]](...call.slice(1));
    /*% else %*/
    later(call[4]);
    const answer = typeof call === "function" ? call.call(window.freshpaint) : methods[call[0]](...call.slice(1));
    if (answer !== undefined) {
      return answer;
    }
    /*% endif %*/
  } catch (error) {
    report(Object.keys(methods).includes(copy(call, 0)) ? "failed" : "", copy(call, 0), error);
  }
  return window.freshpaint;
};
