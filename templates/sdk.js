// The only one that touches window.clevertap: loads it, knows when it is ready and when CleverTap has answered.
//   opened     the SDK is there, with our account
//   anew       the SDK has forgotten its device id and asks for one with the next call
//   requested  it is us who load the SDK
//   refused    another account's SDK is on the page: nothing is sent from it
let opened;
let refused;
let anew;
let requested;
//   left       the last device id that nobody waited behind: the one that a login or a reset leaves
let left;
//   answered   what the SDK does with an answer
let answered;
let looks = 100;

// None between clear() and the next call: what the SDK then says is what another tab has stored.
const deviceId = () => opened && !anew && clevertap.getCleverTapID();

// Another account's snippet may come later than ours, and take its place.
const isOurs = () => clevertap.getAccountID() === site.account;

// Whether a login, or the first call of a new device, still waits for CleverTap's answer.
const answering = () => window.isOULInProgress || !deviceId();

// Without it in the storage, as JSON that is encoded for an address, the SDK takes no calls: a page may have cleared it, and
// a refusal does.
const storeAccount = () => {
  if (!local.WZRK_ACCOUNT_ID) {
    local.WZRK_ACCOUNT_ID = "%22" + site.account + "%22";
  }
};

const send = (kind, ...values) => {
  trace("sent", kind, values);
  anew = false;
  storeAccount();
  /*% if use_ip %*/
  // It is forgotten with the user.
  clevertap.privacy.push({ useIP: true });
  /*% endif %*/
  /*% if spa %*/
  if (kind === "page") {
    clevertap.pageChanged();
  } else {
    clevertap[kind].push(...values);
  }
  /*% else %*/
  clevertap[kind].push(...values);
  /*% endif %*/
  if (answering()) {
    asked = true;
  }
};

const startAnew = () => {
  trace("sent", "clear", []);
  clevertap.clear();
  anew = true;
};

// The visitor wants none of this any more, or wants it again. Either way the SDK begins anew. Told that it is unwanted, it
// would still send. Offline it sends nothing new; what its clocks would send it drops under a device id with the ending
// that CleverTap gives to those who opted out. Wanted again, it begins as on any page, with the page's view.
const goOffline = (offline, tell) => {
  try {
    if (answered && isOurs()) {
      if (tell) {
        send("privacy", { optOut: true });
      }
      clevertap.clear();
      delete local.WZRK_L;
      clevertap.setOffline(offline);
      anew = false;
      if (offline) {
        asked = 0;
        answered.call($WZRK_WR, ":OO", 0, true, 0);
      } else {
        asked = true;
        storeAccount();
        clevertap.pageChanged();
      }
    }
  } catch (error) {
    report("failed", "optOut", error);
  }
};

// Whom the SDK takes this browser for.
const lastLogin = () => {
  try {
    return JSON.parse(decodeURIComponent(local.WZRK_K)).id;
  } catch (error) {}
};

// Whether the SDK's store has requests that CleverTap has not confirmed: {"1":{"q":...}}, encoded. Also those that it
// will not send again are waited for: it holds a login back for ten seconds where answers before it are missing.
const unconfirmed = () => /q/.test(local.WZRK_L);

// Makes the SDK send now, under the right user, what it would send again later.
const resend = () => {
  clevertap.setOffline(true);
  clevertap.setOffline(false);
};

// Uses the SDK that is on the page, waits for one that is on its way, or loads one.
const connect = () => {
  const sdk = window.clevertap || 0;
  const live = sdk.getAccountID;
  const account = live ? sdk.getAccountID() : ((sdk.account || 0)[0] || 0).id;
  // Its own loader has until ten seconds after the page's load.
  looks -= document.readyState === "complete";
  if (!answered && permitted()) {
    clearTimeout(timer);
    if (account && account !== site.account) {
      report("other-account", account);
      refused = true;
      line = [];
    } else if (live && (account || requested)) {
      open();
    } else if (!requested) {
      if (live || account && looks > 0) {
        timer = setTimeout(connect, 100);
      } else {
        // With an empty list of accounts, or null for a stub, the SDK would fail; without one it waits for init.
        if (!account) {
          delete sdk.account;
          window.clevertap = sdk || undefined;
        }
        load();
      }
    }
  }
};

const open = () => {
  /*% if spa %*/
  // The SDK tells this one itself.
  address = location.href;
  /*% endif %*/
  // Does nothing where the SDK has found our account on the page. Where storage is full, the SDK fails in it.
  try {
    clevertap.init(site.account, site.region/*% if options %*/, site.domain, site.token, { enableFetchApi: $fill(fetch|tojson) }/*% endif %*/);
    // Also where not: an earlier build may have wanted it, and it is kept. Not before init, or the SDK would go by this for ever,
    // and not by a later refusal.
    clevertap.privacy.push({ useIP: $fill(use_ip|tojson) });
  } catch (error) {
    report("failed", "init", error);
  }
  // An SDK that has none of this any more is looked at four times a second as long as something waits.
  const replies = window.$WZRK_WR || 0;
  // Told of campaigns (tr), which comes in front of an answer (s), the SDK may fail for want of storage; the answer would
  // be lost with it. What it is told of campaigns begins with no device id, and so is never late.
  ["tr", "s"].forEach(name => {
    const heard = answered = replies[name];
    replies[name] = (...values) => {
      const [device, , login, number] = values;
      try {
        // A late answer to what was sent before a login or a reset: the SDK would take it for theirs, and go back.
        if (permitted() && (device !== left || login && number === (window.oulReqN || number) || !asked && !anew)) {
          heard.apply(replies, values);
        }
      } catch (error) {
        report("failed", "CleverTap", error);
      }
      advance();
    };
  });
  opened = true;
  advance();
};

const load = () => {
  const script = document.createElement("script");
  requested = true;
  const ends = shield(script);
  // Another host of this site has had another login meanwhile, and the SDK goes by what this host has stored.
  const device = local.WZRK_G && recallDevice();
  if (device && (visitor || 0).device !== device && !local.WZRK_G.includes(device)) {
    local.WZRK_G = "%22" + device + "%22";
    delete local.WZRK_K;
  }
  // Its copy of the profile, which it decrypts like whoever logged in last; what comes of that would cost every profile
  // of this page. Without one it begins a new one.
  delete local.WZRK_PR;
  // Where the answer to a visitor's very first request was lost, the SDK blocks itself for ever. Not so where a
  // login waits to be sent again: that one brings the device id. But it is sent again once, and if that page is left as
  // well, never more: it is marked as fired. No other mark is taken away: what was sent before a switch is not to follow.
  if (local.WZRK_BLOCK && !local.WZRK_G && !/WZRK_G=/.test(document.cookie)) {
    if (/OUL/.test(local.WZRK_META)) {
      try {
        const requests = JSON.parse(decodeURIComponent(local.WZRK_L));
        JSON.parse(decodeURIComponent(local.WZRK_META)).OUL_REQUESTS.forEach(number => delete (requests[number] || 0).fired);
        local.WZRK_L = encodeURIComponent(JSON.stringify(requests));
      } catch (error) {}
    } else {
      delete local.WZRK_BLOCK;
    }
  }
  script.onload = script.onerror = () => {
    ends.forEach(end => end());
    connect();
  };
  script.nonce = nonce;
  // Where Trusted Types are enforced, an address has to come from a policy. Ours has one address, whatever is asked.
  let address = site.sdk;
  try {
    address = trustedTypes.createPolicy("freshtap", { createScriptURL: () => address }).createScriptURL("");
  } catch (error) {}
  try {
    script.src = address;
    document.head.append(script);
  } catch (error) {
    report("failed", "Trusted Types", error);
  }
};
