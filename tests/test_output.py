"""The output folder: complete or untouched, nothing lost, nothing outside."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from freshtap import __version__, artifacts, builder, output
from freshtap.artifacts import Options
from freshtap.builder import Built, validation, workers
from freshtap.builder.workers import Workers
from freshtap.errors import BuildError, ConfigError, OutputError
from freshtap.output import comparison, ledger
from freshtap.output.ledger import Ledger
from freshtap.output.moves import Moves

Tree = dict[str, bytes]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "dist"


def built(files: Sequence[str], out: Path, team: Workers, *, prune: bool = False, **options: Any) -> list[Built]:
    """Builds and publishes; what was built."""
    with (
        validated(files, team) as sources,
        builder.begun(sources, out, Options(**options), team, prune=prune) as building,
    ):
        found = list(building.sites())
        building.publish()
    return found


@contextlib.contextmanager
def validated(files: Sequence[str], team: Workers) -> Iterator[Ledger]:
    """What can be built from these."""
    with Ledger() as sources:
        for _ in validation.validate(files, team, sources):
            pass
        yield sources


class Sites:
    """Configs on disk, and builds of them."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.out = folder, out

    def config(self, name: str, *events: str) -> str:
        path = self.folder / f"{name}.toml"
        tables = "".join(f"[[events]]\nname = {json.dumps(event)}\n" for event in events)
        path.write_text(f'name = "{name}"\n[clevertap]\naccount_id = "A-B-C"\n{tables}', encoding="utf-8")
        return str(path)

    def build(self, *files: str, prune: bool = False, **options: Any) -> list[Built]:
        with workers.started(1) as team:
            return built(files, self.out, team, prune=prune, **options)

    def check(self, *files: str, prune: bool = False, **options: Any) -> str:
        with workers.started(1) as team, validated(files, team) as sources:
            return "".join(builder.compare(sources, self.out, Options(**options), team, prune=prune))

    def tree(self) -> Tree:
        """Every file in the output folder."""
        files = (path for path in self.out.rglob("*") if path.is_file())
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in files}

    def manifest(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.out / "manifest.json").read_bytes())
        return content


@pytest.fixture
def sites(tmp_path: Path, out: Path) -> Sites:
    return Sites(tmp_path, out)


def test_layout(sites: Sites) -> None:
    """A build gives a folder for each site and one manifest of them all, and nothing else."""
    first, second = sites.build(sites.config("one", "A"), sites.config("two", "B"))
    assert sorted(sites.tree()) == sorted(
        ["manifest.json"]
        + [
            f"{site.name}/{file}"
            for site in (first, second)
            for file in (
                "freshtap.d.ts",
                site.entry["script"].rpartition("/")[2],
                "freshtap.js",
                "snippet.html",
            )
        ]
    )
    assert [path.name for path in sites.out.iterdir() if path.name.startswith(".")] == []


def test_manifest(sites: Sites) -> None:
    """The manifest has sorted keys, ends in a newline, and says which freshtap wrote it."""
    (built,) = sites.build(sites.config("one", "A"))
    text = sites.tree()["manifest.json"].decode()
    expected = {"version": 1, "generator": f"freshtap {__version__}", "sites": {"one": built.entry}}
    assert text == json.dumps(expected, indent=2, sort_keys=True) + "\n"


def test_other_sites_stay(sites: Sites) -> None:
    """Building one config leaves the other sites in the manifest; the order of builds makes no difference."""
    one, two = sites.config("one", "A"), sites.config("two", "A")
    sites.build(two)
    sites.build(one)
    apart = sites.tree()
    assert list(sites.manifest()["sites"]) == ["one", "two"]
    sites.build(one, two)
    assert sites.tree() == apart


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_builds_at_the_same_time(sites: Sites) -> None:
    """They publish one after the other, so that each finds in the manifest what the others have added."""
    import fcntl  # noqa: PLC0415 - not everywhere

    names = ["four", "one", "three", "two"]
    sites.build(sites.config("four", "A"))
    folder = os.open(sites.out, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    command = [sys.executable, "-m", "freshtap", "build", "-o", str(sites.out)]
    started = [subprocess.Popen([*command, sites.config(name, "A")], stdout=subprocess.DEVNULL) for name in names[1:]]
    while len(list(sites.out.glob(".freshtap-*/*/*"))) < len(started):
        assert [build.poll() for build in started] == [None] * len(started)
        time.sleep(0.01)
    os.close(folder)
    assert [build.wait(timeout=60) for build in started] == [0] * len(started)
    assert list(sites.manifest()["sites"]) == names


def test_unchanged_is_not_rewritten(sites: Sites) -> None:
    """A second build of the same writes nothing."""
    file = sites.config("one", "A")
    sites.build(file, precompress=True)
    before = {path: path.stat().st_mtime_ns for path in sites.out.rglob("*") if path.is_file()}
    (built,) = sites.build(file, precompress=True)
    assert {path: path.stat().st_mtime_ns for path in sites.out.rglob("*") if path.is_file()} == before
    assert (built.written, built.removals.all) == ((), ())


def test_older_scripts_stay(sites: Sites) -> None:
    """Pages and caches still ask for older scripts; --prune removes them, and only them."""
    file = sites.config("one", "A")
    (old,) = sites.build(file, precompress=True)
    sites.config("one", "B")
    (new,) = sites.build(file, precompress=True)
    strangers = [
        "one/freshtap.min.js",
        "one/freshtap.0123456789ABCDEF.js",
        "one/notes.txt",
        "one/freshtap.map",
    ]
    for path in strangers:
        (sites.out / path).touch()
    assert {old.entry["script"], new.entry["script"]} <= sites.tree().keys()
    (pruned,) = sites.build(file, prune=True, precompress=True)
    script = old.entry["script"]
    assert pruned.removals.old == (script, f"{script}.br", f"{script}.gz")
    assert not {script, f"{script}.br", f"{script}.gz"} & sites.tree().keys()
    assert {new.entry["script"], *strangers} <= sites.tree().keys()


def test_stale_compressed_siblings_go(sites: Sites) -> None:
    """A server would go on serving the .gz of an earlier build: without --precompress it is removed."""
    file = sites.config("one", "A")
    sites.build(file, precompress=True)
    sites.config("one", "B")
    (built,) = sites.build(file)
    assert built.removals.stale == ("one/freshtap.js.br", "one/freshtap.js.gz")
    assert "one/freshtap.js.gz" not in sites.tree()


def test_compressed_elsewhere(sites: Sites) -> None:
    """What another zlib has compressed is current if it unpacks to the same."""
    file = sites.config("one", "A")
    sites.build(file, precompress=True)
    path = sites.out / "one/freshtap.js.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1))
    assert sites.check(file, precompress=True) == ""
    damaged = bytearray(path.read_bytes())
    damaged[10:20] = b"\xff" * 10
    for content in (b"no gzip", damaged):
        path.write_bytes(content)
        assert len(sites.check(file, precompress=True).splitlines()) == 1
    (sites.out / "one/freshtap.js.br").write_bytes(b"no brotli")
    assert len(sites.check(file, precompress=True).splitlines()) == 2
    sites.build(file, precompress=True)
    assert sites.check(file, precompress=True) == ""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, sites: Sites) -> str:
    """A build that will fail at its second site, in the folder of an earlier one."""
    sites.build(sites.config("one", "A"), sites.config("two", "A"))
    make = artifacts.make

    def make_one(site: Any, options: Options) -> artifacts.Artifacts:
        if site.name == "two":
            raise BuildError("no")
        return make(site, options)

    monkeypatch.setattr(artifacts, "make", make_one)
    return "no"


def test_failed_build_changes_nothing(sites: Sites, failing: str) -> None:
    """A build that fails leaves the previous output as it was, sites that were made already included."""
    before = sites.tree()
    with pytest.raises(BuildError, match=failing):
        sites.build(sites.config("one", "B"), sites.config("two", "B"), prune=True)
    assert sites.tree() == before
    assert sorted(path.name for path in sites.out.iterdir()) == ["manifest.json", "one", "two"]


@pytest.mark.parametrize("file", ["freshtap.js", "snippet.html", "freshtap.d.ts"])
def test_what_cannot_be_published_whole_is_not_published(sites: Sites, file: str) -> None:
    """Where a file of the last site cannot be put into its place, the sites before it are as they were, too."""
    one, two = sites.config("one", "A"), sites.config("two", "A")
    sites.build(one, two, precompress=True)
    (sites.out / "two" / file).unlink()
    (sites.out / "two" / file).mkdir()
    (sites.out / "two" / file / "mine").write_bytes(b"mine")
    before = sites.tree()
    with pytest.raises(OutputError, match=file):
        sites.build(sites.config("a-new-one", "A"), sites.config("one", "B"), sites.config("two", "B"), prune=True)
    assert sites.tree() == before
    assert sorted(path.name for path in sites.out.iterdir()) == ["manifest.json", "one", "two"]


def test_what_cannot_be_removed_whole_is_not_removed(sites: Sites) -> None:
    """Where one of the scripts of earlier builds cannot be removed, the others stay, too, and nothing new is published."""
    for event in ("A", "B"):
        sites.build(sites.config("one", event))
    in_the_way = sites.out / "one" / f"freshtap.{'f' * 16}.js"
    in_the_way.mkdir()
    before = sites.tree()
    with pytest.raises(OutputError, match=in_the_way.name):
        sites.build(sites.config("one", "C"), prune=True)
    assert sites.tree() == before
    assert in_the_way.is_dir()


class Halted:
    """A build that comes as far as its workers go, and no farther: each is at a config that does not come, a pipe."""

    def __init__(self, sites: Sites, jobs: int) -> None:
        self._out = sites.out
        portion = workers._PORTION  # noqa: SLF001 - as much as one is handed at a time
        files = [Path(sites.config(f"s{number:03}", "A")) for number in range(portion * jobs)]
        #: What each worker has to make second, and what it has to validate last.
        self._second, last = files[1::portion], files[portion - 1 :: portion]
        self._last = {file: file.read_bytes() for file in last}
        for pipe in last:
            pipe.unlink()
            os.mkfifo(pipe)
        self._jobs = jobs
        self._command = [sys.executable, "-m", "freshtap", "build", *map(str, files), "-o", str(sites.out)]
        self._command += ["--jobs", str(jobs)]

    def end(self, send: Callable[[subprocess.Popen[str]], None]) -> tuple[int, str]:
        """The build's exit code, and what it says; the signal is sent when each worker has staged what comes before."""
        with subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True
        ) as started:
            writing = {pipe: self._awaited(started, pipe) for pipe in self._last}
            for pipe in self._second:
                # It has been validated, as a file.
                pipe.unlink()
                os.mkfifo(pipe)
            for pipe, content in self._last.items():
                os.write(writing[pipe], content)
                os.close(writing[pipe])
            self._until(started, lambda: len(list(self._out.glob(".freshtap-*/*/s*"))) == self._jobs)
            send(started)
            while started.poll() is None:
                # Workers heed no signal: they end when they have read what they are at.
                time.sleep(0.05)
                for pipe in self._second:
                    with contextlib.suppress(OSError):
                        os.close(self._opened(pipe))
            said, _ = started.communicate(timeout=30)
        return started.returncode, said

    def _awaited(self, started: subprocess.Popen[str], pipe: Path) -> int:
        """The pipe, to be written, as soon as somebody reads it."""
        while True:
            assert started.poll() is None
            with contextlib.suppress(OSError):
                return self._opened(pipe)
            time.sleep(0.01)

    @staticmethod
    def _opened(pipe: Path) -> int:
        """The pipe, to be written. Raises :class:`OSError` where nobody reads it."""
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)

    @staticmethod
    def _until(started: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
        while not reached():
            assert started.poll() is None
            time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_build_that_is_ended_leaves_nothing(sites: Sites, jobs: int, sent: signal.Signals) -> None:
    """Told to end (SIGTERM, or its terminal is closed), it clears away what it has prepared, and its workers end, too."""
    code, _ = Halted(sites, jobs).end(lambda build: build.send_signal(sent))
    assert code == 128 + sent
    assert not sites.out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_that_is_interrupted_leaves_nothing(sites: Sites, jobs: int) -> None:
    """Ctrl-C on a terminal, which reaches the workers, too: they go on until the build has told them to end."""
    said = Halted(sites, jobs).end(lambda build: os.killpg(build.pid, signal.SIGINT))
    assert said == (1, "\nAborted!\n")
    assert not sites.out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_worker_that_is_ended_from_outside() -> None:
    """As where memory runs out: it is told in words, with the exit code of what stood in the way."""
    files = [f"s{number}.toml" for number in range(500)]
    with workers.started(2) as team, pytest.raises(BuildError, match="ended from outside"):
        for _ in team.each(_ends, files):
            pass


def test_a_worker_that_cannot_be_started(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no more processes may run: it is told in words, by what it is, and nothing has changed."""

    def fail(_process: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "_Popen", staticmethod(fail))
    with workers.started(2) as team, pytest.raises(BuildError) as caught:
        built([sites.config("one", "A")], sites.out, team)
    assert caught.value.message == (
        "A process of this build cannot be started: Resource temporarily unavailable. "
        "Nothing has changed; fewer --jobs need less."
    )
    assert not sites.out.exists()


def _ends(file: str) -> None:
    if file.endswith("s70.toml"):
        os.kill(os.getpid(), signal.SIGKILL)


def test_failed_first_build_leaves_nothing(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there was no output folder, a build that fails leaves none."""

    def fail(site: Any, options: Options) -> artifacts.Artifacts:
        raise BuildError("no")

    monkeypatch.setattr(artifacts, "make", fail)
    with pytest.raises(BuildError):
        sites.build(sites.config("one", "A"))
    assert not sites.out.exists()


def test_what_is_published_is_whole(sites: Sites) -> None:
    """Also the sites that nobody has looked at; and what is not published is not there."""
    files = [sites.config(name, "A") for name in ("one", "two")]
    with workers.started(1) as team, validated(files, team) as sources:
        with builder.begun(sources, sites.out, Options(), team) as building:
            next(building.sites())
        assert not sites.out.exists()
        with builder.begun(sources, sites.out, Options(), team) as building:
            assert building.publish()
    assert sites.check(*files) == ""


def test_a_config_that_changes_while_it_is_built(sites: Sites) -> None:
    """What is built is what was validated, or nothing."""
    files = [sites.config(name, "A") for name in ("one", "two")]
    with workers.started(1) as team, validated(files, team) as sources:
        Path(files[1]).write_text(Path(files[0]).read_text(encoding="utf-8"), encoding="utf-8")
        with builder.begun(sources, sites.out, Options(), team) as building, pytest.raises(BuildError) as caught:
            building.publish()
    assert caught.value.message == f"{files[1]} has changed while it was built. Build again."
    assert not sites.out.exists()


def test_full_disk(sites: Sites) -> None:
    """A disk that is full is told by the file's name, and changes nothing."""
    file = sites.config("one", "A")
    sites.build(file)
    before = sites.tree()
    sites.config("one", "B")

    with no_more_room(1000), pytest.raises(OutputError) as caught:
        sites.build(file)
    assert re.search(r"/one/[\w.]+: File too large\.$", caught.value.message)
    assert sites.tree() == before
    assert sorted(path.name for path in sites.out.iterdir()) == ["manifest.json", "one"]


@contextlib.contextmanager
def no_more_room(size: int) -> Iterator[None]:
    """Meanwhile no file can be written that has more bytes than these, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_at_a_first_config(tmp_path: Path) -> None:
    """What could not be written whole is not left behind: it would be in the way of the next try."""
    path = tmp_path / "freshtap.toml"
    with no_more_room(10), pytest.raises(OutputError, match="File too large"):
        output.write_new(path, "x" * 20_000)
    assert not path.exists()


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A folder beside one of files that are to change: "old" in each, and "new" where they come from."""
    for folder, content in (("staged", "new"), ("dist", "old")):
        (tmp_path / folder).mkdir()
        for name in "ab":
            (tmp_path / folder / name).write_text(content, encoding="utf-8")
    return tmp_path / "staged"


@pytest.mark.parametrize("room", [0, 1, 20], ids=["none", "for a byte", "for half a note"])
def test_full_disk_while_files_are_moved(staged: Path, out: Path, room: int) -> None:
    """What was moved already is taken back, although not even that can be noted any more."""

    def move() -> None:
        with Moves(staged) as moves:
            moves.place(staged / "a", out / "a")
            with no_more_room((staged / "kept" / "notes").stat().st_size + room):
                moves.place(staged / "b", out / "b")

    with pytest.raises(OutputError, match="b: File too large"):
        move()
    assert [(out / name).read_text(encoding="utf-8") for name in "ab"] == ["old", "old"]


def test_a_folder_that_somebody_else_has_just_made(staged: Path, out: Path) -> None:
    """It is in the way, and stays: taking back takes what this build has put there."""
    (staged / "site").mkdir()
    (out / "site").mkdir()
    (out / "site" / "theirs").touch()

    def move() -> None:
        with Moves(staged) as moves:
            moves.place(staged / "a", out / "new")
            moves.place_new(staged / "site", out / "site")

    with pytest.raises(OutputError, match="site: "):
        move()
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == ["a", "b", "site", "site/theirs"]


def test_a_file_that_somebody_else_has_just_made(staged: Path, out: Path) -> None:
    """What was to be taken away and was not there is not taken away afterwards either."""

    def move() -> None:
        with Moves(staged) as moves:
            moves.remove(out / "c")
            (out / "c").touch()
            raise BuildError("no")

    with pytest.raises(BuildError, match="no"):
        move()
    assert (out / "c").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "{",
            "is not valid JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)).",
        ),
        ("[]", "is no manifest of freshtap's."),
        ('{"version": 1}', "is no manifest of freshtap's."),
        ('{"version": 1, "sites": {"a": 1}}', "is no manifest of freshtap's."),
    ],
)
def test_broken_manifest(sites: Sites, content: str, sentence: str) -> None:
    """A manifest that cannot be understood is never overwritten: other sites would be lost."""
    file = sites.config("one", "A")
    sites.out.mkdir()
    (sites.out / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        sites.build(file)
    path = sites.out / "manifest.json"
    assert caught.value.message == f"{path} {sentence} Move it away, then build all sites again."
    assert sites.tree() == {"manifest.json": content.encode()}


def test_newer_manifest(sites: Sites) -> None:
    """A manifest of a version to come is left to the freshtap that knows it."""
    file = sites.config("one", "A")
    sites.out.mkdir()
    (sites.out / "manifest.json").write_text('{"version": 2, "sites": {}}', encoding="utf-8")
    with pytest.raises(OutputError, match="is of version 2, which this freshtap does not know"):
        sites.build(file)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_never_outside(sites: Sites, tmp_path: Path) -> None:
    """A site's folder that is a link is not written through; a linked file is replaced, not followed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    sites.out.mkdir()
    (sites.out / "one").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(OutputError) as caught:
        sites.build(sites.config("one", "A"))
    assert caught.value.message == (
        f"{sites.out / 'one'} is a symbolic link, and what is built would end up elsewhere. Remove it."
    )
    assert list(elsewhere.iterdir()) == []
    (sites.out / "two").mkdir()
    (elsewhere / "precious").write_text("text", encoding="utf-8")
    (sites.out / "two/freshtap.js").symlink_to(elsewhere / "precious")
    sites.build(sites.config("two", "A"))
    assert (elsewhere / "precious").read_text(encoding="utf-8") == "text"
    assert not (sites.out / "two/freshtap.js").is_symlink()


@pytest.mark.parametrize("name", ["..", "../x", "a/b", ""])
def test_never_outside_by_name(out: Path, name: str) -> None:
    """Names are validated in the config; the writer does not rely on it."""
    made = artifacts.Artifacts(name, {}, {})  # type: ignore[typeddict-item]
    with pytest.raises(OutputError, match="cannot be a folder"):
        comparison.changes(out, made)


def test_in_the_way(sites: Sites) -> None:
    """A file where a folder is needed is told so."""
    file = sites.config("one", "A")
    sites.out.mkdir()
    (sites.out / "one").touch()
    with pytest.raises(OutputError, match="is in the way: a folder of this name is needed"):
        sites.build(file)
    (sites.out / "one").unlink()
    sites.out.rmdir()
    sites.out.touch()
    with pytest.raises(OutputError, match=r"Not a directory|cannot find"):
        sites.build(file)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no umask there")
def test_readable_by_the_server(sites: Sites) -> None:
    """Files have the permissions that new files have here, not those of temporary ones."""
    previous = os.umask(0o022)
    try:
        sites.build(sites.config("one", "A"))
    finally:
        os.umask(previous)
    assert {path.stat().st_mode & 0o777 for path in sites.out.rglob("*") if path.is_file()} == {0o644}
    assert (sites.out / "one").stat().st_mode & 0o777 == 0o755


def test_check(sites: Sites) -> None:
    """--check tells what a build would change, writes nothing, and is silent after the build."""
    file = sites.config("one", "A")
    assert sites.check(file).count("--- /dev/null\n") == 5
    assert not sites.out.exists()
    sites.build(file)
    assert sites.check(file) == ""
    before = sites.tree()
    sites.config("one", "B")
    text = sites.check(file)
    assert sites.tree() == before
    name = sites.out.as_posix()
    assert f"--- {name}/one/freshtap.d.ts\n+++ {name}/one/freshtap.d.ts\n" in text
    assert '-  | "A";\n+  | "B";\n' in text
    assert f"--- {name}/manifest.json\n+++ {name}/manifest.json\n" in text
    assert max(map(len, text.splitlines())) < 200
    sites.build(file)
    assert sites.check(file) == ""
    assert "+++ /dev/null\n" in sites.check(file, prune=True)


@pytest.mark.parametrize("change", ["content", "link"])
def test_check_looks_at_older_scripts(sites: Sites, change: str) -> None:
    """Pages still ask for them: one whose content is not what it is called by is told, until it is removed."""
    file = sites.config("one", "A")
    (old,) = sites.build(file)
    sites.build(sites.config("one", "B"))
    assert sites.check(file) == ""
    path = sites.out / old.entry["script"]
    if change == "content":
        path.write_bytes(path.read_bytes() + b"\n")
    else:
        path.rename(sites.out / "elsewhere.js")
        path.symlink_to("../elsewhere.js")
    assert sites.check(file) == (
        f"{path.as_posix()} has not the content that its name was made of. Remove it, or build with --prune.\n"
    )
    assert sites.check(file, prune=True).count("has not the content") == 0
    sites.build(file, prune=True)
    assert sites.check(file) == ""


def test_check_shows_what_differs(sites: Sites) -> None:
    """A script is one long line: of both sides the text around the first difference is shown."""
    file = sites.config("one", "Order Completed")
    sites.build(file)
    sites.config("one", "Order Cancelled")
    diff = sites.check(file).partition("/one/freshtap.js\n@@")[2].partition("\n--- ")[0]
    (old,) = re.findall(r"^-…(.*)… \(\d+,\d+ characters\)$", diff, re.MULTILINE)
    (new,) = re.findall(r"^\+…(.*)… \(\d+,\d+ characters\)$", diff, re.MULTILINE)
    assert len(old) == len(new) == 160
    assert old.index('ompleted"') == new.index('ancelled"') == 40


def test_check_shows_what_differs_at_the_end(sites: Sites) -> None:
    """A line that goes on where the other ends is shown from before that place; lines without another, from their start."""
    file = sites.config("one", "A")
    sites.build(file)
    path = sites.out / "one" / "snippet.html"
    html = path.read_text(encoding="utf-8")
    first = html.partition("\n")[0]
    path.write_text(html.replace(first, first + "<!-- " + "x" * 300) + "y" * 300, encoding="utf-8")
    text = sites.check(file)
    assert f"-…{first[-40:]}<!-- " + "x" * 115 + f"… ({len(first) + 305} characters)\n" in text
    assert f"+…{first[-40:]} ({len(first)} characters)\n" in text
    assert "-" + "y" * 160 + "… (300 characters)\n" in text


def test_check_ignores_compressed_size(sites: Sites) -> None:
    """The compressed size depends on the zlib at hand, and says nothing about the output being current."""
    file = sites.config("one", "A")
    sites.build(file)
    path = sites.out / "manifest.json"
    content = sites.manifest()
    content["sites"]["one"]["gzip"] += 7
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    assert sites.check(file) == ""
    content["sites"]["one"]["bytes"] += 7
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    assert '-      "bytes": ' in sites.check(file)


def test_processes(sites: Sites, tmp_path: Path) -> None:
    """Several processes build the same as one."""
    files = [sites.config(f"site{number}", "A") for number in range(70)]
    sites.build(*files)
    expected = sites.tree()
    sites.out = tmp_path / "other"
    with workers.started(2) as team, Ledger() as sources:
        names = [checked.name for checked in validation.validate(files, team, sources)]
        assert names == [f"site{number}" for number in range(70)]
        built(files, sites.out, team)
    assert sites.tree() == expected


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many sites for a ledger are a few."""
    monkeypatch.setattr(ledger, "_IN_MEMORY", 3)
    monkeypatch.setattr(ledger, "_MOST_FILES", 2)


def test_many_sites(sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crowded: None) -> None:
    """So many sites that not all are kept in memory give the same bytes, whichever of them are built at a time."""
    files = [sites.config(f"site{number}", "A") for number in (7, 3, 9, 1, 8, 2, 6, 4, 10, 5)]
    sites.build(*files[:7])
    sites.build(*files[4:])
    sites.config("site9", "B")
    sites.build(files[2], prune=True)
    assert sites.check(*files, prune=True) == ""
    assert not [path for path in sites.out.iterdir() if path.name.startswith(".")]
    crowded_tree = sites.tree()
    monkeypatch.undo()
    sites.out = tmp_path / "at once"
    sites.build(*files)
    assert sites.tree() == crowded_tree


def test_many_problems(sites: Sites, crowded: None) -> None:
    """Of many configs all problems are told at once, in the order of the configs, names that are taken among them."""
    files = [sites.config(f"site{number}", *("AA" if number in {2, 5} else "A")) for number in range(9)]
    for number, name in ((7, "site6"), (4, "SITE1"), (3, "site1")):
        path = Path(files[number])
        path.write_text(path.read_text(encoding="utf-8").replace(f"site{number}", name), encoding="utf-8")
    with workers.started(1) as team, pytest.raises(ConfigError) as caught, validated(files, team):
        pass
    found = [(Path(problem.file).stem, problem.key) for problem in caught.value.problems]
    assert found == [
        ("site2", "events[1].name"),
        ("site3", "name"),
        ("site4", "name"),
        ("site5", "events[1].name"),
        ("site7", "name"),
    ]
    assert f"is the name of {files[1]}, too" in str(caught.value.problems[2])


@pytest.mark.parametrize(
    "layout",
    [
        {"indent": 2, "sort_keys": False},
        {"indent": 4, "sort_keys": True},
        {"indent": 2, "sort_keys": True, "ensure_ascii": False},
        {},
    ],
    ids=["unsorted", "wide", "not ASCII", "one line"],
)
@pytest.mark.parametrize("stranger", [{}, {"a": [], "ключ": "значение"}, {"b": {"c": [1.50, {"d": None}]}}])
def test_manifest_in_another_layout(sites: Sites, layout: Mapping[str, Any], stranger: Mapping[str, Any]) -> None:
    """Whatever has laid out the manifest anew, and whatever else it says of a site: it is kept, in freshtap's layout."""
    built = sites.build(sites.config("one", "A"), sites.config("two", "A"))
    others = {"zoë": stranger, "": stranger, "three": {**built[0].entry, **stranger}}
    content = {"version": 1, "sites": {**others, **{site.name: site.entry for site in built}}}
    (sites.out / "manifest.json").write_text(json.dumps(content, **layout) + "\n", encoding="utf-8")
    (two,) = sites.build(sites.config("two", "B"))
    expected = {**content, "generator": f"freshtap {__version__}"}
    expected["sites"] = {**others, "one": built[0].entry, "two": two.entry}
    assert sites.tree()["manifest.json"].decode() == json.dumps(expected, indent=2, sort_keys=True) + "\n"
    sites.build(sites.config("one", "C"))
    assert sites.manifest()["sites"].keys() == {"", "one", "three", "two", "zoë"}


@pytest.mark.parametrize("cut", [1, 2, 5, 12, 20, 40, 200])
def test_manifest_that_was_cut_short(sites: Sites, cut: int) -> None:
    """A manifest that lacks its end is told so, and stays."""
    sites.build(sites.config("one", "A"), sites.config("two", "A"))
    path = sites.out / "manifest.json"
    content = path.read_bytes().rstrip()[:-cut]
    path.write_bytes(content)
    with pytest.raises(OutputError, match="is not valid JSON"):
        sites.build(sites.config("one", "B"))
    assert path.read_bytes() == content


def test_manifest_broken_inside(sites: Sites) -> None:
    """A manifest that begins and ends as it should, and is broken between, is found out before anything is changed."""
    sites.build(sites.config("one", "A"), sites.config("two", "A"))
    path = sites.out / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"bytes"', b"bytes", 1))
    before = sites.tree()
    with pytest.raises(OutputError, match="is not valid JSON"):
        sites.build(sites.config("one", "B"), prune=True)
    assert sites.tree() == before
