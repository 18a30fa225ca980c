"""The HTML to paste into a page's head: elements, and what their attributes and scripts have to look like. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Final

from freshtap.config.site import Site

#: What ends a script element, or makes its end be overlooked, wherever it stands in the script.
_UNSAFE_INLINE: Final = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)


def loading(site: Site, inline: str, path: str, base_url: str, *, integrity: str = "", nonce: str = "") -> str:
    """The inline snippet, the element that loads the script, and the SDK's preload where the site wants one."""
    script = {"async": None, "src": f"{base_url.rstrip('/')}/{path}" if base_url else path}
    if integrity:
        script |= {"integrity": integrity, "crossorigin": "anonymous"}
    tag = _script(inline, nonce=nonce) + _script("", script, nonce=nonce)
    if site.clevertap.preload:
        # Behind the script, which is needed first. Fetched as the script will ask for it: without crossorigin.
        preload = {"rel": "preload", "as": "script", "href": site.clevertap.sdk_url}
        tag += _opening("link", preload, nonce=nonce) + "\n"
    return tag


def carrying(inline: str, script: str, *, nonce: str = "") -> str:
    """The inline snippet, and an element that has the whole script in it."""
    return _script(inline, nonce=nonce) + _script(inline_safe(script), nonce=nonce)


def inline_safe(script: str) -> str:
    r"""The script for use inside a script element, which ends at the first ``</script`` it finds.

    That can only stand in strings, regular expressions and comments, where ``\x3C`` means the same.
    """
    return _UNSAFE_INLINE.sub(r"\\x3C", script)


def _script(content: str, attributes: Mapping[str, str | None] = {}, *, nonce: str) -> str:
    return f"{_opening('script', attributes, nonce=nonce)}{content}</script>\n"


def _opening(element: str, attributes: Mapping[str, str | None], *, nonce: str) -> str:
    """An opening tag; an attribute without a value stands alone. A nonce allows whatever loads a script."""
    if nonce:
        attributes = {**attributes, "nonce": nonce}
    written = (name if value is None else f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{' '.join((element, *written))}>"
