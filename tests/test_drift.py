"""CleverTap's SDK still does what the bridge relies on, and where it does not, the probes find out."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

import drift
import sdk as sdks
from conftest import Visitor
from drift import Finding
from reliances import RELIANCES, Reliance, table

Found = Callable[[sdks.Version], Mapping[str, Finding]]

TEMPLATES: Final = {
    path.name: path.read_text(encoding="utf-8") for path in (Path(__file__).parents[1] / "templates").glob("*.js")
}


@pytest.fixture(scope="module")
def found(browser: Browser) -> Found:
    """What a version does; each is asked once."""
    return functools.cache(lambda version: drift.examine(version, sdks.load(version), browser))


@pytest.mark.parametrize(
    ("version", "reliance"),
    [
        pytest.param(version, one, id=f"{version}: {one.name}", marks=pytest.mark.xdist_group(f"drift {version}"))
        for version in sdks.PINNED
        for one in RELIANCES
    ],
)
def test_pinned_versions_do_what_is_relied_on(found: Found, version: sdks.Version, reliance: Reliance) -> None:
    """Each reliance holds, but for those of a feature that needs a later version."""
    assert found(version)[reliance.name] == Finding(
        holds=drift.is_expected(reliance, version), expected=drift.is_expected(reliance, version)
    ), f"CleverTap's SDK {version} no longer {reliance.does}. {reliance.otherwise}"


def test_what_has_changed_is_found_out(browser: Browser) -> None:
    """An SDK in which a few names are others: those that count on them are told, and no others."""
    changed = {
        b"WZRK_L": "unconfirmed",
        b"WZRK_K": "last login",
        b"WZRK_META": "waiting login",
        b"WZRK_G": "device store",
        b"oulReqN": "switch",
        b"useIP": "place",
        b"enableFetchApi": "fetch",
    }
    script = sdks.load(sdks.NEWEST)
    for name in changed:
        assert name in script
        script = script.replace(name, name[:-2] + b"9" + name[-1:])
    found = drift.examine(sdks.NEWEST, script, browser)
    assert {name: finding.holds for name, finding in found.items() if not finding.holds} == dict.fromkeys(
        changed.values(), False
    )
    told = drift.report({sdks.NEWEST: found})
    for one in RELIANCES:
        assert (one.otherwise in told) == (one.name in changed.values())


def test_the_list_in_the_documents_is_this_one() -> None:
    """``drift.py --write`` has put it there."""
    assert drift.in_page() == table()


def test_names_are_unique() -> None:
    """A probe says by its name what it has tried."""
    assert len({one.name for one in RELIANCES}) == len(RELIANCES)


def test_all_that_the_templates_touch_of_the_sdk_is_on_the_list() -> None:
    """Each member of the SDK, and each of its globals and keys that a template names, is named by a reliance."""
    touched = {
        next(filter(None, names))
        for text in TEMPLATES.values()
        for names in re.findall(
            r"\bclevertap\.(\w+)|\bsdk\.(\w+)|\$WZRK_WR\.(\w+)|\b(WZRK_\w+)|\bwindow\.(isOUL\w+|oul\w+)|send\(\"(\w+)\"",
            re.sub(r"^ *//.*$", "", text, flags=re.MULTILINE),
        )
    }
    listed = set(re.findall(r"\w+", table()))
    assert len(touched) > 20
    assert touched - {"page", "js"} <= listed, touched - listed


def test_templates_on_the_list_exist() -> None:
    """Who counts on something is a template."""
    assert {name for one in RELIANCES for name in one.templates.split(", ")} <= TEMPLATES.keys()


def test_an_sdk_without_any_internals_is_still_handed_the_calls(visitor: Visitor) -> None:
    """None of its globals and keys, only what CleverTap documents: nothing is thrown into the page, and calls go on."""
    visit = visitor(config={"clevertap": {"use_ip": True}})
    visit.sdk = b"""
        const log = kind => ({ push(...values) { window.taken.push([kind, ...values]); } });
        window.taken = [];
        let account;
        let device = "one";
        window.clevertap = {
            init(id) { account = id; },
            getAccountID: () => account,
            getCleverTapID: () => device,
            clear() { device = "two"; taken.push(["clear"]); },
            event: log("event"), onUserLogin: log("onUserLogin"), profile: log("profile"),
            privacy: { push() {} },
        };"""
    visit.open(
        script="freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.reset(); freshpaint.identify('u2'); freshpaint.track('B');"
    )
    visit.until_page("taken.length === 5", "five calls to be handed over")
    assert visit.run(
        "return taken.map(([kind, what]) => kind + ' ' + (what && what.Site ? what.Site.Identity : what))"
    ) == [
        "onUserLogin u1",
        "event A",
        "clear undefined",
        "onUserLogin u2",
        "event B",
    ]
