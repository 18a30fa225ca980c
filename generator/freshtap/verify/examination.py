"""Decides what is wrong with a page, from everything that was seen of it. Pure.

One function for each part: the page, its tag, its policy, the deployed script, others on the page, the calls. Each
yields what it finds; a consequence of something that another one tells is left to that one. The deployed script is
judged by :mod:`freshtap.verify.deployment`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from freshtap import artifacts, minify, render
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.errors import shown
from freshtap.verify import deployment, pages, policy
from freshtap.verify.diagnoses import DIAGNOSES, Diagnosis, diagnosis
from freshtap.verify.observation import Observation, Script, View, Violation
from freshtap.verify.outcomes import Call, Outcomes
from freshtap.verify.phrases import counted, listed, sentence

#: Where Freshpaint's own script comes from, and what stands in its snippet.
_FRESHPAINT_SCRIPT: Final = re.compile(
    r"//([^/]+\.)?(perfalytics\.com|freshpaint-cdn\.com)/|/js/[0-9a-f-]{36}/freshpaint\.js", re.IGNORECASE
)
_FRESHPAINT_SNIPPET: Final = re.compile(r"__SV\b")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a diagnosis can be made from."""

    site: Site
    seen: Observation
    outcomes: Outcomes

    @property
    def ran(self) -> bool:
        """Whether a bridge ran on some page."""
        return bool(self.seen.starts)

    def sending(self) -> list[Call]:
        """The calls that CleverTap is to have."""
        return [call for call in self.outcomes.calls if call.outcome not in ("done", "ignored")]


def diagnoses(site: Site, seen: Observation, outcomes: Outcomes) -> tuple[Diagnosis, ...]:
    """Everything that is wrong, each once, in the order of the table."""
    evidence = Evidence(site, seen, outcomes)
    if seen.error:
        return (diagnosis("page-unreachable", error=sentence(seen.error)),)
    found = dict.fromkeys(
        one
        for examine in (_page, _tag, _policy, _deployed, _freshpaint, _account, _sdk, _calls)
        for one in examine(evidence)
    )
    order = list(DIAGNOSES)
    ordered = sorted(found, key=lambda one: order.index(one.code))
    # Where something else is wrong, that is why there are no calls.
    wrong = any(one.severity == "error" and one.code != "no-calls" for one in ordered)
    return tuple(one for one in ordered if not (wrong and one.code == "no-calls"))


# -- the page and its tag ----------------------------------------------------------------------------------------------


def _page(evidence: Evidence) -> Iterator[Diagnosis]:
    if evidence.seen.status >= 400:
        yield diagnosis("page-status", status=evidence.seen.status)
    if evidence.seen.hung:
        yield diagnosis("page-hung")
    if evidence.seen.stopped:
        yield diagnosis("step-failed", step=sentence(evidence.seen.stopped))


def _tag(evidence: Evidence) -> Iterator[Diagnosis]:
    for view in evidence.seen.views:
        snippets = [script.text for script in view.scripts if not script.src and pages.is_snippet(script.text)]
        bridges = _bridges(view) or [start.src for start in evidence.seen.starts if start.page == view.url]
        if not snippets and not bridges:
            yield diagnosis("tag-missing", page=_on(evidence, view), lost=_lost(view))
            continue
        # An element may be gone once it has run.
        if not snippets and not view.snippet:
            yield diagnosis("snippet-missing", page=_on(evidence, view), lost=_lost(view))
        if not bridges:
            yield diagnosis("loader-missing", page=_on(evidence, view))
        if max(len(snippets), len(bridges)) > 1:
            yield diagnosis("tag-twice", page=_on(evidence, view), count=max(len(snippets), len(bridges)))
        if view.snippet and view.early:
            yield from _early(view, evidence.seen.errors)
        if snippets:
            yield from _snippet(evidence, view, snippets[0])


def _on(evidence: Evidence, view: View) -> str:
    """The page, by its address where there are several."""
    return "the page" if len({other.url for other in evidence.seen.views}) == 1 else view.url


def _lost(view: View) -> str:
    """Where the page calls what is not there."""
    places = [place for place in dict.fromkeys(view.early) if place]
    return f" It asks for freshpaint at {listed(places)}." if places else ""


def _bridges(view: View) -> list[str]:
    """The addresses of the scripts that tags on the page load, empty for one that stands in the page."""
    return [
        script.src
        for script in view.scripts
        if pages.LOADER.search(script.src) or (not script.src and pages.is_bridge(script.text))
    ]


def _early(view: View, errors: Iterable[str]) -> Iterator[Diagnosis]:
    places = list(dict.fromkeys(view.early))
    uncaught = "\n".join(errors)
    lost = [place for place in places if place and place.rpartition(":")[0] in uncaught]
    guarded = [place for place in places if place not in lost]
    if lost:
        yield diagnosis("snippet-late", places=listed(lost))
    if guarded:
        yield diagnosis("snippet-late-guarded", places=listed(place or "at an unknown place" for place in guarded))


def _snippet(evidence: Evidence, view: View, text: str) -> Iterator[Diagnosis]:
    site = evidence.site
    if any(text.strip() == render.snippet(site, minifier=minifier) for minifier in minify.installed()):
        return
    companion = "defineProperty" in text
    if companion != (site.freshpaint.mode == "companion"):
        yield diagnosis("snippet-other-mode", page=_on(evidence, view), mode=site.freshpaint.mode)
    else:
        yield diagnosis("snippet-outdated", page=_on(evidence, view))


# -- the page's policy -------------------------------------------------------------------------------------------------


def _policy(evidence: Evidence) -> Iterator[Diagnosis]:
    for view in evidence.seen.views:
        violations = [violation for violation in evidence.seen.violations if violation.page == view.url]
        if not violations:
            continue
        needs = _needs(evidence.site, view)
        origins = {addresses.origin(source) for sources in needs.values() for source in sources if "://" in source}
        loaders = _bridges(view)
        refused = dict.fromkeys(
            _named(violation.blocked, evidence.site, loaders)
            for violation in violations
            if violation.blocked in loaders
            or ("://" in violation.blocked and addresses.origin(violation.blocked) in origins)
        )
        nonced = any(script.nonced for script in view.scripts if _is_tag(script))
        missing = policy.missing(view.policies, needs, page=view.url, nonced=nonced) or needs
        additions = " and ".join(_added(view, directive, sources) for directive, sources in sorted(missing.items()))
        # Other inline scripts of the page may be what was refused: then the snippet ran.
        inline = any(violation.blocked == "inline" for violation in violations)
        if inline and not view.snippet and any(pages.is_snippet(script.text) for script in view.scripts):
            refused = {"the inline snippet": None, **refused}
        if refused:
            yield diagnosis("policy-forbids", refused=listed(refused), missing=additions)
        yield from _trusted_types(evidence.site, violations)


def _added(view: View, directive: str, sources: Iterable[str]) -> str:
    """What to add to a directive, or a directive to add: it takes the place of default-src, whose sources it needs."""
    there = any(directive in parsed for text in view.policies for parsed in policy.parse(text))
    where = f"to {directive}" if there else f"a {directive} that has all of default-src, and besides"
    return f"{where}: {' '.join(sources)}"


def _trusted_types(site: Site, violations: Iterable[Violation]) -> Iterator[Diagnosis]:
    collector = f"https://{site.collector_host}"
    marks = {"freshtap": "a policy named freshtap", site.clevertap.sdk_url: "loading CleverTap's SDK"}
    marks |= {collector: "CleverTap's SDK sending"}
    refused = [
        said
        for mark, said in marks.items()
        if any("trusted-types" in violation.directive and mark in violation.sample for violation in violations)
    ]
    if refused:
        yield diagnosis("trusted-types", refused=listed(refused), collector=collector)


def _needs(site: Site, view: View) -> dict[str, list[str]]:
    """What the page's policy must allow, for the tag as it stands on the page."""
    loader = next(filter(None, _bridges(view)), view.url)
    base = "" if addresses.origin(loader) == addresses.origin(view.url) else addresses.origin(loader)
    inline = [script.text for script in view.scripts if not script.src and _is_tag(script)]
    texts = inline or [render.snippet(site)]
    found = artifacts.content_security_policy(site, texts[0], base)
    found["script-src"] += [artifacts.source_of_inline(text) for text in texts[1:]]
    return found


def _is_tag(script: Script) -> bool:
    if script.src:
        return pages.LOADER.search(script.src) is not None
    return pages.is_snippet(script.text) or pages.is_bridge(script.text)


def _named(blocked: str, site: Site, loaders: Iterable[str]) -> str:
    """What a refused address is, for people."""
    if blocked in loaders:
        return f"the script at {blocked}"
    if addresses.origin(blocked) == addresses.origin(site.clevertap.sdk_url):
        return f"CleverTap's SDK at {site.clevertap.sdk_url}"
    return f"sending to CleverTap at {addresses.origin(blocked)}"


# -- the deployed script -----------------------------------------------------------------------------------------------


def _deployed(evidence: Evidence) -> Iterator[Diagnosis]:
    return deployment.diagnoses(evidence.site, evidence.seen)


# -- others on the page ------------------------------------------------------------------------------------------------


def _freshpaint(evidence: Evidence) -> Iterator[Diagnosis]:
    companion = evidence.site.freshpaint.mode == "companion"
    for view in evidence.seen.views:
        there = any(
            _FRESHPAINT_SCRIPT.search(script.src)
            or (not script.src and _FRESHPAINT_SNIPPET.search(script.text) and not _is_tag(script))
            for script in view.scripts
        )
        if there and not companion:
            yield diagnosis("freshpaint-snippet", page=_on(evidence, view))
        if companion and not there:
            yield diagnosis("freshpaint-missing", page=_on(evidence, view))


def _account(evidence: Evidence) -> Iterator[Diagnosis]:
    account = evidence.site.clevertap.account_id
    others = [str(reason.name) for reason in evidence.outcomes.reasons if reason.code == "other-account"]
    others += [request.account for request in evidence.seen.requests if request.account != account]
    for other in dict.fromkeys(others):
        yield diagnosis("other-account", account=other)
    hosts = dict.fromkeys(request.host for request in evidence.seen.requests if request.account == account)
    for host in hosts:
        if host != evidence.site.collector_host:
            yield diagnosis("wrong-region", host=host, expected=evidence.site.collector_host)


def _sdk(evidence: Evidence) -> Iterator[Diagnosis]:
    url = evidence.site.clevertap.sdk_url
    failures = {at: why for at, why in evidence.seen.failures.items() if why != "csp"}
    for at, why in failures.items():
        if addresses.same_file(at, url):
            yield diagnosis("sdk-unreachable", url=url, error=sentence(why))
        elif urlsplit(at).hostname == evidence.site.collector_host:
            yield diagnosis("clevertap-refuses", host=evidence.site.collector_host, error=sentence(why))
    stubs = any(
        "clevertap" in script.text and "account" in script.text and not _is_tag(script)
        for view in evidence.seen.views
        for script in view.scripts
    )
    waiting = any(call.outcome == "waiting" for call in evidence.outcomes.calls)
    if stubs and waiting and not evidence.seen.failures and not evidence.seen.requests:
        yield diagnosis("sdk-absent")


# -- the calls ---------------------------------------------------------------------------------------------------------


def _calls(evidence: Evidence) -> Iterator[Diagnosis]:
    if not evidence.ran:
        return
    calls = evidence.sending()
    if not calls and not any(view.early for view in evidence.seen.views):
        yield diagnosis("no-calls")
    yield from _failures(evidence)
    silent = [
        call for call in calls if call.outcome == "sent" and not any(reason.code == "failed" for reason in call.reasons)
    ]
    if silent and not evidence.seen.failures and not evidence.seen.violations:
        yield diagnosis("not-arrived", names=listed(_subject(call) for call in silent))
    yield from _consent(evidence.site, calls)
    yield from _not_enabled(evidence.site, calls)
    yield from _unknown(calls)


def _failures(evidence: Evidence) -> Iterator[Diagnosis]:
    reasons = [*evidence.outcomes.reasons, *(reason for call in evidence.outcomes.calls for reason in call.reasons)]
    for reason in reasons:
        # Trusted Types has a diagnosis of its own.
        if reason.code == "failed" and reason.name != "Trusted Types":
            yield diagnosis("call-failed", name=shown(reason.name), error=sentence(str(reason.value)))


def _consent(site: Site, calls: Iterable[Call]) -> Iterator[Diagnosis]:
    waiting = [call for call in calls if call.outcome == "waiting"]
    if site.consent.required and waiting:
        yield diagnosis("consent-missing", calls=counted(len(waiting), "call waits", "calls wait"))
    if any(reason.code == "consent-refused" for call in calls for reason in call.reasons):
        yield diagnosis("consent-refused")


def _not_enabled(site: Site, calls: Iterable[Call]) -> Iterator[Diagnosis]:
    known = {event.name: event for event in site.events}
    # An event that is listed and switched off is meant not to be sent.
    names = dict.fromkeys(
        reason.name
        for call in calls
        for reason in call.reasons
        if reason.code == "event-not-enabled" and reason.name not in known
    )
    if not names:
        return
    folded = {name.casefold().strip(): name for name in known}
    guesses = [difflib.get_close_matches(name.casefold().strip(), folded, 1, 0.8) for name in names]
    meant = listed(dict.fromkeys(shown(folded[guess[0]]) for guess in guesses if guess))
    subject = f"{listed(map(shown, names))} {'is' if len(names) == 1 else 'are'}"
    yield diagnosis("event-not-enabled", names=subject, meant=f" Did you mean {meant}?" if meant else "")


def _unknown(calls: Iterable[Call]) -> Iterator[Diagnosis]:
    held = [call for call in calls if call.outcome == "held"]
    if held:
        yield diagnosis("events-held", events=counted(len(held), "event is", "events are"))
    elif any(request.kind == "event" and request.person is None for call in calls for request in call.received):
        yield diagnosis("never-identified")


def _subject(call: Call) -> str:
    return shown(call.arguments[0]) if call.method == "track" and call.arguments else call.method
