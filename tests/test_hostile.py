"""Hostile input: whatever a config says, it is refused in words, or becomes a script that sends that very text.

Examples are drawn by hypothesis, the same each time; ``--hypothesis-profile=long`` draws more and others.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import esprima
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import hostile
from conftest import Visitor
from freshtap import clevertap, config, plan
from freshtap.cli import main
from freshtap.config.transformations import RenameProperty, SendConstant, Transformation
from freshtap.errors import ConfigError, shown
from freshtap.plan import naming
from sites import BASE, merged

#: What stands in front of every line that tells of a config.
LINE: Final = re.compile(r"(Error|Warning): (?P<file>c\.toml): .")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A directory inside two others, to see whether anything is written around it."""
    with tempfile.TemporaryDirectory() as outermost:
        inner = Path(outermost) / "around" / "inner"
        inner.mkdir(parents=True)
        with contextlib.chdir(inner):
            yield inner


def everything(root: Path) -> dict[str, bytes | str]:
    """Each file and link below a directory, with its content or where it leads."""
    paths = (Path(top) / name for top, folders, files in os.walk(root) for name in (*folders, *files))
    return {
        str(path.relative_to(root)): os.readlink(path) if path.is_symlink() else path.read_bytes()  # noqa: PTH115
        for path in paths
        if path.is_symlink() or path.is_file()
    }


def run(*arguments: str) -> Result:
    """Run freshtap. It ends with 0 or with 2, and with 2 it has said why."""
    result = CliRunner().invoke(main, arguments)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in (0, 2), result.output
    assert result.exit_code == 0 or re.search("^Error: .", result.stderr, re.MULTILINE), result.output
    assert all(line.isprintable() for line in result.output.split("\n")), result.output
    return result


def build(content: bytes) -> Result:
    """Build a config. Nothing is written but what belongs into the output folder, and nothing at all where it is refused."""
    with folder() as inner:
        Path("c.toml").write_bytes(content)
        result = run("build", "c.toml", "-o", "out")
        written = everything(inner.parents[1])
    del written["around/inner/c.toml"]
    if result.exit_code:
        assert written == {}
        assert all(map(LINE.match, result.stderr.splitlines())), result.stderr
        return result
    manifest = json.loads(written.pop("around/inner/out/manifest.json"))
    (name,) = manifest["sites"]
    assert all(Path(path).parent == Path("around/inner/out") / name for path in written), list(written)
    script = written[f"around/inner/out/{name}/freshtap.js"]
    assert isinstance(script, bytes)
    assert_runs_as_script(script.decode("ascii"))
    return result


def assert_runs_as_script(script: str) -> None:
    """It is JavaScript, and its values are one JSON argument that ends no script element."""
    match = re.search(r'\{"account":.*\}(?=\)\)?;?\s*\Z)', script, re.DOTALL)
    assert match
    assert json.loads(match[0])
    assert not re.search(r"</script|<!--", match[0], re.IGNORECASE)
    assert_parses(f"({match[0]})")
    assert_parses(f"{script[: match.start()]}0{script[match.end() :]}")


@functools.cache
def assert_parses(script: str) -> None:
    """It is JavaScript. Once for each script: it takes a while."""
    esprima.parseScript(script)


# -- configs -----------------------------------------------------------------------------------------------------------


@given(hostile.configs())
def test_any_config_is_refused_or_built(values: Mapping[str, Any]) -> None:
    """Whatever stands wherever in a config, the build ends, with words or with a script."""
    build(hostile.file(values))


@given(st.sampled_from(hostile.PLACES), hostile.values)
def test_what_is_refused_is_named(place: hostile.Place, value: Any) -> None:
    """One thing that does not belong where it stands: the message has the file, the key and the value."""
    result = build(hostile.file(hostile.replaced(place, value)))
    if result.exit_code:
        named = [line for line in result.stderr.splitlines() if _names(line, place, value)]
        assert named, f"{hostile.dotted(place)} = {value!r}\n{result.stderr}"


def _names(line: str, place: hostile.Place, value: Any) -> bool:
    _, _, rest = line.partition("c.toml: ")
    # A table is named, or what is wrong inside it.
    inside = isinstance(value, dict | list) or isinstance(hostile.at(place), dict | list)
    key = rest.startswith(hostile.dotted(place)) or hostile.dotted(place).startswith(rest.partition(": ")[0])
    # Blanks around some values are not their own.
    forms = [
        shown(form) for form in ([value, value.strip(), value.strip().lower()] if isinstance(value, str) else [value])
    ]
    return key and (inside or any(form in rest for form in forms))


@given(hostile.files())
def test_any_file_is_refused_or_built(content: bytes) -> None:
    """Files that are cut, patched, in another encoding, or no TOML at all."""
    build(content)


DEEP: Final = {
    "lists": "x = " + "[" * 400 + "]" * 400,
    "lists without an end": "x = " + "[" * 100_000,
    "tables": "x = " + "{a = " * 400 + "1" + "}" * 400,
    "a key": ".".join(["a"] * 100_000) + " = 1",
    "a key in quotes": ".".join(['"a"'] * 50_000) + " = 1",
    "a key of a table": "clevertap." + " . ".join(["a"] * 50_000) + " = 1",
    "a table's name": "[" + ".".join(["a"] * 100_000) + "]",
    "a key behind texts": "x = '''\"''' # \"\n" + 'y = """\\""""""\n' + ".".join(["a"] * 100_000) + " = 1",
}


@pytest.mark.parametrize("what", DEEP)
def test_deep_nesting_is_refused(what: str) -> None:
    """Nesting that would exhaust Python's stack, or its memory, is told in one line."""
    result = build(DEEP[what].encode())
    assert (
        result.stderr == "Error: c.toml: is nested too deeply. Allowed: at most 30 tables or lists inside each other.\n"
    )


def test_dots_in_texts_and_comments_are_no_nesting() -> None:
    """What looks like a long key inside a text is a text."""
    dots = ".".join(["a"] * 100)
    text = f"""# {dots}
name = '{dots}'
[clevertap]
account_id = "A-B-C"
token = "\\"{dots}" # {dots}
[[events]]
name = \"\"\"" {dots}
\\"{dots}\"\"\"
[[events]]
name = '''
"{dots}'''
"""
    assert run_check(text).exit_code == 0


def run_check(text: str) -> Result:
    """Check the text of a config."""
    with folder():
        Path("c.toml").write_text(text, encoding="utf-8")
        return run("check", "c.toml")


def test_a_file_without_an_end_is_refused() -> None:
    """Only so much of a file is read as a config could have."""
    with folder():
        Path("c.toml").write_bytes(b"#" * (1024 * 1024 + 1))
        result = run("check", "c.toml")
        assert result.stderr == "Error: c.toml: is larger than any config. Allowed: at most 1,048,576 bytes.\n"
        Path("c.toml").write_bytes(b"#" * (1024 * 1024))
        assert "larger" not in run("check", "c.toml").stderr


def test_a_name_with_control_characters_cannot_change_the_terminal() -> None:
    """Names of files are shown like values: whoever may write into a directory could choose them."""
    with folder():
        name = "\x1b[2J\u202ex\n.toml"
        Path(name).write_bytes(b"x = 1")
        for names in ([name], ["*.toml"], ["."]):
            result = run("build", *names)
            assert result.stderr.startswith("Error: \\u001b[2J\\u202ex\\u000a.toml: "), result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x" * 5000], f"Error: {'x' * 5000}: File name too long.\n"),
        (["*" * 5000], f"Error: {'*' * 5000}: File name too long.\n"),
        (["[[["], "Error: [[[: no file matches.\n"),
        (["**/" * 40 + "*.toml"], f"Error: {'**/' * 40}*.toml: no file matches.\n"),
        (["nowhere/x.toml"], 'Error: nowhere/x.toml: does not exist. "freshtap init" writes one.\n'),
        (["loop"], "Error: loop: cannot be read (Too many levels of symbolic links).\n"),
    ],
    ids=["long name", "long pattern", "no pattern", "stars", "missing", "loop"],
)
def test_names_of_configs(arguments: list[str], told: str) -> None:
    """A config that cannot be found is told in one line, soon."""
    with folder():
        Path("a/b/c/d/e/f/g/h/i/j/k").mkdir(parents=True)
        Path("loop").symlink_to("loop")
        assert run("build", *arguments).stderr == told


# -- the output folder -------------------------------------------------------------------------------------------------

CONFIG: Final = hostile.file(hostile.WHOLE)


def _inside(name: str, root: Path) -> Path:
    """Where a name leads to below a directory. Examples that lead elsewhere are none of this test's business."""
    path = Path(os.path.realpath(name))
    assume(path.is_relative_to(os.path.realpath(root)))
    return path.relative_to(os.path.realpath(root))


@given(st.one_of(st.text("./ab-~$\n\u202e", max_size=8), hostile.arguments), st.booleans())
def test_nothing_is_written_outside_the_output_folder(name: str, prune: bool) -> None:
    """Whatever the folder is called: its files are in it, or the build is refused and there are none."""
    with folder() as inner:
        Path("c.toml").write_bytes(CONFIG)
        out = _inside(name, inner.parents[1])
        before = everything(inner.parents[1])
        result = run("build", "c.toml", f"--output={name}", *["--prune"] * prune)
        after = everything(inner.parents[1])
        new = {Path(path) for path in after.keys() - before.keys()}
        assert {path: content for path, content in after.items() if path in before} == before
        assert bool(new) == (result.exit_code == 0), result.output
        assert all(path == out / "manifest.json" or path.parent == out / "demo" for path in new), new


def _site_is_link() -> None:
    Path("out").mkdir()
    Path("out/demo").symlink_to("../elsewhere")


def _script_is_link() -> None:
    Path("out/demo").mkdir(parents=True)
    for name in ("freshtap.js", "snippet.html", "freshtap.0123456789abcdef.js"):
        Path("out/demo", name).symlink_to("../../elsewhere/file")


def _manifest_is_link() -> None:
    Path("out").mkdir()
    Path("out/manifest.json").symlink_to("../elsewhere/file")


def _script_is_folder() -> None:
    Path("out/demo/freshtap.js").mkdir(parents=True)


def _site_is_file() -> None:
    Path("out").mkdir()
    Path("out/demo").write_text("mine")


def _output_is_file() -> None:
    Path("out").write_text("mine")


def _output_is_dangling() -> None:
    Path("out").symlink_to("nowhere")


def _manifest_is_deep() -> None:
    Path("out").mkdir()
    nested = "[" * 900 + "]" * 900
    Path("out/manifest.json").write_text(f'{{"version": 1, "sites": {{"x": {{"y": {nested}}}}}}}')


def _manifest_is_of_another() -> None:
    Path("out").mkdir()
    Path("out/manifest.json").write_text('{"version": "\\u001b[2J", "sites": {}}')


SURROUNDINGS: Final[Mapping[Callable[[], None], bool]] = {
    _site_is_link: False,
    _script_is_link: True,
    _manifest_is_link: True,
    _script_is_folder: False,
    _site_is_file: False,
    _output_is_file: False,
    _output_is_dangling: False,
    _manifest_is_of_another: False,
}


@pytest.mark.parametrize("prepare", SURROUNDINGS, ids=[prepare.__name__.strip("_") for prepare in SURROUNDINGS])
def test_links_and_files_in_the_way(prepare: Callable[[], None]) -> None:
    """A link is replaced or refused, never written through; where a build is refused, all is left as it was."""
    with folder() as inner:
        Path("c.toml").write_bytes(CONFIG)
        Path("elsewhere").mkdir()
        Path("elsewhere/file").write_text("theirs")
        prepare()
        before = everything(inner.parents[1])
        result = run("build", "c.toml", "-o", "out", "--prune", "--precompress")
        after = everything(inner.parents[1])
        assert result.exit_code == (0 if SURROUNDINGS[prepare] else 2), result.output
        assert after["around/inner/elsewhere/file"] == b"theirs"
        assert [path for path in after if "elsewhere" in path] == ["around/inner/elsewhere/file"]
        if result.exit_code:
            assert after == before


def test_a_manifest_that_cannot_be_written_again() -> None:
    """What another program left in the manifest costs no traceback, and the site's files stay as they were."""
    with folder() as inner:
        Path("c.toml").write_bytes(CONFIG)
        _manifest_is_deep()
        before = everything(inner.parents[1])
        result = run("build", "c.toml", "-o", "out")
        if result.exit_code:
            assert "nested too deeply" in result.stderr
            assert everything(inner.parents[1]) == before


@given(hostile.arguments)
def test_init_keeps_to_its_file(name: str) -> None:
    """A config is written where it was named, once, or not at all."""
    with folder() as inner:
        before = everything(inner.parents[1])
        _inside(name, inner.parents[1])
        result = run("init", "--account-id", "A-B-C", "--", name)
        new = everything(inner.parents[1]).keys() - before.keys()
        assert len(new) == (result.exit_code == 0)
        if new and not name.startswith("-"):
            assert run("init", "--account-id", "A-B-C", "--", name).exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe[\x00",
        DEEP["a key"].encode(),
        b"x = 0x" + b"f" * 9000,
        CONFIG,
        hostile.file(hostile.replaced(("name",), "../x")),
    ],
    ids=["encoding", "deep", "number", "good", "name"],
)
def test_in_a_process_of_its_own(content: bytes) -> None:
    """What a person sees: a line for each problem, and no traceback."""
    with folder() as inner:
        Path("c.toml").write_bytes(content)
        command = [sys.executable, "-m", "freshtap", "build", "c.toml"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == (0 if content == CONFIG else 2), done.stderr
        assert all(map(LINE.match, done.stderr.splitlines())), done.stderr
        assert bool(everything(inner / "dist")) == (content == CONFIG)


# -- on the wire -------------------------------------------------------------------------------------------------------

#: White space to JavaScript, which is not quite Python's.
BLANK: Final = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
#: A page takes a second, and a hundred texts or more at once: one page for fifty examples elsewhere.
PAGES: Final = max(1, settings().max_examples // 50)

constants: Final = st.one_of(
    hostile.texts,
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)


class Row(NamedTuple):
    """One event of a config, and what is changed about it."""

    event: str
    renamed: str | None
    given: str
    """A property that the page gives, and what it is renamed to."""
    sent_as: str
    constant: str
    value: str | bool | float

    def changes(self) -> list[dict[str, Any]]:
        """The transformations in the config."""
        renamed = {"on": self.event, "op": "rename-event", "to": self.renamed}
        return [
            *([renamed] if self.renamed is not None else []),
            {"on": self.event, "op": "rename-property", "from": self.given, "to": self.sent_as},
            {"on": self.event, "op": "send-constant", "property": self.constant, "value": self.value},
        ]


rows: Final = st.lists(
    st.builds(Row, hostile.texts, st.none() | hostile.texts, hostile.texts, hostile.texts, hostile.texts, constants),
    min_size=20,
    max_size=30,
    unique_by=lambda row: row.event,
)
user_properties: Final = st.dictionaries(hostile.texts, constants, min_size=10, max_size=40)
#: Those become a standard field, or the event a purchase: tables of cases have them.
OF_THEIR_OWN: Final = {
    *clevertap.PROFILE_FIELDS,
    *["name", "email", "birthday", "gender", "phone", "avatar", "firstName", "lastName"],
}


def kept(value: Any) -> Any:
    """A value as CleverTap receives it."""
    if not isinstance(value, str):
        return value
    units = value.replace("'", "’").replace('"', "”").encode("utf-16-le")[: 2 * clevertap.MAX_VALUE_LENGTH]
    # The SDK takes away the rest.
    return units.decode("utf-16-le", errors="ignore").strip(BLANK).replace("\\", "")


def accepted(tables: dict[str, Any]) -> dict[str, Any]:
    """A config without what is refused in it. What is refused has been named."""
    for _ in range(50):
        reading = config.from_mapping(tables)
        try:
            plan.examine(reading)
        except ConfigError as error:
            found = [problem for problem in error.problems if problem.severity == "error"]
        else:
            return tables
        gone = {(section, int(number)) for p in found for section, number in re.findall(r"^(\w+)\[(\d+)\]", p.key)}
        for problem in found:
            assert re.match(r"(events|transformations)\[\d+\]", problem.key), str(problem)
            assert shown(problem.value) in str(problem)
        tables = {
            **tables,
            **{
                section: [item for number, item in enumerate(tables[section]) if (section, number) not in gone]
                for section in ("events", "transformations")
            },
        }
    raise AssertionError("what is refused is never named")


@settings(
    max_examples=PAGES,
    # A page takes a second: an example that fails is shown as it is.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows, user_properties, hostile.texts, st.none() | hostile.texts)
def test_texts_arrive(
    visitor: Visitor,
    rows: list[Row],
    user_properties: dict[str, Any],
    destination: str,
    token: str | None,
) -> None:
    """Names, new names, constants and the destination's key arrive at CleverTap, cleaned as it wants them, or were refused."""
    asked = {
        "events": [{"name": row.event} for row in rows if row.event not in {"Charged", "*", "identify"}],
        "transformations": [
            *(change for row in rows for change in row.changes()),
            *(
                {"on": "identify", "op": "send-constant", "property": name, "value": value}
                for name, value in user_properties.items()
                if name not in OF_THEIR_OWN
            ),
        ],
        "track": {"send": "defined"},
        "freshpaint": {"destination": destination} if _is_name(destination) else {},
        "clevertap": {"token": token} if token and _is_name(token) else {},
    }
    tables = accepted(merged(BASE, asked))
    site = plan.examine(config.from_mapping(tables)).site
    given = {row.event: {row.given: number} if _is_name(row.given) else {} for number, row in enumerate(rows)}
    visit = visitor(config=tables)
    visit.open()
    key = json.dumps(site.freshpaint.destination)
    visit.run(f"freshpaint.identify('u1', {{}}, {{integrations: {{All: false, [{key}]: true}}}})")
    names = naming.names(site)
    for event in names:
        visit.run(f"freshpaint.track({json.dumps(event)}, JSON.parse({json.dumps(json.dumps(given[event]))}))")
    visit.arrives(1 + len(names))
    assert [_comparable(properties) for _, _, properties in visit.collector.profiles()] == [
        {"Identity": "u1", **_expected({}, site.transformations, {"identify"})}
    ]
    assert {name: _comparable(properties) for _, name, properties in visit.collector.events()} == {
        name: _expected(given[event], site.transformations, {event, "*"}) for event, name in names.items()
    }
    visit.close()


def _is_name(text: str) -> bool:
    """Whether a text names something: others are refused, and end the config before a page could show anything."""
    return text.strip() not in {"", "__proto__"}


def _comparable(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What arrived, with its numbers as JavaScript has them: of one kind."""
    return {
        name: float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        for name, value in properties.items()
    }


def _in_javascripts_order(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as JavaScript goes through them: names that are indices first, smallest first."""
    indices = sorted((name for name in properties if re.fullmatch("0|[1-9][0-9]{0,8}", name)), key=int)
    return {name: properties[name] for name in [*indices, *(name for name in properties if name not in indices)]}


def _expected(properties: dict[str, Any], changes: Iterable[Transformation], on: set[str]) -> dict[str, Any]:
    """What arrives of properties: renamed, added to, under cleaned names, of which the first counts."""
    properties = dict(properties)
    for change in changes:
        if change.on in on and isinstance(change, RenameProperty) and change.from_ in properties:
            properties[change.to] = properties.pop(change.from_)
        elif change.on in on and isinstance(change, SendConstant):
            properties[change.property] = change.value
    arrived: dict[str, Any] = {}
    for name, value in _in_javascripts_order(properties).items():
        arrived.setdefault(clevertap.clean_name(name), kept(value))
    unsent = {"", *clevertap.UNSENT_EVENT_PROPERTIES}
    return _comparable({name: value for name, value in arrived.items() if name not in unsent})
