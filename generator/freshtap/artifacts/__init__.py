"""A site → the files that are published for it, and what the manifest says of it. Pure: nothing is read or written."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, TypedDict

from freshtap import render
from freshtap.artifacts import markup
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.errors import BuildError, needs
from freshtap.render import declarations

#: The name of a site's script that stays, whatever is in it.
STABLE_NAME: Final = "freshtap.js"

#: Digits of the content's SHA-256 in a script's other name: enough that no two contents ever share it.
_HASH_LENGTH: Final = 16

#: Those names, which freshtap has given to scripts of this build and of earlier ones; their digits are a group.
HASHED_NAME: Final = rf"freshtap\.([0-9a-f]{{{_HASH_LENGTH}}})\.js"

#: What a server that finds precompressed siblings looks for.
COMPRESSED_SUFFIXES: Final = (".gz", ".br")

#: Bytes that gzip puts around what it has compressed.
_GZIP_FRAME: Final = 18


@dataclass(frozen=True, slots=True)
class Options:
    """What a build can choose apart from the config.

    ``base_url`` stands in front of the script's address; without it the address is relative:
    ``<name>/freshtap…``, right for a page that lies in the output folder, or beside a copy of what is in it.
    """

    base_url: str = ""
    minifier: str = "jsmin"
    debug: bool = False
    precompress: bool = False


class Entry(TypedDict):
    """What ``manifest.json`` says about a site. Paths are relative to the output folder, sizes in bytes."""

    account_id: str
    region: str
    script: str
    stable: str
    snippet: str
    types: str
    integrity: str
    bytes: int
    gzip: int
    csp: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What is published for one site: files by their path in the output folder, and the manifest's entry."""

    name: str
    files: dict[str, bytes]
    entry: Entry


def make(site: Site, options: Options = Options()) -> Artifacts:
    """Builds one site. Raises :class:`BuildError` where a minifier or a compressor fails or is missing."""
    common, own, inline = render.scripts(site, minifier=options.minifier, debug=options.debug)
    script = (common + own).encode()
    measures = _measures(common, own.encode())
    hashed = f"{site.name}/{measures.name}"
    stable = f"{site.name}/{STABLE_NAME}"
    snippet = f"{site.name}/snippet.html"
    types = f"{site.name}/freshtap.d.ts"
    page = markup.loading(site, inline, hashed, options.base_url, integrity=measures.integrity)
    files = {
        hashed: script,
        stable: script,
        snippet: page.encode(),
        types: declarations.render(site).encode(),
    }
    if options.precompress:
        zipped, packed = gzipped(script), brotlied(script)
        for path in (hashed, stable):
            files |= {f"{path}.gz": zipped, f"{path}.br": packed}
    entry = Entry(
        account_id=site.clevertap.account_id,
        region=site.region,
        script=hashed,
        stable=stable,
        snippet=snippet,
        types=types,
        integrity=measures.integrity,
        bytes=len(script),
        gzip=measures.gzip,
        csp=content_security_policy(site, inline, options.base_url),
    )
    return Artifacts(site.name, files, entry)


def tag(
    site: Site,
    options: Options = Options(),
    *,
    inline: bool = False,
    stable: bool = False,
    nonce: str = "",
) -> str:
    """The HTML to paste into a page's head, as in ``snippet.html`` unless asked otherwise.

    ``inline`` carries the whole script in the page. ``stable`` loads it from the address that outlives a
    rebuild, and therefore without integrity. ``nonce`` goes onto every script element, escaped.
    """
    snippet = render.snippet(site, minifier=options.minifier)
    script = render.bridge(site, minifier=options.minifier, debug=options.debug)
    if inline:
        return markup.carrying(snippet, script, nonce=nonce)
    if stable:
        return markup.loading(site, snippet, f"{site.name}/{STABLE_NAME}", options.base_url, nonce=nonce)
    content = script.encode()
    path = f"{site.name}/{hashed_name(content)}"
    return markup.loading(site, snippet, path, options.base_url, integrity=integrity(content), nonce=nonce)


def hashed_name(script: bytes) -> str:
    """The name that a script keeps for good: it changes with the content."""
    return _name(hashlib.sha256(script))


def integrity(content: bytes) -> str:
    """A script's subresource integrity, as browsers compare it."""
    return _integrity(hashlib.sha384(content))


def _name(sha256: hashlib._Hash) -> str:
    return f"freshtap.{sha256.hexdigest()[:_HASH_LENGTH]}.js"


def _integrity(sha384: hashlib._Hash) -> str:
    return f"sha384-{b64encode(sha384.digest()).decode()}"


def content_security_policy(site: Site, inline: str, base_url: str) -> dict[str, list[str]]:
    """What a page's policy must allow for this site, by directive.

    The SDK sends by loading scripts (JSONP), so that the collector's host is a source of scripts, too; with
    ``transport = "fetch"`` it is a place to connect to instead.
    """
    # A path on the page's own host may have any text in it.
    is_elsewhere = bool(base_url) and not base_url.startswith("/")
    own = addresses.origin(base_url) if is_elsewhere else "'self'"
    scripts = [own, source_of_inline(inline), addresses.origin(site.clevertap.sdk_url)]
    collector = f"https://{site.collector_host}"
    if site.clevertap.transport == "fetch":
        return {"connect-src": [collector], "script-src": list(dict.fromkeys(scripts))}
    return {"script-src": list(dict.fromkeys([*scripts, collector]))}


@lru_cache(maxsize=64)
def source_of_inline(text: str) -> str:
    """What allows an inline script in a page's policy: its hash."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def gzipped(content: bytes) -> bytes:
    """gzip, at its best and without a time, so that the same content gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


class _Measures(NamedTuple):
    """What the content of a script comes to."""

    name: str
    integrity: str
    gzip: int


def _measures(common: str, own: bytes) -> _Measures:
    """What :func:`hashed_name`, :func:`integrity` and the length of :func:`gzipped` say of these two parts.

    What it begins with is gone through once for all sites. That changes nothing: what is hashed or compressed in two
    steps gives the same bytes as in one.
    """
    begun = _begun(common)
    sha256, sha384, rest = begun.sha256.copy(), begun.sha384.copy(), begun.compressor.copy()
    sha256.update(own)
    sha384.update(own)
    size = _GZIP_FRAME + begun.size + len(rest.compress(own)) + len(rest.flush())
    return _Measures(_name(sha256), _integrity(sha384), size)


class _Begun(NamedTuple):
    """What goes on after the beginning of a script, and how much of that has been compressed already."""

    sha256: hashlib._Hash
    sha384: hashlib._Hash
    compressor: zlib._Compress
    size: int


@lru_cache(maxsize=64)
def _begun(common: str) -> _Begun:
    content = common.encode()
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    size = len(compressor.compress(content))
    return _Begun(hashlib.sha256(content), hashlib.sha384(content), compressor, size)


def brotlied(content: bytes) -> bytes:
    """brotli, at its best. Raises :class:`BuildError` where the extra is not installed."""
    try:
        import brotli  # noqa: PLC0415 - an extra
    except ImportError:
        raise BuildError(needs("--precompress", "brotli")) from None
    packed: bytes = brotli.compress(content, quality=11)
    return packed
