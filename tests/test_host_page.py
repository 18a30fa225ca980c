"""The page around the bridge: what is on it already, what it forbids, what is missing, and what must stay as it was."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from playwright.sync_api import Error, Frame, Route

import sdk as sdks
from conftest import Visitor
from freshtap import artifacts, clevertap
from freshtap import config as configs
from freshtap.config.site import Site
from sites import ACCOUNT, BASE, STATIC, Built, Config, Form, build, merged
from visit import SITE, Visit
from wire import SEND, VARIANTS, arrive, leave, order, received

OTHER: Final = "TEST-999-888-777Z"
COLLECTOR: Final = "https://in1.clevertap-prod.com"
SDK_HOST: Final = "https://d2r1yp2w7bby2u.cloudfront.net"

#: What CleverTap's documentation has a page put before its SDK.
STUB: Final = "var clevertap = {event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: []};"
#: How a page's own code loads the SDK.
LOADER: Final = f"""(() => {{
    const script = document.createElement('script');
    script.async = true;
    script.src = '{clevertap.SDK_URL}';
    document.head.append(script);
}})();"""

#: What the page's own code queues in the stub.
OWN: Final = "clevertap.event.push('Own')"

#: What a page calls, and how that arrives.
CALLS: Final = (
    "freshpaint.identify('u1'); freshpaint.track('A', {n: 1}); freshpaint.identify('u2'); freshpaint.track('B');"
)
ARRIVED: Final = ("u1 identify", "u1 A", "u2 identify", "u2 B")

each_variant = pytest.mark.parametrize(("form", "sdk"), VARIANTS)


def site(config: Config = {}) -> Site:  # noqa: B006 - never changed
    """The site of a config laid over the tests' own."""
    return configs.from_mapping(merged(BASE, config)).valid()


def tagged(visit: Visit, tag: str, *others: Built) -> None:
    """Give the site's pages another tag, and the scripts of other sites."""
    assert visit.site
    files = dict(visit.site.files)
    for other in others:
        files |= other.files
    visit.site = replace(visit.site, tag=tag, files=files)


def its_tag(visit: Visit) -> str:
    """The tag that the site's pages carry."""
    assert visit.site
    return visit.site.tag


def elements(tag: str) -> tuple[str, str]:
    """The snippet's element and the bridge's."""
    snippet, bridge = re.findall(r"<script.*?</script>", tag, re.DOTALL)
    return snippet, bridge


def stub(account: str, own: str = "") -> str:
    """CleverTap's stub with an account, and what the page's own code queues in it."""
    return f"{STUB} clevertap.account.push({{id: '{account}'}}, 'in1'); {own};"


def live(account: str) -> str:
    """HTML that has CleverTap's SDK running before anything else."""
    return (
        f"<script>{stub(account)}</script><script src='{clevertap.SDK_URL}'></script>"
        "<script>clevertap.marked = true; window.first = clevertap;</script>"
    )


#: HTML that has the SDK running without an account.
UNINITIALISED: Final = f"""<script>window.clevertap = {{event: [], onUserLogin: [], privacy: []}};</script>
    <script src='{clevertap.SDK_URL}'></script>"""


def accounts(visit: Visit) -> set[str]:
    """The accounts that anything was sent to."""
    return {request.account for request in visit.collector.requests}


def bridge_runs_again(visit: Visit, address: str = "") -> None:
    """Load a bridge once more, as a page does that has the tag in two places."""
    assert visit.site
    address = address or next(iter(visit.site.files))
    visit.run(
        f"""const script = document.createElement('script');
        script.onload = () => {{ window.again = true; }};
        script.src = {json.dumps(address)};
        document.head.append(script);"""
    )
    visit.until_page("window.again", "the second bridge to run")


# -- twice -------------------------------------------------------------------------------------------------------------


@pytest.mark.fault("The tag is on the page twice", "delivered")
@each_variant
def test_the_tag_twice(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Including snippet and bridge twice does nothing the second time: nothing is sent twice, the SDK is loaded once."""
    visit = visitor(form=form, sdk=sdk)
    snippet, bridge = elements(its_tag(visit))
    tagged(visit, f"{snippet}<script>freshpaint.track('Before');</script>{snippet}{bridge}{bridge}")
    visit.open(script=CALLS)
    arrive(visit, "u1 identify", "u1 Before", *ARRIVED[1:])
    assert visit.loads["sdk"] == 1


def test_snippet_and_bridge_once_more_at_run_time(visitor: Visitor) -> None:
    """Where they come again to a page that is running, everything goes on as it was."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1'); freshpaint.track('A'); window.kept = freshpaint;")
    visit.arrives(2)
    snippet, _ = elements(its_tag(visit))
    visit.run(
        f"""const script = document.createElement('script');
        script.text = {json.dumps(re.sub("</?script>", "", snippet))};
        document.head.append(script);"""
    )
    bridge_runs_again(visit)
    visit.run("freshpaint.track('B'); kept.track('C')")
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C")
    assert visit.run("return freshpaint === kept")
    assert visit.loads["sdk"] == 1


@pytest.mark.fault("Two sites' bridges are on one page", "delivered")
def test_of_two_sites_bridges_the_first_wins(visitor: Visitor) -> None:
    """The second site's bridge does nothing: all calls go to the first one's account."""
    visit = visitor()
    second = build({"name": "second", "clevertap": {"account_id": OTHER}})
    tagged(visit, its_tag(visit), second)
    visit.open(script="freshpaint.identify('u1')")
    bridge_runs_again(visit, next(iter(second.files)))
    visit.run("freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    assert accounts(visit) == {ACCOUNT}
    assert visit.loads["sdk"] == 1


def test_two_sites_tags_on_one_page(visitor: Visitor) -> None:
    """Whichever bridge comes first has all the calls; nothing is sent to two accounts."""
    visit = visitor()
    second = build({"name": "second", "clevertap": {"account_id": OTHER}})
    tagged(visit, its_tag(visit) + second.tag, second)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)
    assert len(accounts(visit)) == 1
    assert visit.loads["sdk"] == 1


# -- the SDK is there already ------------------------------------------------------------------------------------------


@pytest.mark.fault("The SDK is live already, with this account", "delivered")
@each_variant
def test_an_sdk_with_our_account_is_used(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Live before the bridge, it is used as it is: not loaded again, not overwritten, the page's own calls to it go on."""
    visit = visitor(form=form, sdk=sdk)
    visit.open(before=live(ACCOUNT), script=CALLS)
    arrive(visit, *ARRIVED)
    visit.run("clevertap.event.push('Own')")
    arrive(visit, *ARRIVED, "u2 Own")
    assert visit.run("return clevertap === first && clevertap.marked")
    assert visit.loads["sdk"] == 1
    assert accounts(visit) == {ACCOUNT}


@each_variant
def test_next_to_another_accounts_sdk_nothing_is_sent(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Live with another's account, it is left alone: not on this page nor on the next of its kind does any call reach anybody."""
    visit = visitor(config=SEND, form=form, sdk=sdk)
    for path in ("/one", "/two"):
        visit.open(path, before=live(OTHER), script=f"{CALLS} freshpaint.ready(() => {{ window.ready = true; }});")
        visit.until_page("window.ready", "the bridge")
        visit.run(
            f"{CALLS} freshpaint.reset(); freshpaint.track('C'); window.done = 0; freshpaint.track('D', 0, 0, () => {{ done = 1; }})"
        )
        visit.until_page("done", "the callback")
        visit.settled()
        assert visit.run("return clevertap === first && clevertap.marked")
        assert visit.run("return clevertap.getAccountID()") == OTHER
    assert order(visit) == []
    assert accounts(visit) == {OTHER}
    assert visit.loads["sdk"] == 2


def test_an_sdk_without_an_account_yet(visitor: Visitor) -> None:
    """Live and not initialised, it may become anybody's: the bridge waits for what the page makes of it."""
    visit = visitor()
    visit.open(before=UNINITIALISED, script=CALLS, until="commit")
    visit.until_page("window.freshtap", "the bridge")
    visit.stays_quiet(0.2)
    visit.run(f"clevertap.init('{ACCOUNT}', 'in1')")
    arrive(visit, *ARRIVED)
    assert visit.loads["sdk"] == 1


def test_an_sdk_that_becomes_another_accounts(visitor: Visitor) -> None:
    """Initialised with another's account only after the bridge came, it gets nothing either."""
    visit = visitor()
    visit.open(before=UNINITIALISED, script=CALLS, until="commit")
    visit.until_page("window.freshtap", "the bridge")
    visit.run(f"clevertap.init('{OTHER}', 'in1')")
    visit.settled()
    visit.run(CALLS)
    visit.stays_quiet()
    assert accounts(visit) == {OTHER}
    assert visit.loads["sdk"] == 1


def test_another_accounts_snippet_after_ours(visitor: Visitor) -> None:
    """Where another account's SDK takes the place of ours, nothing more is sent from the page; the next one sends it."""
    visit = visitor(config=SEND)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)
    visit.run(f"{STUB} window.clevertap = clevertap; clevertap.account.push({{id: '{OTHER}'}}, 'in1'); {LOADER}")
    visit.until_page(f"clevertap.getAccountID && clevertap.getAccountID() === '{OTHER}'", "the other account's SDK")
    visit.run("freshpaint.track('Secret'); freshpaint.identify('u3', {email: 'u3@example.com'})")
    visit.settled()
    assert all(request.sdk_traffic for request in visit.collector.requests if request.account == OTHER)
    visit.open("/next")
    arrive(visit, *ARRIVED, "u2 Secret", "u3 identify")
    assert all(request.account == ACCOUNT for request in visit.collector.requests if not request.sdk_traffic)


# -- a stub is there ---------------------------------------------------------------------------------------------------


@pytest.mark.fault("The SDK's stub is there, with this account", "delivered")
@each_variant
def test_a_stub_with_our_account_waits_for_its_own_loader(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """The page's own loader brings the SDK: it is loaded once, and what the page had queued in the stub arrives."""
    visit = visitor(config=SEND, form=form, sdk=sdk)
    gate = visit.hold("sdk")
    visit.open(before=f"<script>{stub(ACCOUNT, OWN)} {LOADER}</script>", script=CALLS, until="bridge")
    visit.lets_pass(0.3)
    gate.open()
    arrive(visit, "- Own", *ARRIVED)
    assert visit.loads["sdk"] == 1


@pytest.mark.fault(
    "The SDK's stub is there, with another account",
    "lost",
    because="It is another account's page: sending would put the calls into the wrong account.",
)
def test_a_stub_with_another_account(visitor: Visitor) -> None:
    """It is another's page: nothing is sent from here, and what it had queued goes to its own account."""
    visit = visitor(config=SEND)
    visit.open(before=f"<script>{stub(OTHER, OWN)} {LOADER}</script>", script=CALLS)
    arrive(visit, "- Own")
    visit.run(CALLS)
    visit.stays_quiet()
    assert accounts(visit) == {OTHER}
    assert visit.loads["sdk"] == 1


def test_a_stub_whose_loader_never_comes(visitor: Visitor) -> None:
    """Ten seconds after load, and not earlier, the bridge loads the SDK itself; what the page had queued arrives too."""
    visit = visitor(config=SEND)
    clock = visit.page.clock
    clock.install()
    visit.open(before=f"<script>{stub(ACCOUNT, OWN)}</script>", script=CALLS, until="bridge")
    visit.until_page("document.readyState === 'complete'", "the page's load")
    clock.pause_at(time.time() + 3)
    clock.run_for(5500)
    assert visit.loads["sdk"] == 0
    clock.run_for(5500)
    clock.resume()
    arrive(visit, "- Own", *ARRIVED)
    assert visit.loads["sdk"] == 1
    assert accounts(visit) == {ACCOUNT}


def test_a_stub_on_a_page_that_is_still_loading(visitor: Visitor) -> None:
    """The ten seconds begin with load: on a page that takes longer, the stub's own loader has longer."""
    visit = visitor()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit.page.route("**/slow.css", hold)
    clock = visit.page.clock
    clock.install()
    visit.open(
        before=f"<script>{stub(ACCOUNT)}</script>",
        script=CALLS,
        body="<link rel=stylesheet href=/slow.css>",
        until="bridge",
    )
    clock.run_for(20_000)
    assert visit.loads["sdk"] == 0
    visit.until(lambda: bool(held), "the style sheet to be asked for")
    held[0].fulfill(status=204)
    visit.until_page("document.readyState === 'complete'", "the page's load")
    clock.run_for(11_000)
    arrive(visit, *ARRIVED)


@pytest.mark.parametrize(
    "empty",
    [
        "{event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: []}",
        "{event: [], profile: [], onUserLogin: [], notifications: [], privacy: []}",
        "{account: [undefined]}",
        "{}",
        "[]",
        "null",
    ],
)
def test_an_empty_stub(visitor: Visitor, empty: str) -> None:
    """A stub without an account is nobody's: the SDK is loaded into it, with our account and region."""
    visit = visitor()
    visit.open(before=f"<script>window.clevertap = {empty};</script>", script=CALLS, until="bridge")
    visit.until_page("(window.clevertap || 0).getCleverTapID", "the SDK")
    arrive(visit, *ARRIVED)
    assert {request.host for request in visit.collector.requests} == {"in1.clevertap-prod.com"}
    assert accounts(visit) == {ACCOUNT}


# -- policies ----------------------------------------------------------------------------------------------------------


@pytest.mark.fault("A strict content security policy, by nonce", "delivered")
@each_variant
def test_a_strict_policy_by_nonce(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """The bridge's nonce is passed on to the SDK: the page's policy needs no host of its own, no unsafe-inline, no unsafe-eval."""
    visit = visitor(form=form, sdk=sdk)
    options = artifacts.Options(base_url=STATIC, minifier="jsmin" if form == "minified" else "none")
    tagged(visit, artifacts.tag(site(), options, nonce="bm9uY2U="))
    visit.open(
        headers={"Content-Security-Policy": f"default-src 'none'; script-src 'nonce-bm9uY2U=' {COLLECTOR}"},
        head=f"<script nonce='bm9uY2U='>{CALLS}</script>",
    )
    arrive(visit, *ARRIVED)


def test_a_preloaded_sdk(visitor: Visitor) -> None:
    """With preload, the SDK is on its way before the bridge has come, is loaded once, and a policy by nonce is enough."""
    visit = visitor()
    preloading = {"clevertap": {"preload": True}}
    tagged(visit, artifacts.tag(site(preloading), artifacts.Options(base_url=STATIC), nonce="abc"))
    bridge = visit.hold("bridge")
    visit.open(
        headers={"Content-Security-Policy": f"default-src 'none'; script-src 'nonce-abc' {COLLECTOR}"},
        head=f"<script nonce='abc'>{CALLS}</script>",
        until="commit",
    )
    visit.until(lambda: visit.loads["sdk"] == 1, "the preload")
    assert visit.collector.requests == []
    bridge.open()
    arrive(visit, *ARRIVED)
    assert visit.loads["sdk"] == 1


@pytest.mark.parametrize("inline", [False, True], ids=["by address", "inline"])
def test_a_policy_by_nonce_and_hosts(visitor: Visitor, *, inline: bool) -> None:
    """A policy with the nonce, the SDK's host and the collector's is kept, also where the whole bridge is inline."""
    visit = visitor()
    tagged(visit, artifacts.tag(site(), artifacts.Options(base_url=STATIC), inline=inline, nonce="abc"))
    visit.open(headers={"Content-Security-Policy": f"script-src 'nonce-abc' {SDK_HOST} {COLLECTOR}"}, until="commit")
    visit.reaches("device")
    visit.run(CALLS)
    arrive(visit, *ARRIVED)


@pytest.mark.fault("A strict content security policy, by strict-dynamic", "delivered")
def test_a_strict_policy_with_strict_dynamic(visitor: Visitor) -> None:
    """A nonce and strict-dynamic are enough: whatever the bridge and the SDK load is trusted as they are."""
    visit = visitor()
    tagged(visit, artifacts.tag(site(), artifacts.Options(base_url=STATIC), nonce="abc"))
    visit.open(
        headers={
            "Content-Security-Policy": "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'"
        }
    )
    visit.run(CALLS)
    arrive(visit, *ARRIVED)


@pytest.mark.fault("A strict content security policy, by hash", "delivered")
@each_variant
def test_the_policy_of_the_manifest(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """What the manifest says a policy must allow is enough for the tag as it is, by hash."""
    visit = visitor(form=form, sdk=sdk)
    options = artifacts.Options(base_url=STATIC, minifier="jsmin" if form == "minified" else "none")
    csp = artifacts.make(site(), options).entry["csp"]
    policy = "; ".join(" ".join((directive, *sources)) for directive, sources in csp.items())
    visit.open(headers={"Content-Security-Policy": policy})
    visit.run(CALLS)
    arrive(visit, *ARRIVED)


def test_a_policy_that_forbids_the_sdk(visitor: Visitor) -> None:
    """The browser reports what it blocked; nothing throws, and callbacks are called."""
    visit = visitor()
    visit.errors_expected = True
    tagged(visit, artifacts.tag(site(), artifacts.Options(base_url=STATIC)))
    _, bridge = elements(its_tag(visit))
    tagged(visit, bridge)
    visit.open(headers={"Content-Security-Policy": f"script-src {STATIC}/"}, until="commit")
    visit.until_page("window.freshtap", "the bridge")
    visit.run("freshpaint.identify('u1', {}, {}, () => { window.done = true; })")
    visit.until_page("window.done", "the callback")
    assert visit.page_errors == []
    assert visit.console_errors != []
    assert all("Content Security Policy" in error for error in visit.console_errors), visit.console_errors


TRUSTED: Final = "require-trusted-types-for 'script'"
#: The page's own policy, which knows the collector's address and no other.
DEFAULT: Final = """<script>document.asked = [];
    trustedTypes.createPolicy('default', {createScriptURL: (address) => {
        document.asked.push(address);
        return new URL(address).hostname === 'in1.clevertap-prod.com' ? address : null;
    }});</script>"""


@pytest.mark.fault("Trusted Types are enforced", "delivered")
@each_variant
def test_trusted_types(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Where Trusted Types are enforced, the SDK is loaded through the one policy `freshtap`; its own requests are its own."""
    visit = visitor(form=form, sdk=sdk)
    visit.open(
        before=DEFAULT,
        headers={"Content-Security-Policy": f"{TRUSTED}; trusted-types freshtap default"},
        script=CALLS,
    )
    arrive(visit, *ARRIVED)
    asked = visit.run("return document.asked")
    assert asked != []
    assert [address for address in asked if not address.startswith(COLLECTOR)] == []


def test_trusted_types_without_our_policy(visitor: Visitor) -> None:
    """A page that does not allow the policy `freshtap` has the browser's report of it, and no uncaught error."""
    visit = visitor()
    visit.errors_expected = True
    visit.open(
        before=DEFAULT,
        headers={"Content-Security-Policy": f"{TRUSTED}; trusted-types default"},
        script="freshpaint.identify('u1', {}, {}, () => { window.done = true; });",
        until="commit",
    )
    visit.until_page("window.done", "the callback")
    assert visit.page_errors == []
    assert visit.loads["sdk"] == 0


# -- module loaders and elements ---------------------------------------------------------------------------------------

#: A module loader, declared as RequireJS declares itself.
REQUIREJS: Final = """var requirejs, require, define;
    (function (global) {
        global.modules = [];
        define = function () { modules.push(arguments.length); };
        define.amd = {jQuery: true};
        global.amd = define.amd;
    })(this);"""
#: Whether the page's scripts see the loader as it was.
UNCHANGED: Final = (
    "return typeof define === 'function' && define.amd === amd && 'amd' in define && typeof exports === 'undefined'"
)
#: A library that asks for a module loader, as the SDK does.
LIBRARY: Final = "typeof define === 'function' && define.amd ? define([], () => 1) : (window.library = 1);"


def run_as_script(visit: Visit, script: str) -> None:
    """Run JavaScript in a script element of its own, where declarations are global."""
    visit.run(
        f"const element = document.createElement('script'); element.text = {json.dumps(script)}; document.head.append(element);"
    )


@each_variant
@pytest.mark.parametrize(
    "arrives",
    [
        pytest.param("before", marks=pytest.mark.fault("A module loader (AMD, RequireJS) is on the page", "delivered")),
        pytest.param(
            "while the SDK loads",
            marks=pytest.mark.fault("A module loader (AMD, RequireJS) comes while the SDK loads", "delivered"),
        ),
    ],
)
def test_a_page_with_requirejs(visitor: Visitor, arrives: str, form: Form, sdk: sdks.Version) -> None:
    """The SDK becomes a global all the same, and to every other script define.amd is what it was, also meanwhile."""
    visit = visitor(form=form, sdk=sdk)
    gate = visit.hold("sdk")
    visit.open(before=f"<script>{REQUIREJS}</script>" if arrives == "before" else "", script=CALLS, until="bridge")
    visit.until(lambda: gate.waiting == 1, "the SDK to be asked for")
    if arrives != "before":
        assert visit.run("return typeof define === 'undefined' && typeof exports === 'undefined'")
        run_as_script(visit, REQUIREJS)
    assert visit.run(UNCHANGED)
    run_as_script(visit, LIBRARY)
    assert visit.run("return modules") == [2]
    gate.open()
    arrive(visit, *ARRIVED)
    assert visit.run(UNCHANGED)
    run_as_script(visit, LIBRARY)
    assert visit.run("return modules") == [2, 2]


def test_a_page_that_keeps_its_loader_elsewhere(visitor: Visitor) -> None:
    """define that is assigned, not declared, is put back as it was as well; it can be replaced and deleted."""
    visit = visitor()
    visit.open(
        before="<script>window.define = () => {}; define.amd = {}; window.amd = define.amd;</script>", script=CALLS
    )
    arrive(visit, *ARRIVED)
    assert visit.run(UNCHANGED)
    assert visit.run(
        "delete define.amd; const gone = define.amd === undefined; delete window.define; return gone && !('define' in window)"
    )


def test_a_page_with_commonjs_globals(visitor: Visitor) -> None:
    """exports and module that a page has made do not take the SDK either."""
    visit = visitor()
    visit.open(before="<script>window.module = {exports: {}}; window.exports = module.exports;</script>", script=CALLS)
    arrive(visit, *ARRIVED)
    assert visit.run("return exports === module.exports && Object.keys(module.exports).length") == 0


def test_what_a_page_declares_while_the_sdk_loads_stays(visitor: Visitor) -> None:
    """Variables and functions by a loader's names are the page's own, before the SDK is there and afterwards."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(script=CALLS, until="bridge")
    visit.until(lambda: gate.waiting == 1, "the SDK to be asked for")
    run_as_script(visit, "var exports = 7; function module() {}")
    declared = "return exports === 7 && typeof module === 'function'"
    assert visit.run(declared)
    gate.open()
    arrive(visit, *ARRIVED)
    assert visit.run(declared)


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param(
            ("exports", "module"), marks=pytest.mark.fault("Elements have the ids exports and module", "delivered")
        ),
        ("define",),
        ("freshpaint",),
        ("clevertap",),
        ("freshtap",),
        ("trustedTypes", "wizrocket"),
    ],
    ids="+".join,
)
def test_elements_with_telling_ids(visitor: Visitor, ids: Sequence[str]) -> None:
    """Browsers make globals of elements with an id: those that are named like ours or a module loader's change nothing."""
    visit = visitor()
    visit.open(before="".join(f"<div id={name}></div>" for name in ids), script=CALLS)
    arrive(visit, *ARRIVED)


# -- what is missing ---------------------------------------------------------------------------------------------------


DEVICE: Final = "() => !!(window.clevertap && clevertap.getCleverTapID && clevertap.getCleverTapID())"


def framed(visit: Visit, inner: str, outer: str) -> Frame:
    """Open a page around the site's, and return the frame of the site's page once its bridge is there."""
    around = "https://around.site.test/"
    visit.page.route(around, lambda route: route.fulfill(body=outer, content_type="text/html"))
    visit.page.goto(around, wait_until="commit")

    def found() -> list[Frame]:
        return [frame for frame in visit.page.frames if frame.url == inner]

    visit.until(lambda: bool(found()), "the frame")
    (frame,) = found()
    visit.until(lambda: frame.evaluate("() => !!window.freshtap") is True, "the frame's bridge")
    return frame


def our_errors(visit: Visit) -> list[str]:
    """Collect the uncaught errors that come from the bridge or pass through it, where others are expected."""
    visit.errors_expected = True
    stacks: list[str] = []

    def note(error: Error) -> None:
        stack = error.stack or error.message
        if (STATIC in stack or SDK_HOST not in stack) and not visit.remarks.match(error.message):
            stacks.append(stack)

    visit.page.on("pageerror", note)
    return stacks


@pytest.mark.fault("The page is in an iframe", "delivered")
def test_in_an_iframe(visitor: Visitor) -> None:
    """A page that is shown in a frame sends as it does by itself, and touches nothing outside of it."""
    visit = visitor()
    inner = f"https://{SITE}/framed"
    outer = f"<!doctype html><script>document.before = Object.keys(window)</script><iframe src={inner}></iframe>"
    frame = framed(visit, inner, outer)
    visit.until(lambda: frame.evaluate(DEVICE) is True, "the frame's device id")
    visit.notes(CALLS)
    frame.evaluate(f"() => {{ {CALLS} }}")
    visit.until(lambda: len(received(visit)) == len(ARRIVED), "the calls to arrive")
    assert order(visit) == list(ARRIVED)
    # The first frame, and what the driver of a browser may put into each page.
    own = "['0', '__pw_bidiInsertText']"
    assert visit.run(f"return Object.keys(window).filter(key => ![...document.before, ...{own}].includes(key))") == []


@pytest.mark.fault("The SDK is blocked", "late")
@each_variant
def test_the_sdk_is_blocked(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """A script blocker costs the page nothing: no error, answers as ever, callbacks; the calls arrive from a page without it."""
    visit = visitor(form=form, sdk=sdk)
    visit.block("sdk")
    visit.open(script=CALLS, until="bridge")
    visit.run("freshpaint.reset(); freshpaint.identify('u3', {}, {}, () => { window.done = true; })")
    visit.until_page("window.done", "the callback")
    assert visit.run("return freshpaint.user().id()") == "u3"
    visit.unblock("sdk")
    leave(visit)
    arrive(visit, *ARRIVED, "u3 identify")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("404", marks=pytest.mark.fault("The SDK's address answers 404", "late")),
        pytest.param("HTML", marks=pytest.mark.fault("The SDK's address answers with HTML", "late")),
        pytest.param("empty", marks=pytest.mark.fault("The SDK's address answers with an empty script", "late")),
    ],
)
def test_something_else_instead_of_the_sdk(visitor: Visitor, answer: str) -> None:
    """An answer that is no SDK costs no call: the browser may report it, the bridge has no error, the next page sends."""
    visit = visitor()
    visit.errors_expected = True
    html = "<!doctype html><title>Sign in to the network</title>"

    def instead(route: Route) -> None:
        if answer == "404":
            route.fulfill(status=404, body=html, content_type="text/html")
        elif answer == "HTML":
            route.fulfill(body=html, content_type="text/html")
        else:
            route.fulfill(body="", content_type="text/javascript")

    visit.page.route(clevertap.SDK_URL, instead)
    visit.open(script=f"{CALLS} freshpaint.track('C', {{}}, {{}}, () => {{ window.done = true; }})", until="bridge")
    visit.until_page("window.done", "the callback")
    visit.until_page("document.readyState === 'complete'", "the page's load")
    assert [error for error in visit.page_errors if "Unexpected token '<'" not in error] == []
    assert [error for error in visit.console_errors if "status of 404" not in error] == []
    visit.page.unroute(clevertap.SDK_URL)
    leave(visit)
    arrive(visit, *ARRIVED, "u2 C")


@pytest.mark.fault("CleverTap's servers are blocked", "late")
def test_the_collector_is_blocked(visitor: Visitor) -> None:
    """Where only CleverTap's servers are blocked, the page has no error and its callbacks, and the calls arrive once they are not."""
    visit = visitor()
    visit.page.clock.install()
    visit.block("collector")
    visit.open(script=CALLS, until="sdk")
    visit.run("freshpaint.track('C', {}, {}, () => { window.done = true; })")
    visit.until_page("window.done", "the callback")
    visit.settled()
    assert order(visit) == []
    visit.unblock("collector")
    leave(visit)
    visit.reaches("sdk")
    # The SDK tries for ten seconds before it lets its requests go.
    visit.page.clock.run_for(11_000)
    arrive(visit, *ARRIVED, "u2 C")


#: Fills a storage to its last character.
FULL: Final = """for (const storage of [localStorage, sessionStorage]) {
        for (let size = 1 << 20; size; size >>= 1) {
            try { for (let n = 0; ; n++) { storage.setItem(size + '_' + n, 'x'.repeat(size)); } } catch (error) {}
        }
    }"""
NULL: Final = (
    "for (const name of ['localStorage', 'sessionStorage']) { Object.defineProperty(window, name, {value: null}); }"
)
DENIED: Final = """for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, {get() { throw Error('denied'); }});
    }"""
NO_COOKIES: Final = "Object.defineProperty(document, 'cookie', {get: () => '', set: () => {}});"


@pytest.mark.fault("Cookies are off", "delivered")
@each_variant
def test_cookies_are_off(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Calls arrive in order and under their users; whoever was identified is known on the next page."""
    visit = visitor(form=form, sdk=sdk)
    off = f"<script>{NO_COOKIES}</script>"
    visit.open(before=off, script=f"freshpaint.track('Held'); {CALLS}")
    arrive(visit, "u1 identify", "u1 Held", *ARRIVED[1:])
    visit.open("/next", before=off, script="freshpaint.track('C'); freshpaint.reset(); freshpaint.identify('u3')")
    arrive(visit, "u1 identify", "u1 Held", *ARRIVED[1:], "u2 C", "u3 identify")


@pytest.mark.fault("Storage has filled up", "delivered")
@each_variant
def test_storage_has_filled_up(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """Once the page has used up its storage, calls still arrive in order and under their users, as without the bridge."""
    visit = visitor(form=form, sdk=sdk)
    errors = our_errors(visit)
    visit.open("/first", script="freshpaint.identify('u1')")
    visit.arrives(1)
    visit.run(FULL)
    visit.open(script="freshpaint.track('A'); freshpaint.identify('u2', {plan: 'pro'}); freshpaint.track('B')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")
    visit.run("freshpaint.reset(); freshpaint.track('Held'); freshpaint.identify('u3'); freshpaint.track('C')")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B", "u3 identify", "u3 Held", "u3 C")
    assert errors == []


#: What a page may still expect of freshpaint where CleverTap's SDK cannot live.
ALIVE: Final = f"""{CALLS} freshpaint.reset(); freshpaint.addEventProperties({{n: 1}}); freshpaint.identify('u3', {{plan: 'pro'}});
    freshpaint.track('C', {{}}, {{}}, () => {{ window.done = true; }});"""


@pytest.mark.parametrize(
    "obstacle",
    [
        pytest.param(
            FULL,
            marks=pytest.mark.fault(
                "Storage is full from the start",
                "lost",
                because="CleverTap's SDK fails without storage, and there is no place to keep a call in.",
            ),
        ),
        pytest.param(
            NULL,
            marks=pytest.mark.fault(
                "There is no storage",
                "lost",
                because="CleverTap's SDK fails without storage, and there is no place to keep a call in.",
            ),
        ),
        pytest.param(
            DENIED,
            marks=pytest.mark.fault(
                "Storage is blocked",
                "lost",
                because="CleverTap's SDK fails without storage, and there is no place to keep a call in.",
            ),
        ),
    ],
    ids=["full from the start", "null", "denied"],
)
def test_storage_without_which_the_sdk_fails(visitor: Visitor, obstacle: str) -> None:
    """Where CleverTap's SDK fails for want of storage, freshpaint works, and no error comes from us, also when the page is left."""
    visit = visitor()
    errors = our_errors(visit)
    visit.open(before=f"<script>{obstacle}</script>", script=ALIVE, until="bridge")
    visit.until_page("window.done", "the callback")
    visit.until_page("document.readyState === 'complete'", "the page's load")
    visit.run(f"{ALIVE} dispatchEvent(new Event('pagehide'))")
    assert visit.run("return [freshpaint.user().id(), freshpaint.user().traits()]") == ["u3", {"plan": "pro"}]
    leave(visit)
    visit.reaches("bridge")
    assert errors == []


def test_in_a_sandbox(visitor: Visitor) -> None:
    """In a frame whose sandbox denies cookies and storage alike, freshpaint works, and no error comes from us."""
    visit = visitor()
    errors = our_errors(visit)
    inner = f"https://{SITE}/framed"
    frame = framed(visit, inner, f"<!doctype html><iframe sandbox=allow-scripts src={inner}></iframe>")
    frame.evaluate(f"() => {{ {ALIVE} }}")
    visit.until(lambda: frame.evaluate("() => window.done") is True, "the callback")
    assert frame.evaluate("() => freshpaint.user().id()") == "u3"
    visit.page.goto("about:blank")
    assert errors == []


# -- what must stay as it was ------------------------------------------------------------------------------------------

#: What old libraries do to the objects that all have in common.
POLLUTED: Final = """Object.prototype.extra = 'extra';
    Object.prototype.extend = function () { return this; };
    Object.prototype.nested = {city: 'Oslo'};
    Array.prototype.last = function () { return this[this.length - 1]; };
    Array.prototype.remove = 7;"""


@pytest.mark.fault("Object.prototype and Array.prototype are polluted", "delivered")
@each_variant
def test_polluted_prototypes(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """What a page has added to Object.prototype and Array.prototype is no property of anything, and harms nothing."""
    visit = visitor(form=form, sdk=sdk)
    visit.open(
        before=f"<script>{POLLUTED}</script>",
        script="""freshpaint.addEventProperties({ride: 1});
        freshpaint.identify('u1', {plan: 'pro', tags: ['a'], address: {city: 'Pune'}});
        freshpaint.track('A', {n: 1, deep: {x: 1}, list: ['a', 'b']});
        freshpaint.track('Charged', {total: 7, order_id: 'o1', products: [{sku: 's1'}]});""",
    )
    arrive(visit, "u1 identify", "u1 A", "u1 Charged")
    profile, event, purchase = (request.call[2] for request in received(visit))
    assert profile == {"Identity": "u1", "plan": "pro", "tags": ["a"], "address_city": "Pune"}
    assert event == {"n": 1, "deep_x": 1, "list": "a, b", "ride": 1}
    assert purchase == {"Charged ID": "o1", "Amount": 7, "Items": [{"sku": "s1"}], "ride": 1}
    visit.run("freshpaint.track('B', {}, {}, () => { window.done = true; }); freshpaint.identify('u2')")
    arrive(visit, "u1 identify", "u1 A", "u1 Charged", "u1 B", "u2 identify")
    assert visit.run("return [window.done, Object.keys(freshpaint.user().traits())]") == [True, []]


@pytest.mark.parametrize(
    "pollution",
    [
        "All",
        "CleverTap",
        "integrations",
        "id",
        "traits",
        "name",
        "version",
        "profile",
        "reset",
        "device",
        "held",
        "nonce",
    ],
)
def test_a_prototype_with_telling_names(visitor: Visitor, pollution: str) -> None:
    """Also not where what was added has a name that means something here."""
    visit = visitor()
    visit.open(
        before=f"<script>Object.prototype.{pollution} = false;</script>",
        script="freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('A', {n: 1});",
    )
    arrive(visit, "u1 identify", "u1 A")
    assert [request.call[2] for request in received(visit)] == [{"Identity": "u1", "plan": "pro"}, {"n": 1}]


def test_dates_that_a_page_writes_its_own_way(visitor: Visitor) -> None:
    """A toJSON of the page's, as those have it that write local times, costs no birthday and changes no Date."""
    visit = visitor()
    visit.open(
        before="<script>Date.prototype.toJSON = function () { return this.toLocaleString(); };</script>",
        script="""freshpaint.identify('u1', {birthday: '1988-09-28', days: [new Date(0)]});
        freshpaint.identify('u1', {birthday: new Date(1988, 8, 28)});
        freshpaint.track('A', {when: new Date(0), days: [new Date(0)]});""",
    )
    arrive(visit, "u1 identify", "u1 identify", "u1 A")
    written, made, event = (request.call[2] for request in received(visit))
    assert written == {"Identity": "u1", "DOB": "$D_591451200", "days": ["1970-01-01T00:00:00.000Z"]}
    assert made == {"Identity": "u1", "DOB": "$D_591451200"}
    assert event == {"when": "$D_0", "days": "1970-01-01T00:00:00.000Z"}


@each_variant
def test_the_bridge_without_the_snippet(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """By itself the bridge makes window.freshpaint, with every method, and sends."""
    visit = visitor(form=form, sdk=sdk)
    _, bridge = elements(its_tag(visit))
    tagged(visit, bridge)
    visit.open(until="commit")
    visit.until_page("window.freshpaint", "the bridge")
    visit.run(f"{CALLS} freshpaint.page().made_up(); freshpaint.push(['track', 'C'])")
    arrive(visit, *ARRIVED, "u2 C")
    assert visit.run("return typeof freshpaint.then") == "undefined"


def test_a_wrapper_in_freshpaints_place(visitor: Visitor) -> None:
    """An object of the page's that has push, but is no list, is heeded from then on; nothing is thrown at the page."""
    visit = visitor()
    visit.open(
        script="""const ours = freshpaint;
        window.freshpaint = {
            push: (call) => ours.push(call),
            track: (...values) => freshpaint.push(['track', ...values]),
            identify: (...values) => freshpaint.push(['identify', ...values])
        };"""
    )
    visit.settled()
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")


@each_variant
def test_globals(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """The page has freshpaint, freshtap and clevertap more than before, and what CleverTap's SDK adds by itself."""
    names = "<script>document.before = Object.getOwnPropertyNames(window);</script>"
    added = "return Object.getOwnPropertyNames(window).filter((name) => !document.before.includes(name)).sort()"
    without = visitor(config=None, sdk=sdk)
    without.open(before=f"{names}<script>{stub(ACCOUNT)} {LOADER}</script>")
    without.run("clevertap.onUserLogin.push({Site: {Identity: 'u1'}}); clevertap.event.push('A')")
    without.arrives(2)
    without.run("clevertap.onUserLogin.push({Site: {Identity: 'u2'}}); clevertap.event.push('B')")
    without.arrives(4)
    visit = visitor(form=form, sdk=sdk)
    visit.open(before=names)
    visit.run(CALLS)
    arrive(visit, *ARRIVED)
    assert set(visit.run(added)) - set(without.run(added)) == {"freshpaint", "freshtap"}
    assert set(visit.run("return Object.keys(freshtap)")) == {"version"}


def test_events_of_the_page_are_left_alone(visitor: Visitor) -> None:
    """Nothing that everybody shares is replaced: the history's methods, fetch, the error handlers, JSON, timers."""
    looks = """[history.pushState, history.replaceState, window.fetch, XMLHttpRequest.prototype.open, window.onerror, window.onunhandledrejection,
        window.onpagehide, window.onbeforeunload, JSON.stringify, setTimeout, addEventListener, Storage.prototype.setItem, navigator.sendBeacon,
        Function.prototype.call, Array.prototype.push, console.error, Promise]"""
    visit = visitor()
    visit.open(before=f"<script>document.before = {looks};</script>", script=CALLS)
    arrive(visit, *ARRIVED)
    assert visit.run(f"return {looks}.every((one, number) => one === document.before[number])")


def test_an_array_in_front_of_the_tag(visitor: Visitor) -> None:
    """What a page has noted in an array of its own arrives, and the array is replaced by what has the methods."""
    visit = visitor()
    visit.open(
        before="<script>window.freshpaint = window.freshpaint || []; freshpaint.push(['identify', 'u1']);</script>",
        script="window.mine = freshpaint; mine.push(['track', 'A'])",
    )
    visit.run("freshpaint.track('B'); mine.push(['track', 'C'])")
    arrive(visit, "u1 identify", "u1 A", "u1 B", "u1 C")
    assert visit.run("return freshpaint.user().id()") == "u1"


def test_a_library_that_replaces_map(visitor: Visitor) -> None:
    """Old libraries have one that tells of a value and its place, not of the list."""
    library = """Array.prototype.map = function (make, self) {
        const made = [];
        for (let place = 0; place < this.length; place++) { made.push(make.call(self, this[place], place)); }
        return made;
    };"""
    visit = visitor()
    visit.open(before=f"<script>{library}</script>", script=CALLS)
    arrive(visit, *ARRIVED)


def test_a_library_that_replaces_reduce(visitor: Visitor) -> None:
    """Old libraries have a reduce of their own, which takes no function: calls arrive as everywhere."""
    visit = visitor()
    visit.open(
        before="<script>Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };</script>",
        script="freshpaint.identify('u1', {list: [1, 2]}); freshpaint.track('A', {list: [1, 2], one: [1]})",
    )
    assert visit.arrives(2) == [
        ("u1", "identify", {"Identity": "u1", "list": [1, 2]}),
        ("u1", "A", {"list": "1, 2", "one": "1"}),
    ]


@pytest.mark.parametrize("freeze", ["freeze", "seal", "preventExtensions"])
def test_a_frozen_object_on_the_page(visitor: Visitor, freeze: str) -> None:
    """What was called before the page froze window.freshpaint arrives, and nothing on the page fails."""
    visit = visitor()
    visit.open(script=f"freshpaint.identify('u1'); freshpaint.track('A'); Object.{freeze}(freshpaint);")
    arrive(visit, "u1 identify", "u1 A")


def test_nothing_that_can_be_put_in_its_place(visitor: Visitor) -> None:
    """On a page where window.freshpaint is empty for good, nothing fails, and CleverTap has the page."""
    visit = visitor()
    visit.open(before="<script>Object.defineProperty(window, 'freshpaint', {value: undefined});</script>")
    visit.settled()
    assert received(visit) == []
