"""SECURITY.md: what it says is stored and sent is what a visit leaves behind, and whom it asks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

import sdk as sdks
from conftest import Visitor
from freshtap import render
from freshtap.cli import main
from sites import ACCOUNT
from sizes import EVERYTHING, site_of
from test_docs import quoted, rows, section
from visit import SITE, Visit

ROOT: Final = Path(__file__).parents[1]
SECURITY: Final = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
OURS, THEIRS, HOSTS = (rows(table) for table in re.findall(r"(?:^\|.*\n)+", SECURITY, re.MULTILINE))

#: Where a name was found: name and store.
Stored = set[tuple[str, str]]

NO_COOKIES: Final = "<script>Object.defineProperty(document, 'cookie', { get: () => '', set() {} })</script>"


def stored(visit: Visit) -> Stored:
    """Every name under which the browser keeps something for the page."""
    found: dict[str, list[str]] = visit.run(
        """return {
            localStorage: Object.keys(localStorage),
            sessionStorage: Object.keys(sessionStorage),
            cookie: document.cookie.split("; ").filter(Boolean).map(cookie => cookie.split("=")[0]),
        }"""
    )
    return {(name.replace(ACCOUNT, "<account>"), where) for where, names in found.items() for name in names}


def told(table: list[list[str]], name: int = 0, where: int = 1) -> Stored:
    """Every name that a table has, with each of its stores."""
    return {
        (quoted_name, store)
        for row in table
        for quoted_name in quoted(row[name])
        for store in re.findall("localStorage|sessionStorage|cookie(?!s)", row[where])
    }


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_what_a_visit_leaves_behind_is_listed(visitor: Visitor, sdk: sdks.Version) -> None:
    """Every name found in the browser is in the tables, and every name in the tables is found."""
    visit = visitor(sdk=sdk)
    visit.open(script="freshpaint.addEventProperties({a: 1}); freshpaint.track('A'); freshpaint.opt_in_tracking()")
    visit.settled()
    found = stored(visit)
    visit.run("freshpaint.identify('u1', {email: 'ann@example.com'}); freshpaint.track('Charged', {order_id: '1'})")
    visit.arrives(3)
    found |= stored(visit)
    # A page that is left with calls in its line: what it stored is seen before the next page's bridge takes it out.
    visit.block("collector")
    visit.run("freshpaint.identify('u2'); freshpaint.identify('u3'); freshpaint.track('B')")
    gate = visit.hold("bridge")
    visit.open("/next", until="commit")
    found |= stored(visit)
    gate.open()
    visit.reaches("bridge")
    visit.unblock("collector")

    without = visitor(sdk=sdk)
    without.open(before=NO_COOKIES, script="freshpaint.identify('u1')")
    without.arrives(1)
    found |= stored(without)
    assert found == told(OURS) | told(THEIRS)


def test_the_cookies_last_as_long_as_is_said(visitor: Visitor) -> None:
    """A year for the two device ids, on all subdomains; the session's is the SDK's own, and short."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.arrives(1)
    cookies = {cookie["name"].replace(ACCOUNT, "<account>"): cookie for cookie in visit.context.cookies()}
    days = {name: (cookie["expires"] - time.time()) / 86400 for name, cookie in cookies.items()}
    assert {name: round(lasts, 1) for name, lasts in days.items()} == {
        "freshtap_<account>_device": 365,
        "WZRK_G": 365,
        "WZRK_S_<account>": 0,
    }
    assert 19 < days["WZRK_S_<account>"] * 24 * 60 <= 20
    ours = cookies["freshtap_<account>_device"]
    assert (ours["domain"], ours["path"], ours["sameSite"], ours["httpOnly"]) == (".site.test", "/", "Lax", False)


def test_the_cookie_is_renewed_by_every_page(visitor: Visitor) -> None:
    """Browsers keep a script's cookie for some days only: who comes back within them stays known."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.arrives(1)

    def expires() -> float:
        (cookie,) = [cookie for cookie in visit.context.cookies() if cookie["name"].startswith("freshtap")]
        return cookie["expires"]

    before = expires()
    visit.lets_pass(1.5)
    visit.open("/next", script="freshpaint.track('A')")
    visit.arrives(2)
    assert expires() >= before + 1


def test_before_consent_and_after_a_refusal_nothing_is_stored(visitor: Visitor) -> None:
    """Nothing at all before; after a refusal, the decision."""
    visit = visitor(config={"consent": {"required": True}})
    visit.open(script="freshpaint.identify('u1'); freshpaint.addEventProperties({a: 1})", until="bridge")
    assert stored(visit) == set()
    visit.run("freshpaint.opt_in_tracking()")
    visit.arrives(1)
    assert len(stored(visit)) > 5
    visit.run("freshpaint.opt_out_tracking()")
    visit.until_page("Object.keys(localStorage).length === 1", "everything else to be removed")
    assert stored(visit) == {("freshtap_<account>_consent", "localStorage")}


def test_the_two_tables_of_what_is_stored_agree() -> None:
    """Names, places and times are those of the README."""
    readme = rows(section("What is stored, and for how long"))
    assert [(row[0], row[1], row[3]) for row in OURS] == [(row[0], row[1], row[3]) for row in readme]


@pytest.mark.parametrize(
    ("config", "collector"),
    [
        ({}, "in1.clevertap-prod.com"),
        ({"clevertap": {"target_domain": "target.collect.test"}}, "in1.target.collect.test"),
    ],
    ids=["region", "proxy"],
)
def test_nobody_else_is_asked(visitor: Visitor, config: Mapping[str, Any], collector: str) -> None:
    """A visit asks the hosts of the table and no others."""
    visit = visitor(config=config)
    asked: set[str | None] = set()
    visit.context.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    visit.open(script="freshpaint.identify('u1', {email: 'ann@example.com'}); freshpaint.track('A'); freshpaint.page()")
    visit.arrives(2)
    assert asked == {SITE, "static.site.test", "d2r1yp2w7bby2u.cloudfront.net", collector}
    assert len(HOSTS) == len(asked - {SITE})
    view, *_, login = (next(r for r in visit.collector.requests if r.kind == kind) for kind in ("page", "profile"))
    assert view.payload["cpg"].startswith(f"https://{SITE}/")
    assert "tz" in login.data


def test_a_build_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a single socket is opened."""
    monkeypatch.chdir(tmp_path)

    def refuse(*_arguments: object, **_keywords: object) -> None:
        raise AssertionError("a build opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    for command in (["init"], ["check"], ["build", "--precompress"], ["tag"], ["types"], ["schema"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output


def test_a_script_is_verified_as_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Integrity and name are made of the script's bytes, in the way that the page gives."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["init"])
    assert CliRunner().invoke(main, ["build"]).exit_code == 0
    (entry,) = json.loads(Path("dist/manifest.json").read_text(encoding="utf-8"))["sites"].values()
    script = Path("dist", entry["stable"]).read_bytes()
    assert base64.b64encode(hashlib.sha384(script).digest()).decode() == entry["integrity"].removeprefix("sha384-")
    assert f"freshtap.{hashlib.sha256(script).hexdigest()[:16]}.js" == Path(entry["script"]).name
    assert entry["integrity"] in Path("dist", entry["snippet"]).read_text(encoding="utf-8")


def test_the_script_can_do_no_more_than_is_said() -> None:
    """No code from text, no HTML written, and one address loaded: the SDK's."""
    script = render.bridge(site_of(EVERYTHING), minifier="none") + render.snippet(site_of(EVERYTHING), minifier="none")
    code = re.sub(r"^\s*//.*$", "", script, flags=re.MULTILINE)
    for word in (
        "eval",
        "Function(",
        "innerHTML",
        "outerHTML",
        "document.write",
        "insertAdjacent",
        "import(",
        "fetch(",
        "XMLHttp",
        "sendBeacon",
        "WebSocket",
        "postMessage",
    ):
        assert word not in code, word
    assert re.findall(r"createElement\((.*?)\)", code) == ['"script"']
    assert re.findall(r"\.src = (\w+)", code) == ["address"]
