// Who CleverTap takes this browser for, and so what a call becomes when its turn has come.
let visitor = recall("visitor");

// The visitor under the device id that the SDK has now; on a subdomain, where only the cookie tells that
// somebody is known, an empty one; nothing where nobody is known.
const current = () => {
  const device = deviceId();
  const same = visitor && (visitor.device || device) === device;
  // While a login waits for its answer there is no device id that somebody could be known under.
  return same && !visitor.device ? visitor : recallDevice() === device && (same ? visitor : {});
};

// Nobody waits for an answer of CleverTap: the device id is that of whoever logged in last, here or elsewhere.
const settle = () => {
  const device = deviceId();
  const login = visitor && !visitor.device;
  if (login) {
    visitor.device = device;
    remember("visitor", visitor);
    rememberDevice(device);
  }
  // Once a page, and for another device.
  if (left !== device) {
    left = device;
    seen = local.WZRK_G;
    if (!login && current()) {
      // Made anew, because browsers keep a cookie for some days only (Safari: seven).
      rememberDevice(device);
      /*% if before_identify == "hold" %*/
      // On another host somebody has been identified meanwhile.
      release("held");
      /*% endif %*/
    }
  }
};

// Looks whether the user whom this host knew was replaced on another host, by a login or a reset there: nothing of theirs
// goes with the next one's. No host hears of it: whoever comes back from another one loads a page, or shows one again.
const heedHosts = () => {
  const device = recallDevice();
  // Not this page's own: another tab of this host may have had a login since.
  const known = recall("visitor") || 0;
  if (known.device && known.seen !== device) {
    // Once: what is called from here on is the next one's.
    known.seen = device;
    remember("visitor", known);
    if (known.device !== device) {
      forgetUser();
      // Only the next page's SDK goes by the device id of somebody who was identified there.
      opened = opened && !device;
    }
  }
};

// Whom a profile is about: an identify without an id is about whoever is current.
const subject = (profile, who) => profile.Identity || who.Identity || profile.Email || who.Email;

// Whether a profile is about whoever was told to CleverTap last.
const isCurrent = profile => profile && visitor && subject(profile, visitor) === subject(visitor, visitor);

// Whether a call that is no event makes CleverTap change its mind about who this is.
const switches = call => {
  const who = current();
  if (call.profile) {
    const last = lastLogin() || subject(who, who);
    const next = subject(call.profile, who);
    // On a subdomain the SDK may know nobody while the cookie does.
    return next && next !== last && (last || who);
  }
  return !call.optIn && (who /*% if before_identify == "hold" %*/ || call.reset || recall("held") /*% endif %*/);
};

// Whether the SDK of this page knows somebody, and we nobody any more: another tab or host has had a login or a reset, or our
// cookie is gone. What nobody known has done would be sent for whoever it knows, unless it forgets them first.
const isOutdated = () => !anew && (seen !== local.WZRK_G || visitor && visitor.device === deviceId());

const handOver = call => {
  trace("turn", "", call);
  const who = current();
  if (call.name) {
    /*% if before_identify == "send" %*/
    if (!who && isOutdated()) {
      startAnew();
    }
    send("event", call.name, call.data);
    /*% else %*/
    report(who ? "" : "event-$fill(before_identify)", call.name, call.data);
    if (who) {
      send("event", call.name, call.data);
    /*% if before_identify == "hold" %*/
    } else {
      remember("held", kept("held", call));
    /*% endif %*/
    }
    /*% endif %*/
  } else if (call.profile) {
    identify(call.profile, who/*% if companion %*/, call.known/*% endif %*/);
  } else if (call.optIn) {
    send("privacy", { optOut: false });
  } else {
    if (switches(call) || isOutdated()) {
      startAnew();
    }
    /*% if before_identify == "hold" %*/
    report(recall("held") ? "held-forgotten" : "", "reset", recall("held"));
    remember("held");
    /*% endif %*/
    forgetVisitor();
    // What was called behind it is nobody's yet, whoever was known as an earlier page was left.
    line.forEach(call => call.device = "");
  }
};

const forgetVisitor = () => {
  visitor = 0;
  remember("visitor");
  remember("profile");
  rememberDevice("");
};

const identify = (profile, who/*% if companion %*/, known/*% endif %*/) => {
  /*% if companion %*/
  // Somebody whom Freshpaint knows from an earlier page is told to CleverTap where it knows somebody else.
  if (known && who && who.Identity === profile.Identity) {
    return;
  }
  /*% endif %*/
  // Whoever is current is said again: the SDK would take {Email} after {Identity, Email} for somebody else.
  if (!profile.Identity) {
    profile.Identity = who.Identity;
    profile.Email = profile.Email || who.Email;
  }
  const stranger = who && who !== visitor;
  const login = profile.Identity || !stranger && profile.Email;
  // The same one goes once, in whatever order its properties are; not where another tab has identified somebody else since.
  const text = JSON.stringify(profile, Object.keys(profile).sort());
  const again = text === recall("profile") && (!login || subject(who, who) === login);
  report(again ? "identify-repeated" : "", "identify", profile);
  if (text !== "{}" && !again) {
    remember("profile", text);
    // Without what is undefined, at which the SDK complains.
    profile = JSON.parse(text);
    // The SDK takes a Date only; in the line there is none, because it may have to be stored.
    if (profile.DOB) {
      profile.DOB = new Date(profile.DOB);
    }
    // Somebody whom only the cookie knows: unless it forgets first, the SDK would merge the next user into that one.
    if (login && stranger || !who && isOutdated()) {
      startAnew();
    }
    if (login) {
      visitor = { [profile.Identity ? "Identity" : "Email"]: login };
      remember("visitor", visitor);
      // On other hosts, too, the last one is no longer known. Cookies take long, and a first login has nothing to take
      // away.
      if (who) {
        rememberDevice("");
      }
      try {
        send("onUserLogin", { Site: profile });
      } catch (error) {
        // The SDK decrypts what it stored in plain text, under a random salt: once in some hundreds of pages it takes what
        // comes of that for whoever logged in last, and fails at it before it has done anything. Made to forget, it asks
        // CleverTap.
        startAnew();
        send("onUserLogin", { Site: profile });
      }
      /*% if before_identify == "hold" %*/
      release("held");
      /*% endif %*/
    } else {
      send("profile", { Site: profile });
    }
  }
};
