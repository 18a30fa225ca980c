"""The templates and what the build makes of them: each is JavaScript, and no minifier changes what it means."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any, Final

import esprima
import jsmin
import pytest

from freshtap import config, names, render
from freshtap.errors import BuildError
from freshtap.javascript import pieces
from freshtap.minify import minified
from freshtap.reasons import REASONS
from freshtap.site import Site
from sites import BASE

TEMPLATES: Final = sorted((Path(__file__).parents[1] / "templates").glob("*.js"))
ACCOUNT: Final = BASE["clevertap"]

#: Every feature on and off.
CONFIGS: Final[dict[str, dict[str, Any]]] = {
    "nothing but an account": {},
    "the example": {"events": [{"name": "Order Completed", "charged": True}, {"name": "Signed Up"}]},
    "all events": {"track": {"send": "all"}},
    "all events, one charged": {"track": {"send": "all"}, "events": [{"name": "Bought", "charged": True}]},
    "sent before identify": {"track": {"before_identify": "send"}},
    "dropped before identify": {"track": {"before_identify": "drop"}},
    "nested dropped": {"track": {"nested": "drop"}, "identify": {"nested": "drop"}},
    "a country code": {"identify": {"default_country_code": "+49"}},
    "a country code that keeps its zero": {"identify": {"default_country_code": "+39"}},
    "with the IP address": {"clevertap": {**ACCOUNT, "use_ip": True}},
}


def site_of(changes: dict[str, Any]) -> Site:
    return config.from_mapping({"clevertap": ACCOUNT, **changes}).valid()


def tokens(source: str) -> list[tuple[str, str]]:
    return [(token.type, token.value) for token in esprima.tokenize(source)]


each_config = pytest.mark.parametrize("changes", CONFIGS.values(), ids=CONFIGS)
each_form = pytest.mark.parametrize("debug", [False, True], ids=["production", "debug"])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_each_template_is_javascript_by_itself(template: Path) -> None:
    """An editor can open it, a linter can read it, whatever Jinja makes of it later."""
    esprima.parseScript(template.read_text(encoding="utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_each_template_begins_with_what_it_answers_for(template: Path) -> None:
    """A comment comes first."""
    assert template.read_text(encoding="utf-8").startswith("// ")


@each_form
@each_config
def test_every_feature_set_is_javascript_in_every_form(changes: dict[str, Any], *, debug: bool) -> None:
    """The readable, the minified and the smallest script parse."""
    for minifier in ("none", "jsmin", "tdewolff"):
        script = render.bridge(site_of(changes), minifier=minifier, debug=debug)
        if minifier != "tdewolff":  # which writes what is newer than the parser: catch without a binding
            esprima.parseScript(script)
        assert script.isascii() or debug or minifier == "tdewolff"


@each_form
@each_config
def test_jsmin_takes_away_nothing_but_comments_and_blanks(changes: dict[str, Any], *, debug: bool) -> None:
    """The script's tokens are the same before and after."""
    source = render.bridge(site_of(changes), minifier="none", debug=debug)
    assert tokens(jsmin.jsmin(source)) == tokens(source)


@each_form
@each_config
def test_short_names_stand_for_one_name_each(changes: dict[str, Any], *, debug: bool) -> None:
    """Nothing but names changes, each name always into the same, and none into one that was there."""
    source = render.bridge(site_of(changes), minifier="none", debug=debug)
    before, after = tokens(source), tokens(names.shortened(source))
    changed = {(old, new) for old, new in zip(before, after, strict=True) if old != new}
    assert all(old[0] == new[0] == "Identifier" for old, new in changed)
    assert len({old for old, _ in changed}) == len({new for _, new in changed}) == len(changed)
    assert not {new for _, new in changed} & set(before)


def test_no_property_gets_a_short_name() -> None:
    """What stands behind a dot, or names a property or method, is somebody else's to know."""
    source = "const own = {kept: 1, also(value) { return value.kept; }}; const {left} = own; own.also(own.left, left);"
    short = names.shortened(source)
    assert re.findall(r"kept|also|left", short) == re.findall(r"kept|also|left", source)
    assert "own" not in short
    assert "value" not in short


def test_parameters_variables_and_functions_get_short_names() -> None:
    """Wherever they are declared."""
    source = (
        "function double(number) { const [first, second] = [number, number]; return ((...all) => all)(first, second); }"
    )
    assert not {"double", "number", "first", "second", "all"} & {text for _, text in tokens(names.shortened(source))}


@pytest.mark.parametrize(
    "source",
    ["/* never ends", 'const a = "never ends;', "const a = 'never\nends';", "const a = `template`;"],
    ids=["comment", "text", "text over two lines", "template literal"],
)
def test_what_jsmin_would_hang_on_or_change_is_refused(source: str) -> None:
    """The build fails with the line, instead of hanging or cutting the script."""
    with pytest.raises(BuildError, match="line 1 of the rendered script"):
        minified(source, "jsmin")


def test_pieces_are_the_whole_script() -> None:
    """Nothing is lost between texts, comments, regular expressions and code."""
    source = 'a = b / c / d; // e\nf(/[/\'"]/g, "g\\"", \'h\'); /* i */'
    parts = list(pieces(source))
    assert "".join(part.text for part in parts) == source
    assert [part.text for part in parts if not part.is_code] == ["// e", "/[/'\"]/g", '"g\\""', "'h'", "/* i */"]


@each_config
def test_production_builds_carry_no_word_of_the_reasons(changes: dict[str, Any]) -> None:
    """Neither their codes nor their sentences, nor the function that reports them."""
    script = render.bridge(site_of(changes), minifier="none")
    assert not [code for code in REASONS if f'"{code}"' in script]
    assert "report" not in script


def test_debug_builds_know_a_sentence_for_every_reason() -> None:
    """Every code that a template reports is explained, and none is explained in vain."""
    reported = set()
    for template in TEMPLATES:
        for line in re.findall(r"^ *report\((.*)\);$", template.read_text(encoding="utf-8"), re.MULTILINE):
            first = re.split(r", ", line)[0]
            reported |= {
                code.replace("$fill(before_identify)", before)
                for code in re.findall(r'"(failed|[a-z]+(?:-[a-z$()_]+)+)"', first)
                for before in ("hold", "drop")
            }
    assert reported == set(REASONS)


UNUSED: Final = {
    "charged": ({}, "order_id"),
    "hold": ({"track": {"before_identify": "send"}}, '"held", '),
    "country code": ({}, "site.code"),
    "defined events": ({"track": {"send": "all"}}, "site.events"),
    "all events": ({}, "Notification Viewed"),
    "use_ip": ({}, "useIP"),
}


@pytest.mark.parametrize(("changes", "words"), UNUSED.values(), ids=UNUSED)
def test_what_a_site_does_not_use_costs_it_nothing(changes: dict[str, Any], words: str) -> None:
    """Its script has none of the words of the feature."""
    assert words not in render.bridge(site_of(changes), minifier="none")


@pytest.mark.parametrize("minifier", ["none", "jsmin", "tdewolff"])
def test_the_snippet_can_stand_in_html(minifier: str) -> None:
    """It is ASCII, and neither ends its element nor begins a comment."""
    snippet = render.snippet(site_of({}), minifier=minifier)
    assert snippet.isascii()
    assert "</script" not in snippet.lower()
    assert "<!--" not in snippet


def test_the_same_features_share_one_source() -> None:
    """Only the values differ between two sites, at the very end."""
    one, other = (
        render.bridge(config.from_mapping({"clevertap": {"account_id": account}}).valid())
        for account in ("AAA-AAA-AAAA", "BBB-BBB-BBBB")
    )
    same = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=True))))
    assert one[same - 20 : same].count('"account":"') == 1
