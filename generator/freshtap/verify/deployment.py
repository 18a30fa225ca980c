"""Judges the script that is deployed: whether browsers get it, take it, and have what the config builds now. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from freshtap import artifacts, minify, render
from freshtap.artifacts import markup
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.errors import shown
from freshtap.verify import pages
from freshtap.verify.diagnoses import Diagnosis, diagnosis
from freshtap.verify.observation import Answer, Observation
from freshtap.verify.phrases import listed, sentence

#: The site's values at the end of a script, whatever minified it.
_VALUES: Final = re.compile(rb'\((\{"account":.*\})\);?\s*$', re.DOTALL)
_JAVASCRIPT: Final = re.compile(r"(text|application)/(x-)?(java|ecma)script\b", re.IGNORECASE)
#: What browsers never run as a script, with or without nosniff.
_NEVER_RUN: Final = re.compile(r"(image|audio|video)/|text/csv", re.IGNORECASE)


def diagnoses(site: Site, seen: Observation) -> Iterator[Diagnosis]:
    """What is wrong with the scripts that the page's tags load, and with those that stand in the page."""
    for url, answer in seen.deployed.items():
        found = list(_delivered(url, answer)) or list(_accepted(site, seen, url, answer))
        yield from found
        if not any(one.severity == "error" for one in found):
            judged = list(_current(site, url, answer.body, bare=bool(pages.LOADER.search(url))))
            yield from judged or _silent(seen, url)
    for view in seen.views:
        for script in view.scripts:
            if not script.src and pages.is_bridge(script.text):
                yield from _current(site, "The script in the page", script.text.encode(), bare=True)


def _delivered(url: str, answer: Answer) -> Iterator[Diagnosis]:
    """Whether there is a script at all."""
    kind = answer.headers.get("content-type", "")
    if answer.error:
        yield diagnosis("script-unreachable", url=url, error=sentence(answer.error))
    elif answer.status != 200:
        yield diagnosis("script-not-found", url=url, status=answer.status)
    elif answer.body.lstrip()[:1] == b"<":
        yield diagnosis("script-is-page", url=url)
    elif not _JAVASCRIPT.match(kind):
        nosniff = "nosniff" in answer.headers.get("x-content-type-options", "").lower()
        refused = nosniff or _NEVER_RUN.match(kind)
        code = "script-content-type" if refused else "script-content-type-odd"
        yield diagnosis(code, url=url, type=kind or "nothing in particular")


def _accepted(site: Site, seen: Observation, url: str, answer: Answer) -> Iterator[Diagnosis]:
    """Whether browsers take what came for what the tag asks for."""
    built = pages.LOADER.search(url)
    name = built[1] if built else None
    intact = name is None or hashlib.sha256(answer.body).hexdigest().startswith(name)
    elements = [(view, script) for view in seen.views for script in view.scripts if script.src == url]
    for view, script in elements:
        foreign = addresses.origin(url) != addresses.origin(view.url)
        allowed = answer.headers.get("access-control-allow-origin", "") in ("*", addresses.origin(view.url))
        if foreign and script.integrity and not script.crossorigin:
            yield diagnosis("crossorigin-missing")
        elif foreign and script.crossorigin and not allowed:
            yield diagnosis("cors-missing", url=url)
        if script.integrity and artifacts.integrity(answer.body) not in script.integrity.split():
            genuine = intact if name else _built(site, answer.body) is not None
            yield diagnosis("integrity-mismatch" if genuine else "script-rewritten", url=url)
            return
    if not intact:
        yield diagnosis("script-rewritten", url=url)


def _current(site: Site, where: str, script: bytes, *, bare: bool) -> Iterator[Diagnosis]:
    """Whether a script is what the config builds now. ``bare``: it is that alone, and no part of a larger one."""
    match = _VALUES.search(script)
    try:
        deployed = json.loads(match[1]) if match else None
    except ValueError:
        deployed = None
    if deployed is None:
        # What is part of a larger one says nothing about itself.
        if bare:
            yield diagnosis("script-rewritten", url=where)
        return
    if deployed.get("account") != site.clevertap.account_id:
        yield diagnosis("script-other-site", url=where, account=deployed.get("account"))
        return
    differences = _differences(deployed, render.values(site))
    if differences:
        yield diagnosis("script-outdated", url=where, differences=f": {listed(differences)}")
        return
    debug = _built(site, script)
    if debug is None:
        yield diagnosis("script-outdated", url=where, differences=" with its options")
    elif debug:
        yield diagnosis("script-debug", url=where)


def _differences(deployed: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """What the config says now and said otherwise when the script was built."""
    # As JSON has them: a tuple is a list there.
    now = json.loads(json.dumps(current))
    old_events, new_events = dict(deployed.get("events", [])), dict(now.get("events", []))
    differences = [f"it lacks the event {shown(name)}" for name in new_events if name not in old_events]
    differences += [f"it still has the event {shown(name)}" for name in old_events if name not in new_events]
    differences += [
        f"the event {shown(name)} is {shown(old_events[name])} there"
        for name in new_events
        if old_events.get(name, new_events[name]) != new_events[name]
    ]
    names = {"sdk": "clevertap.sdk_url", "code": "identify.default_country_code", "domain": "clevertap.target_domain"}
    names |= {key: f"clevertap.{key}" for key in ("region", "token")}
    names |= {"name": "freshpaint.destination", "changes": "transformations"}
    differences += [
        f"{names.get(key, key)} is {shown(deployed[key]) if key in deployed else 'not set'} there"
        for key in sorted({*deployed, *now} - {"events"})
        if deployed.get(key) != now.get(key)
    ]
    return differences


def _silent(seen: Observation, url: str) -> Iterator[Diagnosis]:
    """A script that is as it should be, and did not run."""
    refused = any(violation.blocked == url for violation in seen.violations)
    if not refused and not any(start.src in (url, "") for start in seen.starts):
        first = next(iter(seen.errors), "").split("\n")[0]
        yield diagnosis("script-silent", url=url, errors=f" The page says: {sentence(first)}" if first else "")


def _built(site: Site, script: bytes) -> bool | None:
    """Whether a script is a debug build of the config, with whatever minifier; None: it is no build of it at all."""
    for debug in (False, True):
        for minifier in minify.installed():
            built = render.bridge(site, minifier=minifier, debug=debug)
            if script in (built.encode(), markup.inline_safe(built).encode()):
                return debug
    return None
