"""Consent: before it, after it, withdrawn, given again, said by the browser, and by the managers that the README names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

import sdk as sdks
from conftest import Visitor
from sites import ACCOUNT, Form
from visit import Visit
from wire import SEND, VARIANTS, arrive, devices, leave, order, received

REQUIRED: Final = {"consent": {"required": True}}
GPC: Final = {"consent": {"respect_gpc": True}}
SHOP: Final = "shop.site.test"

#: The visitor's decision, where we keep it.
DECISION: Final = f"freshtap_{ACCOUNT}_consent"

#: What says yes, and what says no.
AGREEMENTS: Final = (
    "set_consent({CleverTap: true})",
    "set_consent({All: true})",
    "set_consent({All: false, CleverTap: true})",
    "set_consent({CleverTap: {}})",
    "opt_in_tracking()",
)
REFUSALS: Final = (
    "set_consent({CleverTap: false})",
    "set_consent({All: false})",
    "set_consent({All: true, CleverTap: false})",
    "opt_out_tracking()",
)

#: A browser that says Global Privacy Control, one that says it does not; one that denies its storage, one that has none.
ASKS: Final = "<script>Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})</script>"
DOES_NOT_ASK: Final = "<script>Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => false})</script>"
DENIED: Final = """<script>for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError'); }});
}</script>"""

NULL: Final = """<script>for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {value: null});
}</script>"""

#: Notes whether the page came back from the back/forward cache.
WATCH: Final = "addEventListener('pageshow', (event) => { window.cameBack = event.persisted; });"

#: What a page calls, and how it arrives.
CALLS: Final = """freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.track('B', {n: 1}); freshpaint.reset();
    freshpaint.identify('u2'); freshpaint.track('C');"""
ARRIVED: Final = ("u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")

each_variant = pytest.mark.parametrize(("form", "sdk"), VARIANTS)


def stored(visit: Visit, page: Page | None = None) -> list[str]:
    """The names of everything that the visitor's browser keeps for the site: cookies and both storages."""
    keys = (page or visit.tab).evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return sorted([*keys, *(cookie["name"] for cookie in visit.cookies)])


def told(visit: Visit) -> list[bool]:
    """What CleverTap was told of opting out, in order."""
    said = [request for request in visit.collector.requests if "ct_optout" in request.data]
    assert all(request.query["optOut"] == json.dumps(request.data["ct_optout"]) for request in said)
    return [request.data["ct_optout"] for request in said]


def has_opted_out(visit: Visit) -> bool:
    """What the page is told."""
    answer = visit.run("return freshpaint.has_opted_out_tracking()")
    assert isinstance(answer, bool)
    return answer


def known(visit: Visit, path: str = "/first", script: str = "") -> str:
    """Identify u1, let everything arrive, and give back the device id."""
    visit.open(path, script=f"{script}; freshpaint.identify('u1'); freshpaint.track('Before')")
    visit.until(lambda: "u1 Before" in order(visit), "the first calls")
    visit.settled()
    (device,) = devices(visit, "u1")
    return device


def sends_nothing(visit: Visit, seconds: float = 0.4) -> None:
    """Nothing at all may reach CleverTap any more, nor the SDK be asked for, not of the SDK's own account either."""
    had, loads = len(visit.collector.requests) + len(visit.collector.repeats), visit.loads["sdk"]
    visit.lets_pass(seconds)
    assert visit.collector.requests[had:] == []
    assert len(visit.collector.requests) + len(visit.collector.repeats) == had
    assert visit.loads["sdk"] == loads


def untouched(visit: Visit) -> None:
    """Not a request, not a cookie, not a key."""
    sends_nothing(visit)
    assert (visit.loads["sdk"], visit.loads["collector"]) == (0, 0)
    assert stored(visit) == []


def refused(visit: Visit) -> None:
    """Nothing is sent any more, and nothing kept but the decision."""
    sends_nothing(visit)
    assert stored(visit) == [DECISION]
    assert has_opted_out(visit)


def left_alone(visit: Visit) -> None:
    """Wait until no request is under way: the SDK need not be there."""
    visit.until(lambda: not visit._in_flight, "the requests under way to be answered")  # noqa: SLF001
    visit.lets_pass(0.1)


def back(visit: Visit) -> None:
    """Go back to the page before, which must come from the back/forward cache as it was left."""
    visit.page.go_back(wait_until="commit")
    visit.until_page("window.cameBack === true", "the page to come from the back/forward cache")


# -- before the visitor agrees -----------------------------------------------------------------------------------------


@each_variant
def test_before_consent_nothing_is_loaded_sent_or_stored(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Not a request, not a cookie, not a key; callbacks and ready fire all the same, and nobody has opted out."""
    visit = visitor(config=REQUIRED, form=form, sdk=sdk)
    visit.open(
        script=f"""{CALLS} freshpaint.addEventProperties({{plan: 'pro'}}); window.called = 0;
        freshpaint.track('D', {{}}, {{}}, () => {{ called += 1; }}); freshpaint.ready(() => {{ called += 1; }});""",
        until="bridge",
    )
    visit.run("freshpaint.track('E', {}, {}, () => { called += 1; })")
    visit.until_page("called === 3", "callbacks and ready")
    untouched(visit)
    assert not has_opted_out(visit)
    assert visit.run("return freshpaint.user().id()") == "u2"


@each_variant
@pytest.mark.parametrize("agreement", AGREEMENTS)
def test_consent_lets_everything_through(visitor: Visitor, agreement: str, form: Form, sdk: sdks.Version) -> None:
    """All calls made so far arrive, in order and under their users, and so does whatever comes after."""
    visit = visitor(config=REQUIRED, form=form, sdk=sdk)
    visit.open(script=CALLS, until="bridge")
    visit.run(f"freshpaint.track('D'); freshpaint.{agreement}; freshpaint.track('E')")
    arrive(visit, *ARRIVED, "u2 D", "u2 E")
    assert visit.loads["sdk"] == 1
    assert not told(visit)


@pytest.mark.parametrize("agreement", AGREEMENTS)
def test_consent_noted_before_the_bridge_counts(visitor: Visitor, agreement: str) -> None:
    """Said to the snippet, it means the same, wherever it stands among the calls."""
    visit = visitor(config=REQUIRED)
    visit.open(script=f"freshpaint.track('A'); freshpaint.{agreement}; freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "u1 A")


def test_consent_is_remembered(visitor: Visitor) -> None:
    """On the next page, and after the tab is closed, nobody has to be asked."""
    visit = visitor(config=REQUIRED)
    visit.open(script="freshpaint.opt_in_tracking(); freshpaint.identify('u1')")
    visit.arrives(1)
    visit.open("/next", script="freshpaint.track('A')")
    visit.arrives(2)
    visit.page.close()
    visit.open("/later", script="freshpaint.track('B')", new_tab=True)
    arrive(visit, "u1 identify", "u1 A", "u1 B")


def test_a_page_left_without_consent_loses_what_waited(visitor: Visitor) -> None:
    """It waits in memory only: what the next page sends, once it may, is its own."""
    visit = visitor(config=REQUIRED)
    visit.open(script=f"{CALLS} freshpaint.addEventProperties({{plan: 'pro'}})", until="bridge")
    leave(visit)
    visit.reaches("bridge")
    untouched(visit)
    assert visit.run("return freshpaint.user().id()") is None
    visit.run("freshpaint.opt_in_tracking(); freshpaint.identify('u3'); freshpaint.track('D')")
    arrive(visit, "u3 identify", "u3 D")
    assert received(visit)[1].data == {}


def test_a_page_from_the_cache_still_has_what_waited(caching_visitor: Visitor) -> None:
    """It is the same page, and in its memory the calls still wait."""
    visit = caching_visitor(config=REQUIRED)
    visit.open(script=f"{WATCH} {CALLS}", until="bridge")
    leave(visit)
    visit.reaches("bridge")
    back(visit)
    untouched(visit)
    visit.run("freshpaint.opt_in_tracking()")
    arrive(visit, *ARRIVED)


@pytest.mark.parametrize(
    "choices",
    ["{Other: true}", "{Other: false}", "{}", "null", "undefined", "'CleverTap'", "7", "[true]", "{clevertap: true}"],
)
def test_choices_about_others_change_nothing(visitor: Visitor, choices: str) -> None:
    """Neither our key nor All: as long as nothing was decided, nothing is."""
    visit = visitor(config=REQUIRED)
    visit.open(script=f"freshpaint.identify('u1'); freshpaint.set_consent({choices})", until="bridge")
    visit.run(f"freshpaint.set_consent({choices})")
    untouched(visit)
    assert not has_opted_out(visit)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_before_anything_else(visitor: Visitor, refusal: str) -> None:
    """What waited is forgotten, nothing is loaded, and nothing but the decision is kept."""
    visit = visitor(config=REQUIRED)
    visit.open(script=CALLS, until="bridge")
    visit.run(f"freshpaint.{refusal}; freshpaint.track('D'); freshpaint.identify('u3')")
    refused(visit)
    visit.open("/next", script="freshpaint.track('E')", until="bridge")
    refused(visit)
    assert visit.loads["sdk"] == 0


def test_the_configs_name_of_the_destination(visitor: Visitor) -> None:
    """freshpaint.destination is the key that decides."""
    visit = visitor(config={**REQUIRED, "freshpaint": {"destination": "CleverTap EU"}})
    visit.open(script="freshpaint.identify('u1'); freshpaint.set_consent({CleverTap: true})", until="bridge")
    untouched(visit)
    visit.run("freshpaint.set_consent({All: false, CleverTap: false, 'CleverTap EU': true})")
    arrive(visit, "u1 identify")


def test_another_tab_agrees(visitor: Visitor) -> None:
    """The decision holds in every open tab at once: what waited there arrives, too."""
    visit = visitor(config=REQUIRED)
    visit.open("/one", script="freshpaint.identify('u1'); freshpaint.track('A')", until="bridge")
    first = visit.tab
    visit.open("/two", until="bridge", new_tab=True)
    visit.run("freshpaint.opt_in_tracking()")
    arrive(visit, "u1 identify", "u1 A")
    assert first.evaluate("() => !!clevertap.getCleverTapID()")


def test_the_sites_own_sdk_waits_for_no_consent_of_ours(visitor: Visitor) -> None:
    """An SDK that is there already is the site's: it is used once, and only after consent."""
    visit = visitor(config=REQUIRED)
    stub = f"""<script>var clevertap = {{event: [], profile: [], account: [{{id: '{ACCOUNT}'}}], region: 'in1', onUserLogin: [],
        notifications: [], privacy: []}};</script>
        <script src="https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"></script>"""
    visit.open(before=stub, script="freshpaint.identify('u1')")
    visit.stays_quiet(0.4)
    visit.run("freshpaint.opt_in_tracking(); freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    visit.open("/next", before=stub, script="freshpaint.opt_in_tracking(); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    visit.run("freshpaint.opt_out_tracking(); freshpaint.track('C')")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    sends_nothing(visit)


# -- withdrawn ---------------------------------------------------------------------------------------------------------


@each_variant
@pytest.mark.parametrize("refusal", ["opt_out_tracking()", "set_consent({CleverTap: false})"])
def test_opting_out_stops_everything(visitor: Visitor, refusal: str, form: Form, sdk: sdks.Version) -> None:
    """On this page and the next, where the SDK is not even loaded; CleverTap is told, and nothing is kept but the decision."""
    visit = visitor(form=form, sdk=sdk)
    known(visit)
    visit.run(
        f"""freshpaint.addEventProperties({{plan: 'pro'}}); freshpaint.{refusal};
        freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.reset(); freshpaint.track('B')"""
    )
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    refused(visit)
    assert visit.run("return freshpaint.user().id()") in (None, "u2")
    visit.open("/next", script="freshpaint.track('C'); freshpaint.identify('u3')", until="bridge")
    refused(visit)
    assert visit.loads["sdk"] == 1
    assert order(visit) == ["u1 identify", "u1 Before"]
    assert told(visit) == [True]


def test_opting_out_twice_is_told_once(visitor: Visitor) -> None:
    """Also across pages, and whatever says it."""
    visit = visitor()
    known(visit)
    visit.run("freshpaint.opt_out_tracking(); freshpaint.opt_out_tracking(); freshpaint.set_consent({All: false})")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    visit.open("/next", script="freshpaint.opt_out_tracking()", until="bridge")
    visit.run("freshpaint.opt_out_tracking()")
    refused(visit)
    assert told(visit) == [True]


def test_a_refusal_noted_before_the_bridge_counts(visitor: Visitor) -> None:
    """Said to the snippet, it stops this page already: the SDK is not loaded, and what was kept is removed."""
    visit = visitor()
    known(visit)
    visit.open("/next", script="freshpaint.track('A'); freshpaint.opt_out_tracking()", until="bridge")
    refused(visit)
    assert visit.loads["sdk"] == 1


def test_opting_out_while_the_sdk_is_on_its_way(visitor: Visitor) -> None:
    """What waits in the line is forgotten, and the SDK that then arrives is given nothing."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(script=CALLS, until="bridge")
    visit.run("freshpaint.opt_out_tracking()")
    gate.open()
    visit.reaches("sdk")
    refused(visit)
    assert visit.loads["collector"] == 0


def test_opting_out_forgets_held_events(visitor: Visitor) -> None:
    """Those that wait for somebody to be identified are nobody's then."""
    visit = visitor()
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    visit.run("freshpaint.opt_out_tracking(); freshpaint.opt_in_tracking(); freshpaint.identify('u1')")
    arrive(visit, "u1 identify")


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
def test_opting_out_forgets_what_the_sdk_would_send_again(visitor: Visitor, sdk: sdks.Version) -> None:
    """Events in the SDK's own store stay there neither for its next attempt on this page nor for the next page's."""
    visit = visitor(sdk=sdk)
    visit.page.clock.install()
    visit.collector.lose_answers(lambda request: request.name == "A")
    known(visit)
    visit.run("freshpaint.track('A')")
    visit.until(lambda: "u1 A" in order(visit), "the event")
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    for seconds in (1, 3, 5, 20):
        visit.page.clock.run_for(seconds * 1000)
    refused(visit)
    visit.open("/next", until="bridge")
    visit.page.clock.run_for(10_000)
    refused(visit)
    assert visit.collector.repeats == []


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
def test_opting_out_silences_the_sdks_clocks(visitor: Visitor, sdk: sdks.Version) -> None:
    """Neither its ping after two minutes nor any other of its timers is sent; what it notes meanwhile goes with the page."""
    visit = visitor(sdk=sdk)
    visit.page.clock.install()
    known(visit)
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    visit.page.clock.run_for(180_000)
    sends_nothing(visit)
    visit.run("freshpaint.opt_in_tracking()")
    visit.until(lambda: told(visit) == [True, False], "CleverTap to be told")
    assert "ping" not in {request.kind for request in visit.collector.requests}
    visit.run("freshpaint.opt_out_tracking()")
    visit.page.clock.run_for(180_000)
    visit.site = None
    visit.open("/elsewhere", until="commit")
    assert stored(visit) == [DECISION]


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
@pytest.mark.parametrize("person", ["new", "known"])
def test_opting_out_during_a_login(visitor: Visitor, person: str, sdk: sdks.Version) -> None:
    """Its answer, which comes late, brings nothing back: no cookie, no key; and what waited behind it is forgotten."""
    visit = visitor(sdk=sdk)
    known(visit)
    if person == "known":
        visit.collector.knows("u2")
    visit.collector.slow(0.5, lambda request: request.login)
    visit.run("freshpaint.identify('u2'); freshpaint.track('A')")
    visit.until(lambda: bool(visit.collector.logins()), "the login")
    visit.run("freshpaint.opt_out_tracking()")
    left_alone(visit)
    refused(visit)
    assert "u2 A" not in order(visit)
    visit.run("freshpaint.opt_in_tracking(); freshpaint.identify('u3'); freshpaint.track('B')")
    visit.until(lambda: order(visit)[-2:] == ["u3 identify", "u3 B"], "the calls after agreeing again")


def test_a_late_answer_writes_nothing(visitor: Visitor) -> None:
    """Neither the device id and the session, nor what CleverTap says of campaigns."""
    visit = visitor(config=SEND)
    known(visit)
    visit.collector.slow(0.5, lambda request: request.name == "A")
    visit.run("freshpaint.track('A')")
    visit.until(lambda: "u1 A" in order(visit), "the event")
    visit.run("freshpaint.opt_out_tracking()")
    left_alone(visit)
    refused(visit)


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
def test_opting_out_before_the_first_answer(visitor: Visitor, sdk: sdks.Version) -> None:
    """On a device that has no id yet nothing that the SDK keeps in wait is sent, and the answer brings no cookie."""
    visit = visitor(config=SEND, sdk=sdk)
    visit.collector.slow(0.5)
    visit.open(script=CALLS, until="sdk")
    visit.until(lambda: bool(visit.collector.requests), "the first request")
    visit.run("freshpaint.opt_out_tracking()")
    left_alone(visit)
    refused(visit)
    assert order(visit) == []


def test_the_device_cookie_goes_from_the_shared_domain(visitor: Visitor) -> None:
    """Opting out on one host removes our cookie and CleverTap's for all of them, those of the host alone included."""
    visit = visitor()
    known(visit)
    assert {cookie["domain"] for cookie in visit.cookies} == {".site.test"}
    visit.open(host=SHOP, until="device")
    visit.run(
        "document.cookie = 'WZRK_OWN=1; path=/'; document.cookie = 'theirs=1; path=/'; freshpaint.opt_out_tracking()"
    )
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    assert [cookie["name"] for cookie in visit.cookies] == ["theirs"]


def test_what_is_the_sites_stays(visitor: Visitor) -> None:
    """Keys and cookies that are neither ours nor CleverTap's are not touched."""
    visit = visitor()
    known(visit)
    visit.run("localStorage.mine = 1; sessionStorage.mine_too = 1; document.cookie = 'own=1; path=/'")
    visit.run("freshpaint.opt_out_tracking()")
    left_alone(visit)
    assert stored(visit) == sorted([DECISION, "mine", "mine_too", "own"])


def test_the_refusal_outlasts_the_session(visitor: Visitor) -> None:
    """In a new tab, after the old one is closed, it still holds."""
    visit = visitor()
    known(visit)
    visit.run("freshpaint.opt_out_tracking()")
    left_alone(visit)
    visit.page.close()
    visit.open("/later", script="freshpaint.identify('u1')", until="bridge", new_tab=True)
    refused(visit)


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
def test_another_tab_opts_out(visitor: Visitor, sdk: sdks.Version) -> None:
    """An open tab sends nothing more, on its SDK's own account neither; CleverTap is told once, by the tab that was asked."""
    visit = visitor(sdk=sdk)
    visit.page.clock.install()
    known(visit)
    first = visit.tab
    visit.open("/second", new_tab=True)
    visit.settled()
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    first.evaluate("() => { freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.track('B'); }")
    first.clock.run_for(180_000)
    sends_nothing(visit)
    assert first.evaluate("() => freshpaint.has_opted_out_tracking()")
    first.close()
    visit.open("/third", until="bridge")
    assert stored(visit) == [DECISION]
    assert told(visit) == [True]


def test_another_tab_opts_in_again(visitor: Visitor) -> None:
    """An open tab sends again, too, and nothing of what was called there meanwhile."""
    visit = visitor(config=SEND)
    known(visit)
    first = visit.tab
    visit.open("/second", new_tab=True)
    visit.settled()
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    first.evaluate("() => { freshpaint.track('Lost'); freshpaint.addEventProperties({lost: 1}); }")
    visit.run("freshpaint.opt_in_tracking()")
    visit.until(lambda: told(visit) == [True, False], "CleverTap to be told")
    visit.settled()
    first.evaluate("() => freshpaint.track('A')")
    visit.until(lambda: "- A" in order(visit), "the event of the first tab")
    visit.settled()
    assert order(visit) == ["u1 identify", "u1 Before", "- A"]
    assert received(visit)[-1].data == {}


@pytest.mark.parametrize("config", [{}, REQUIRED], ids=["none", "required"])
def test_a_decision_cleared_away_in_another_tab(visitor: Visitor, config: dict[str, Any]) -> None:
    """Nobody has agreed by that: a page on which the visitor had refused goes on sending nothing."""
    visit = visitor(config=config)
    known(visit, script="freshpaint.opt_in_tracking()")
    first = visit.tab
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    visit.open("/second", until="bridge", new_tab=True)
    visit.block("sdk")
    visit.run("localStorage.clear()")
    first.evaluate("() => freshpaint.track('A')")
    sends_nothing(visit)
    assert told(visit) == [True]


def test_an_agreement_cleared_away_on_the_page(visitor: Visitor) -> None:
    """A page that empties its storage, as some do at a logout, has not been refused anything: it goes on."""
    visit = visitor(config=REQUIRED)
    known(visit, script="freshpaint.opt_in_tracking()")
    visit.run("localStorage.clear(); freshpaint.track('A'); freshpaint.reset(); freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 Before", "u1 A", "u2 identify")


def test_a_refusal_cleared_away_on_the_page(visitor: Visitor) -> None:
    """What is called behind it is not noted either, for a page on which the decision is not known."""
    visit = visitor()
    known(visit)
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    visit.run("localStorage.clear(); freshpaint.track('A')")
    visit.open("/next", script="freshpaint.identify('u2')")
    visit.until(lambda: "u2 identify" in order(visit), "the next page's call")
    visit.settled()
    assert "u2 A" not in order(visit)


def test_a_page_from_the_cache_sends_nothing(caching_visitor: Visitor) -> None:
    """It was left while everything was allowed; what was decided on another page holds there as well."""
    visit = caching_visitor()
    known(visit, script=WATCH)
    leave(visit)
    visit.reaches("device")
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    back(visit)
    visit.run("freshpaint.track('A'); freshpaint.identify('u2')")
    refused(visit)
    assert visit.run("return clevertap.getAccountID()") == ACCOUNT
    assert visit.run("return freshpaint.get_distinct_id()") in ("", "u2")


def test_leaving_right_after_opting_out(visitor: Visitor) -> None:
    """Nothing of the page that is left is stored for the next."""
    visit = visitor()
    known(visit)
    leave(visit, "freshpaint.track('A'); freshpaint.opt_out_tracking(); freshpaint.track('B')")
    visit.reaches("bridge")
    refused(visit)
    assert "u1 B" not in order(visit)


def test_nobody_has_a_distinct_id_after_opting_out(visitor: Visitor) -> None:
    """Neither a user's nor a device's."""
    visit = visitor()
    known(visit)
    visit.run("freshpaint.opt_out_tracking()")
    assert visit.run("return [freshpaint.get_distinct_id(), freshpaint.user().id()]") == ["", None]


# -- given again -------------------------------------------------------------------------------------------------------


@each_variant
@pytest.mark.parametrize("agreement", ["opt_in_tracking()", "set_consent({CleverTap: true})"])
def test_opting_in_again_on_the_same_page(visitor: Visitor, agreement: str, form: Form, sdk: sdks.Version) -> None:
    """CleverTap is told, events arrive again, nothing of what was called meanwhile does, and nobody is known until identified."""
    visit = visitor(form=form, sdk=sdk)
    device = known(visit)
    visit.run("freshpaint.opt_out_tracking(); freshpaint.track('Lost'); freshpaint.identify('lost', {lost: 1})")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    visit.run(f"freshpaint.{agreement}; freshpaint.track('A')")
    visit.until(lambda: told(visit) == [True, False], "CleverTap to be told")
    visit.settled()
    assert not has_opted_out(visit)
    assert order(visit) == ["u1 identify", "u1 Before"]
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 Before", "u2 identify", "u2 A", "u2 B")
    assert device not in devices(visit, "u2")
    assert visit.loads["sdk"] == 1


@each_variant
def test_opting_in_again_on_a_later_page(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """The SDK is loaded then, and all is as for a new visitor."""
    visit = visitor(config=SEND, form=form, sdk=sdk)
    device = known(visit)
    visit.run("freshpaint.addEventProperties({lost: 1}); freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    visit.open("/next", script="freshpaint.track('Lost'); freshpaint.identify('lost')", until="bridge")
    visit.run("freshpaint.opt_in_tracking(); freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 Before", "- A", "u1 identify", "u1 B")
    assert told(visit) == [True, False]
    assert device not in devices(visit, None)
    assert received(visit)[2].data == {}
    visit.open("/last", script="freshpaint.track('C')")
    visit.arrives(6)
    assert told(visit) == [True, False]


@pytest.mark.parametrize("sdk", ["2.5.2", "2.3.3"])
def test_a_change_of_mind_within_one_task(visitor: Visitor, sdk: sdks.Version) -> None:
    """Out and in again: CleverTap is told both, in this order, and the visitor starts afresh."""
    visit = visitor(config=SEND, sdk=sdk)
    device = known(visit)
    visit.run(
        "freshpaint.opt_out_tracking(); freshpaint.track('Lost'); freshpaint.opt_in_tracking(); freshpaint.track('A')"
    )
    arrive(visit, "u1 identify", "u1 Before", "- A")
    assert told(visit) == [True, False]
    assert device not in devices(visit, None)


def test_an_answer_from_before_does_not_bring_the_old_device_back(visitor: Visitor) -> None:
    """It comes when everything is allowed again; the visitor is another one all the same."""
    visit = visitor(config=SEND)
    device = known(visit)
    visit.collector.slow(0.6, lambda request: request.name == "A")
    visit.collector.slow(0.2)
    visit.run("freshpaint.track('A')")
    visit.until(lambda: "u1 A" in order(visit), "the event")
    visit.run("freshpaint.opt_out_tracking(); freshpaint.opt_in_tracking(); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 Before", "u1 A", "- B")
    assert device not in devices(visit, None)


def test_opting_in_changes_nothing_for_whoever_never_opted_out(visitor: Visitor) -> None:
    """Nobody is told anything, and whoever is known stays known."""
    visit = visitor()
    device = known(visit)
    visit.run("freshpaint.opt_in_tracking(); freshpaint.set_consent({All: true}); freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 Before", "u1 A")
    assert devices(visit, "u1") == {device}
    assert told(visit) == []
    assert len(visit.collector.devices()) == 1


# -- Global Privacy Control --------------------------------------------------------------------------------------------


@each_variant
def test_a_browser_that_asks_for_privacy(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Nothing is loaded, sent or stored, and the page is told that the visitor has opted out."""
    visit = visitor(config=GPC, form=form, sdk=sdk)
    visit.open(before=ASKS, script=CALLS, until="bridge")
    visit.run("freshpaint.track('D'); freshpaint.addEventProperties({a: 1}); freshpaint.set_consent({Other: true})")
    untouched(visit)
    assert has_opted_out(visit)


def test_a_browser_that_now_asks_for_privacy(visitor: Visitor) -> None:
    """What earlier pages had kept, before it asked, is removed."""
    visit = visitor(config=GPC)
    known(visit)
    visit.open("/next", before=ASKS, until="bridge")
    sends_nothing(visit)
    assert stored(visit) == []


def test_agreeing_wins_over_the_browser(visitor: Visitor) -> None:
    """Said on the site itself, it counts, and is remembered; so does a later refusal."""
    visit = visitor(config=GPC)
    visit.open(before=ASKS, script="freshpaint.track('Lost')", until="bridge")
    visit.run("freshpaint.opt_in_tracking(); freshpaint.identify('u1')")
    visit.arrives(1)
    visit.open("/next", before=ASKS, script="freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    assert not has_opted_out(visit)
    visit.run("freshpaint.opt_out_tracking()")
    visit.until(lambda: told(visit)[-1:] == [True], "CleverTap to be told")
    left_alone(visit)
    refused(visit)


@pytest.mark.parametrize(("config", "browser_says"), [({}, ASKS), (GPC, DOES_NOT_ASK), (GPC, "")])
def test_a_browser_that_is_not_heeded_or_does_not_ask(
    visitor: Visitor, config: dict[str, Any], browser_says: str
) -> None:
    """Without the config's key it means nothing, and where it is not asked for, neither does the key."""
    visit = visitor(config=config)
    visit.open(before=browser_says, script="freshpaint.identify('u1')")
    arrive(visit, "u1 identify")
    assert not has_opted_out(visit)


def test_both_keys(visitor: Visitor) -> None:
    """Consent that is required still has to be given where the browser asks for nothing."""
    visit = visitor(config={"consent": {"required": True, "respect_gpc": True}})
    visit.open(before=DOES_NOT_ASK, script="freshpaint.identify('u1')", until="bridge")
    untouched(visit)
    assert not has_opted_out(visit)
    visit.run("freshpaint.opt_in_tracking()")
    arrive(visit, "u1 identify")


# -- storage, hostile pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [{}, REQUIRED], ids=["none", "required"])
@pytest.mark.parametrize("obstacle", [DENIED, NULL], ids=["denied", "null"])
def test_without_storage_a_decision_holds_for_the_page(visitor: Visitor, config: dict[str, Any], obstacle: str) -> None:
    """Refused, nothing is loaded; agreed, the SDK is, which then fails by itself; the next page has to ask again."""
    visit = visitor(config=config)
    visit.errors_expected = True
    visit.open(before=obstacle, script="freshpaint.opt_out_tracking(); freshpaint.track('A')", until="bridge")
    visit.run("freshpaint.track('B'); freshpaint.set_consent({Other: true})")
    sends_nothing(visit)
    assert visit.loads["sdk"] == 0
    assert has_opted_out(visit)
    visit.run("freshpaint.opt_in_tracking()")
    visit.until(lambda: visit.loads["sdk"] == 1, "the SDK to be loaded")
    assert not has_opted_out(visit)
    visit.open("/next", before=obstacle, until="bridge")
    assert not has_opted_out(visit)
    visit.lets_pass(0.2)
    assert visit.loads["sdk"] == (1 if "consent" in config else 2)


def test_a_refusal_finds_room_where_storage_is_full(visitor: Visitor) -> None:
    """What is removed makes room for it: the next page knows."""
    visit = visitor()
    known(visit)
    visit.run(
        """for (let size = 1 << 20; size; size >>= 1) {
            try { for (let n = 0; ; n++) { localStorage.setItem(size + '_' + n, 'x'.repeat(size)); } } catch (error) {}
        }
        freshpaint.opt_out_tracking();"""
    )
    left_alone(visit)
    visit.open("/next", script="freshpaint.track('A')", until="bridge")
    sends_nothing(visit)
    assert has_opted_out(visit)


@pytest.mark.parametrize("config", [{}, REQUIRED], ids=["none", "required"])
def test_hostile_choices_never_throw(visitor: Visitor, config: dict[str, Any]) -> None:
    """Getters that throw, Proxies, null: no call throws, and none is taken for a decision."""
    visit = visitor(config=config)
    visit.open(
        script="""const revoked = Proxy.revocable({}, {}); revoked.revoke();
        const throws = () => { throw Error('mine'); };
        const traps = new Proxy({}, {get: throws, ownKeys: throws, getOwnPropertyDescriptor: throws, getPrototypeOf: throws});
        const throwing = {get CleverTap() { throw Error('mine'); }, get All() { throw Error('mine'); }};
        const loop = {}; loop.loop = loop;
        window.hostile = [undefined, null, 0, NaN, '', 'x', 1n, Symbol('mine'), () => {}, [], revoked.proxy, traps, throwing, loop, window];
        window.thrown = [];
        window.attempt = () => hostile.forEach((value) => {
            try { freshpaint.set_consent(value); freshpaint.set_consent(value, value, value, value); }
            catch (error) { thrown.push(String(error)); }
        });
        attempt();""",
        until="bridge",
    )
    visit.run("attempt()")
    assert visit.run("return thrown") == []
    assert not has_opted_out(visit)
    assert DECISION not in stored(visit)
    visit.run(
        """hostile.forEach((value) => { freshpaint.opt_out_tracking(value, value); freshpaint.has_opted_out_tracking(value); });
        hostile.forEach((value) => freshpaint.opt_in_tracking(value, value)); freshpaint.identify('u1')"""
    )
    visit.until(lambda: order(visit) == ["u1 identify"], "the identify")


# -- consent managers --------------------------------------------------------------------------------------------------

README: Final = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
#: The README's lines for each manager, by its name.
RECIPES: Final = dict(
    re.findall(r"^\*\*(\w[\w ]*)\*\*[^`]*(?:`[^`\n]+`[^`]*)*\n```js\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
)

#: Each manager's public interface, as far as its documentation goes: ``manager.answer(agrees)`` is what its banner does.
#: What was answered is kept in a cookie, because managers do so.
ANSWERS: Final = """
    const kept = () => (document.cookie.match(/(?:^|; )banner=(\\w+)/) || [])[1];
    const keep = (agrees) => { document.cookie = 'banner=' + (agrees ? 'yes' : 'no') + '; path=/'; };
"""
ONETRUST: Final = """
    const heeding = [];
    const grant = (agrees) => { window.OptanonActiveGroups = window.OnetrustActiveGroups = agrees ? ',C0001,C0002,C0004,' : ',C0001,'; };
    grant(kept() === 'yes');
    window.OneTrust = {OnConsentChanged: (callback) => { heeding.push(callback); }, IsAlertBoxClosed: () => !!kept()};
    window.manager = {answer(agrees) {
        grant(agrees); keep(agrees);
        heeding.slice().forEach((callback) => callback({detail: OptanonActiveGroups.split(',')}));
        window.OptanonWrapper && OptanonWrapper();
    }};
    window.OptanonWrapper && OptanonWrapper();
"""
OSANO: Final = """
    const heeding = {};
    const state = () => ({ESSENTIAL: 'ACCEPT', ANALYTICS: 'DENY', MARKETING: kept() === 'yes' ? 'ACCEPT' : 'DENY', OPT_OUT: 'DENY'});
    window.Osano = {cm: {
        getConsent: state,
        addEventListener(type, callback) {
            (heeding[type] = heeding[type] || []).push(callback);
            if (type === 'osano-cm-initialized') { callback(kept() && state()); }
        }
    }};
    window.manager = {answer(agrees) {
        keep(agrees);
        (heeding['osano-cm-consent-changed'] || []).forEach((callback) => callback({MARKETING: state().MARKETING}));
        (heeding['osano-cm-consent-saved'] || []).forEach((callback) => callback(state()));
    }};
"""
COOKIEBOT: Final = """
    window.Cookiebot = {consent: {necessary: true, preferences: false, statistics: false, marketing: false}, hasResponse: false};
    const say = (agrees) => {
        Object.assign(Cookiebot, {hasResponse: true, consented: agrees, declined: !agrees});
        Cookiebot.consent.marketing = agrees;
        window.dispatchEvent(new Event(agrees ? 'CookiebotOnAccept' : 'CookiebotOnDecline'));
    };
    if (kept()) { say(kept() === 'yes'); }
    window.manager = {answer(agrees) { keep(agrees); say(agrees); }};
"""
TCF: Final = """
    const heeding = [];
    const data = (eventStatus) => ({tcfPolicyVersion: 4, cmpStatus: 'loaded', gdprApplies: true, eventStatus, listenerId: 1,
        purpose: {consents: kept() === 'yes' ? {1: true, 2: true, 5: true, 8: true} : kept() ? {1: true, 5: false} : {}, legitimateInterests: {}},
        vendor: {consents: {}, legitimateInterests: {}}});
    const commands = {addEventListener(callback) {
        heeding.push(callback);
        callback(data(kept() ? 'tcloaded' : 'cmpuishown'), true);
    }};
    const waiting = window.__tcfapi && window.__tcfapi() || [];
    window.__tcfapi = (command, version, callback) => commands[command] ? commands[command](callback) : callback(null, false);
    waiting.forEach((values) => window.__tcfapi(...values));
    window.manager = {answer(agrees) { keep(agrees); heeding.forEach((callback) => callback(data('useractioncomplete'), true)); }};
"""
#: The stub that is in the page from the start, and keeps what it is asked until the manager is there.
TCF_STUB: Final = """(() => {
    const asked = [];
    window.__tcfapi = (...values) => values.length ? void asked.push(values) : asked;
})();"""
MANAGERS: Final = {"OneTrust": ONETRUST, "Osano": OSANO, "Cookiebot": COOKIEBOT, "IAB TCF": TCF}

each_manager = pytest.mark.parametrize("manager", MANAGERS)


def test_the_readme_has_a_recipe_for_each_manager() -> None:
    """The blocks that these tests run are the README's."""
    assert RECIPES.keys() == MANAGERS.keys()
    assert all(5 <= len(block.splitlines()) <= 10 for block in RECIPES.values())


def managed(visit: Visit, manager: str, moment: str, path: str = "/", script: str = "freshpaint.track('A')") -> None:
    """Load a page with a manager and its recipe; the manager comes before our tag, behind it, or when all else is there."""
    stub = TCF_STUB if manager == "IAB TCF" else ""
    arrives = f"{{ {ANSWERS} {MANAGERS[manager]} }}"
    if moment == "late" and manager == "Osano":
        pytest.skip("osano.js has to be the first script of a page")
    early, behind = (arrives, "") if moment == "before" else ("", arrives if moment == "behind" else "")
    if moment == "behind" and manager == "Osano":
        # Its recipe stands behind it.
        recipe = f"<script>{behind}</script><script>{RECIPES[manager]}</script>"
    else:
        recipe = f"<script>{RECIPES[manager]}</script><script>{behind}</script>"
    visit.open(path, before=f"<script>{stub}{early}</script>", script=f"{script};", head=recipe, until="bridge")
    if moment == "late":
        visit.run(arrives)


@each_manager
@pytest.mark.parametrize("moment", ["before", "behind", "late"])
def test_the_visitor_accepts(visitor: Visitor, manager: str, moment: str) -> None:
    """Before the answer nothing happens; then all calls arrive; and on the next page nobody has to answer."""
    visit = visitor(config={**REQUIRED, **SEND})
    managed(visit, manager, moment)
    untouched(visit)
    assert not has_opted_out(visit)
    visit.run("manager.answer(true); freshpaint.track('B')")
    arrive(visit, "- A", "- B")
    managed(visit, manager, moment, "/next", "freshpaint.track('C')")
    arrive(visit, "- A", "- B", "- C")
    assert told(visit) == []


@each_manager
@pytest.mark.parametrize("moment", ["before", "behind", "late"])
def test_the_visitor_refuses(visitor: Visitor, manager: str, moment: str) -> None:
    """Nothing is sent, on this page and the next."""
    visit = visitor(config=REQUIRED)
    managed(visit, manager, moment)
    visit.run("manager.answer(false); freshpaint.track('B')")
    assert has_opted_out(visit)
    managed(visit, manager, moment, "/next", "freshpaint.identify('u1')")
    sends_nothing(visit)
    assert has_opted_out(visit)
    assert stored(visit) == ["banner", DECISION]
    assert visit.loads["sdk"] == 0


@each_manager
def test_the_visitor_has_a_change_of_mind(visitor: Visitor, manager: str) -> None:
    """Accepted, refused, accepted again: each counts at once, and CleverTap is told."""
    visit = visitor(config={**REQUIRED, **SEND})
    managed(visit, manager, "before")
    visit.run("manager.answer(true)")
    visit.until(lambda: order(visit) == ["- A"], "the event")
    visit.settled()
    visit.run("manager.answer(false); freshpaint.track('Lost')")
    visit.until(lambda: told(visit) == [True], "CleverTap to be told")
    left_alone(visit)
    assert stored(visit) == ["banner", DECISION]
    visit.run("manager.answer(true); freshpaint.track('B')")
    arrive(visit, "- A", "- B")
    assert told(visit) == [True, False]


def test_where_the_gdpr_does_not_apply(visitor: Visitor) -> None:
    """A TCF manager says so, without purposes, and nobody is asked."""
    visit = visitor(config=REQUIRED)
    says = "callback({gdprApplies: false, eventStatus: 'tcloaded', listenerId: 1}, true)"
    visit.open(
        before=f"<script>window.__tcfapi = (command, version, callback) => {says};</script>",
        script="freshpaint.identify('u1')",
        head=f"<script>{RECIPES['IAB TCF']}</script>",
    )
    arrive(visit, "u1 identify")
