"""Content security policies: what a page's policies lack for what a site needs. Pure.

Source: W3C's Content Security Policy Level 3; of its matching, what scripts and connections need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

#: Where a policy looks for a directive that it does not have.
_FALLBACKS: Final[Mapping[str, Sequence[str]]] = {
    "script-src": ("script-src-elem", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
}
_HOST: Final = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[^/:*]+)(?::(\d+|\*))?(/.*)?", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}

#: Stands for a nonce, which is another one with each page.
ANY_NONCE: Final = "'nonce-…'"

Directives = Mapping[str, Sequence[str]]


def parse(text: str) -> list[Directives]:
    """The policies in a header or a meta element: several are separated by commas."""
    return [policy for policy in map(_directives, text.split(",")) if policy]


def governing(policy: Directives, directive: str) -> str | None:
    """The directive of a policy that decides about ``script-src`` or ``connect-src``; None: nothing does."""
    return next((name for name in _FALLBACKS[directive] if name in policy), None)


def missing(
    policies: Iterable[str], needs: Mapping[str, Sequence[str]], *, page: str, nonced: bool
) -> dict[str, list[str]]:
    """What has to be added, by directive: the sources in ``needs`` that one of the policies does not allow.

    ``page`` is the page's address, which ``'self'`` stands for. ``nonced``: the tag's elements carry a nonce.
    """
    found: dict[str, list[str]] = {}
    for policy in (policy for text in policies for policy in parse(text)):
        for directive, sources in needs.items():
            name = governing(policy, directive)
            if name is None:
                continue
            lacking = _lacking(policy[name], sources, page, nonced=nonced)
            if lacking:
                # With default-src alone, a directive of its own has to be written.
                additions = found.setdefault(directive if name == "default-src" else name, [])
                additions += [source for source in lacking if source not in additions]
    return found


def _directives(text: str) -> Directives:
    found: dict[str, Sequence[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split() or [""]
        if name:
            # The first of two counts.
            found.setdefault(name.lower(), sources)
    return found


def _lacking(listed: Sequence[str], sources: Sequence[str], page: str, *, nonced: bool) -> list[str]:
    lowered = [entry.lower() for entry in listed]
    by_nonce = any(entry.startswith("'nonce-") for entry in lowered)
    if "'strict-dynamic'" in lowered:
        # Hosts do not count any more: what a script loads is trusted if that script is.
        return [] if nonced and by_nonce else [ANY_NONCE]
    return [source for source in sources if not _allows(lowered, source, page, nonced=nonced and by_nonce)]


def _allows(listed: Sequence[str], source: str, page: str, *, nonced: bool) -> bool:
    """Whether a directive with these sources, lower-cased, allows one more. A nonce is for the tag's own elements."""
    own = urlsplit(page)
    wanted = own if source == "'self'" else urlsplit(source)
    if source.startswith("'sha"):
        by_name = any(entry.startswith(("'nonce-", "'sha")) for entry in listed)
        return nonced or source.lower() in listed or ("'unsafe-inline'" in listed and not by_name)
    if source == "'self'" and (nonced or "'self'" in listed):
        return True
    return any(_matches(entry, wanted, own.scheme) for entry in listed) or (
        "'self'" in listed and (wanted.scheme, wanted.netloc) == (own.scheme, own.netloc)
    )


def _matches(entry: str, wanted: SplitResult, page_scheme: str) -> bool:
    """Whether a scheme or host of a policy covers an address."""
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", entry):
        return _scheme_fits(wanted.scheme, entry[:-1])
    match = None if entry.startswith("'") else _HOST.fullmatch(entry)
    if match is None or not _scheme_fits(wanted.scheme, match[1] or page_scheme):
        return False
    host = wanted.hostname or ""
    fits = host.endswith(match[2][1:]) if match[2].startswith("*.") else match[2] in ("*", host)
    standard = _PORTS.get(wanted.scheme)
    return fits and (match[3] == "*" or (int(match[3]) if match[3] else standard) == (wanted.port or standard))


def _scheme_fits(scheme: str, listed: str) -> bool:
    return scheme == listed or (scheme, listed) == ("https", "http")
