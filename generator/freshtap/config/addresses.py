"""Addresses that pages load scripts from: which are accepted, and the origins that a policy needs."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
#: A host name, lower-cased.
HOST_PATTERN: Final = rf"(?=.{{1,253}}$)({_LABEL}\.)*{_LABEL}"
#: What may stand in an address unescaped: no quotes, no blanks, nothing beyond ASCII.
_ADDRESS = re.compile(r"[!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")


def is_host_name(text: str) -> bool:
    """Whether ``text`` is a host name, lower-cased: labels of letters, digits and hyphens."""
    return re.fullmatch(HOST_PATTERN, text) is not None


def is_this_machine(host: str) -> bool:
    """Whether every browser takes a host, lower-cased and without brackets, for the machine that it runs on."""
    if _is_ip(host):
        return ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def is_script_url(text: str) -> bool:
    """Whether pages everywhere may load a script from ``text``: https, or http on this very machine."""
    parts = _split(text)
    if parts is None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))


def is_base_url(text: str) -> bool:
    """Whether a script's path can be put behind ``text``: an http(s) address or an absolute path."""
    if text.startswith("/") and not text.startswith("//"):
        return _ADDRESS.fullmatch(text) is not None and not re.search("[?#]", text)
    parts = _split(text)
    return parts is not None and not re.search("[?#]", text)


def origin(url: str) -> str:
    """Scheme, host and port of an address, as a source in a content security policy."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def same(url: str, other: str) -> bool:
    """Whether a browser that is given either of two http(s) addresses asks for the same thing."""
    try:
        return _asked_for(url) == _asked_for(other)
    except ValueError:  # one of them is no address
        return False


def same_file(url: str, other: str) -> bool:
    """Whether two addresses are the same but for a query: the file that both ask for."""
    return url.partition("?")[0] == other.partition("?")[0]


def _asked_for(url: str) -> tuple[str, str, int, str, str]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80}.get(parts.scheme, 443)
    return parts.scheme, parts.hostname or "", port, parts.path or "/", parts.query


def _split(text: str) -> SplitResult | None:
    """The parts of an http(s) address without credentials, or None if ``text`` is not one."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    # "example.com:", a port that is not named, browsers take in an address and not in a policy.
    is_usual = parts.username is None and port != 0 and not parts.netloc.endswith(":")
    is_http = parts.scheme in ("http", "https") and is_usual
    return parts if is_http and _ADDRESS.fullmatch(text) and (is_host_name(host) or _is_ip(host)) else None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
