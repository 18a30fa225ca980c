"""Who is known: events before identify, the next page, subdomains, reset, and identifies that repeat."""

from __future__ import annotations

from typing import Final

import pytest

from conftest import Visitor
from visit import Visit
from wire import SEND, arrive, devices, leave, order, received

DROP: Final = {"track": {"before_identify": "drop"}}
SHOP: Final = "shop.site.test"


def forgotten_cookies(beginning: str = "") -> str:
    """JavaScript that takes the cookies whose names begin so from the site, whichever of its domains they are on."""
    return f"""
    for (const pair of document.cookie.split('; ')) {{
        const name = pair.split('=')[0];
        if (name.startsWith('{beginning}')) {{
            document.cookie = name + '=; path=/; max-age=0';
            document.cookie = name + '=; path=/; max-age=0; domain=.site.test';
        }}
    }}"""


#: Makes the browser forget what the SDK keeps: its cookies everywhere, and its part of the storage.
FORGET_THE_DEVICE: Final = f"""{forgotten_cookies("WZRK")}
    Object.keys(localStorage).filter((key) => key.startsWith('WZRK')).forEach((key) => localStorage.removeItem(key));"""

#: What a logout's answer does that clears the site's cookies.
FORGET_THE_COOKIES: Final = forgotten_cookies()
#: As a browser says that a tab is shown.
SHOWN: Final = "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));"


def known(visit: Visit, person: str = "u1") -> str:
    """Identify somebody on a first page; returns the device id they are known under."""
    visit.open("/first", script=f"freshpaint.identify('{person}')")
    visit.arrives(1)
    (device,) = devices(visit, person)
    return device


def forget_the_device(visit: Visit) -> None:
    """Take the SDK's device id away between two pages, and leave what the bridge keeps."""
    visit.block("sdk")
    visit.open("/between", until="bridge")
    visit.run(FORGET_THE_DEVICE)
    visit.unblock("sdk")


# -- before the visitor is known ---------------------------------------------------------------------------------------


def test_held_until_identify(visitor: Visitor) -> None:
    """Events of somebody unknown arrive, in order and under the user, once they identify."""
    visit = visitor()
    visit.open(script="freshpaint.track('A', {n: 1}); freshpaint.track('B', {n: 2})")
    visit.settled()
    assert order(visit) == []
    visit.run("freshpaint.track('C', {n: 3}); freshpaint.identify('u1'); freshpaint.track('D', {n: 4})")
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C", "u1 D")
    assert [request.data["n"] for request in received(visit)[1:]] == [1, 2, 3, 4]


def test_held_across_pages(visitor: Visitor) -> None:
    """Events wait across pages, in the order of the pages, with the values they were called with."""
    visit = visitor()
    for page in ("one", "two"):
        visit.open(
            f"/{page}",
            script=f"freshpaint.addEventProperties({{page: '{page}'}}); freshpaint.track('On {page}', {{when: new Date(0)}})",
        )
        visit.settled()
    visit.open("/three", script="freshpaint.track('On three'); freshpaint.identify('u1'); freshpaint.track('After')")
    arrive(visit, "u1 identify", "u1 On one", "u1 On two", "u1 On three", "u1 After")
    assert [request.data for request in received(visit)[1:3]] == [
        {"when": "$D_0", "page": "one"},
        {"when": "$D_0", "page": "two"},
    ]


def test_held_events_are_sent_once(visitor: Visitor) -> None:
    """After identify nothing of what was held is left, for this user or another."""
    visit = visitor()
    visit.open(script="freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.identify('u2')")
    visit.settled()
    visit.open("/next", script="freshpaint.identify('u3'); freshpaint.reset(); freshpaint.identify('u4')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u3 identify", "u4 identify")


def test_of_more_than_a_hundred_held_events_the_oldest_go(visitor: Visitor) -> None:
    """The newest 100 are kept, over all pages."""
    visit = visitor()
    for path, first, last in (("/one", 0, 80), ("/two", 80, 130)):
        visit.open(path, script=f"for (let n = {first}; n < {last}; n++) {{ freshpaint.track('Event', {{n: n}}); }}")
        visit.settled()
    visit.run("freshpaint.identify('u1')")
    visit.arrives(101)
    assert [request.data["n"] for request in received(visit)[1:]] == list(range(30, 130))


def test_an_event_is_held_for_a_day(visitor: Visitor) -> None:
    """An event held for more than 24 hours is forgotten, a younger one is sent."""
    visit = visitor()
    visit.page.clock.install()
    visit.open("/one", script="freshpaint.track('Old')")
    visit.settled()
    visit.page.clock.fast_forward("02:00:00")
    visit.open("/two", script="freshpaint.track('Young')")
    visit.settled()
    visit.page.clock.fast_forward("23:00:00")
    visit.open("/three", script="freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "u1 Young")


def test_traits_about_nobody_release_nothing(visitor: Visitor) -> None:
    """User properties without an id or an e-mail address identify nobody: events stay held, in order."""
    visit = visitor()
    visit.open(script="freshpaint.track('A'); freshpaint.identify({plan: 'pro'}); freshpaint.track('B')")
    visit.arrives(1)
    visit.run("freshpaint.identify({email: 'ann@site.test'})")
    arrive(visit, "- identify", "ann@site.test identify", "ann@site.test A", "ann@site.test B")


def test_send_passes_events_on(visitor: Visitor) -> None:
    """Sent anonymously, they arrive at once, on the device that the user then is identified on."""
    visit = visitor(config=SEND)
    visit.open(script="freshpaint.track('A')")
    arrive(visit, "- A")
    visit.run("freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "- A", "u1 identify", "u1 B")
    assert devices(visit, None) == devices(visit, "u1")


def test_drop_forgets_events(visitor: Visitor) -> None:
    """Dropped, they never arrive; those after identify do, also on the next page."""
    visit = visitor(config=DROP)
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    visit.run("freshpaint.track('B'); freshpaint.identify('u1'); freshpaint.track('C')")
    visit.settled()
    visit.open("/next", script="freshpaint.track('D')")
    arrive(visit, "u1 identify", "u1 C", "u1 D")


# -- across pages and subdomains ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [{}, DROP], ids=["hold", "drop"])
def test_known_on_the_next_page(visitor: Visitor, config: dict[str, object]) -> None:
    """Somebody identified on one page is known on the next, without being identified there."""
    visit = visitor(config=config)
    device = known(visit)
    visit.open("/next", script="freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    assert devices(visit, "u1") == {device}


def test_known_in_the_next_session(visitor: Visitor) -> None:
    """Being known outlasts the browser session."""
    visit = visitor()
    known(visit)
    visit.page.close()
    visit.open("/next", script="freshpaint.track('A')", new_tab=True)
    arrive(visit, "u1 identify", "u1 A")


def test_known_on_a_subdomain(visitor: Visitor) -> None:
    """Somebody identified on one host of the site is known on the others, on the same device."""
    visit = visitor()
    device = known(visit)
    visit.open(host=SHOP, script="freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    assert devices(visit, "u1") == {device}


def test_the_cookie_holds_nothing_but_the_device_id(visitor: Visitor) -> None:
    """Subdomains learn from one cookie on the SDK's own cookie domain; who it is, it does not tell."""
    visit = visitor()
    device = known(visit, "somebody@site.test")
    cookies = {cookie["name"]: cookie for cookie in visit.cookies}
    ours = [cookie for name, cookie in cookies.items() if not name.startswith("WZRK")]
    assert [(cookie["value"], cookie["domain"]) for cookie in ours] == [(device, cookies["WZRK_G"]["domain"])]


def test_the_same_user_on_a_subdomain(visitor: Visitor) -> None:
    """Identified once more on a subdomain, the same user stays the same person on the same device."""
    visit = visitor()
    device = known(visit)
    visit.open(
        host=SHOP, script="freshpaint.track('A'); freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('B')"
    )
    arrive(visit, "u1 identify", "u1 A", "u1 identify", "u1 B")
    assert devices(visit, "u1") == {device}


def test_another_user_on_a_subdomain(visitor: Visitor) -> None:
    """Whoever is identified on a subdomain gets a device of their own; the first user's gets none of their events."""
    visit = visitor()
    device = known(visit)
    visit.open(host=SHOP, script="freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")
    assert devices(visit, "u1") == {device}
    assert devices(visit, "u2") != {device}


def test_back_from_another_user_on_a_subdomain(visitor: Visitor) -> None:
    """After a switch on a subdomain, no event of the first host goes to the user who was current before."""
    visit = visitor()
    known(visit)
    visit.open(host=SHOP, script="freshpaint.identify('u2'); freshpaint.track('A')")
    visit.settled()
    visit.open("/back", script="freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')")
    visit.until(lambda: "u2 C" in order(visit), "the last event")
    visit.settled()
    assert "u1 B" not in order(visit)
    assert [call for call in order(visit) if not call.endswith("identify")] == ["u2 A", "u2 B", "u2 C"]


@pytest.mark.parametrize("before_identify", ["hold", "send", "drop"])
def test_whoever_was_identified_on_another_host_is_known_here(visitor: Visitor, before_identify: str) -> None:
    """Also where this host has had a user, and the SDK the device id of that one in its storage."""
    visit = visitor(config={"track": {"before_identify": before_identify}})
    device = known(visit)
    visit.open(host=SHOP, script="freshpaint.identify('u2')")
    visit.settled()
    visit.open("/back", script="freshpaint.track('A')")
    visit.until(lambda: "u2 A" in order(visit), "the event")
    visit.run("freshpaint.identify('u3'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u2 identify", "u2 A", "u3 identify", "u3 B")
    assert devices(visit, "u1") == {device}
    assert devices(visit, "u2").isdisjoint(devices(visit, "u3"))


def test_back_to_the_first_user_on_the_first_host(visitor: Visitor) -> None:
    """The same identify as the host's last is sent where another host has switched since."""
    visit = visitor()
    known(visit)
    visit.open(host=SHOP, script="freshpaint.identify('u2'); freshpaint.track('A')")
    visit.settled()
    visit.open("/back", script="freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u2 identify", "u2 A", "u1 identify", "u1 B")


def test_held_on_one_host_and_identified_on_another(visitor: Visitor) -> None:
    """What one host holds waits for the visitor to come back to it as somebody known."""
    visit = visitor()
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    visit.open(host=SHOP, script="freshpaint.identify('u1'); freshpaint.track('B')")
    visit.settled()
    visit.open("/back", script="freshpaint.track('C')")
    arrive(visit, "u1 identify", "u1 B", "u1 A", "u1 C")
    visit.open("/next", script="freshpaint.track('D')")
    arrive(visit, "u1 identify", "u1 B", "u1 A", "u1 C", "u1 D")


def test_on_a_subdomain_while_a_switch_is_unanswered(visitor: Visitor) -> None:
    """As long as CleverTap has not answered who it is, no other host takes the visitor for the last one."""
    visit = visitor()
    known(visit)
    # Where the SDK has its device id in this host's storage, too.
    visit.open(host=SHOP)
    visit.settled()
    visit.open("/back")
    visit.settled()
    visit.collector.hang(lambda request: request.login, times=1)
    visit.run("freshpaint.identify('u2')")
    visit.lets_pass(1)
    visit.open(host=SHOP, script="freshpaint.track('A')")
    visit.settled()
    assert "u1 A" not in order(visit)
    visit.run("freshpaint.identify('u2'); freshpaint.track('B')")
    visit.until(lambda: "u2 B" in order(visit), "the last event")
    assert [call for call in order(visit) if not call.endswith("identify")] == ["u2 A", "u2 B"]


def test_a_reset_on_a_subdomain(visitor: Visitor) -> None:
    """A reset lasts for the whole site: back on the first host nobody is known either."""
    visit = visitor()
    device = known(visit)
    visit.open(host=SHOP)
    visit.run("freshpaint.reset()")
    visit.until_page("!clevertap.getCleverTapID()", "CleverTap to forget")
    visit.open("/back", script="freshpaint.track('A')")
    visit.settled()
    assert order(visit) == ["u1 identify"]
    visit.run("freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u2 identify", "u2 A")
    assert devices(visit, "u2") != {device}


@pytest.mark.parametrize("before_identify", ["hold", "send"])
@pytest.mark.parametrize("call", ["freshpaint.track('A')", "freshpaint.identify({plan: 'pro'})"])
def test_nothing_goes_to_whom_another_host_has_forgotten(visitor: Visitor, before_identify: str, call: str) -> None:
    """Whatever is called first on the first host, it is nobody's, or the next one's; its SDK still has the last one's device."""
    visit = visitor(config={"track": {"before_identify": before_identify}})
    device = known(visit)
    visit.open(host=SHOP)
    visit.run("freshpaint.reset()")
    visit.until_page("!clevertap.getCleverTapID()", "CleverTap to forget")
    visit.open("/back", script=call)
    visit.settled()
    assert {request.device for request in received(visit)[1:]} & {device} == set()


@pytest.mark.parametrize("before_identify", ["hold", "send"])
def test_a_logout_that_deletes_cookies(visitor: Visitor, before_identify: str) -> None:
    """A reset makes CleverTap forget, also where our cookie went first, and storage still knows who it was."""
    visit = visitor(config={"track": {"before_identify": before_identify}})
    device = known(visit)
    visit.run(f"{FORGET_THE_COOKIES} freshpaint.reset(); freshpaint.track('A'); freshpaint.identify({{plan: 'pro'}})")
    visit.settled()
    visit.open("/next", script="freshpaint.track('B')")
    visit.settled()
    assert order(visit)[0] == "u1 identify"
    assert {request.device for request in received(visit)[1:]} & {device} == set()
    visit.run("freshpaint.identify('u2'); freshpaint.track('C')")
    visit.until(lambda: "u2 C" in order(visit), "the next user's event")
    assert devices(visit, "u2") & {device} == set()


def test_what_the_next_one_sets_where_another_host_has_forgotten_stays(visitor: Visitor) -> None:
    """Only what was the last user's goes, and once: not on each page of the next one until they are identified."""
    visit = visitor(config=SEND)
    known(visit)
    visit.open(host=SHOP)
    visit.run("freshpaint.reset()")
    visit.until_page("!clevertap.getCleverTapID()", "CleverTap to forget")
    visit.open("/back", script="freshpaint.addEventProperties({ref: 'ad'}); freshpaint.identify({city: 'Oslo'})")
    visit.settled()
    visit.open("/next", script="freshpaint.track('A')")
    visit.until(lambda: order(visit)[-1:] == ["- A"], "the event")
    assert received(visit)[-1].data == {"ref": "ad"}
    assert visit.run("return freshpaint.user().traits()") == {"city": "Oslo"}


def test_a_tab_that_is_shown_again_after_another_host_had_another_user(visitor: Visitor) -> None:
    """Nothing of the last user's goes with what is called in it then: it goes to the next one, from the next page."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1', {plan: 'pro'}); freshpaint.addEventProperties({plan: 'pro'})")
    visit.settled()
    first = visit.tab
    visit.open("/two", host=SHOP, new_tab=True)
    visit.run("freshpaint.reset(); freshpaint.identify('u2')")
    visit.until(lambda: "u2 identify" in order(visit), "the other host's user")
    visit.settled()
    # Headless browsers show all tabs at once.
    visit.run(f"{SHOWN} freshpaint.track('A')", first)
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]", first) == [None, {}]
    visit.stays_quiet()
    first.close()
    visit.open("/three")
    arrive(visit, "u1 identify", "u2 identify", "u2 A")
    assert received(visit)[-1].data == {}


def test_a_tab_that_is_shown_again_after_another_tab_had_another_user(visitor: Visitor) -> None:
    """What is kept of the user who was identified in the other tab stays."""
    visit = visitor()
    visit.open("/one", script="freshpaint.identify('u1')")
    visit.settled()
    first = visit.tab
    visit.open("/two", new_tab=True)
    visit.run("freshpaint.identify('u2', {plan: 'pro'}); freshpaint.addEventProperties({tier: 'gold'})")
    visit.arrives(2)
    visit.run(SHOWN, first)
    visit.open("/three", script="freshpaint.track('A')")
    arrive(visit, "u1 identify", "u2 identify", "u2 A")
    assert received(visit)[-1].data == {"tier": "gold"}
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == ["u2", {"plan": "pro"}]


@pytest.mark.parametrize("gone", ["freshpaint.reset()", "freshpaint.identify('u2')"], ids=["reset", "another user"])
def test_what_was_the_last_users_on_another_host(visitor: Visitor, gone: str) -> None:
    """Event properties and user properties end with their user, also where that happens on another host."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1', {plan: 'pro'}); freshpaint.addEventProperties({plan: 'pro'})")
    visit.settled()
    visit.open(host=SHOP)
    visit.settled()
    visit.run(gone)
    visit.left_alone()
    visit.open("/back")
    visit.settled()
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == [None, {}]
    visit.run("freshpaint.identify('u2'); freshpaint.track('A')")
    visit.until(lambda: "u2 A" in order(visit), "the event")
    assert received(visit)[-1].data == {}


def test_event_properties_stay_with_their_user_on_another_host(visitor: Visitor) -> None:
    """A visit to another host takes nothing away."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1'); freshpaint.addEventProperties({plan: 'pro'})")
    visit.settled()
    visit.open(host=SHOP, script="freshpaint.identify('u1', {seen: 1}); freshpaint.track('A')")
    visit.settled()
    visit.open("/back", script="freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A", "u1 B")
    assert received(visit)[-1].data == {"plan": "pro"}
    assert visit.run("return freshpaint.user().id()") == "u1"


# -- a device id that has become another -------------------------------------------------------------------------------


def test_a_lost_device_id(visitor: Visitor) -> None:
    """Where the SDK's device id is gone nobody is known: events are held, and the login is sent even if it repeats the last."""
    visit = visitor()
    known(visit)
    forget_the_device(visit)
    visit.open("/next", script="freshpaint.track('A')")
    visit.settled()
    assert order(visit) == ["u1 identify"]
    visit.run("freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A", "u1 B")


def test_another_device_id(visitor: Visitor) -> None:
    """Where the site itself made the SDK forget, nobody is known either, also on that very page."""
    visit = visitor()
    known(visit)
    visit.run("clevertap.clear(); clevertap.event.push('By the site')")
    visit.until(lambda: "- By the site" in order(visit), "a new device id")
    visit.settled()
    visit.run("freshpaint.track('A')")
    visit.settled()
    visit.run("freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "- By the site", "u1 identify", "u1 A", "u1 B")


def test_another_device_id_stays_on_the_next_page(visitor: Visitor) -> None:
    """Whomever the site itself has logged in, events there are not those of the user before."""
    visit = visitor()
    known(visit)
    visit.run("clevertap.onUserLogin.push({Site: {Identity: 'of the site'}})")
    visit.until(lambda: "of the site identify" in order(visit), "the site's own login")
    visit.settled()
    visit.open("/next", script="freshpaint.track('A')")
    visit.settled()
    visit.run("clevertap.event.push('By the site'); freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "of the site identify", "of the site By the site", "u1 identify", "u1 A")


# -- reset -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["'u2'", "{email: 'b@mail.test'}"], ids=["an id", "an e-mail address"])
def test_the_next_user_in_the_tick_of_a_reset(visitor: Visitor, user: str) -> None:
    """Two users and the reset between them need not wait for one another: each gets a device and their own events."""
    visit = visitor()
    visit.open(
        script=f"freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B'); freshpaint.identify({user}); freshpaint.track('C')"
    )
    second = "u2" if "u2" in user else "b@mail.test"
    arrive(visit, "u1 identify", "u1 A", f"{second} identify", f"{second} B", f"{second} C")
    assert devices(visit, "u1").isdisjoint(devices(visit, second))
    assert len(devices(visit, second)) == 1


def test_after_a_reset_nobody_is_known(visitor: Visitor) -> None:
    """Events before a reset are the user's, those after it wait for the next."""
    visit = visitor()
    device = known(visit)
    visit.run("freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B')")
    visit.settled()
    assert order(visit) == ["u1 identify", "u1 A"]
    visit.open("/next", script="freshpaint.track('C')")
    visit.settled()
    visit.run("freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")
    assert device not in devices(visit, "u2")


def test_after_a_reset_events_passed_on_are_anonymous(visitor: Visitor) -> None:
    """CleverTap forgets too: what is sent after a reset goes to a device that is nobody's."""
    visit = visitor(config=SEND)
    device = known(visit)
    visit.run(
        "freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')"
    )
    arrive(visit, "u1 identify", "u1 A", "- B", "u2 identify", "u2 C")
    assert device not in devices(visit, None) | devices(visit, "u2")
    assert len(visit.collector.resets()) == 1


def test_the_same_user_after_a_reset(visitor: Visitor) -> None:
    """Repeated identifies are forgotten: the same login is sent again, and CleverTap gives back its device."""
    visit = visitor()
    device = known(visit)
    visit.run("freshpaint.reset(); freshpaint.track('A'); freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A", "u1 B")
    assert devices(visit, "u1") == {device}


@pytest.mark.parametrize("config", [{}, SEND, DROP], ids=["hold", "send", "drop"])
def test_a_reset_by_nobody_leaves_clevertap_alone(visitor: Visitor, config: dict[str, object]) -> None:
    """Sites call it on every anonymous page: nothing is sent, and no new profile comes of it."""
    visit = visitor(config=config)
    for path in ("/one", "/two"):
        visit.open(path, script="freshpaint.reset()")
        visit.settled()
        visit.run("freshpaint.reset()")
    visit.run("freshpaint.identify('u1')")
    arrive(visit, "u1 identify")
    assert visit.collector.resets() == []
    assert visit.collector.logins() == []
    assert len(visit.collector.devices()) == 1


def test_a_reset_by_nobody_forgets_what_is_held(visitor: Visitor) -> None:
    """Held events are forgotten, CleverTap forgets its device, and whoever comes next starts afresh."""
    visit = visitor()
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    visit.run("freshpaint.reset(); freshpaint.track('B'); freshpaint.identify('u1')")
    arrive(visit, "u1 identify", "u1 B")
    assert len(visit.collector.devices()) == 2


def test_a_reset_before_the_sdk_arrives(visitor: Visitor) -> None:
    """In its place in the line, and with what nobody had called before it forgotten."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    visit.run("""freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B');
        freshpaint.identify('u2'); freshpaint.track('C')""")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")
    assert not devices(visit, "u1") & devices(visit, "u2")


def test_a_reset_before_the_bridge_arrives(visitor: Visitor) -> None:
    """Noted by the snippet, it means the same."""
    visit = visitor()
    visit.open(
        script="""freshpaint.track('Lost'); freshpaint.reset(); freshpaint.identify('u1'); freshpaint.track('A');
        freshpaint.reset(); freshpaint.track('B'); freshpaint.identify('u2'); freshpaint.track('C')"""
    )
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u2 C")


def test_a_reset_forgets_at_the_moment_of_the_call(visitor: Visitor) -> None:
    """Also while the line still waits, user, user properties and event properties are gone for whatever is called next."""
    visit = visitor(config=SEND)
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    seen = visit.run(
        """freshpaint.identify('u1', {plan: 'pro'}); freshpaint.addEventProperties({kept: 1});
        freshpaint.addPageviewProperties({page: 1}); freshpaint.track('A'); freshpaint.reset();
        const seen = [freshpaint.user().id(), freshpaint.user().traits()];
        freshpaint.track('B'); freshpaint.identify({city: 'Oslo'}); return seen;"""
    )
    assert seen == [None, {}]
    gate.open()
    visit.arrives(4)
    assert [request.call for request in received(visit)] == [
        ("u1", "identify", {"Identity": "u1", "plan": "pro"}),
        ("u1", "A", {"kept": 1, "page": 1}),
        (None, "B", {}),
        (None, "identify", {"city": "Oslo"}),
    ]


def test_a_reset_then_leaving(visitor: Visitor) -> None:
    """Reset and leave in one task: on the next page nobody is known, and nothing of the old user is left."""
    visit = visitor()
    device = known(visit)
    leave(visit, "freshpaint.addEventProperties({plan: 'pro'}); freshpaint.track('A'); freshpaint.reset()")
    visit.reaches("device")
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == [None, {}]
    visit.run("freshpaint.track('B'); freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")
    assert received(visit)[-1].data == {}
    assert device not in devices(visit, "u2")


def test_two_resets_are_one(visitor: Visitor) -> None:
    """The second finds nobody, and makes no further profile."""
    visit = visitor(config=SEND)
    known(visit)
    visit.run("freshpaint.reset(); freshpaint.reset(); freshpaint.track('A'); freshpaint.reset()")
    visit.settled()
    visit.open("/next", script="freshpaint.reset(); freshpaint.track('B')")
    arrive(visit, "u1 identify", "- A", "- B")
    assert len(devices(visit, None)) == 1


# -- repeated identifies -----------------------------------------------------------------------------------------------


def test_a_repeated_identify_in_a_new_session(visitor: Visitor) -> None:
    """The same identify is sent once in each browser session."""
    visit = visitor()
    known(visit)
    visit.open("/next", script="freshpaint.identify('u1'); freshpaint.track('A')", new_tab=True)
    visit.arrives(3)
    visit.run("freshpaint.identify('u1'); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A", "u1 B")
    assert len(devices(visit, "u1")) == 1


def test_a_repeated_identify_with_its_properties_in_another_order(visitor: Visitor) -> None:
    """The same identify goes once, whatever the order of its properties; with other values it goes again."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify('u1', {a: 1, b: [1, 2]}); freshpaint.identify('u1', {b: [1, 2], a: 1})")
    visit.run("freshpaint.track('A'); freshpaint.identify('u1', {b: [2, 1], a: 1})")
    arrive(visit, "u1 identify", "u1 A", "u1 identify")


def test_a_repeated_identify_on_the_next_page_before_the_first_went(visitor: Visitor) -> None:
    """Called on two pages before the SDK ever arrived, the same identify is sent once."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(until="bridge")
    leave(visit, "freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('A')")
    visit.reaches("bridge")
    visit.run("freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('B')")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 B")


def test_an_email_address_after_an_id_keeps_the_person(visitor: Visitor) -> None:
    """Also on the next page and in the next session, an identify without an id belongs to the current user."""
    visit = visitor()
    device = known(visit)
    visit.open("/next", script="freshpaint.identify({email: 'ann@site.test'}); freshpaint.track('A')", new_tab=True)
    arrive(visit, "u1 identify", "u1 identify", "u1 A")
    assert received(visit)[1].data["Identity"] == "u1"
    assert devices(visit, "u1") == {device}


def test_whoever_has_only_an_email_address_keeps_it(visitor: Visitor) -> None:
    """An identify with neither id nor address belongs to whoever was identified by an address, and carries that."""
    visit = visitor()
    visit.open(script="freshpaint.identify({email: 'ann@site.test'}); freshpaint.identify({plan: 'pro'})")
    visit.settled()
    visit.open("/next", script="freshpaint.identify({plan: 'max'}); freshpaint.track('A')")
    arrive(visit, *["ann@site.test identify"] * 3, "ann@site.test A")
    assert {request.data.get("Email") for request in received(visit)[:3]} == {"ann@site.test"}
    assert len(devices(visit, "ann@site.test")) == 1


def test_an_email_address_on_a_subdomain_keeps_the_person(visitor: Visitor) -> None:
    """Where only the cookie tells that somebody is known, user properties without an id still are that user's."""
    visit = visitor()
    device = known(visit)
    visit.open(host=SHOP, script="freshpaint.identify({email: 'ann@site.test', plan: 'pro'}); freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 identify", "u1 A")
    assert devices(visit, "u1") == {device}


def test_an_identify_sends_the_properties_of_that_call(visitor: Visitor) -> None:
    """The profile carries what this call brought; user().traits() gathers those of one id, a different id starts empty."""
    visit = visitor()
    visit.open()
    gathered = visit.run(
        """const seen = [];
        for (const [id, traits] of [['u1', {a: 1}], ['u1', {b: 2}], ['u2', {c: 3}], ['u1', {d: 4}]]) {
            freshpaint.identify(id, traits);
            seen.push([freshpaint.user().id(), freshpaint.user().traits()]);
        }
        return seen;"""
    )
    assert gathered == [["u1", {"a": 1}], ["u1", {"a": 1, "b": 2}], ["u2", {"c": 3}], ["u1", {"d": 4}]]
    visit.arrives(4)
    assert [dict(request.call[2]) for request in received(visit)] == [
        {"a": 1, "Identity": "u1"},
        {"b": 2, "Identity": "u1"},
        {"c": 3, "Identity": "u2"},
        {"d": 4, "Identity": "u1"},
    ]


def test_a_reset_leaves_held_events_to_an_identify_before_it(visitor: Visitor) -> None:
    """Events that were held for an identify that still stands in line are that user's, whatever is called behind it."""
    visit = visitor()
    visit.open(script="freshpaint.track('A')")
    visit.settled()
    gate = visit.hold("sdk")
    visit.open("/next", until="bridge")
    visit.run("freshpaint.identify('u1'); freshpaint.track('B'); freshpaint.reset(); freshpaint.track('C')")
    gate.open()
    arrive(visit, "u1 identify", "u1 A", "u1 B")
    visit.run("freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u2 identify", "u2 C")
