"""Pages from files, and pages that are given the tag they do not carry yet. Reads files, writes none."""

from __future__ import annotations

import mimetypes
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from freshtap import artifacts
from freshtap.config import addresses
from freshtap.errors import CommandError, shown
from freshtap.verify.observation import Answer

#: Where a page from a file is opened: a host that every browser takes for this machine, and trusts.
ORIGIN: Final = "http://freshtap.localhost"

#: The name of a script that was built, in an address; its digits, if it has them, are a group.
LOADER: Final = re.compile(rf"(?:^|/)(?:{re.escape(artifacts.STABLE_NAME)}|{artifacts.HASHED_NAME})(?:[?#]|$)")

#: What may stand in a head in front of a policy; a script there is what the tag has to come before.
_IN_HEAD: Final = ("meta", "title", "base", "link", "style", "noscript")
_SRC = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


def address(text: str) -> str:
    """An address as a person types it: without a scheme, https is meant; on this machine, http.

    Raises :class:`CommandError` where no page can be opened under it.
    """
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname or ""
    usual = "http" if addresses.is_this_machine(host) else "https"
    if (parts.scheme or usual) not in ("http", "https") or not host:
        raise CommandError(f"{shown(text)} is not an address of a page. Allowed: one with http:// or https://.")
    return text if parts.scheme else f"{usual}://{text}"


def is_snippet(text: str) -> bool:
    """Whether a script's text is the inline snippet, of whatever build."""
    copies = "toString.call(" in text and ("DOMS" in text or "bigint" in text)  # "bigint" in earlier builds
    return "freshpaint" in text and copies and not is_bridge(text)


def is_bridge(text: str) -> bool:
    """Whether a script's text is a whole bridge, of whatever build."""
    return "freshtap" in text and "getCleverTapID" in text and "toString.call(" in text


def carries_tag(html: bytes) -> bool:
    """Whether a page has a tag, or a part of one, in its source."""
    text = html.decode(errors="replace")
    return is_snippet(text) or is_bridge(text) or any(LOADER.search(match[1]) for match in _SRC.finditer(text))


def with_tag(html: bytes, tag: str) -> bytes:
    """The page with the tag at the beginning of its head, behind a policy that stands there."""
    # One character for each byte, so that places are the same in both.
    found = _Head(html.decode("latin-1"))
    return html[: found.place] + tag.encode("ascii", "xmlcharrefreplace") + html[found.place :]


class _Head(HTMLParser):
    """Where a page's head begins, or what a browser would begin it with. What stands in comments does not count.

    That is behind the last of doctype, html and head, and behind a policy that comes before any script.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.place = 0
        self._begun = False
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)

    def handle_decl(self, decl: str) -> None:
        self._go_on(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_policy = tag == "meta" and (dict(attrs).get("http-equiv") or "").lower() == "content-security-policy"
        if tag in ("html", "head") or is_policy:
            self._go_on(self.get_starttag_text() or "")
        elif tag not in _IN_HEAD:
            self._begun = True

    def _go_on(self, opening: str) -> None:
        if not self._begun:
            line, column = self.getpos()
            self.place = self._lines[line - 1] + column + len(opening)


class Folder:
    """A page's file and what lies beside and below it, by address; of a link, the file that it leads to."""

    def __init__(self, page: Path) -> None:
        page = page.resolve()
        self._root = page.parent
        self.url = f"{ORIGIN}/{quote(page.name)}"

    def answer(self, url: str) -> Answer:
        """The file that an address under :data:`ORIGIN` means."""
        path = self._root / unquote(urlsplit(url).path).lstrip("/")
        try:
            if not path.resolve().is_relative_to(self._root):
                return Answer(status=404)
            body = path.read_bytes()
        except (OSError, ValueError):
            return Answer(status=404)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Answer(200, {"content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind}, body)
