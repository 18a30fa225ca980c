"""What arrives when something fails: the scenarios that no other file has, and the table of all of them in FAULTS.md."""

from __future__ import annotations

import re
from typing import Final

import pytest

import faults
from conftest import Visitor
from faults import Fault
from test_host_page import ARRIVED, CALLS
from wire import arrive, leave, order, received

# -- the table ---------------------------------------------------------------------------------------------------------


def test_every_scenario_has_its_row() -> None:
    """FAULTS.md has a row for each marked scenario, and none besides."""
    names = [fault.name for fault in faults.marked()]
    assert len(names) == len(set(names))
    assert sorted(faults.in_document()) == sorted(names)


@pytest.mark.parametrize("fault", faults.marked(), ids=lambda fault: fault.name)
def test_a_row_says_what_its_scenario_expects(fault: Fault) -> None:
    """What was seen on each engine is the mark, or in time for it; who loses a call says why."""
    seen = faults.in_document()[fault.name]
    assert bool(fault.because) == (fault.fate == "lost")
    assert seen["chromium"] != faults.NOT_RUN
    for cell in seen.values():
        fates = re.findall(r"[1-9][0-9]* (delivered|late|lost)", cell)
        # What is under way when a page is left may still arrive from that one, and time passes as the engine's driver can.
        in_time = fault.fate == "late" and fates == ["delivered"]
        assert cell == faults.NOT_RUN or fates[-1] == fault.fate or in_time


# -- CleverTap's servers -----------------------------------------------------------------------------------------------


@pytest.mark.fault("CleverTap's servers hang", "late")
def test_the_collector_hangs(visitor: Visitor) -> None:
    """Servers that take a login and never answer it cost no call behind it: the next page sends those."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    visit.collector.hang(times=1)
    visit.run(CALLS)
    visit.until(lambda: len(received(visit)) == 2, "the login to be taken")
    visit.collector.heal()
    leave(visit)
    visit.reaches("device")
    visit.page.clock.run_for(4000)
    arrive(visit, "u0 identify", *ARRIVED)


@pytest.mark.fault("CleverTap's servers are slow", "delivered")
def test_the_collector_is_slow(visitor: Visitor) -> None:
    """Answers that take most of a second delay the calls of a page and change nothing about them."""
    visit = visitor()
    visit.collector.slow(0.8)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(500, marks=pytest.mark.fault("CleverTap's servers answer 500", "late")),
        pytest.param(503, marks=pytest.mark.fault("CleverTap's servers answer 503", "late")),
        pytest.param(429, marks=pytest.mark.fault("CleverTap's servers answer 429", "late")),
    ],
)
def test_the_collector_answers_errors(visitor: Visitor, status: int) -> None:
    """What was refused goes again from the next page, in its place."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    visit.collector.refuse(status)
    visit.run(CALLS)
    visit.until(lambda: bool(visit.collector.lost), "a request to be refused")
    visit.page.clock.run_for(2000)
    assert order(visit) == ["u0 identify"]
    visit.collector.heal()
    leave(visit)
    visit.reaches("device")
    visit.page.clock.run_for(4000)
    arrive(visit, "u0 identify", *ARRIVED)


#: What comes instead of an answer, and what the browser says of it as a script.
RUBBISH: Final = {
    "HTML": "<!doctype html><title>Sign in to the network</title>",
    "half a script": '$WZRK_WR.tr({"arp":{"i_n"',
    "JSON that is none of theirs": '{"error": {"code": 1}}',
}


@pytest.mark.parametrize(
    "what",
    [
        pytest.param("HTML", marks=pytest.mark.fault("CleverTap's servers answer with HTML", "late")),
        pytest.param("half a script", marks=pytest.mark.fault("CleverTap's servers answer with half a script", "late")),
        pytest.param(
            "JSON that is none of theirs",
            marks=pytest.mark.fault("CleverTap's servers answer with JSON that is none of theirs", "late"),
        ),
    ],
)
def test_the_collector_answers_rubbish(visitor: Visitor, what: str) -> None:
    """Answers that say nothing are as good as lost: what waits behind a login goes from the next page; no error is ours."""
    visit = visitor()
    visit.errors_expected = True
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    visit.collector.garble(RUBBISH[what])
    visit.run(f"{CALLS} freshpaint.track('C', {{}}, {{}}, () => {{ window.done = true; }})")
    visit.until_page("window.done", "the callback")
    visit.page.clock.run_for(2000)
    visit.collector.heal()
    leave(visit)
    visit.reaches("device")
    visit.page.clock.run_for(4000)
    arrive(visit, "u0 identify", *ARRIVED, "u2 C")
    # What a browser says of a script that it cannot read.
    assert [
        error for error in visit.page_errors if not re.search("SyntaxError|Unexpected|Invalid|missing|expected", error)
    ] == []


@pytest.mark.fault("The network is gone, and comes back", "delivered")
def test_offline_and_back(visitor: Visitor) -> None:
    """Calls made without a network wait, and arrive in their order once there is one, without the page being left."""
    visit = visitor()
    visit.page.clock.install()
    visit.open(script="freshpaint.identify('u0')")
    visit.settled()
    visit.block("page", "bridge", "sdk", "collector")
    visit.run(
        "Object.defineProperty(navigator, 'onLine', {value: false, configurable: true}); dispatchEvent(new Event('offline'));"
    )
    visit.run(f"freshpaint.track('Offline'); {CALLS}")
    visit.page.clock.run_for(2000)
    assert order(visit) == ["u0 identify"]
    visit.unblock("page", "bridge", "sdk", "collector")
    visit.run("delete navigator.onLine; dispatchEvent(new Event('online'));")
    visit.run("freshpaint.track('Online')")
    visit.page.clock.run_for(7000)
    arrive(visit, "u0 identify", "u0 Offline", *ARRIVED, "u2 Online")


# -- the SDK's way to the page -----------------------------------------------------------------------------------------


@pytest.mark.fault("The SDK takes its time", "delivered")
def test_the_sdk_is_slow(visitor: Visitor) -> None:
    """An SDK that comes late, after the page has long been loaded, gets every call that was made meanwhile."""
    visit = visitor()
    visit.page.clock.install()
    gate = visit.hold("sdk")
    visit.open(script=CALLS, until="bridge")
    visit.page.clock.run_for(10_000)
    gate.open()
    arrive(visit, *ARRIVED)


@pytest.mark.fault("The SDK hangs for good", "late")
def test_the_sdk_hangs(visitor: Visitor) -> None:
    """An SDK that never comes costs the page nothing, a minute long: its callbacks come, and the next page sends."""
    visit = visitor()
    visit.page.clock.install()
    gate = visit.hold("sdk")
    visit.open(script=CALLS, until="bridge")
    visit.page.clock.run_for(10_000)
    visit.run("freshpaint.track('C', {}, {}, () => { window.done = true; })")
    visit.page.clock.run_for(1000)
    visit.until_page("window.done", "the callback")
    leave(visit)
    visit.reaches("bridge")
    gate.open()
    arrive(visit, *ARRIVED, "u2 C")


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.fault("The clock jumps by a year", "delivered")
def test_the_clock_jumps(visitor: Visitor) -> None:
    """A clock that is set a year ahead, and back again, between calls."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.run("const now = Date.now; Date.now = () => now() + 31536e6; freshpaint.track('A'); Date.now = now;")
    visit.run("const now = Date.now; Date.now = () => now() - 31536e6; freshpaint.identify('u2'); Date.now = now;")
    visit.run("freshpaint.track('B')")
    arrive(visit, *ARRIVED)


@pytest.mark.fault("A megabyte of properties", "delivered")
def test_a_megabyte_of_properties(visitor: Visitor) -> None:
    """A call with far more than CleverTap takes is sent within its limits, and holds up nothing."""
    visit = visitor()
    visit.open()
    visit.run(
        """const many = {}; for (let n = 0; n < 1000; n++) { many['p' + n] = 'x'.repeat(1024); }
        freshpaint.identify('u1'); freshpaint.track('A', many); freshpaint.identify('u2'); freshpaint.track('B');"""
    )
    arrive(visit, *ARRIVED)


@pytest.mark.fault(
    "Ten thousand calls in one tick, and the page is left",
    "lost",
    because="At most a hundred calls outlast their page.",
)
def test_ten_thousand_calls(visitor: Visitor) -> None:
    """They hold up the page no longer than a blink takes; once it is left, the newest arrive from the next page."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    visit.notes("freshpaint.identify('u1')")
    visit.notes("freshpaint.track('Event');", times=9999)
    took = visit.page.evaluate(
        """() => {
            const start = performance.now();
            freshpaint.identify('u1');
            for (let n = 1; n < 10000; n++) { freshpaint.track('Event', {n: n}); }
            return performance.now() - start;
        }"""
    )
    assert took < 1000
    leave(visit)
    visit.reaches("bridge")
    gate.open()
    visit.arrives(100)
    assert [request.data.get("n") for request in received(visit)] == [None, *range(9901, 10000)]
    assert {request.person for request in received(visit)} == {"u1"}


@pytest.mark.fault("Every method is awaited", "delivered")
def test_every_method_is_awaited(visitor: Visitor) -> None:
    """A page that awaits what freshpaint gives back goes on."""
    visit = visitor()
    visit.open()
    visit.notes("freshpaint.identify('u1'); freshpaint.track('A');")
    visit.page.evaluate(
        """async () => {
            for (const name of Object.keys(freshpaint)) {
                const method = freshpaint[name];
                if (!['identify', 'track', 'ready', 'reset', 'push'].includes(name) && method instanceof Function) {
                    await method();
                }
            }
            await freshpaint;
            await freshpaint.identify('u1');
            await freshpaint.track('A');
        }"""
    )
    arrive(visit, "u1 identify", "u1 A")


@pytest.mark.fault("JSON and Promise are an old library's", "delivered")
def test_an_old_polyfill(visitor: Visitor) -> None:
    """A page with a Promise and a JSON of its own, as old libraries bring them, sends as ever."""
    visit = visitor()
    old = """<script>
        Array.prototype.toJSON = function () { return this.slice(); };
        const stringify = JSON.stringify;
        JSON.stringify = (value, ...more) => stringify(value, ...more);
        const Native = Promise;
        window.Promise = function (work) { return new Native(work); };
        Promise.prototype = Native.prototype;
        for (const name of ['all', 'race', 'resolve', 'reject']) { Promise[name] = (value) => Native[name](value); }
    </script>"""
    visit.open(before=old, script=CALLS)
    arrive(visit, *ARRIVED)


@pytest.mark.fault("The visitor's storage is cleared between two pages", "delivered")
def test_storage_is_cleared_in_between(visitor: Visitor) -> None:
    """Whoever clears storage and cookies between two pages is another device, and sends as one."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    visit.run("localStorage.clear(); sessionStorage.clear();")
    visit.context.clear_cookies()
    visit.open("/next", script="freshpaint.identify('u2'); freshpaint.track('B')")
    arrive(visit, *ARRIVED)


@pytest.mark.fault("The page clears the visitor's storage while it is open", "delivered")
def test_storage_is_cleared_meanwhile(visitor: Visitor) -> None:
    """A page that clears its storage, as single-page applications do at a logout, goes on sending."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A')")
    visit.settled()
    visit.run("localStorage.clear(); sessionStorage.clear(); freshpaint.track('B');")
    visit.settled()
    visit.run("freshpaint.identify('u2'); freshpaint.track('C');")
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")


@pytest.mark.parametrize(
    "found",
    [
        "[null]",
        pytest.param("{", marks=pytest.mark.fault("Our storage is corrupt", "delivered")),
        pytest.param('{"version": 99}', marks=pytest.mark.fault("Our storage is another version's", "delivered")),
    ],
)
def test_what_is_stored_cannot_be_used(visitor: Visitor, found: str) -> None:
    """Whatever stands under our names in the visitor's storage, calls arrive."""
    visit = visitor()
    names = ("user", "properties", "visitor", "device", "held", "line", "profile")
    stores = "; ".join(
        f"localStorage['freshtap_TEST-86K-4Z9-K85Z_{name}'] = sessionStorage['freshtap_TEST-86K-4Z9-K85Z_{name}'] = '{found}'"
        for name in names
    )
    visit.open(before=f"<script>{stores}</script>", script=CALLS)
    arrive(visit, *ARRIVED)
