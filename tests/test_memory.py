"""What a build of many sites does not make again, and that it makes whatever is not as it would be made."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from freshtap import artifacts
from freshtap.artifacts import Artifacts, Options
from freshtap.builder import memory
from freshtap.cli import main
from freshtap.config.site import Site

Build = Callable[..., list[str]]

OUT = Path("dist")


@pytest.fixture(autouse=True)
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two configs, which are many; and a folder for caches."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(memory, "FEWEST", 2)
    Path("sites").mkdir()
    for name in ("one", "two"):
        config(name)


def config(name: str, event: str = "Signed Up") -> None:
    text = f'name = "{name}"\n[clevertap]\naccount_id = "A-B-C"\n[[events]]\nname = "{event}"\n'
    Path("sites", f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds into a folder, and tells which sites were made for that."""
    make = artifacts.make

    def build(*arguments: str, out: Path = OUT, code: int = 0) -> list[str]:
        made: list[str] = []

        def noted(site: Site, options: Options) -> Artifacts:
            made.append(site.name)
            return make(site, options)

        monkeypatch.setattr(artifacts, "make", noted)
        result = CliRunner().invoke(main, ["build", "sites", "-o", str(out), *arguments])
        assert result.exit_code == code, result.output
        return made

    return build


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_there_is_not_made_again(build: Build) -> None:
    """Not even when another site is; and not before the next build finds it as it was left."""
    assert build() == ["one", "two"]
    before = tree(OUT)
    assert build() == []
    assert tree(OUT) == before
    config("two", "Signed In")
    assert build() == ["two"]
    # Some of its files were replaced.
    assert build() == ["two"]
    assert build() == []
    after = tree(OUT)
    shutil.rmtree("caches")
    assert build("--prune", out=Path("other")) == ["one", "two"]
    assert tree(Path("other")).items() <= after.items()


def in_its_place(name: str, content: str) -> None:
    """Changes a file's content, and neither its size nor its time."""
    path = OUT / name
    before = path.stat()
    path.write_bytes(content.encode().ljust(before.st_size)[: before.st_size])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def unlist(name: str) -> None:
    """Takes a site out of the manifest."""
    path = OUT / "manifest.json"
    content = json.loads(path.read_bytes())
    del content["sites"][name]
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


CHANGES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "a file's content": (lambda: (OUT / "one/freshtap.js").write_text("x"), ["one"]),
    "a file's content, in its place": (lambda: in_its_place("one/freshtap.js", "x"), ["one"]),
    "a file is gone": ((OUT / "one/snippet.html").unlink, ["one"]),
    "a folder is gone": (lambda: shutil.rmtree(OUT / "one"), ["one"]),
    "a compressed sibling": (lambda: (OUT / "one/freshtap.js.gz").write_text("x"), ["one"]),
    "a site is not listed": (lambda: unlist("two"), ["one", "two"]),
    "no list": ((OUT / "manifest.json").unlink, ["one", "two"]),
    "nothing is there": (lambda: shutil.rmtree(OUT), ["one", "two"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_changed_by_hand_is_made_again(build: Build, name: str) -> None:
    """The output is as it would be without what is remembered."""
    build()
    before = tree(OUT)
    change, expected = CHANGES[name]
    change()
    assert build() == expected
    assert tree(OUT) == before


@pytest.mark.parametrize("arguments", [("--debug",), ("--base-url", "/x"), ("--prune",), ("--minifier", "none")])
def test_another_way_to_build_makes_everything(build: Build, arguments: tuple[str, ...]) -> None:
    """And so does the first, after that."""
    build()
    assert build(*arguments) == ["one", "two"]
    assert build("--check", *arguments) == ["one", "two"]


def test_another_freshtap_makes_everything(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one whose version has the same number."""
    build()
    monkeypatch.setattr(memory, "_makers", lambda: ["other templates"])
    assert build() == ["one", "two"]


def test_warnings_are_told_by_every_build(build: Build) -> None:
    """A site that has some is made each time."""
    config("two", "Costs $1")
    assert build() == ["one", "two"]
    assert build() == ["two"]
    assert build("--strict", code=2) == []


def test_names_that_are_taken(build: Build) -> None:
    """Of sites that are not made again, too."""
    build()
    shutil.copy("sites/one.toml", "sites/three.toml")
    assert build(code=2) == []


def test_a_link_in_place_of_a_folder(build: Build) -> None:
    """It is refused as ever, although it leads to the same files."""
    build()
    (OUT / "one").rename("elsewhere")
    (OUT / "one").symlink_to(Path("elsewhere").absolute())
    build(code=2)


def test_check_looks_at_everything(build: Build) -> None:
    """Whatever is remembered."""
    build()
    assert build("--check") == ["one", "two"]


def test_several_processes(build: Build) -> None:
    """They remember what one does."""
    build("--jobs", "2")
    before = tree(OUT)
    assert build() == []
    build("--jobs", "2")
    assert tree(OUT) == before


@pytest.mark.parametrize("content", [None, b"no database", b""], ids=["a folder", "other bytes", "nothing"])
def test_memories_that_cannot_be_read(build: Build, content: bytes | None) -> None:
    """Everything is made, and nothing is said."""
    build()
    (file,) = Path("caches/freshtap").iterdir()
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert build() == ["one", "two"]


def test_no_place_for_memories(build: Build) -> None:
    """Then there are none."""
    Path("caches").write_text("a file", encoding="utf-8")
    assert build() == ["one", "two"]
    assert build() == ["one", "two"]


def test_few_sites_leave_nothing_behind(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has some sites has them in the output alone."""
    monkeypatch.setattr(memory, "FEWEST", 3)
    build()
    assert build() == ["one", "two"]
    assert not Path("caches").exists()
