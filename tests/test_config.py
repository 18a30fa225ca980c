"""From a config to a site, or to everything that is wrong with it."""

from __future__ import annotations

import copy
import math
import pickle
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from freshtap import config, plan
from freshtap.config.site import Site
from freshtap.errors import ConfigError, Problem, shown

Place = tuple[Any, ...]

ACCOUNT = '[clevertap]\naccount_id = "TEST-86K-4Z9-K85Z"\n'

#: Every key there is, with what a site then holds where that differs.
EVERYTHING = """
name = "demo"

[clevertap]
account_id = " TEST-86K-4Z9-K85Z "
region = " IN1"
dashboard_url = "https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/boards"
token = "abc-def"
target_domain = "CT.example.com"
sdk_url = "http://localhost:8000/clevertap.min.js"
use_ip = true
spa = true
transport = "fetch"

[freshpaint]
mode = "companion"
connection_mode = "client-side"
source = "web"
hipaa = false
destination = "CleverTap::eu"

[identify]
default_country_code = "0044"
nested = "drop"

[track]
send = "all"
before_identify = "send"
nested = "drop"

[[events]]
name = "Order Completed"
enabled = false
charged = true

[[transformations]]
on = "Order Completed"
op = "rename-property"
from = "coupon"
to = "Coupon code"

[[transformations]]
on = "*"
op = "send-constant"
property = "shop"
value = 7.5

[consent]
required = true
respect_gpc = true
"""


def problems(text: str) -> list[str]:
    """What a person reads about a config."""
    return [str(problem) for problem in config.parse(text).problems]


def site(text: str) -> Site:
    return config.parse(text).valid()


def test_everything() -> None:
    """Every key of the contract is accepted, and the values come out normalised."""
    read = site(EVERYTHING)
    assert read.name == "demo"
    assert read.clevertap.model_dump() == {
        "account_id": "TEST-86K-4Z9-K85Z",
        "region": "in1",
        "dashboard_url": "https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/boards",
        "token": "abc-def",
        "target_domain": "ct.example.com",
        "sdk_url": "http://localhost:8000/clevertap.min.js",
        "preload": False,
        "use_ip": True,
        "spa": True,
        "transport": "fetch",
    }
    assert (read.freshpaint.mode, read.freshpaint.destination) == ("companion", "CleverTap::eu")
    assert read.identify.model_dump() == {"default_country_code": "+44", "nested": "drop"}
    assert read.track.model_dump() == {"send": "all", "before_identify": "send", "nested": "drop"}
    assert [event.model_dump() for event in read.events] == [
        {"name": "Order Completed", "enabled": False, "charged": True}
    ]
    assert [type(transformation).__name__ for transformation in read.transformations] == [
        "RenameProperty",
        "SendConstant",
    ]
    assert read.consent.model_dump() == {"required": True, "respect_gpc": True}


def test_defaults() -> None:
    """An account id is all a config needs."""
    read = site(ACCOUNT)
    assert read.name == "TEST-86K-4Z9-K85Z"
    assert read.clevertap.region is None
    assert read.region == "eu1"
    assert read.collector_host == "eu1.clevertap-prod.com"
    assert read.clevertap.sdk_url == "https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"
    assert read.freshpaint.model_dump() == {
        "mode": "standalone",
        "connection_mode": "client-side",
        "source": "web",
        "hipaa": False,
        "destination": "CleverTap",
    }
    assert read.identify.model_dump() == {"default_country_code": None, "nested": "flatten"}
    assert read.track.model_dump() == {"send": "defined", "before_identify": "hold", "nested": "flatten"}
    assert (read.events, read.transformations) == ((), ())
    assert read.consent.model_dump() == {"required": False, "respect_gpc": False}


def test_frozen_and_picklable() -> None:
    """A site cannot be changed, and travels to another process as it is."""
    read = site(EVERYTHING)
    with pytest.raises(ValidationError):
        read.track.send = "defined"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(read)) == read


@pytest.mark.parametrize(
    ("table", "account_id", "region"),
    [
        ('dashboard_url = "https://in1.dashboard.clevertap.com/AAA-BBB-CCCC/x?y#z"', "AAA-BBB-CCCC", "in1"),
        ('dashboard_url = "https://dashboard.clevertap.com/AAA-BBB-CCCC"', "AAA-BBB-CCCC", None),
        ('dashboard_url = "aps3.dashboard.clevertap.com/TEST-1-2-3/"', "TEST-1-2-3", "aps3"),
        ('dashboard_url = " https://US1.Dashboard.CleverTap.com/A-B-C/ "', "A-B-C", "us1"),
        (
            'dashboard_url = "https://dashboard.clevertap.com/A-B-C"\nregion = "eu1"\naccount_id = "A-B-C"',
            "A-B-C",
            "eu1",
        ),
        ('account_id = "A-B-C"\nregion = "MEC1 "', "A-B-C", "mec1"),
    ],
    ids=["both", "no region is eu1", "no scheme", "case and blanks", "agreeing", "no address"],
)
def test_account_and_region(table: str, account_id: str, region: str | None) -> None:
    """Account id and region come from the keys or from the dashboard's address, which may name no region."""
    read = site(f"[clevertap]\n{table}")
    assert (read.clevertap.account_id, read.clevertap.region) == (account_id, region)
    assert read.region == (region or "eu1")


WRONG_VALUES = [
    (
        ACCOUNT + 'region = "eu2"',
        'clevertap.region: "eu2" is not a region. Allowed: eu1, in1, sg1, us1, aps3, mec1. Did you mean "eu1"?',
    ),
    (
        ACCOUNT + "region = 1",
        "clevertap.region: 1 is not a region. Allowed: eu1, in1, sg1, us1, aps3, mec1.",
    ),
    (
        '[clevertap]\naccount_id = "TEST"',
        'clevertap.account_id: "TEST" is not an account id. Allowed: three groups of letters and digits '
        "joined by -, with TEST- in front or not, like TEST-86K-4Z9-K85Z.",
    ),
    (
        '[clevertap]\nregion = "in1"',
        "clevertap.account_id: is missing. Allowed: CleverTap's account id, like TEST-86K-4Z9-K85Z, "
        "or dashboard_url in its place.",
    ),
    ("", "clevertap: is missing. Allowed: a table [clevertap] with account_id or dashboard_url."),
    ("clevertap = 3", "clevertap: 3 is not a table. Allowed: a table of keys and values."),
    (
        '[clevertap]\ndashboard_url = "https://in2.dashboard.clevertap.com/A-B-C"',
        'clevertap.dashboard_url: "https://in2.dashboard.clevertap.com/A-B-C" is not an address of '
        "CleverTap's dashboard. Allowed: an address like "
        "https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/, "
        "with one of the regions eu1, in1, sg1, us1, aps3, mec1.",
    ),
    (
        ACCOUNT + 'dashboard_url = "https://in1.dashboard.clevertap.com/A-B-C"',
        'clevertap.dashboard_url: "https://in1.dashboard.clevertap.com/A-B-C" contradicts '
        "clevertap.account_id, TEST-86K-4Z9-K85Z. Allowed: one of the two, or both alike.",
    ),
    (
        '[clevertap]\nregion = "in1"\ndashboard_url = "https://dashboard.clevertap.com/A-B-C"',
        'clevertap.dashboard_url: "https://dashboard.clevertap.com/A-B-C" means eu1 and contradicts '
        "clevertap.region, in1. Allowed: one of the two, or both alike.",
    ),
    (
        ACCOUNT + 'sdk_url = "http://cdn.example.com/a.js"',
        'clevertap.sdk_url: "http://cdn.example.com/a.js" is not an address to load the SDK from. '
        "Allowed: an https address, or http on localhost or 127.0.0.1.",
    ),
    (
        ACCOUNT + 'target_domain = "https://ct.example.com/"',
        'clevertap.target_domain: "https://ct.example.com/" is not a host name. '
        "Allowed: a host name like ct.example.com, without https:// and without a path.",
    ),
    (
        ACCOUNT + 'transport = "xhr"',
        'clevertap.transport: "xhr" is none of the choices. Allowed: jsonp, fetch.',
    ),
    (ACCOUNT + 'spa = "yes"', 'clevertap.spa: "yes" is neither true nor false. Allowed: true, false.'),
    (
        'name = "../x"\n' + ACCOUNT,
        'name: "../x" cannot be the name of a directory in the output. '
        "Allowed: at most 200 letters, digits, . _ and -, but neither . nor .. alone.",
    ),
    (
        'name = "Manifest.json"\n' + ACCOUNT,
        'name: "Manifest.json" is the name of the list of all sites in the output. Allowed: any other name.',
    ),
    (
        ACCOUNT + '[freshpaint]\nconnection_mode = "server-side"',
        'freshpaint.connection_mode: "server-side" cannot be used: CleverTap is a client-side destination, '
        "to which the browser sends directly. Allowed: client-side.",
    ),
    (
        ACCOUNT + '[freshpaint]\nsource = "ios"',
        'freshpaint.source: "ios" cannot be used: this destination is for web pages only, '
        "not for mobile apps or servers. Allowed: web.",
    ),
    (
        ACCOUNT + "[freshpaint]\nhipaa = true",
        "freshpaint.hipaa: true cannot be used: client-side destinations cannot be used in HIPAA mode. Allowed: false.",
    ),
    (
        ACCOUNT + "[freshpaint]\nhipaa = 0",
        "freshpaint.hipaa: 0 cannot be used: client-side destinations cannot be used in HIPAA mode. Allowed: false.",
    ),
    (ACCOUNT + 'token = " "', 'clevertap.token: " " is blank. Allowed: any other text.'),
    (
        ACCOUNT + '[freshpaint]\ndestination = " "',
        'freshpaint.destination: " " is blank. Allowed: any other text.',
    ),
    (
        ACCOUNT + '[freshpaint]\ndestination = "__proto__"',
        'freshpaint.destination: "__proto__" has a meaning of its own in browsers. Allowed: any other text.',
    ),
    (
        ACCOUNT + '[identify]\ndefault_country_code = "US"',
        'identify.default_country_code: "US" is not a country code. '
        'Allowed: a plus sign and one to three digits, like "+1".',
    ),
    (
        ACCOUNT + '[track]\nsend = "al"',
        'track.send: "al" is none of the choices. Allowed: defined, all. Did you mean "all"?',
    ),
    (ACCOUNT + "[[events]]\nname = 3", "events[0].name: 3 is not text. Allowed: text in quotes."),
    (
        ACCOUNT + "[[events]]\nenabled = true",
        "events[0].name: is missing. Allowed: the name that the page calls freshpaint.track with.",
    ),
    (
        'events = "all"\n' + ACCOUNT,
        'events: "all" is not a list of tables. Allowed: any number of [[events]] tables.',
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"',
        "transformations[0].op: is missing. Allowed: rename-event, rename-property, change-type, uppercase, "
        "lowercase, delete-property, send-builtin, send-constant.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "change-type"\nproperty = "x"',
        "transformations[0].to: is missing. Allowed: text, number, boolean, date.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "send-builtin"',
        "transformations[0].property: is missing. Allowed: url, path, title, referrer, search, user_agent, language, "
        "screen_width, screen_height, timestamp.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "rename-property"\nto = "x"',
        "transformations[0].from: is missing. Allowed: text in quotes.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "renameproperty"',
        'transformations[0].op: "renameproperty" is none of the choices. Allowed: rename-event, '
        "rename-property, change-type, uppercase, lowercase, delete-property, send-builtin, send-constant. "
        'Did you mean "rename-property"?',
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "rename-event"\nto = "x"',
        'transformations[0].on: "*" is not an event that could be renamed. Allowed: the name of one event.',
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "send-constant"\nproperty = "x"\nvalue = nan',
        "transformations[0].value: NaN cannot be sent as a property. Allowed: text, true, false, or a finite number.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "send-constant"\nproperty = "x"\nvalue = 9007199254740992',
        "transformations[0].value: 9007199254740992 is too large to be exact in a browser. "
        "Allowed: whole numbers up to 9007199254740991, or text.",
    ),
    (
        ACCOUNT + '[[transformations]]\non = "*"\nop = "send-builtin"\nproperty = "pathname"',
        'transformations[0].property: "pathname" is none of the choices. Allowed: url, path, title, '
        "referrer, search, user_agent, language, screen_width, screen_height, timestamp. "
        'Did you mean "path"?',
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), WRONG_VALUES, ids=[expected.partition(":")[0] for _, expected in WRONG_VALUES]
)
def test_wrong_value(text: str, expected: str) -> None:
    """A wrong value is named with its file, key, the value, what is allowed, and a guess."""
    assert problems(text) == [f"freshtap.toml: {expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ACCOUNT + 'regon = "in1"',
            'clevertap.regon: unknown key, with the value "in1". Allowed: account_id, region, dashboard_url, '
            'token, target_domain, sdk_url, preload, use_ip, spa, transport. Did you mean "region"?',
        ),
        (
            ACCOUNT + "[Track]",
            "Track: unknown key, with the value {}. Allowed: name, clevertap, freshpaint, identify, track, "
            'events, transformations, consent. Did you mean "track"?',
        ),
        (
            ACCOUNT + '[[events]]\nname = "x"\ncharge = true',
            "events[0].charge: unknown key, with the value true. Allowed: name, enabled, charged. "
            'Did you mean "charged"?',
        ),
        (
            ACCOUNT + '[[transformations]]\nop = "uppercase"\non = "*"\nproperty = "x"\npropery = "x"',
            'transformations[0].propery: unknown key, with the value "x". Allowed: op, on, property. '
            'Did you mean "property"?',
        ),
        (
            'account_id = "A-B-C"\n' + ACCOUNT,
            'account_id: unknown key, with the value "A-B-C". Allowed: name, clevertap, freshpaint, '
            'identify, track, events, transformations, consent. Did you mean "clevertap.account_id"?',
        ),
        (
            ACCOUNT + "[consent]\nname = 'x'",
            'consent.name: unknown key, with the value "x"; name belongs at the top of the file, before the '
            "first table. Allowed: required, respect_gpc.",
        ),
        (
            ACCOUNT + '[track]\n"a.b\\u202e" = 1',
            'track."a.b\\u202e": unknown key, with the value 1. Allowed: send, before_identify, nested.',
        ),
    ],
    ids=["table", "table's name", "list", "transformation", "other table", "top of the file", "strange key"],
)
def test_unknown_key(text: str, expected: str) -> None:
    """An unknown key is answered with the keys there are and the one that was probably meant."""
    assert problems(text) == [f"freshtap.toml: {expected}"]


def places(table: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in a config that something else could stand in."""
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, inside in items:
        yield (*path, key)
        yield from places(inside, (*path, key))


@pytest.mark.parametrize(
    "value", [1, 1.5, "", " ", "x", "x!", "x" * 600, "%", "__proto__", True, [], {}, [1], math.nan, date(2026, 1, 1)]
)
def test_every_problem_says_what_is_allowed(value: Any) -> None:
    """Whatever stands in the place of whatever a config can hold: each problem names its key, and what is right there."""
    whole = tomllib.loads(EVERYTHING)
    found: list[Problem] = []
    for *way, last in places(whole):
        table = copy.deepcopy(whole)
        reduce(getitem, way, table)[last] = value
        try:
            found += plan.examine(config.from_mapping(table)).warnings
        except ConfigError as error:
            found += error.problems
    assert found
    assert [problem for problem in found if not (problem.key and problem.allowed)] == []


def test_all_at_once() -> None:
    """Every problem is named, not only the first; each event keeps its number."""
    reading = config.parse(
        'colour = 1\n[clevertap]\nregion = "x"\n[[events]]\n[[events]]\nname = "A"\nenabled = 1\n[[events]]\n'
        'name = "B"\n[[transformations]]\nop = "uppercase"\n[[transformations]]\nop = "x"\n'
        "[track]\nnested = 1\n"
    )
    assert [problem.key for problem in reading.problems] == [
        "clevertap.account_id",
        "clevertap.region",
        "track.nested",
        "events[0].name",
        "events[1].enabled",
        "transformations[0].on",
        "transformations[0].property",
        "transformations[1].op",
        "colour",
    ]
    assert reading.site is not None
    assert [(event.name, event.enabled) for event in reading.site.events][2] == ("B", True)
    with pytest.raises(ConfigError) as caught:
        reading.valid()
    assert caught.value.problems == reading.problems
    assert caught.value.exit_code == 2
    assert pickle.loads(pickle.dumps(caught.value)).problems == reading.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\na = 2", "is not valid TOML: Cannot overwrite a value (at end of document)."),
        ("\x00", "is not valid TOML: Invalid statement (at line 1, column 1)."),
        ("a = " + "[" * 100_000, "is nested too deeply. Allowed: at most 30 tables or lists inside each other."),
    ],
    ids=["twice", "NUL", "deep"],
)
def test_not_toml(text: str, expected: str) -> None:
    """What is no TOML is told in one sentence."""
    assert problems(text) == [f"freshtap.toml: {expected}"]


def test_very_long_numbers() -> None:
    """Numbers of thousands of digits, which Python refuses to read or write, are a problem like any other."""
    assert problems("a = " + "1" * 5000)[0] == (
        "freshtap.toml: is not valid TOML: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits."
    )
    assert problems("a = 0x" + "f" * 5000)[1].startswith(
        "freshtap.toml: a: unknown key, with the value a very long number."
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, 'does not exist. "freshtap init" writes one.'),
        ("[clevertap]".encode("utf-16"), "is not UTF-8 text. Allowed: a file saved in that encoding."),
    ],
    ids=["missing", "UTF-16"],
)
def test_not_readable(tmp_path: Path, content: bytes | None, expected: str) -> None:
    """A file that is missing or in another encoding is told so."""
    path = tmp_path / "site.toml"
    if content is not None:
        path.write_bytes(content)
    assert [str(problem) for problem in config.read(path).problems] == [f"{path}: {expected}"]


def test_byte_order_mark(tmp_path: Path) -> None:
    """The mark that Windows editors put in front does no harm."""
    path = tmp_path / "site.toml"
    path.write_bytes(b"\xef\xbb\xbf" + ACCOUNT.replace("\n", "\r\n").encode())
    assert config.read(path).valid().clevertap.account_id == "TEST-86K-4Z9-K85Z"


@pytest.mark.parametrize(
    "value",
    [
        "https://cdn.example.com/clevertap.min.js",
        "https://[2001:db8::1]/a.js",
        "http://127.0.0.1:8000/a.js?x=1&y=2",
        "http://[::1]/a.js",
        "http://sdk.localhost/a.js",
    ],
)
def test_sdk_url(value: str) -> None:
    """The SDK comes over https from anywhere, over http only from this machine."""
    assert site(f'{ACCOUNT}sdk_url = "{value}"').clevertap.sdk_url == value


@pytest.mark.parametrize(
    "value",
    [
        "//cdn.example.com/a.js",
        "https://",
        "https:///a.js",
        "https://user:pass@cdn.example.com/a.js",
        "https://@cdn.example.com/a.js",
        "https://cdn.example.com:99999/a.js",
        "https://cdn.example.com:/a.js",
        "https://cdn.example.com/a b.js",
        'https://cdn.example.com/a\\".js',
        "https://cdn.example.com/</script>",
        "https://cdn.ex;ample.com/a.js",
        "https://[oops/a.js",
        "https://bücher.example/a.js",
        "http://localhost.example.com/a.js",
        "javascript:alert(1)",
        "data:text/javascript,1",
        "https://cdn.example.com/\\u2028a.js",
        "",
    ],
)
def test_no_sdk_url(value: str) -> None:
    """Nothing else is an address that a script comes from."""
    found = config.parse(f'{ACCOUNT}sdk_url = "{value}"').problems
    assert [problem.key for problem in found] == ["clevertap.sdk_url"]


@pytest.mark.parametrize(
    "value",
    [
        "A-B",
        "A-B-C-D",
        "A-B-C\nx",
        "A-B-Ç",
        "TEST-A-B-C-D",
        "A--C",
        "A-B-C;",
        "\uff21-B-C",
        "A" * 70 + "-B-C",
    ],
)
def test_no_account_id(value: str) -> None:
    """Three groups of plain letters and digits, with TEST- in front or not, and nothing around them."""
    found = config.from_mapping({"clevertap": {"account_id": value}}).problems
    assert [problem.key for problem in found] == ["clevertap.account_id"]


@pytest.mark.parametrize(
    ("value", "code"),
    [("+1", "+1"), ("39", "+39"), ("0044", "+44"), (" +971 ", "+971")],
)
def test_country_code(value: str, code: str) -> None:
    """A country code is held as a plus sign and its digits."""
    assert site(f'{ACCOUNT}[identify]\ndefault_country_code = "{value}"').identify.default_country_code == code


@pytest.mark.parametrize("value", ["", "+", "+0", "+001", "++1", "+1234", "+1x", "+¹", 1])
def test_no_country_code(value: Any) -> None:
    """One to three digits, the first of them not a zero."""
    table = {"clevertap": {"account_id": "A-B-C"}, "identify": {"default_country_code": value}}
    assert [problem.key for problem in config.from_mapping(table).problems] == ["identify.default_country_code"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 59}…"'),
        ("\u2028" * 10, '"' + "\\u2028" * 9 + '…"'),
        ('"' * 31, '"' + '\\"' * 29 + '…"'),
        (["x" * 59], f'["{"x" * 58}…'),
    ],
    ids=["just short enough", "too long", "escapes", "quotes", "no text"],
)
def test_long_values(value: object, expected: str) -> None:
    """A text that is cut has its closing quote, so that one sees where the sentence goes on."""
    assert shown(value) == expected


def test_terminal_is_safe() -> None:
    """What a message shows of a value is short and cannot rearrange the terminal."""
    value = "\x1b[31m\u202e\u2028" + "x" * 100_000
    table = {"clevertap": {"account_id": "A-B-C", "region": value, value: 1}}
    for problem in config.from_mapping(table).problems:
        assert str(problem).isprintable()
        assert len(str(problem)) < 400
