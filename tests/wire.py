"""What scenarios about order and ownership read off CleverTap's wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sdk as sdks
from freshtap.collector import Request
from sites import Config, Form
from visit import SITE, Visit

#: Events of visitors who are not known yet are passed on instead of held.
SEND: Final[Config] = {"track": {"before_identify": "send"}}

#: What the scenarios about ordering run on besides the minified build with the newest SDK.
VARIANTS: Final[Sequence[tuple[Form, sdks.Version]]] = (
    ("minified", "2.5.2"),
    ("readable", "2.5.2"),
    ("minified", "2.3.3"),
)


def received(visit: Visit) -> list[Request]:
    """The page's calls as CleverTap received them, without the SDK's own traffic and what it sent again."""
    return [request for request in visit.collector.requests if not request.sdk_traffic]


def order(visit: Visit) -> list[str]:
    """Person and call of each, in short: ``u1 identify``, ``u1 Viewed``; ``- Viewed`` where nobody is known."""
    return [f"{request.person or '-'} {request.call[1]}" for request in received(visit)]


def devices(visit: Visit, person: str | None) -> set[str]:
    """The CleverTap ids under which a person's calls arrived."""
    return {request.device for request in received(visit) if request.person == person}


def arrive(visit: Visit, *calls: str) -> None:
    """Wait until so many calls arrived and all is settled; they must be these, in this order."""
    visit.until(lambda: len(received(visit)) >= len(calls), f"{len(calls)} calls to arrive")
    visit.settled()
    came = order(visit)
    assert came == list(calls), f"arrived: {came}, not: {list(calls)}"


def leave(visit: Visit, script: str = "", to: str = "/next") -> None:
    """Run JavaScript and, in the same task, leave for another page of the site, which has the tag too."""
    visit.run(f"{script}; location.href = '{to}'")
    visit.until_page(f"location.href === 'https://{SITE}{to}'", "the next page")
