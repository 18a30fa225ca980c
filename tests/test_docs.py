"""The documentation, compared with what it describes: nothing it names is missing, nothing it should name is not there."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from click.testing import CliRunner

import sizes
from freshtap import __version__, config, plan
from freshtap.cli import main
from freshtap.config import schema
from freshtap.config.transformations import Transformation
from freshtap.errors import needs
from freshtap.render.reasons import REASONS

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "tests/FAULTS.md",
    "tests/RELIANCES.md",
)
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
#: The README without its fenced blocks.
PROSE: Final = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
TEMPLATES: Final = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "templates").glob("*.js")}

#: What a part of a config in the README is laid over.
BASE: Final = {"clevertap": {"account_id": "A-B-C"}, "events": [{"name": "A"}]}


def blocks(language: str) -> list[str]:
    """The README's fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """What stands under a heading of the README, up to the next heading that is no lower."""
    match = re.search(rf"^(##+) {re.escape(title)}\n(.*?)(?=^\1 |^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert match, title
    return match[2]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings aside."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    headings = {at - 1 for at, line in enumerate(lines) if re.fullmatch(r"[|-]+", line)}
    # A bar inside a cell is escaped.
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for at, line in enumerate(lines)
        if at not in headings and at - 1 not in headings
    ]


def quoted(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def options(text: str) -> set[str]:
    """The long options that a text names."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def package(requirement: str) -> str:
    """The package that a requirement is of, without its version."""
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]


def help_of(command: str) -> str:
    """What ``freshtap COMMAND --help`` prints."""
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


def config_keys(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key that the schema describes, by its dotted name; of transformations only their list's."""
    definitions = schema.json_schema()["$defs"]
    for name, described in table["properties"].items():
        reference = described.get("items", described).get("$ref", "")
        if not reference or "items" in described:
            yield f"{path}{name}", described
        if reference:
            yield from config_keys(definitions[reference.rpartition("/")[2]], f"{path}{name}.")


def headings(text: str) -> set[str]:
    """The anchors that a page's headings get."""
    outside_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", outside_blocks, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


KEYS: Final = dict(config_keys(schema.json_schema()))
COMMANDS: Final = {cells[0].split()[1].strip("`"): cells[0] for cells in rows(section("Commands"))}


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_config_in_the_readme_can_be_built(text: str) -> None:
    """A whole config has neither errors nor warnings, and neither has a part of one, laid over a whole one."""
    data = tomllib.loads(text)
    if "clevertap" not in data:
        data = BASE | data
    assert plan.examine(config.from_mapping(data, file="README.md"), strict=True).warnings == ()


def test_the_readme_has_a_whole_config() -> None:
    """There is at least one to copy."""
    assert any("[clevertap]" in text for text in blocks("toml"))


def test_every_key_of_the_config_is_in_the_readmes_table() -> None:
    """The table has the keys of the schema, all of them and no others."""
    assert sorted(quoted(cells[0])[0] for cells in rows(section("Config"))) == sorted(KEYS)


def test_the_defaults_in_the_readmes_table_are_the_schemas() -> None:
    """A key's default in the table is the one that the schema gives."""
    told = {quoted(key)[0]: quoted(default) for key, default, _ in rows(section("Config"))}
    # Without a region eu1 is meant, which the schema leaves to the description.
    assert told.pop("clevertap.region") == ["eu1"]
    expected = {key: [json.dumps(KEYS[key]["default"])] if "default" in KEYS[key] else [] for key in told}
    assert told == expected


def test_every_operation_is_in_the_readmes_table() -> None:
    """The table of transformations has each op, with the keys that it needs."""
    told = {op: quoted(needs) for ops, needs, _ in rows(section("Transformations")) for op in quoted(ops)}
    needed = {
        get_args(model.model_fields["op"].annotation)[0]: [
            field.alias or name for name, field in model.model_fields.items() if name not in {"op", "on"}
        ]
        for model in get_args(get_args(Transformation)[0])
    }
    assert told == needed


def test_every_command_is_in_the_readmes_table() -> None:
    """The table has the commands that there are."""
    assert sorted(COMMANDS) == sorted(main.commands)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_a_commands_options_are_those_of_its_help(command: str) -> None:
    """The README's row of a command names each of its options, and none that it has not."""
    assert options(COMMANDS[command]) == options(help_of(command)) - {"--help"}


def test_the_readmes_examples_use_options_that_exist() -> None:
    """Every freshtap command line in the README is one that the command understands."""
    lines = [line for text in blocks("sh") for line in text.splitlines() if line.startswith("freshtap ")]
    lines += [line for line in quoted(PROSE) if line.startswith("freshtap ")]
    assert lines
    for line in lines:
        assert options(line) <= options(help_of(line.split()[1])), line


def test_every_option_that_the_readme_names_exists() -> None:
    """No option is left over from earlier."""
    there = set().union(*(options(help_of(command)) for command in main.commands))
    assert options(PROSE) <= there


def test_every_dependency_is_in_the_readmes_table() -> None:
    """The table has each package of pyproject.toml, and the extra that brings it."""
    told: dict[str, set[str]] = {}
    for packages, _ in rows(section("Dependencies")):
        names, _, extra = packages.partition(" (extra ")
        told |= {name: set(quoted(extra)) for name in names.split(", ")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras: Mapping[str, list[str]] = project["project"]["optional-dependencies"]
    needed = project["project"]["dependencies"] + project["build-system"]["requires"]
    needed = [*needed, *chain.from_iterable([*extras.values(), *project["dependency-groups"].values()])]
    expected = {
        package(line): {name for name in extras if package(line) in map(package, extras[name])} for line in needed
    }
    assert told == expected


def test_extras_are_installed_from_the_checkout() -> None:
    """freshtap is on no package index: wherever an extra is to be installed, it is one of this folder's."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "generator" / "freshtap").rglob("*.py"))
    said = "".join([README, *sources, *(needs("x", extra) for extra in extras)])
    assert "freshtap[" not in said
    installed = re.findall(r'pip install "?([^"`\s]+)', said)
    assert set(installed) == {".", ".[{extra}]", *(f".[{extra}]" for extra in extras)}


def test_every_reason_is_explained() -> None:
    """The README's table has every code that a debug build can report, and no others."""
    told = [quoted(cells[0])[0] for cells in rows(section("When something does not arrive"))]
    assert sorted(told) == sorted(REASONS)


def test_every_reported_code_has_a_reason() -> None:
    """What the templates report is in reasons.py."""
    calls = [call for text in TEMPLATES.values() for call in re.findall(r"^ *report\((.*)\);$", text, re.MULTILINE)]
    codes = {code for call in calls for code in re.findall(r'"([a-z-]+)"', call) if "-" in code or code == "failed"}
    assert codes
    assert codes <= REASONS.keys()


def test_the_storage_keys_are_those_of_the_bridge() -> None:
    """The README's table has every name under which the bridge stores something, and no others."""
    stored = {
        name
        for text in TEMPLATES.values()
        for name in re.findall(r'\b(?:recall|remember|storage)\("(\w+)"', text) + re.findall(r'KEY \+ "(\w+)=', text)
    }
    told = [quoted(cells[0])[0] for cells in rows(section("What is stored, and for how long"))]
    assert stored
    assert sorted(told) == sorted(f"freshtap_<account>_{name}" for name in stored)
    assert '"freshtap_" + site.account + "_"' in TEMPLATES["memory.js"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every link to a file or a heading of the repository finds it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, heading = target.partition("#")
        assert "://" not in target, target
        path = (ROOT / page).parent / file if file else ROOT / page
        assert path.exists(), target
        if heading:
            assert heading in headings(path.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_templates_and_modules_that_are_named_exist(page: str) -> None:
    """Every file name in backticks, and every template in a drawing, is there."""
    names = set(re.findall(r"\b[a-z_]+\.(?:js|py)\b", (ROOT / page).read_text(encoding="utf-8")))
    there = {
        path.name for folder in ("templates", "generator/freshtap", "tests") for path in (ROOT / folder).rglob("*")
    }
    assert names <= there


def test_every_template_of_the_bridge_is_on_the_map() -> None:
    """The architecture page names each template in JavaScript."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [name for name in sorted(TEMPLATES) if name not in page] == []


def test_the_templates_that_touch_what_the_sdk_stores_are_named() -> None:
    """The architecture page names each, and no other."""
    page = " ".join((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split())
    (sentence,) = re.findall(r"[^.]*\(`WZRK_…`\).*?\.(?= )", page)
    told = {name for name in quoted(sentence) if name.endswith(".js")}
    assert told == {name for name, text in TEMPLATES.items() if "WZRK" in re.sub(r"//.*", "", text)}


def test_every_script_of_the_preview_is_on_the_map() -> None:
    """Those of its pages, too."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    scripts = sorted(path.name for path in (ROOT / "templates" / "preview").glob("*.js"))
    assert scripts
    assert [name for name in scripts if name not in page] == []


def test_every_module_is_on_the_map() -> None:
    """The architecture page's drawing has each module and each folder of modules."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawing = page.partition("```\n")[2].partition("```")[0]
    package = ROOT / "generator" / "freshtap"
    modules = {path.stem for path in package.rglob("[!_]*.py")}
    folders = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    assert {"minify/", "verify/", "preview/"} <= folders
    assert [name for name in sorted(modules) if not re.search(rf"\b{name}\b", drawing)] == []
    assert [name for name in sorted(folders) if name not in drawing] == []


def test_every_test_is_on_the_map() -> None:
    """The architecture page says of each file of tests which rule it is about."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "tests").glob("test_*.py")}
    assert [name for name in sorted(files) if f"[`{name}`]" not in page] == []


@pytest.mark.parametrize("table", sizes.TABLES)
def test_sizes_are_those_of_the_scripts(table: str) -> None:
    """The README's tables are of the templates as they are. (What else compresses or minifies differs by its version.)"""

    def raw(text: str) -> list[list[str]]:
        return [line.split("|")[1:3] for line in text.splitlines() if "tdewolff" not in line]

    assert raw(sizes.in_readme(table)) == raw(sizes.TABLES[table]())


def test_the_newest_version_is_in_the_changelog() -> None:
    """What is released has its lines."""
    assert f"\n## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
