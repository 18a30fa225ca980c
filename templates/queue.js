// One line for all calls, first in, first out: events, identifies and resets alike, so that every event reaches
// CleverTap under whoever was current when the page made the call. The SDK does not see to that by itself.
//   { at, name, data }   an event
//   { at, profile }      an identify; known where it is Freshpaint that knows who it is
//   { at, reset }        a reset; true where held events were forgotten with it
//   { at, profile: 0 }   an identify that has become too old: like a reset
//   { at, optIn }        consent after it was withdrawn
// Each of them, once stored, also has the device id that somebody was known under as the page was left that stored it last.
let line = [];
let asked;
// When what CleverTap has not confirmed is waited for no longer.
let patience;
let timer;
let taking;
let hidden;
// The device id that the SDK's store had, whoever put it there.
let seen;

const join = call => {
  report(call && (call.name || call.profile) && consent() === "out" ? "consent-refused" : "", site.name);
  if (call && !refused && consent() !== "out") {
    call.at = Date.now();
    line.push(call);
    trace("joined", "", call);
    advance();
    // Others, too, are told that the page is left, and may call when the line has been stored already.
    if (hidden) {
      leave();
    }
  }
};

// Hands over whatever may go. Called for every call, for every answer of CleverTap, and by the clock.
const advance = () => {
  if (opened) {
    clearTimeout(timer);
    try {
      while (permitted() && !taking && !hidden && isOurs() && mayGo(line[0])) {
        handOver(line.shift());
      }
    } catch (error) {
      report("failed", "CleverTap", error);
    }
    if (line.length || asked) {
      timer = setTimeout(advance, 250);
    }
  }
};

const mayGo = call => {
  if (answering()) {
    asked = asked || deviceId();
    // A further switch would mix up the two users; events are safer here: the SDK sends what it has kept once, and where
    // the page is left meanwhile, never again.
    return anew && call;
  }
  asked = 0;
  anew = false;
  settle();
  // What CleverTap has not confirmed, the SDK would send once more under the next user.
  if (call && !call.name && switches(call) && unconfirmed()) {
    patience = patience || Date.now() + $fill(resend_after);
    if (Date.now() < patience) {
      return;
    }
    resend();
  }
  patience = 0;
  return line[0];
};

// Takes out the calls kept under a name, to go ahead of what was called since: not those before which another tab or host
// had another login, or a reset.
const release = name => {
  const device = recallDevice();
  const calls = kept(name);
  const theirs = calls.filter(call => !call.device || call.device === device);
  report(theirs.length < calls.length ? "calls-superseded" : "", name);
  line = theirs.concat(line);
  remember(name);
};

// A line is stored when its page is left, and taken out by the page that will hand it over: never by two. What one
// tab deletes another may still see for a moment, so the lock is held until it does not. Without a stored line, or
// where there are no locks (http), nobody waits.
const takeLine = () => {
  const take = () => {
    taking = false;
    // Where the page is being left, the next one takes it.
    if (!hidden) {
      release("line");
      advance();
    }
    return new Promise(done => setTimeout(done, 100));
  };
  if (recall("line") && navigator.locks) {
    taking = true;
    navigator.locks.request(KEY, take).catch(take);
  } else {
    take();
  }
};

const leave = () => {
  hidden = true;
  if (line.length) {
    // Whom the next page must still find known, or what was called here is not theirs.
    const device = recallDevice();
    line.forEach(call => call.device = device);
    remember("line", kept("line", line));
    line = [];
  }
  // Also of what the SDK noted meanwhile.
  if (consent() === "out") {
    forget();
  }
};

const stay = () => {
  hidden = false;
  takeLine();
};

// What makes the browser ask for something else may be an address for mail, or a download: then no load comes any more.
const mayLeave = () => {
  leave();
  setTimeout(stay, $fill(leaving));
};

addEventListener("pagehide", leave);
// WebKit does not tell a page that has not been loaded yet, as long as the SDK is on its way, that it is left: only that
// it may be. Where it stays, its load gives it its line back; until then nothing goes out of turn.
if (document.readyState !== "complete") {
  addEventListener("beforeunload", mayLeave);
}

// Back from the browser's cache, this page's SDK does not know what happened on other pages meanwhile. If that made
// another device id, its calls are left to the next page.
addEventListener("pageshow", event => {
  removeEventListener("beforeunload", mayLeave);
  if (event.persisted) {
    heed();
    if (seen !== local.WZRK_G) {
      opened = false;
      pageviewProperties = {};
    }
    eventProperties = own(recall("properties"));
  }
  stay();
});
