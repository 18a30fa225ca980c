"""verify on good pages and on broken ones: each is told what is wrong with it, and what to do."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

import browser as installed
import web as webs
from freshtap import artifacts, config, render, verify
from freshtap.artifacts import Options
from freshtap.cli import main
from freshtap.config.site import Site
from freshtap.render.reasons import REASONS
from freshtap.verify import browsers, pages, session, steps
from freshtap.verify.diagnoses import DIAGNOSES
from freshtap.verify.outcomes import OUTCOMES
from freshtap.verify.session import Visit
from freshtap.verify.verdict import Verdict
from proxy import StandIn, standing_in
from sites import ACCOUNT, BASE, Config, merged
from web import SCRIPT, File, Web

#: What the site's pages do unless a case says otherwise.
CALLS: Final = "freshpaint.identify('u1', {email: 'a@b.co'}); freshpaint.track('Viewed', {sku: 7});"
FRESHPAINT: Final = "<script>window.freshpaint = window.freshpaint || []; freshpaint.__SV = 1.4;</script>"
CSP: Final = "Content-Security-Policy"


@contextlib.contextmanager
def progress(_doing: str) -> Iterator[None]:
    """Nobody is told."""
    yield


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    """One server for all tests."""
    with webs.serving() as web:
        yield web


@pytest.fixture
def web(server: Web) -> Web:
    """The server as if it were new."""
    server.start_over()
    return server


@dataclass(slots=True)
class Tagged:
    """A site with its files on the server, and the parts of its tag."""

    site: Site
    snippet: str
    loader: str
    script: str
    """The script's path on the server."""
    policy: dict[str, list[str]]

    @property
    def tag(self) -> str:
        """The tag as it is pasted."""
        return self.snippet + self.loader


def deploy(web: Web, over: Config, *, debug: bool = False, stable: bool = False) -> Tagged:
    """Build a site and publish it on the server's other host, as it should be."""
    base = merged(BASE, {"clevertap": {"sdk_url": web.sdk}, "events": [{"name": "Viewed"}]})
    site = config.from_mapping(merged(base, over)).valid()
    options = Options(base_url=f"{web.static}/tags", debug=debug)
    made = artifacts.make(site, options)
    headers = {"Content-Type": SCRIPT, "Access-Control-Allow-Origin": "*"}
    web.files |= {f"/tags/{path}": File(content, headers) for path, content in made.files.items()}
    tag = artifacts.tag(site, options, stable=stable)
    snippet, loader = re.findall(r"<script.*?</script>\n", tag, re.DOTALL)
    script = made.entry["stable" if stable else "script"]
    return Tagged(site, snippet, loader, f"/tags/{script}", made.entry["csp"])


def look(browser: Browser, tagged: Tagged, url: str, **how: Any) -> Verdict:
    """Verify a page, quickly."""
    return verify.judge(browser, tagged.site, Visit(url, wait=how.pop("wait", 0.2), **how), progress)


def html(head: str, calls: str = CALLS, body: str = "") -> str:
    """A page whose head has this, and then the calls."""
    return f"<!doctype html><html><head><title>A page</title>{head}<script>{calls}</script></head><body>{body}</body></html>"


def codes(verdict: Verdict) -> list[str]:
    """The codes of all diagnoses, in order."""
    return [diagnosis.code for diagnosis in verdict.diagnoses]


# -- a good page -------------------------------------------------------------------------------------------------------


def test_a_good_page(browser: Browser, web: Web) -> None:
    """Every call is told with what CleverTap received, under whom, and what was changed."""
    tagged = deploy(web, {"track": {"send": "defined"}})
    calls = (
        "freshpaint.track('Viewed', {sku: 7, of: null});"
        "freshpaint.identify('u1', {email: 'a@b.co', phone: 'call me'});"
        "freshpaint.track('Viewed', {sku: 8}); freshpaint.track('Other'); freshpaint.page();"
    )
    verdict = look(browser, tagged, web.page("/", html(tagged.tag, calls)))
    found = [
        (
            call.method,
            call.outcome,
            [(request.person, request.call[1], request.call[2]) for request in call.received],
            [(reason.code, reason.name) for reason in call.reasons],
        )
        for call in verdict.outcomes.calls
    ]
    assert found == [
        ("track", "received", [("u1", "Viewed", {"sku": 7})], [("value-unusable", "of"), ("event-hold", "Viewed")]),
        (
            "identify",
            "received",
            [("u1", "identify", {"Identity": "u1", "Email": "a@b.co"})],
            [("field-unusable", "Phone")],
        ),
        ("track", "received", [("u1", "Viewed", {"sku": 8})], []),
        ("track", "dropped", [], [("event-not-enabled", "Other")]),
        ("page", "ignored", [], []),
    ]
    assert (codes(verdict), verdict.good, verdict.outcomes.reached) == (["event-not-enabled"], True, 3)


@pytest.mark.parametrize(
    "over",
    [{"clevertap": {"transport": "fetch", "spa": True}}, {"track": {"before_identify": "send"}}],
    ids=["fetch and spa", "send"],
)
def test_a_good_page_has_nothing_wrong(browser: Browser, web: Web, over: Config) -> None:
    """Whatever the site's features are."""
    tagged = deploy(web, over)
    verdict = look(browser, tagged, web.page("/", html(tagged.tag)))
    assert (codes(verdict), verdict.good, verdict.outcomes.reached) == ([], True, 2)


def test_a_page_with_everything_inline(browser: Browser, web: Web) -> None:
    """What freshtap tag --inline prints is a tag like any other."""
    tagged = deploy(web, {})
    verdict = look(browser, tagged, web.page("/", html(artifacts.tag(tagged.site, inline=True))))
    assert (codes(verdict), verdict.outcomes.reached) == ([], 2)


def test_a_tag_whose_elements_are_gone(browser: Browser, web: Web) -> None:
    """Some pages remove scripts once they have run."""
    tagged = deploy(web, {})
    head = tagged.tag + "<script>document.querySelectorAll('script').forEach(script => script.remove())</script>"
    verdict = look(browser, tagged, web.page("/", html(head)))
    assert (codes(verdict), verdict.outcomes.reached) == ([], 2)


def test_a_page_that_changes_what_json_is(browser: Browser, web: Web) -> None:
    """Old libraries give arrays and texts a toJSON, and pictures on the page have scripts of their own."""
    tagged = deploy(web, {})
    head = "<script>Array.prototype.toJSON = () => 'mine';</script>" + tagged.tag
    url = web.page("/", html(head, "freshpaint.track('Viewed', {sku: 7}, {})", "<svg><script>1</script></svg>"))
    verdict = look(browser, tagged, url)
    (call,) = verdict.outcomes.calls
    assert call.arguments == ("Viewed", {"sku": 7}, {})


def test_companion_mode(browser: Browser, web: Web) -> None:
    """The calls are those that Freshpaint's own object is told."""
    tagged = deploy(web, {"freshpaint": {"mode": "companion"}})
    stub = (
        "<script>(function (a) { window.freshpaint = a; a.__SV = 1.4;"
        "['identify', 'track'].forEach(function (name) { a[name] = function () {"
        "a.push([name].concat([].slice.call(arguments))); }; }); })(window.freshpaint || []);</script>"
    )
    verdict = look(browser, tagged, web.page("/", html(tagged.tag + stub)))
    assert (codes(verdict), verdict.outcomes.reached) == ([], 2)


@pytest.mark.parametrize("how", ["hosts", "nonce", "strict-dynamic", "meta"])
def test_a_strict_policy_that_allows_all_that_is_needed(browser: Browser, web: Web, how: str) -> None:
    """What manifest.json lists is enough, by hosts and a hash or by a nonce."""
    tagged = deploy(web, {})
    sources, tag = " ".join(tagged.policy["script-src"]), tagged.tag
    calls = "<script src=/calls.js></script>"
    if how in ("nonce", "strict-dynamic"):
        dynamic = " 'strict-dynamic'" if how == "strict-dynamic" else f" {web.static} https://in1.clevertap-prod.com"
        sources = f"'nonce-abc'{dynamic}"
        tag, calls = tag.replace("<script", '<script nonce="abc"'), calls.replace("<script", '<script nonce="abc"')
    policy = f"default-src 'none'; script-src 'self' {sources}"
    web.files["/calls.js"] = File(CALLS.encode(), {"Content-Type": SCRIPT})
    meta = f'<meta http-equiv="{CSP}" content="{policy}">' if how == "meta" else ""
    page = f"<!doctype html><head>{meta}{tag}{calls}</head>"
    verdict = look(browser, tagged, web.page("/", page, {} if meta else {CSP: policy}))
    assert (codes(verdict), verdict.outcomes.reached) == ([], 2)


# -- broken pages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A page with something wrong: what the diagnosis says, and what its remedy."""

    code: str
    what: str
    """Words of the sentence."""
    remedy: str
    """Words of the remedy."""
    head: str = "{snippet}{loader}"
    calls: str = CALLS
    over: Config = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    change: Callable[[Web, Tagged], None] = lambda _web, _tagged: None
    debug: bool = False
    stable: bool = False
    also: tuple[str, ...] = ()
    """What else is told of it."""
    how: Mapping[str, Any] = field(default_factory=dict)
    reached: int | None = None
    """How many calls arrive all the same; None: what is wrong is an error, and it does not matter."""


def served(**change: Any) -> Callable[[Web, Tagged], None]:
    """The deployed script, served otherwise: with another ``body`` or ``status``, or other ``headers``."""

    def serve(web: Web, tagged: Tagged) -> None:
        file = web.files[tagged.script]
        headers = {name: value for name, value in {**file.headers, **change.get("headers", {})}.items() if value}
        body = change["body"](file.body) if "body" in change else file.body
        web.files[tagged.script] = File(body, headers, change.get("status", 200))

    return serve


def outdated(**over: Any) -> Callable[[Web, Tagged], None]:
    """Under the tag's address lies what another config was built to."""

    def serve(web: Web, tagged: Tagged) -> None:
        base = merged(BASE, {"clevertap": {"sdk_url": web.sdk}, "events": [{"name": "Viewed"}]})
        site = config.from_mapping(merged(base, over)).valid()
        web.files[tagged.script] = File(render.bridge(site).encode(), web.files[tagged.script].headers)

    return serve


def sdk_fails(web: Web, tagged: Tagged) -> None:
    del web.files["/ct.js"]


#: CleverTap's own snippet, for an account and a region.
CLEVERTAP: Final = (
    "<script>var clevertap = {event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: []};"
    "clevertap.account.push({id: 'ID'}, 'REGION');</script>"
)
CLEVERTAP_SDK: Final = "<script src='{sdk}'></script>"

BROKEN: Final[dict[str, Broken]] = {
    "no tag": Broken(
        "tag-missing", "is not on the page. It asks for freshpaint at http://localhost", "--inject", head=""
    ),
    "no snippet": Broken("snippet-missing", "are lost", "both elements", head="{loader}", calls=""),
    "no loader": Broken("loader-missing", "nothing loads", "both elements", head="{snippet}"),
    "the tag twice": Broken("tag-twice", "2 times", "Leave one", head="{snippet}{loader}{snippet}{loader}", reached=2),
    "the tag after the calls": Broken(
        "snippet-late", "http://localhost", "Move the tag up", head=f"<script>{CALLS}</script>{{snippet}}{{loader}}"
    ),
    "a look before the tag": Broken(
        "snippet-late-guarded",
        "http://localhost",
        "Move the tag up",
        head="<script>if (window.freshpaint) freshpaint.track('Viewed')</script>{snippet}{loader}",
        reached=2,
    ),
    "a snippet of another mode": Broken(
        "snippet-other-mode",
        'not the one for mode = "standalone"',
        "Paste anew",
        head=f"<script>{render.snippet(config.from_mapping(merged(BASE, {'freshpaint': {'mode': 'companion'}})).valid())}</script>{{loader}}",
    ),
    "a snippet of another build": Broken(
        "snippet-outdated",
        "is not the one that this config builds",
        "Paste anew",
        over={"transformations": [{"op": "send-builtin", "on": "*", "property": "url"}]},
        head=f"<script>{render.snippet(config.from_mapping(BASE).valid())}</script>{{loader}}",
        reached=2,
    ),
    "a policy that forbids the snippet": Broken(
        "policy-forbids",
        "forbids the inline snippet",
        "Add to script-src-elem: 'sha256-",
        headers={CSP: "script-src-elem 'self' {static} https://*.clevertap-prod.com"},
        head="{snippet}{loader}<script src=/calls.js></script>",
    ),
    "a policy that forbids sending": Broken(
        "policy-forbids",
        "sending to CleverTap at https://in1.clevertap-prod.com",
        "Add to script-src: https://in1.clevertap-prod.com.",
        headers={CSP: "script-src 'self' 'unsafe-inline' {static}"},
    ),
    "a policy that forbids sending by fetch": Broken(
        "policy-forbids",
        "sending to CleverTap at https://in1.clevertap-prod.com",
        "Add a connect-src that has all of default-src, and besides: https://in1.clevertap-prod.com.",
        headers={CSP: "default-src 'self' 'unsafe-inline' {static}"},
        over={"clevertap": {"transport": "fetch"}},
    ),
    "a policy that forbids everything": Broken(
        "policy-forbids",
        "the inline snippet, the script at http://127.0.0.1",
        "Add a script-src that has all of default-src, and besides: http://127.0.0.1",
        headers={CSP: "default-src 'self'"},
    ),
    "Trusted Types": Broken(
        "trusted-types",
        "a policy named freshtap",
        "trusted-types freshtap default",
        headers={CSP: "require-trusted-types-for 'script'; trusted-types none"},
    ),
    "a script that nobody serves": Broken(
        "script-unreachable",
        "http://127.0.0.1:1/",
        "--base-url",
        head="{snippet}<script async src='http://127.0.0.1:1/freshtap.js'></script>",
    ),
    "a script that is not there": Broken("script-not-found", "HTTP status 404", "Publish", change=served(status=404)),
    "a script served as an image": Broken(
        "script-content-type",
        "image/png",
        "Content-Type: text/javascript",
        change=served(headers={"Content-Type": "image/png"}),
    ),
    "a script served as text that may not be sniffed": Broken(
        "script-content-type",
        "text/plain",
        "Content-Type: text/javascript",
        change=served(headers={"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff"}),
    ),
    "a script served as text": Broken(
        "script-content-type-odd",
        "text/plain",
        "Content-Type: text/javascript",
        change=served(headers={"Content-Type": "text/plain"}),
        reached=2,
    ),
    "a page in place of the script": Broken(
        "script-is-page",
        "an HTML page",
        "Publish",
        change=served(body=lambda _: b"<!doctype html>Welcome", headers={"Content-Type": "text/html"}),
    ),
    "a script that is rewritten on its way": Broken(
        "script-rewritten", "rewrites it", "no-transform", change=served(body=lambda body: b"/* faster! */" + body)
    ),
    "a stable script that is rewritten on its way": Broken(
        "script-rewritten",
        "rewrites it",
        "no-transform",
        stable=True,
        change=served(body=lambda body: body + b"/* faster! */"),
    ),
    "the integrity of another build": Broken(
        "integrity-mismatch",
        "is not that of http://127.0.0.1",
        "Paste anew",
        head="{snippet}<script async src='{script}' integrity='sha384-"
        + "A" * 64
        + "' crossorigin=anonymous></script>",
    ),
    "no CORS header": Broken(
        "cors-missing",
        "without a CORS header",
        "Access-Control-Allow-Origin: *",
        change=served(headers={"Access-Control-Allow-Origin": ""}),
    ),
    "integrity without crossorigin": Broken(
        "crossorigin-missing",
        "no crossorigin",
        'crossorigin="anonymous"',
        head="{snippet}<script async src='{script}' integrity='{integrity}'></script>",
    ),
    "another account's script": Broken(
        "script-other-site",
        "AAA-BBB-CCCC",
        "freshtap tag",
        stable=True,
        change=outdated(clevertap={"account_id": "AAA-BBB-CCCC"}),
    ),
    "a script of yesterday's config": Broken(
        "script-outdated",
        'it lacks the event "Charged later", it still has the event "Gone"',
        "freshtap build",
        stable=True,
        over={"track": {"send": "defined"}, "events": [{"name": "Viewed"}, {"name": "Charged later"}]},
        change=outdated(track={"send": "defined"}, events=[{"name": "Viewed"}, {"name": "Gone"}]),
    ),
    "an inline script of yesterday's config": Broken(
        "script-outdated",
        'The script in the page is not what this config builds: it lacks the event "Later"',
        "freshtap build",
        over={"track": {"send": "defined"}, "events": [{"name": "Viewed"}, {"name": "Later"}]},
        head="{snippet}<script>"
        + render.bridge(
            config.from_mapping(merged(BASE, {"track": {"send": "defined"}, "events": [{"name": "Viewed"}]})).valid()
        )
        + "</script>",
    ),
    "a script with another destination": Broken(
        "script-outdated",
        'freshpaint.destination is "Other" there',
        "freshtap build",
        stable=True,
        change=outdated(freshpaint={"destination": "Other"}),
    ),
    "a script with a transformation that is gone": Broken(
        "script-outdated",
        "transformations is [",
        "freshtap build",
        stable=True,
        change=outdated(transformations=[{"on": "*", "op": "delete-property", "property": "plan"}]),
    ),
    "a script of yesterday's options": Broken(
        "script-outdated",
        "with its options",
        "freshtap build",
        stable=True,
        change=outdated(track={"before_identify": "drop"}),
    ),
    "a debug build": Broken("script-debug", "is a debug build", "without --debug", debug=True, reached=2),
    "a script that a consent manager holds back": Broken(
        "script-silent",
        "did not run",
        "consent manager",
        head="{snippet}<script type=text/plain src='{script}'></script>",
    ),
    "Freshpaint's own snippet": Broken(
        "freshpaint-snippet",
        "Freshpaint's own snippet is on",
        'mode = "companion"',
        head=FRESHPAINT + "{snippet}{loader}",
    ),
    "companion mode without Freshpaint": Broken(
        "freshpaint-missing",
        "Freshpaint's own SDK is not on",
        'mode = "standalone"',
        over={"freshpaint": {"mode": "companion"}},
        calls="",
    ),
    "another CleverTap account": Broken(
        "other-account",
        "another account, AAA-BBB-CCCC",
        "Take the other CleverTap snippet out",
        head=CLEVERTAP.replace("ID", "AAA-BBB-CCCC").replace("REGION", "in1") + CLEVERTAP_SDK + "{snippet}{loader}",
    ),
    "the right CleverTap account in a wrong region": Broken(
        "wrong-region",
        "at us1.clevertap-prod.com, and this account's data belongs to in1.clevertap-prod.com",
        "Correct the region",
        head=CLEVERTAP.replace("'ID'", f"'{ACCOUNT}'").replace("REGION", "us1") + CLEVERTAP_SDK + "{snippet}{loader}",
    ),
    "an SDK that is not there": Broken("sdk-unreachable", "HTTP status 404", "clevertap.sdk_url", change=sdk_fails),
    "a CleverTap snippet without its SDK": Broken(
        "sdk-absent",
        "an SDK that it does not load",
        "Take that snippet out",
        head=CLEVERTAP.replace("'ID'", f"'{ACCOUNT}'").replace("REGION", "in1") + "{snippet}{loader}",
        reached=0,
    ),
    "a purchase sent twice": Broken(
        "not-arrived",
        'took "Bought" and did not send it',
        "Charged ID",
        over={"events": [{"name": "Bought", "charged": True}]},
        calls="freshpaint.identify('u1'); for (const total of [1, 2]) freshpaint.track('Bought', {order_id: 'o1', total})",
    ),
    "consent that is not given": Broken(
        "consent-missing", "2 calls wait", "--script", over={"consent": {"required": True}}, reached=0
    ),
    "consent that is refused": Broken(
        "consent-refused", "has refused", "opt_out_tracking", calls=f"freshpaint.opt_out_tracking(); {CALLS}", reached=0
    ),
    "no calls": Broken("no-calls", "neither freshpaint.identify nor freshpaint.track", "--script", calls=""),
    "an event that the config does not list": Broken(
        "event-not-enabled",
        '"viewed " is not enabled',
        'Did you mean "Viewed"?',
        over={"track": {"send": "defined"}},
        calls="freshpaint.identify('u1'); freshpaint.track('viewed ')",
        reached=1,
    ),
    "nobody identified, events held": Broken(
        "events-held",
        "2 events are held",
        "freshpaint.identify",
        calls="freshpaint.track('A'); freshpaint.track('B')",
        reached=0,
    ),
    "nobody identified, events sent": Broken(
        "never-identified",
        "an anonymous visitor",
        "freshpaint.identify",
        over={"track": {"before_identify": "send"}},
        calls="freshpaint.track('A')",
        reached=1,
    ),
    "a page that is not there": Broken("page-status", "HTTP status 404", "Check the address", status=404),
    "a server that is not there": Broken(
        "page-unreachable", "ERR_", "Check the address", how={"url": "http://127.0.0.1:1/"}, reached=0
    ),
    "a step that cannot be done": Broken(
        "step-failed",
        "--script stopped at line 1, press Nonsense",
        "Correct that line",
        how={"steps": steps.parse("press Nonsense", file="")},
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_page(browser: Browser, web: Web, broken: Broken) -> None:
    """Is told by its diagnosis, with a remedy, and by no other."""
    tagged = deploy(web, broken.over, debug=broken.debug, stable=broken.stable)
    integrity = artifacts.integrity(web.files[tagged.script].body)
    broken.change(web, tagged)
    web.files["/calls.js"] = File(broken.calls.encode(), {"Content-Type": SCRIPT})
    filled = {
        "{snippet}": tagged.snippet,
        "{loader}": tagged.loader,
        "{script}": web.static + tagged.script,
        "{integrity}": integrity,
        "{sdk}": web.sdk,
        "{static}": web.static,
    }

    def fill(text: str) -> str:
        for place, value in filled.items():
            text = text.replace(place, value)
        return text

    headers = {name: fill(value) for name, value in broken.headers.items()}
    url = web.page("/", html(fill(broken.head), broken.calls), headers, broken.status)
    verdict = look(browser, tagged, **{"url": url, **broken.how})
    assert sorted(codes(verdict)) == sorted([broken.code, *broken.also]), verdict.text()
    found = next(diagnosis for diagnosis in verdict.diagnoses if diagnosis.code == broken.code)
    assert broken.what in found.what
    assert broken.remedy in found.remedy
    if broken.reached is None:
        assert found.severity == "error"
        assert not verdict.good
    else:
        assert (verdict.outcomes.reached, verdict.good) == (broken.reached, broken.reached > 0)


def test_every_diagnosis_has_a_page() -> None:
    """The tables of cases leave none out, except those that have a test of their own."""
    elsewhere = {"clevertap-refuses", "call-failed", "page-hung"}
    assert DIAGNOSES.keys() - {broken.code for broken in BROKEN.values()} == elsewhere


def test_a_page_that_stops_to_answer(browser: Browser, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that does not end is told, and ends the visit."""
    monkeypatch.setattr(session, "_STEP", 2.0)
    tagged = deploy(web, {})
    calls = "freshpaint.identify('u1'); addEventListener('load', () => setTimeout(() => { for (;;); }, 50))"
    verdict = look(browser, tagged, web.page("/", html(tagged.tag, calls)))
    assert codes(verdict)[:1] == ["page-hung"]
    assert not verdict.good


@pytest.mark.parametrize(
    ("step", "hung"),
    [
        ("run for (;;);", True),
        ("run return new Promise(() => {})", False),
        ("run setTimeout(() => { for (;;); }, 500); return new Promise(() => {})", True),
        ("press Enter", True),
        ("press Escape", True),
        ("run setTimeout(() => { for (;;); })", True),
    ],
)
def test_a_step_that_does_not_end(
    browser: Browser, web: Web, monkeypatch: pytest.MonkeyPatch, step: str, *, hung: bool
) -> None:
    """It has as long as any other, and what came before it is told all the same."""
    monkeypatch.setattr(session, "_STEP", 2.0)
    tagged = deploy(web, {})
    keys = "addEventListener('keydown', event => { for (; event.key === 'Enter';); setTimeout(() => { for (;;); }); })"
    url = web.page("/", html(tagged.tag, "freshpaint.identify('u1')", f"<script>{keys}</script>"))
    verdict = look(browser, tagged, url, steps=steps.parse(f"wait 1\n{step}\n{step}\n{step}", file=""))
    said = [diagnosis.what for diagnosis in verdict.diagnoses if diagnosis.code == "step-failed"]
    assert [what.endswith("Timeout 2000ms exceeded.") for what in said] == [True]
    assert ("page-hung" in codes(verdict)) == hung
    assert verdict.outcomes.reached == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("throw new TypeError('no')", "TypeError: no"),
        ("return Promise.reject('later')", "later"),
        ("throw ''", "it failed"),
        ("}{", "SyntaxError: Unexpected token '{'"),
    ],
    ids=["fails", "fails later", "fails without a word", "no JavaScript"],
)
def test_javascript_that_fails(browser: Browser, web: Web, code: str, said: str) -> None:
    """The step is told with what the browser says of it."""
    tagged = deploy(web, {})
    verdict = look(browser, tagged, web.page("/", html(tagged.tag)), steps=steps.parse(f"run {code}", file=""))
    what = next(diagnosis.what for diagnosis in verdict.diagnoses if diagnosis.code == "step-failed")
    assert what == f"--script stopped at line 1, run {code}: {said}."


def test_javascript_that_leads_to_another_page(browser: Browser, web: Web) -> None:
    """The step has done what it was to do, and the next is on the page that it led to."""
    tagged = deploy(web, {})
    url = web.page("/", html(tagged.tag))
    web.page("/more", html(tagged.tag))
    text = "run location.href = '/more'\nrun freshpaint.track('Viewed')"
    verdict = look(browser, tagged, url, steps=steps.parse(text, file=""))
    assert "step-failed" not in codes(verdict)
    assert verdict.outcomes.calls[-1].page.partition("?")[0] == f"{web.site}/more"


def test_a_lost_call_is_told_once(browser: Browser, web: Web) -> None:
    """What the snippet noted is looked at when the visit ends, and not once more as the page is closed."""
    tagged = deploy(web, {})
    verdict = look(browser, tagged, web.page("/", html(tagged.snippet, "freshpaint.track('A')")))
    assert [(call.method, call.outcome) for call in verdict.outcomes.calls] == [("track", "lost")]


# -- what a visitor does, files, injected tags -------------------------------------------------------------------------


def test_a_script_of_clicks(browser: Browser, web: Web) -> None:
    """Its steps are done in order, on as many pages as they lead to."""
    tagged = deploy(web, {})
    form = "<form action=/thanks><input name=email><button type=button id=agree>I agree</button><button>Buy</button></form>"
    calls = "agree.onclick = () => freshpaint.track('Agreed', {email: document.querySelector('input').value})"
    url = web.page("/", html(tagged.tag, "", f"{form}<script>{calls}</script>"))
    web.page("/thanks", html(tagged.tag, "freshpaint.identify('u1')"))
    web.page("/more", html(tagged.tag, "addEventListener('keydown', event => freshpaint.track(event.key))"))
    text = """
        # buys
        fill input[name="email"] = ann = a@b.co
        click text=I agree
        wait 0.1
        click button:has-text("Buy")
        goto /more
        press Enter
        run freshpaint.track('Ran')
    """
    verdict = look(browser, tagged, url, steps=steps.parse(text, file=""))
    assert [
        (call.page.removeprefix(web.site).partition("?")[0], call.method, call.arguments[:1], call.outcome)
        for call in verdict.outcomes.calls
    ] == [
        ("/", "track", ("Agreed",), "received"),
        ("/thanks", "identify", ("u1",), "received"),
        ("/more", "track", ("Enter",), "received"),
        ("/more", "track", ("Ran",), "received"),
    ]
    assert verdict.outcomes.calls[0].received[0].data == {"email": "ann = a@b.co"}
    assert codes(verdict) == []


def test_a_page_from_a_file_with_the_output_beside_it(browser: Browser, web: Web, tmp_path: Path) -> None:
    """As it is opened from the output folder."""
    tagged = deploy(web, {})
    made = artifacts.make(tagged.site)
    for path, content in made.files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    page = tmp_path / "a page.html"
    page.write_text(html(artifacts.tag(tagged.site)), encoding="utf-8")
    folder = pages.Folder(page)
    verdict = look(browser, tagged, folder.url, folder=folder)
    assert (codes(verdict), verdict.outcomes.reached) == ([], 2)
    (tmp_path / made.entry["script"]).unlink()
    assert codes(look(browser, tagged, folder.url, folder=folder)) == ["script-not-found"]


@pytest.mark.parametrize("page", ["without", "with", "redirected", "strict"])
def test_the_tag_is_put_into_a_page(browser: Browser, web: Web, page: str) -> None:
    """Where it carries none yet; nothing has to be published for that. A strict policy is told what it lacks."""
    tagged = deploy(web, {})
    url = web.page(
        "/", html(tagged.tag if page == "with" else "", CALLS), {CSP: "script-src 'self'"} if page == "strict" else {}
    )
    if page == "redirected":
        web.files["/old"] = File(b"", {"Location": "/"}, 302)
        url = f"{web.site}/old"
    verdict = look(browser, tagged, url, inject=True)
    if page == "strict":
        assert codes(verdict) == ["policy-forbids"]
        # The page's own host is allowed, where the script would be if nothing else is said.
        sources = [source for source in tagged.policy["script-src"] if source != web.static]
        assert verdict.diagnoses[0].remedy == f"Add to script-src: {' '.join([sources[0], web.static, *sources[1:]])}."
    else:
        assert (codes(verdict), verdict.outcomes.reached) == ([], 2)


def test_what_the_page_sees(browser: Browser, web: Web) -> None:
    """Nothing of being watched, but that freshpaint is undefined instead of not there."""
    tagged = deploy(web, {})
    before = "var seen = [typeof freshpaint, Object.keys(window).filter(name => /^fresh/.test(name)).join()];"
    after = (
        "var found = Object.getOwnPropertyDescriptor(window, 'freshpaint');"
        "freshpaint.identify([...seen, !!found.value, found.writable, found.enumerable, found.configurable].join(' '));"
    )
    verdict = look(browser, tagged, web.page("/", html(f"<script>{before}</script>{tagged.tag}", after)))
    (call,) = verdict.outcomes.calls
    assert call.arguments == ("undefined freshtap true true true true",)


def test_hostile_values(browser: Browser, web: Web) -> None:
    """Getters that throw, proxies, cycles and control characters neither break the page nor the terminal."""
    tagged = deploy(web, {})
    calls = (
        "var loop = {}; loop.loop = loop; freshpaint.identify('u1'); freshpaint.track('A\\u001b[31m\\u202e', {loop,"
        "get a() { throw 1; }, s: Symbol(), n: 10n, d: new Date(0), bad: new Date(NaN),"
        "p: new Proxy({}, {ownKeys() { throw 1; }})});"
    )
    verdict = look(browser, tagged, web.page("/", html(tagged.tag, calls)))
    assert verdict.outcomes.reached == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", click.unstyle(verdict.text()))
    json.dumps(verdict.as_json())


def test_a_call_that_fails(browser: Browser, web: Web) -> None:
    """Is told, with what the page must not notice."""
    tagged = deploy(web, {"track": {"before_identify": "send"}})
    head = (
        tagged.tag
        + "<script>addEventListener('load', () => setTimeout(() => { clevertap.event.push = () => { throw new Error('broken'); }; freshpaint.track('Later'); }, 200))</script>"
    )
    verdict = look(browser, tagged, web.page("/", html(head, "")), wait=0.6)
    assert codes(verdict) == ["call-failed"]
    assert "broken" in verdict.diagnoses[0].what


def test_what_else_the_page_sends_to_clevertap(browser: Browser, web: Web) -> None:
    """Is told apart from the calls of freshpaint."""
    tagged = deploy(web, {})
    head = (
        tagged.tag
        + "<script>addEventListener('load', () => setTimeout(() => clevertap.event.push('By hand'), 200))</script>"
    )
    verdict = look(browser, tagged, web.page("/", html(head)), wait=0.6)
    assert [request.name for request in verdict.outcomes.others] == ["By hand"]
    assert verdict.outcomes.reached == 2


# -- what leaves the machine -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outside(browser: Browser) -> Iterator[tuple[Browser, StandIn]]:
    """A browser whose every way out leads to a stand-in on this machine."""
    with standing_in() as stand_in:
        proxied = browser.browser_type.launch(
            executable_path=installed.find_shell(),
            args=browsers.ARGUMENTS,
            proxy={"server": f"http://127.0.0.1:{stand_in.port}", "bypass": "localhost,127.0.0.1"},
        )
        yield proxied, stand_in
        proxied.close()


@pytest.fixture
def internet(outside: tuple[Browser, StandIn]) -> tuple[Browser, StandIn]:
    """The same, with a stand-in that has seen nothing."""
    outside[1].start_over()
    return outside


def test_nothing_leaves_the_machine(internet: tuple[Browser, StandIn], web: Web) -> None:
    """CleverTap's servers are not even looked up, in either transport."""
    browser, stand_in = internet
    for transport in ("jsonp", "fetch"):
        tagged = deploy(web, {"clevertap": {"transport": transport}})
        assert look(browser, tagged, web.page("/", html(tagged.tag))).outcomes.reached == 2
    assert [host for host in stand_in.asked if "clevertap" in host] == []


def test_live_lets_it_through(internet: tuple[Browser, StandIn], web: Web) -> None:
    """The requests reach CleverTap, and its answers, with its own device ids, the page."""
    browser, stand_in = internet
    tagged = deploy(web, {})
    stand_in.collector.knows("u2", "f" * 32)
    calls = "freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.track('B')"
    verdict = look(browser, tagged, web.page("/", html(tagged.tag, calls)), live=True, wait=1)
    arrived = [(person, name) for person, name, _ in stand_in.collector.calls()]
    assert arrived == [("u1", "identify"), ("u1", "A"), ("u2", "identify"), ("u2", "B")]
    found = [
        (request.person, request.device, request.call[1])
        for call in verdict.outcomes.calls
        for request in call.received
    ]
    assert [(person, name) for person, _, name in found] == arrived
    assert found[-1] == ("u2", "f" * 32, "B")
    assert (codes(verdict), verdict.live) == ([], True)


def test_live_and_clevertap_refuses(internet: tuple[Browser, StandIn], web: Web) -> None:
    """What does not get there is not told as received."""
    browser, stand_in = internet
    tagged = deploy(web, {})
    stand_in.refuses = True
    verdict = look(browser, tagged, web.page("/", html(tagged.tag)), live=True)
    assert codes(verdict) == ["clevertap-refuses"]
    assert "in1.clevertap-prod.com" in verdict.diagnoses[0].what
    assert verdict.outcomes.reached == 0


# -- the command line --------------------------------------------------------------------------------------------------


def freshtap(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does; the exit code must be the one expected."""
    command = [sys.executable, "-m", "freshtap", "verify", *arguments]
    environment = {**os.environ, browsers.VARIABLE: installed.find_shell()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def written(web: Web, tmp_path: Path) -> Path:
    """The config of the site that ``deploy`` publishes without anything laid over it."""
    path = tmp_path / "freshtap.toml"
    path.write_text(
        f'name = "demo"\n[clevertap]\naccount_id = "{ACCOUNT}"\nregion = "in1"\nsdk_url = "{web.sdk}"\n'
        '[track]\nsend = "all"\n[[events]]\nname = "Viewed"\n',
        encoding="utf-8",
    )
    return path


def test_json(web: Web, tmp_path: Path) -> None:
    """It has the shape that the README describes."""
    tagged = deploy(web, {})
    url = web.page("/", html(tagged.tag, "freshpaint.identify('u1', {plan: new Date(NaN)})"))
    done = freshtap(written(web, tmp_path), "--url", url, "--json", "--wait", "0.4")
    found = json.loads(done.stdout)
    (call,) = found.pop("calls")
    device = call["received"][0].pop("device")
    assert re.fullmatch(r"\w{32}", device)
    assert call == {
        "page": url,
        "method": "identify",
        "arguments": ["u1", {"plan": "Invalid Date"}],
        "outcome": "received",
        "reasons": [
            {"code": "value-unusable", "name": "plan", "value": "Invalid Date", "why": REASONS["value-unusable"]}
        ],
        "sent": [{"as": "onUserLogin", "name": "", "properties": {"Identity": "u1"}}],
        "received": [{"as": "profile", "name": "", "properties": {"Identity": "u1"}, "person": "u1"}],
    }
    assert found == {
        "version": 1,
        "good": True,
        "page": {"url": url, "status": 200},
        "site": {"name": "demo", "account_id": ACCOUNT, "region": "in1"},
        "live": False,
        "reached": 1,
        "others": [],
        "diagnoses": [],
    }
    assert done.stderr == ""


def test_the_example_in_the_readme(browser: Browser, web: Web) -> None:
    """Is what verify says, letter for letter."""
    events = [{"name": "Order Completed", "charged": True}, {"name": "Signed Up"}]
    tagged = deploy(web, {"track": {"send": "defined"}, "events": events})
    calls = (
        "freshpaint.track('Order Completed', {order_id: 'o1', total: '30', coupon: null});"
        "freshpaint.identify('u1', {email: 'ann@example.com'}); freshpaint.track('signed up')"
    )
    verdict = look(browser, tagged, web.page("/", html(tagged.tag, calls)))
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"```\n{click.unstyle(verdict.text())}\n```".replace(web.site, "https://www.example.com") in readme


def test_people_read_plain_text_in_a_pipe(web: Web, tmp_path: Path) -> None:
    """And CI reads the exit code."""
    page = tmp_path / "page.html"
    page.write_text(html("", "freshpaint.track('Viewed')"), encoding="utf-8")
    done = freshtap(written(web, tmp_path), "--html", page, "--inject", "--wait", "0.4", code=1)
    held = DIAGNOSES["events-held"]
    assert done.stdout == (
        f"{pages.ORIGIN}/page.html with demo, {ACCOUNT} in in1\n\n"
        "What the page called:\n"
        '  … track("Viewed")\n'
        f"      {OUTCOMES['held']}\n\n"
        f"Warning: {held.what.format(events='1 event is')}\n"
        f"  → {held.remedy}\n\n"
        "Nothing reached CleverTap. 1 warning.\n"
    )


def test_the_browser_has_a_sandbox(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any page may be opened: it is tried with one first, and without only where it does not start, as root's."""
    started = tmp_path / "started"
    named = tmp_path / "browser"
    named.write_text(f'#!/bin/sh\necho "$*" >> {started}\nexec {installed.find_shell()} "$@"\n', encoding="utf-8")
    named.chmod(0o755)
    monkeypatch.setattr(installed, "find_shell", lambda: str(named))
    page = tmp_path / "page.html"
    page.write_text(html(""), encoding="utf-8")
    freshtap(written(web, tmp_path), "--html", page, "--inject")
    attempts = ["--no-sandbox" in line.split() for line in started.read_text(encoding="utf-8").splitlines()]
    assert attempts in ([False], [False, True])


def test_people_read_colours_and_progress_on_a_terminal(web: Web, tmp_path: Path) -> None:
    """What takes longer than a second is told meanwhile."""
    tagged = deploy(web, {})
    url = web.page("/", html(tagged.tag))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "freshtap", "verify", str(written(web, tmp_path)), "--url", url, "--wait", "1.2"]
    environment = {**os.environ, browsers.VARIABLE: installed.find_shell()}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        text = ""
        # Linux tells the end of a terminal by an error.
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                text += piece.decode()
        assert running.wait() == 0
    os.close(ours)
    assert "Waiting until the page has nothing more to say …\r\n" in text
    assert "\x1b[32m\x1b[1m✓\x1b[0m" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give the page to open: either --url or --html."),
        (["--url", "http://localhost/", "--html", "freshtap.toml"], "Give the page to open: either --url or --html."),
        (["--url", "ftp://localhost/"], '"ftp://localhost/" is not an address of a page'),
        (["--html", "missing.html"], "missing.html"),
        (["--url", "http://localhost/", "--wait", "61"], "--wait"),
        (["--url", "http://localhost/", "--wait", "nan"], "nan is not in the range 0<=x<=60."),
        (
            ["--url", "http://localhost/", "--script", "steps.txt"],
            'Error: steps.txt: line 2: "clik" is no step. Allowed: click, fill, press, goto, wait, run.\n'
            'Error: steps.txt: line 3: "fill #a" does not say what to fill in. Allowed: fill SELECTOR = TEXT.\n'
            'Error: steps.txt: line 4: "soon" is no number of seconds. Allowed: a number between 0 and 60.\n'
            'Error: steps.txt: line 5: "click" says nothing of what to do it with. Allowed: click and something behind it.\n',
        ),
    ],
    ids=[
        "no page",
        "two pages",
        "no web page",
        "no such file",
        "too long a wait",
        "no number of seconds",
        "no such step",
    ],
)
def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str) -> None:
    """Is told before a browser is started, with exit code 2."""
    monkeypatch.chdir(tmp_path)
    Path("freshtap.toml").write_text(
        f'[clevertap]\naccount_id = "{ACCOUNT}"\n[track]\nsend = "all"\n', encoding="utf-8"
    )
    Path("steps.txt").write_text("# buys\nclik #a\nfill #a\nwait soon\nclick\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["verify", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr


def test_steps_that_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, of ours."""
    monkeypatch.chdir(tmp_path)
    Path("freshtap.toml").write_text(f'[clevertap]\naccount_id = "{ACCOUNT}"\n', encoding="utf-8")
    Path("steps.txt").write_bytes(b"click \xff")
    result = CliRunner().invoke(main, ["verify", "--url", "http://localhost/", "--script", "steps.txt"])
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "Error: steps.txt is not UTF-8 text.")


def test_a_browser_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of it is a sentence."""
    monkeypatch.setattr(installed, "find_shell", lambda: "/bin/true")
    config_file = tmp_path / "freshtap.toml"
    config_file.write_text(f'[clevertap]\naccount_id = "{ACCOUNT}"\n[track]\nsend = "all"\n', encoding="utf-8")
    said = freshtap(config_file, "--url", "http://localhost/", code=2).stderr
    assert re.fullmatch(r"Error: /bin/true does not start: .*[^.]\.\n", said)


def test_without_the_extra(tmp_path: Path) -> None:
    """One sentence says what to install."""
    config_file = tmp_path / "freshtap.toml"
    config_file.write_text(f'[clevertap]\naccount_id = "{ACCOUNT}"\n[track]\nsend = "all"\n', encoding="utf-8")
    code = "import sys; sys.modules['playwright'] = None; from freshtap.cli import main; main()"
    command = [sys.executable, "-c", code, "verify", str(config_file), "--url", "http://localhost/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    sentence = 'freshtap verify needs an extra: pip install ".[verify]", in a checkout of freshtap.'
    assert (done.returncode, done.stderr) == (2, f"Error: {sentence}\n")


def test_without_a_browser(tmp_path: Path) -> None:
    """One sentence says what to install."""
    config_file = tmp_path / "freshtap.toml"
    config_file.write_text(f'[clevertap]\naccount_id = "{ACCOUNT}"\n[track]\nsend = "all"\n', encoding="utf-8")
    code = "from freshtap.verify import browsers; browsers.find = lambda: None; from freshtap.cli import main; main()"
    command = [sys.executable, "-c", code, "verify", str(config_file), "--url", "http://localhost/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "verify needs Chromium or Chrome. Install one" in done.stderr
