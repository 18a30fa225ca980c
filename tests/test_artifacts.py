"""From a site to its files: names, integrity, policy, HTML, and values that cannot become code."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import html.parser
import json
import re
import sys
import zlib
from typing import Any, Final

import brotli
import pytest

from freshtap import artifacts, config, minify, plan, render
from freshtap.artifacts import Options, markup
from freshtap.config.site import Site
from freshtap.errors import BuildError, ConfigError

SDK = "https://d2r1yp2w7bby2u.cloudfront.net"

#: Texts that have broken generators: each must stay a text, or be refused.
HOSTILE = {
    "end of script": "</script><script>alert(1)</script>",
    "comment": "<!--<script>",
    "quotes": "\"'`\\",
    "line separators": "a\u2028b\u2029c\nd\re",
    "other template": "{{ 7*7 }}{% raw %}${7*7}<%= 7 %>",
    "this template": "/*{ x }*/ /*% if x %*/ /*# x #*/ $fill(account)",
    "end of comment": "*/ alert(1) /*",
    "placeholder": "SITE",
    "prototype": "__proto__",
    "constructor": "constructor",
    "NUL": "a\x00b",
    "right to left": "\u202eabc\u200f",
    "emoji": "👩‍👩‍👧 ok",
    "lone blanks": "\u00a0\ufeff",
    "long": "x" * 100_000,
}
#: Every key of the config that takes a text, with the table it stands in.
TEXTS = [
    "name",
    "clevertap.account_id",
    "clevertap.region",
    "clevertap.dashboard_url",
    "clevertap.token",
    "clevertap.target_domain",
    "clevertap.sdk_url",
    "clevertap.transport",
    "freshpaint.mode",
    "freshpaint.connection_mode",
    "freshpaint.source",
    "freshpaint.destination",
    "identify.default_country_code",
    "identify.nested",
    "track.send",
    "track.before_identify",
    "track.nested",
    "events[0].name",
]


class Elements(html.parser.HTMLParser):
    """What a browser makes of a piece of HTML: its elements' attributes and content."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.contents: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.contents.append("")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.contents[-1] += data


def site(**tables: Any) -> Site:
    tables = {"name": "demo", "events": [{"name": "A"}], **tables}
    tables["clevertap"] = {"account_id": "A-B-C", "region": "in1", **tables.get("clevertap", {})}
    return plan.examine(config.from_mapping(tables)).site


def values(script: str) -> tuple[str, dict[str, Any]]:
    """A script without its values, and its values: the one JSON argument at its end."""
    match = re.search(r'\{"account":.*\}(?=\)\)?;?\s*\Z)', script, re.DOTALL)
    assert match
    return script[: match.start()] + script[match.end() :], json.loads(match[0])


def test_files_and_entry() -> None:
    """A site has four files; the hashed script is the stable one, and the manifest tells how to use them."""
    made = artifacts.make(site())
    script = made.files["demo/freshtap.js"]
    hashed = f"demo/freshtap.{hashlib.sha256(script).hexdigest()[:16]}.js"
    inline = Elements(made.files["demo/snippet.html"].decode()).contents[0]
    assert sorted(made.files) == sorted(["demo/freshtap.d.ts", hashed, "demo/freshtap.js", "demo/snippet.html"])
    assert made.files[hashed] == script == render.bridge(site()).encode()
    assert made.name == "demo"
    assert made.entry == {
        "account_id": "A-B-C",
        "region": "in1",
        "script": hashed,
        "stable": "demo/freshtap.js",
        "snippet": "demo/snippet.html",
        "types": "demo/freshtap.d.ts",
        "integrity": "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode(),
        "bytes": len(script),
        "gzip": len(gzip.compress(script, 9)),
        "csp": {
            "script-src": [
                "'self'",
                "'sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() + "'",
                SDK,
                "https://in1.clevertap-prod.com",
            ]
        },
    }


@pytest.mark.parametrize("minifier", minify.MINIFIERS)
def test_deterministic(minifier: str) -> None:
    """The same site gives the same bytes."""
    options = Options(minifier=minifier, precompress=True)
    first, second = artifacts.make(site(), options), artifacts.make(site(), options)
    assert (first.files, first.entry) == (second.files, second.entry)


def test_options_change_the_script() -> None:
    """A readable, a minified and a debug build have different contents, and so different names."""
    built = [
        artifacts.make(site(), Options(minifier=name, debug=debug)).entry["script"]
        for name, debug in (("jsmin", False), ("jsmin", True), ("none", False), ("tdewolff", False))
    ]
    assert len(set(built)) == 4


def test_snippet_html() -> None:
    """snippet.html: the inline snippet, then the script by its hashed address, with integrity."""
    made = artifacts.make(site())
    snippet = render.snippet(site())
    assert made.files["demo/snippet.html"].decode() == (
        f"<script>{snippet}</script>\n"
        f'<script async src="{made.entry["script"]}" integrity="{made.entry["integrity"]}" '
        f'crossorigin="anonymous"></script>\n'
    )
    around = len(gzip.compress(made.files["demo/snippet.html"], 9)) - len(gzip.compress(snippet.encode(), 9))
    assert around <= 200, "what the HTML adds to the inline script"


@pytest.mark.parametrize(
    ("base_url", "address", "source"),
    [
        ("", "demo/", "'self'"),
        ("/", "/demo/", "'self'"),
        ("/static/tags", "/static/tags/demo/", "'self'"),
        ("/x://y", "/x://y/demo/", "'self'"),
        ("https://cdn.example.com", "https://cdn.example.com/demo/", "https://cdn.example.com"),
        (
            "https://CDN.example.com:8443/a/b/",
            "https://CDN.example.com:8443/a/b/demo/",
            "https://cdn.example.com:8443",
        ),
        ("http://localhost:8000/a&b", "http://localhost:8000/a&b/demo/", "http://localhost:8000"),
    ],
)
def test_base_url(base_url: str, address: str, source: str) -> None:
    """The base address stands in front of the script's path, and its origin in the policy."""
    made = artifacts.make(site(), Options(base_url=base_url))
    _, loading = Elements(made.files["demo/snippet.html"].decode()).found
    assert loading[1]["src"] == address + made.entry["script"].removeprefix("demo/")
    assert made.entry["csp"]["script-src"][0] == source


def test_policy_without_repetition() -> None:
    """A host that serves both the script and the SDK is named once."""
    made = artifacts.make(
        site(clevertap={"sdk_url": "https://cdn.example.com/sdk.js"}),
        Options(base_url="https://cdn.example.com/x"),
    )
    assert made.entry["csp"]["script-src"][::2] == [
        "https://cdn.example.com",
        "https://in1.clevertap-prod.com",
    ]


def test_tag() -> None:
    """Without options the tag is what snippet.html holds."""
    options = Options(base_url="https://cdn.example.com")
    assert artifacts.tag(site(), options).encode() == artifacts.make(site(), options).files["demo/snippet.html"]


def test_tag_stable() -> None:
    """The stable address has no integrity: what lies there changes."""
    expected = f'<script>{render.snippet(site())}</script>\n<script async src="/x/demo/freshtap.js"></script>\n'
    assert artifacts.tag(site(), Options(base_url="/x"), stable=True) == expected


@pytest.mark.parametrize("form", ["hashed", "stable", "inline"])
@pytest.mark.parametrize("nonce", ["r4nd0m", "{{ csp_nonce }}", '"><script>alert(1)</script>', "a&amp;b'"])
def test_tag_nonce(form: str, nonce: str) -> None:
    """A nonce is on every script element, as it was given, whatever it holds."""
    found = Elements(artifacts.tag(site(), stable=form == "stable", inline=form == "inline", nonce=nonce)).found
    assert [(tag, attributes["nonce"]) for tag, attributes in found] == [("script", nonce)] * 2


@pytest.mark.parametrize("nonce", ["", "r4nd0m"])
def test_tag_preload(nonce: str) -> None:
    """A third element, behind the script, and only where it is asked for; a script that is inline asks for the SDK at once."""
    preloading = site(clevertap={"preload": True, "sdk_url": "https://cdn.example.com/sdk.js?a=1&b=2"})
    expected = {"rel": "preload", "as": "script", "href": "https://cdn.example.com/sdk.js?a=1&b=2"}
    for stable in (False, True):
        _, (element, loading), last = Elements(artifacts.tag(preloading, stable=stable, nonce=nonce)).found
        assert (element, "src" in loading) == ("script", True)
        assert last == ("link", expected | ({"nonce": nonce} if nonce else {}))
    assert len(Elements(artifacts.tag(preloading, inline=True, nonce=nonce)).found) == 2
    assert len(Elements(artifacts.tag(site(), nonce=nonce)).found) == 2


def test_preload_costs_the_script_nothing() -> None:
    """It is the page that preloads."""
    assert render.bridge(site(clevertap={"preload": True})) == render.bridge(site())


def test_tag_inline() -> None:
    """The whole script in the page, nothing to load."""
    page = Elements(artifacts.tag(site(), inline=True))
    assert page.found == [("script", {}), ("script", {})]
    assert page.contents == [render.snippet(site()), render.bridge(site())]


def test_inline_safe() -> None:
    """Nothing in a script can end its element; in texts and regular expressions it still means the same."""
    script = 'a="</script>";b=/<!--|<SCRIPT/;c=d</e/'
    assert markup.inline_safe(script) == 'a="\\x3C/script>";b=/\\x3C!--|\\x3CSCRIPT/;c=d</e/'


@pytest.mark.parametrize("minifier", minify.MINIFIERS)
@pytest.mark.parametrize("debug", [False, True])
def test_compressed_size(minifier: str, *, debug: bool) -> None:
    """What sites have in common is compressed once for all of them; the size is that of the whole at once."""
    for events in (0, 1, 30, 200, 512):
        one = site(events=[{"name": f"Event {number**7} of many"} for number in range(events)], track={"send": "all"})
        other = site(events=[{"name": f"Other {number}", "enabled": False} for number in range(events)])
        for made in (artifacts.make(each, Options(minifier=minifier, debug=debug)) for each in (one, other)):
            assert made.entry["gzip"] == len(gzip.compress(made.files["demo/freshtap.js"], 9))


def test_precompress() -> None:
    """Compressed siblings unpack to the scripts, and hold no time."""
    made = artifacts.make(site(), Options(precompress=True))
    for path in (made.entry["script"], made.entry["stable"]):
        assert gzip.decompress(made.files[f"{path}.gz"]) == made.files[path]
        assert brotli.decompress(made.files[f"{path}.br"]) == made.files[path]
        # Magic number, deflate, no flags, no time, best compression, no system.
        assert made.files[f"{path}.gz"][:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    assert len(made.files) == 8
    assert zlib.decompress(made.files["demo/freshtap.js.gz"], wbits=31) == made.files["demo/freshtap.js"]


def test_precompress_without_brotli(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error names it."""
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(BuildError) as caught:
        artifacts.make(site(), Options(precompress=True))
    assert caught.value.message == '--precompress needs an extra: pip install ".[brotli]", in a checkout of freshtap.'
    assert artifacts.make(site()).files


#: Keys that bring a part of the script with them: compared with the script of a plain text.
FEATURES: Final = {"token": {"token": "plain"}, "target_domain": {"target_domain": "plain"}}


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text(key: str, hostile: str) -> None:
    """A text is refused, naming its key, or the script is the same but for its one JSON argument."""
    text = HOSTILE[hostile]
    tables: dict[str, Any] = {"clevertap": {"account_id": "A-B-C"}, "events": [{"name": "A"}], "name": "demo"}
    table, _, name = key.rpartition(".")
    target = tables["events"][0] if table == "events[0]" else tables.setdefault(table, {}) if table else tables
    target |= FEATURES.get(name, {})
    plain_tables = copy.deepcopy(tables)
    target[name] = text
    try:
        made = plan.examine(config.from_mapping(tables)).site
    except ConfigError as error:
        assert [problem.key for problem in error.problems if problem.severity == "error"] == [key]
        return
    script = artifacts.make(made).files[f"{made.name}/freshtap.js"].decode()
    code, argument = values(script)
    plain = plan.examine(config.from_mapping(plain_tables)).site
    assert code == values(render.bridge(plain))[0]
    assert script.isascii()
    assert not re.search(r"</script|<!--", script, re.IGNORECASE)
    kept = {"token": text.strip(), "target_domain": text.strip().lower()}.get(name, text)
    assert json.dumps(kept) in json.dumps([argument, made.name])
    page = Elements(artifacts.tag(made, inline=True))
    assert page.found == [("script", {}), ("script", {})]
