"""Visits that try, one after another, what the bridge relies on: the SDK in a browser, without the bridge.

Each visit is one visitor on a few pages. It yields a reliance's name, and whether it was seen to hold.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from playwright.sync_api import Browser

from freshtap.collector import Request
from sites import ACCOUNT
from visit import PATIENCE, QUIET, Visit

Probe = Iterator[tuple[str, bool]]

#: In every page: what loads the SDK, as the bridge does, and notes what it is answered.
_PAGE: Final = """<script>
const answers = [];
const told = [];
let swallowing = false;
const load = stub => new Promise((done, failed) => {
  const script = document.createElement("script");
  if (stub) window.clevertap = stub;
  script.src = "https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js";
  script.onload = () => {
    try {
      const { s, tr } = $WZRK_WR;
      $WZRK_WR.s = (...values) => { answers.push(values); swallowing || s.apply($WZRK_WR, values); };
      $WZRK_WR.tr = (...values) => { told.push(values); tr.apply($WZRK_WR, values); };
      done();
    } catch (error) {
      failed(error);
    }
  };
  script.onerror = failed;
  document.head.append(script);
});
const stored = name => localStorage[name] || "";
const isReady = () => typeof clevertap === "object" && typeof clevertap.getAccountID === "function";
</script>"""
_INIT: Final = f"clevertap.init('{ACCOUNT}', 'in1')"


class Subject:
    """One visitor, on pages that have the SDK and nothing else."""

    def __init__(self, browser: Browser, sdk: bytes) -> None:
        self.visit = Visit(browser.new_context().new_page(), None, sdk)
        self.collector = self.visit.collector
        self.run = self.visit.run

    def load(
        self, path: str = "/", *, stub: str = "", host: str = "www.site.test", before: str = "", body: str = ""
    ) -> None:
        """Open a page and load the SDK."""
        self.visit.open(path, host=host, before=_PAGE + before, body=body, until="commit")
        self.run(f"return load({stub})")

    def until(self, condition: Callable[[], object], patience: float = PATIENCE) -> bool:
        """Whether it comes to that."""
        with contextlib.suppress(AssertionError):
            self.visit.until(lambda: bool(condition()), "it", patience=patience)
            return True
        return False

    def says(self, expression: str) -> bool:
        """Whether it comes to that in the page."""
        return self.until(lambda: self.run(f"return !!({expression})"))

    def rests(self) -> bool:
        """Whether the SDK has its device id, and all is answered."""
        if not self.says("clevertap.getCleverTapID() && !window.isOULInProgress"):
            return False
        self.visit._is_left_alone(QUIET)  # noqa: SLF001 - the visit's own waiting, without a bridge
        return True

    def quiet(self) -> bool:
        """Whether nothing is sent for a while."""
        before = self.visit.loads["collector"]
        self.visit.lets_pass(2 * QUIET)
        return self.visit.loads["collector"] == before

    def arrived(self, name: str) -> Request | None:
        """The first event of this name, if it comes."""
        found: list[Request] = []

        def is_there() -> bool:
            found[:] = [request for request in self.collector.requests if request.name == name]
            return bool(found)

        return found[0] if self.until(is_there) else None

    def profile(self, key: str, value: object) -> Request | None:
        """The first profile with this property, if it comes."""
        requests = self.collector.requests
        self.until(lambda: any(request.data.get(key) == value for request in requests if request.kind == "profile"))
        return next(
            (request for request in requests if request.kind == "profile" and request.data.get(key) == value), None
        )


_LAST_LOGIN: Final = "JSON.parse(decodeURIComponent(stored('WZRK_K')) || '{}').id"
#: Name, text, properties at the edge of what the bridge lets through.
_EDGE: Final[dict[str, dict[str, Any]]] = {
    "N" * 120: {
        **{f"p{number}": number for number in range(253)},
        "K" * 120: "V" * 512,
        "quotes": "O’Brien “says”",
        "day": "$D_1700000000",
    }
}
_PROFILE: Final[dict[str, Any]] = {
    "Name": "Ann Lee",
    "Email": "ann@example.com",
    "Gender": "F",
    "Phone": "+14155551234",
    "Photo": "https://example.com/a.png",
    "Married": "N",
    "Education": "Graduate",
    "Age": 35,
    "plan": ["a", 1, True],
    "Identity": "u1",
}
_STUB: Final = f"{{event: [], profile: [], account: [{{id: '{ACCOUNT}'}}, 'in1'], onUserLogin: [], notifications: [], privacy: []}}"
#: Shown to the SDK's script and to no other, as shield.js does it, beside a loader that would never start it.
_MODULE_LOADER: Final = """<script>
window.defined = 0;
window.define = () => { window.defined += 1; };
define.amd = {};
for (const name of ["exports", "module"]) {
  Object.defineProperty(window, name, { configurable: true, get: () => (document.currentScript || {}).src ? {} : undefined });
}
</script>"""
#: What comes of the SDK's decrypting plain text, now and then: it is tried where the key is first read.
_MISREAD: Final = """<script>
const read = Storage.prototype.getItem;
let misread = 0;
Storage.prototype.getItem = function (key) {
  return key === "WZRK_K" && !misread++ ? '"~"' : read.call(this, key);
};
</script>"""
_PURCHASE: Final = {"Charged ID": "o-1", "Amount": 12.5, "Items": [{"sku": "a", "price": 5}], "coupon": "X"}


def first_visit(subject: Subject) -> Probe:
    """Somebody's first page: from nothing to a login and what is sent after it."""
    collector, run = subject.collector, subject.run
    gate = subject.visit.hold("collector")
    subject.load()
    yield "bare", run("return isReady() && !clevertap.getAccountID()") and subject.quiet()
    run(_INIT)
    yield "device id", subject.until(lambda: gate.waiting) and not run("return clevertap.getCleverTapID()")
    gate.open()
    subject.rests()
    first = collector.requests[0]
    yield "init", (first.host, first.account) == ("in1.clevertap-prod.com", ACCOUNT)
    yield "device id", run("return clevertap.getCleverTapID()") == first.device
    device, _, login_answered, number = run("return answers[0].slice(0, 4)")
    yield "answers", (device, login_answered, number) == (first.device, False, first.number)
    yield "campaigns", run("return told.length > 0 && 'arp' in told[0][0]")
    yield "device store", first.device in run("return stored('WZRK_G')")
    yield "device store", f"WZRK_G={first.device}" in run("return document.cookie")
    run(_INIT)
    yield "init once", subject.quiet()

    run("clevertap.profile.push({Site: {colour: 'red'}})")
    profile = subject.profile("colour", "red")
    yield "profile", profile is not None and not profile.login and profile.sent_device == first.device
    run(f"clevertap.onUserLogin.push({{Site: {{DOB: new Date(6e11), ...{json.dumps(_PROFILE)}}}}})")
    yield "adoption", not run("return window.isOULInProgress")
    login = subject.profile("Identity", "u1")
    yield "adoption", login is not None and not login.login and login.sent_device == first.device
    sent = {key: value for key, value in login.data.items() if key != "tz"} if login else {}
    # A phone becomes a number on its way.
    yield "fields", sent == {**_PROFILE, "Phone": int(_PROFILE["Phone"]), "DOB": "$D_600000000"}
    yield "last login", run(f"return {_LAST_LOGIN}") == "u1"
    ((name, properties),) = _EDGE.items()
    run(f"clevertap.event.push({json.dumps(name)}, {json.dumps(properties)})")
    event = subject.arrived(name)
    yield "values", event is not None and event.data == properties
    run(f"clevertap.event.push('Charged', {json.dumps(_PURCHASE)})")
    purchase = subject.arrived("Charged")
    yield "purchase", purchase is not None and purchase.data == _PURCHASE
    run("clevertap.privacy.push({useIP: true}); clevertap.event.push('Placed')")
    placed = subject.arrived("Placed")
    yield "place", (first.query.get("useIP"), placed and placed.query.get("useIP")) == ("false", "true")
    subject.rests()
    yield "unconfirmed", not run("return /q/.test(stored('WZRK_L'))")
    views = _views(subject)
    run("clevertap.pageChanged()")
    yield "page view", subject.until(lambda: _views(subject) == views + 1)
    subject.load("/on-another-host", host="shop.site.test")
    run(_INIT)
    yield "subdomains", subject.rests() and run("return clevertap.getCleverTapID()") == first.device
    yield "one host", not subject.visit.strays
    yield from _misreading(subject)


def _misreading(subject: Subject) -> Probe:
    """A page on which the SDK's decryption makes nonsense of whoever logged in last."""
    run = subject.run
    subject.load("/misread", before=_MISREAD)
    yield "profile copy", run("return !!stored('WZRK_PR')")
    run(f"delete localStorage.WZRK_PR; {_INIT}; clevertap.profile.push({{Site: {{colour: 'blue'}}}})")
    profile = subject.profile("colour", "blue")
    yield "profile copy", profile is not None and run("return /blue/.test(stored('WZRK_PR'))")
    subject.rests()
    login = "clevertap.onUserLogin.push({Site: {Identity: 'u2'}})"
    thrown = run(f"try {{ {login}; }} catch (error) {{ return true; }}")
    if thrown:
        run(f"clevertap.clear(); {login}")
    yield "misread login", subject.profile("Identity", "u2") is not None


def second_visit(subject: Subject) -> Probe:
    """Another user on the same page, with answers that are late or lost; then nobody."""
    collector, run = subject.collector, subject.run
    subject.load()
    run(f"{_INIT}; clevertap.onUserLogin.push({{Site: {{Identity: 'u1'}}}})")
    subject.rests()
    before = run("return clevertap.getCleverTapID()")
    gate = subject.visit.hold("collector")
    run("clevertap.onUserLogin.push({Site: {Identity: 'u2'}})")
    yield "switch", run("return window.isOULInProgress === true") and subject.until(lambda: gate.waiting)
    yield "unconfirmed", run("return /q/.test(stored('WZRK_L'))")
    yield "waiting login", run("return /OUL/.test(stored('WZRK_META'))")
    number = run("return window.oulReqN")
    run("swallowing = true")
    gate.open()
    yield "late answers", subject.says("answers[answers.length - 1][2] === true")
    yield "late answers", run(f"return window.isOULInProgress && clevertap.getCleverTapID() !== {json.dumps(before)}")
    login = subject.profile("Identity", "u2")
    yield "switch", login is not None and login.login and login.sent_device is None and login.number == number
    run("swallowing = false; $WZRK_WR.s(...answers[answers.length - 1])")
    yield "switch", run("return !window.isOULInProgress")
    subject.rests()
    yield "unconfirmed", not run("return /q/.test(stored('WZRK_L'))")

    run("clevertap.setOffline(true); clevertap.event.push('Parked')")
    yield "offline", subject.quiet()
    run("clevertap.setOffline(false)")
    yield "offline", subject.arrived("Parked") is not None
    collector.lose_requests(lambda request: request.name == "Lost", times=1)
    run("clevertap.event.push('Lost')")
    subject.until(lambda: collector.lost)
    run("clevertap.setOffline(true); clevertap.setOffline(false)")
    yield "offline", subject.arrived("Lost") is not None
    subject.rests()

    run("clevertap.clear()")
    yield "clear", not run("return clevertap.getCleverTapID()")
    run("clevertap.event.push('Anew')")
    anew = subject.arrived("Anew")
    yield "clear", anew is not None and anew.reset and anew.sent_device is None
    yield "clear", subject.rests() and anew is not None and run("return clevertap.getCleverTapID()") == anew.device
    yield "one host", not subject.visit.strays


def third_visit(subject: Subject) -> Probe:
    """A page that is left too early, the next with CleverTap's own stub, and a refusal that is taken back."""
    collector, run = subject.collector, subject.run
    clock = subject.visit.page.clock
    clock.install()
    subject.load()
    run(_INIT)
    subject.rests()
    collector.lose_requests(lambda request: request.name == "Left", times=1)
    run("clevertap.event.push('Left')")
    subject.until(lambda: collector.lost)
    views = _views(subject)
    subject.load("/next", stub=_STUB)
    yield "stub", run(f"return clevertap.getAccountID() === '{ACCOUNT}'")
    yield "stub", subject.until(lambda: _views(subject) == views + 1)
    # Three seconds into the page.
    clock.run_for(4000)
    yield "next page", subject.arrived("Left") is not None
    subject.rests()
    device = run("return clevertap.getCleverTapID()")

    run("clevertap.privacy.push({optOut: true})")
    yield "refusal", subject.profile("ct_optout", value=True) is not None
    subject.rests()
    # As the bridge does it.
    run(
        "clevertap.clear(); delete localStorage.WZRK_L; $WZRK_WR.s(':OO', 0, true, 0); clevertap.event.push('Unwanted')"
    )
    yield "silence", subject.quiet()
    run("""for (const name of Object.keys(localStorage)) if (/^WZRK/.test(name)) delete localStorage[name];
        for (const cookie of document.cookie.split("; ")) for (const domain of ["", ";domain=site.test", ";domain=www.site.test"])
            document.cookie = cookie.split("=")[0] + "=;path=/;max-age=0" + domain;""")
    yield "forgotten", not run("return document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)")
    run(f"""clevertap.clear(); delete localStorage.WZRK_L;
        localStorage.WZRK_ACCOUNT_ID = encodeURIComponent(JSON.stringify("{ACCOUNT}")); clevertap.pageChanged()""")
    yield "agreement", subject.rests()
    yield "forgotten", run("return clevertap.getCleverTapID()") not in {device, None, ":OO"}
    run("clevertap.event.push('Wanted')")
    wanted = subject.arrived("Wanted")
    yield "agreement", wanted is not None and wanted.sent_device == run("return clevertap.getCleverTapID()")
    yield "silence", not [request for request in collector.requests if request.name == "Unwanted"]
    run(
        f"""localStorage.clear(); localStorage.WZRK_ACCOUNT_ID = encodeURIComponent(JSON.stringify("{ACCOUNT}"));
        clevertap.event.push('Behind')"""
    )
    yield "account", subject.arrived("Behind") is not None
    yield "one host", not subject.visit.strays


def fourth_visit(subject: Subject) -> Probe:
    """A page with a module loader, a proxy and fetch."""
    collector, run = subject.collector, subject.run
    asked: list[str] = []
    subject.visit.context.on("request", lambda request: asked.append(request.resource_type))
    subject.load(before=_MODULE_LOADER, body="<p id=exports></p><p id=module></p>")
    yield "shield", run("return isReady() && window.defined === 0")
    run(f"clevertap.init('{ACCOUNT}', 'in1', 'collect.test', 'token', {{enableFetchApi: true}})")
    yield "domain", subject.rests() and {request.host for request in collector.requests} == {"in1.collect.test"}
    yield "fetch", "fetch" in asked and run("return answers.length > 0")
    yield "one host", not subject.visit.strays


def fifth_visit(subject: Subject) -> Probe:
    """The answer to the very first request is lost."""
    collector, run = subject.collector, subject.run
    clock = subject.visit.page.clock
    clock.install()
    collector.lose_answers()
    subject.load()
    run(_INIT)
    subject.until(lambda: collector.requests)
    clock.run_for(1000)
    collector.heal()
    subject.load("/next", before="<script>delete localStorage.WZRK_BLOCK</script>")
    run(f"{_INIT}; clevertap.event.push('Healed')")
    # It asks for ten seconds whether the lost answer has come.
    clock.run_for(11_000)
    yield "block", subject.arrived("Healed") is not None


VISITS: Final = (first_visit, second_visit, third_visit, fourth_visit, fifth_visit)


def _views(subject: Subject) -> int:
    """How many page views have arrived."""
    return sum(request.kind == "page" for request in subject.collector.requests)
