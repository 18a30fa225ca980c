"""The command line, as a person meets it."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freshtap import __version__, artifacts, builder, plan
from freshtap.artifacts import Options
from freshtap.cli import main
from freshtap.config import schema
from freshtap.config.site import Site
from freshtap.errors import BuildError
from freshtap.render import declarations

Run = Callable[..., Result]

CONFIG = 'name = "demo"\n[clevertap]\naccount_id = "TEST-86K-4Z9-K85Z"\nregion = "in1"\n[[events]]\nname = "A"\n'
UNCHANGED = "at most 120 characters with single blanks between them, and none of & $ \" \\ % > < ! . : '"
NEXT = "Next: list your events in it, then run: freshtap build"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs freshtap in an empty directory; the exit code must be the one expected."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run


def site(file: str) -> Site:
    return plan.load(Path(file)).site


def write(file: str, text: str = CONFIG) -> None:
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["tag"]], ids=" ".join)
def test_what_is_printed_finds_no_room(tmp_path: Path, arguments: list[str]) -> None:
    """It is told in one line, with the exit code of what stood in the way."""
    (tmp_path / "freshtap.toml").write_text(CONFIG, encoding="utf-8")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "freshtap", *arguments]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    said = done.stderr.splitlines()[-1:]
    assert (done.returncode, said) == (2, ["Error: the output cannot be written: No space left on device."])
    assert "Traceback" not in done.stderr


def test_the_system_runs_short(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that a process may have open, say: it is told in one line, and not as something about the output."""

    def fail(_path: Path, **_options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(plan, "load", fail)
    assert run("tag", code=2).stderr == "Error: the system gives no more of what this needs: Too many open files.\n"


def test_version_and_help(run: Run) -> None:
    """--version and --help do what they do everywhere."""
    assert run("--version").stdout == f"freshtap, version {__version__}\n"
    commands = re.findall(r"^  (\w+)  ", run("--help").stdout, re.MULTILINE)
    assert commands == ["build", "check", "init", "preview", "schema", "tag", "types", "verify"]


# init


@pytest.mark.parametrize(
    ("arguments", "account_id", "region"),
    [
        (["--dashboard-url", "https://us1.dashboard.clevertap.com/AAA-BBB-CCCC/x"], "AAA-BBB-CCCC", "us1"),
        (["--dashboard-url", "https://dashboard.clevertap.com/AAA-BBB-CCCC"], "AAA-BBB-CCCC", None),
        (["--account-id", " AAA-BBB-CCCC", "--region", "IN1"], "AAA-BBB-CCCC", "in1"),
        (["--account-id", "AAA-BBB-CCCC"], "AAA-BBB-CCCC", None),
    ],
    ids=["address", "address without region", "id and region", "id"],
)
def test_init(run: Run, arguments: list[str], account_id: str, region: str | None) -> None:
    """init writes a config that passes the check and can be built; it names a region where one was named."""
    assert run("init", *arguments).stdout == f"Wrote freshtap.toml.\n{NEXT}\n"
    assert run("check", "--strict").stdout == "freshtap.toml: no errors, no warnings.\n"
    written = site("freshtap.toml")
    assert (written.clevertap.account_id, written.clevertap.region) == (account_id, region)
    run("build")


@pytest.mark.parametrize(
    ("arguments", "host"), [([], "ct.example.com"), (["--region", "eu1"], "eu1.ct.example.com")], ids=["none", "named"]
)
def test_init_for_a_proxy(run: Run, arguments: list[str], host: str) -> None:
    """The line about it can be taken as it stands: only a region that somebody has named comes in front of the proxy's name."""
    run("init", "--account-id", "A-B-C", *arguments)
    path = Path("freshtap.toml")
    path.write_text(path.read_text(encoding="utf-8").replace("# target_domain", "target_domain"), encoding="utf-8")
    assert site("freshtap.toml").collector_host == host


def test_init_example(run: Run) -> None:
    """Without an account the config holds an example, and says so."""
    assert run("init").stdout == (
        "Wrote freshtap.toml.\n"
        "Its account id is an example: put your own there, from the address of CleverTap's dashboard.\n"
        f"{NEXT}\n"
    )
    run("check", "--strict")


@pytest.mark.parametrize("path", ["sites/shop.toml", "shop/", "my sites/"])
def test_init_path(run: Run, path: str) -> None:
    """A path may be a file or a directory, new or not; the command to go on with can be pasted as it stands."""
    file = str(Path(f"{path}freshtap.toml" if path.endswith("/") else path))
    first, second = run("init", "--account-id", "A-B-C", path).stdout.splitlines()
    assert first == f"Wrote {file}."
    assert second.startswith(NEXT)
    assert shlex.split(second.removeprefix(NEXT)) == [file]
    run("check", file)


@pytest.mark.parametrize("option", ["--account-id", "--dashboard-url", "--region"])
def test_init_with_nothing(run: Run, option: str) -> None:
    """Mostly a variable that was not set: it is refused like any other value that is none, and no example takes its place."""
    assert f': clevertap.{option[2:].replace("-", "_")}: "" ' in run("init", option, "", code=2).stderr
    assert not Path("freshtap.toml").exists()


def test_init_never_overwrites(run: Run) -> None:
    """A config that is there stays as it is."""
    write("freshtap.toml")
    result = run("init", code=2)
    assert result.stderr == "Error: freshtap.toml exists already, and is left as it is.\n"
    assert Path("freshtap.toml").read_text(encoding="utf-8") == CONFIG


def test_init_into_a_file(run: Run) -> None:
    """What is in the way is told by what it is."""
    write("freshtap.toml")
    said = run("init", "freshtap.toml/freshtap.toml", code=2).stderr
    assert said == "Error: freshtap.toml is a file: nothing can be written into it.\n"


def test_init_wrong(run: Run) -> None:
    """Wrong values are told as in a config, and nothing is written."""
    result = run("init", "--account-id", "x", "--region", "eu2", "a.toml", code=2)
    assert result.stderr == (
        'Error: a.toml: clevertap.account_id: "x" is not an account id. Allowed: three groups of letters and '
        "digits joined by -, with TEST- in front or not, like TEST-86K-4Z9-K85Z.\n"
        'Error: a.toml: clevertap.region: "eu2" is not a region. Allowed: eu1, in1, sg1, us1, aps3, mec1. '
        'Did you mean "eu1"?\n'
    )
    assert not Path("a.toml").exists()


# build


def test_build(run: Run) -> None:
    """build says what it wrote, how big the script is, and what to do with it."""
    write("freshtap.toml")
    result = run("build")
    made = artifacts.make(site("freshtap.toml"))
    entry = made.entry
    dist = Path("dist")
    assert result.stderr == ""
    assert result.stdout == (
        f"demo: {entry['bytes']:,} bytes, {entry['gzip']:,} with gzip\n"
        + "".join(f"  wrote {dist / path}\n" for path in [*sorted(made.files), "manifest.json"])
        + f"  Next: publish {dist}, and paste {dist / 'demo/snippet.html'} into the <head> of your pages.\n"
    )
    assert {path: Path("dist", path).read_bytes() for path in made.files} == made.files
    again = run("build").stdout
    assert f"  {dist / 'demo'} is as it was\n" in again
    assert "wrote" not in again


def test_build_options(run: Run) -> None:
    """The options reach the files."""
    write("freshtap.toml")
    run("build", "-o", "out/web", "--base-url", "/x", "--minifier", "none", "--debug", "--precompress")
    options = Options(base_url="/x", minifier="none", debug=True, precompress=True)
    files = artifacts.make(site("freshtap.toml"), options).files
    assert {path: Path("out/web", path).read_bytes() for path in files} == files


@pytest.mark.parametrize(
    "named",
    [
        ["sites"],
        ["sites/*.toml"],
        ["sites/b.toml", "sites/a.toml", "./sites/a.toml"],
        ["s*s/?.toml", "sites"],
    ],
    ids=["directory", "glob", "files", "both"],
)
def test_build_many(run: Run, named: list[str]) -> None:
    """A directory or a glob builds each file in it, each file once."""
    for name in "ab":
        write(f"sites/{name}.toml", CONFIG.replace("demo", name))
    write("sites/notes.txt")
    wrote = re.findall(r"^  wrote (.*)$", run("build", *named).stdout, re.MULTILINE)
    assert sorted(map(Path, wrote)) == sorted(path for path in Path("dist").rglob("*") if path.is_file())
    assert list(json.loads(Path("dist/manifest.json").read_bytes())["sites"]) == ["a", "b"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
@pytest.mark.parametrize(
    "named",
    [["sites/a.toml", "{}/sites/a.toml"], ["sites", "linked"], ["*/a.toml"], ["sites/**/*.toml"]],
    ids=["two names", "a link to the directory", "a glob", "a loop"],
)
def test_build_one_config_by_several_names(run: Run, named: list[str]) -> None:
    """It is one site, and not two of one name."""
    write("sites/a.toml")
    Path("linked").symlink_to("sites")
    Path("sites/loop").symlink_to(".")
    files = [name.format(Path.cwd()) for name in named]
    assert run("build", *files).stdout.count(" with gzip\n") == 1
    run("check", *files)


def test_build_folders_in_a_directory(run: Run) -> None:
    """A directory means the files right in it; a glob finds those in its folders, too."""
    write("sites/a.toml", CONFIG.replace("demo", "a"))
    write("sites/of/b/b.toml", CONFIG.replace("demo", "b"))
    assert run("check", "sites").stdout == f"{Path('sites/a.toml')}: no errors, no warnings.\n"
    assert run("check", "sites/**/*.toml").stdout == "2 configs: no errors, no warnings.\n"


def test_build_a_directory_with_more_in_it(run: Run) -> None:
    """A directory called like a config, and an editor's hidden file, are no configs of the directory they are in."""
    write("sites/a.toml", CONFIG.replace("demo", "a"))
    write("sites/.b.toml", "not TOML")
    Path("sites/c.toml").mkdir()
    assert run("check", "sites").stdout == f"{Path('sites/a.toml')}: no errors, no warnings.\n"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="pipes have no names there")
@pytest.mark.parametrize("option", [[], ["--check"]], ids=["build", "check"])
def test_build_from_a_pipe(run: Run, option: list[str]) -> None:
    """As a shell makes of <(command): it can be read only once."""
    write("freshtap.toml")
    run("build")
    reading, writing = os.pipe()
    os.write(writing, CONFIG.encode())
    os.close(writing)
    assert run("build", f"/dev/fd/{reading}", *option).stdout.count("wrote") == 0
    os.close(reading)


def test_build_very_many(run: Run) -> None:
    """More sites than one wants to read about are counted."""
    for number in range(25):
        write(f"sites/{number}.toml", CONFIG.replace("demo", f"s{number}"))
    assert run("build", "sites", "--jobs", "2").stdout == "25 sites in dist: 25 written, 0 as they were.\n"
    assert run("build", "sites").stdout == "25 sites in dist: 0 written, 25 as they were.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build"], 'freshtap.toml: does not exist. "freshtap init" writes one.'),
        (["build", "empty"], "empty: no *.toml in this directory."),
        (["build", "*.tml"], "*.tml: no file matches."),
        (["check", "x.toml"], 'x.toml: does not exist. "freshtap init" writes one.'),
        (["tag"], 'freshtap.toml: does not exist. "freshtap init" writes one.'),
        (["types", "empty"], f'{Path("empty/freshtap.toml")}: does not exist. "freshtap init" writes one.'),
        (["tag", "new/"], f'{Path("new/freshtap.toml")}: does not exist. "freshtap init" writes one.'),
    ],
)
def test_no_config(run: Run, arguments: list[str], message: str) -> None:
    """Where there is no config, that is what is said."""
    Path("empty").mkdir()
    assert run(*arguments, code=2).stderr == f"Error: {message}\n"
    assert not Path("dist").exists()


@pytest.mark.parametrize("named", ["sites/**/*.toml", "sites/*/*.toml", "sites/closed/*.toml", "si*/**/a*"])
def test_a_folder_that_may_not_be_looked_into(run: Run, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    """Whatever is in it would not be built: it is told, and not passed over."""
    write("sites/open/a.toml")
    closed = Path("sites/closed")
    closed.mkdir()
    # Root may look into everything.
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != closed)
    assert run("build", named, code=2).stderr == f"Error: {closed}: cannot be looked into.\n"
    assert not Path("dist").exists()
    run("build", "sites/open/*.toml")


@pytest.mark.parametrize("command", ["build", "check", "init", "tag", "types", "preview", "verify"])
def test_an_empty_name(run: Run, command: str) -> None:
    """Mostly a variable that was not set."""
    write("freshtap.toml")
    assert "Error: Invalid value for '[" in run(command, "", code=2).stderr
    assert '"" is no name. Allowed: a file' in run(command, "", code=2).stderr
    assert not Path("dist").exists()


@pytest.mark.parametrize("command", ["tag", "types"])
def test_a_directory_where_one_config_is_meant(run: Run, command: str) -> None:
    """It is the freshtap.toml in it, as "freshtap init" has written it there."""
    write("sites/freshtap.toml")
    write("sites/other.toml", "not TOML")
    assert run(command, "sites").stdout == run(command, "sites/freshtap.toml").stdout


def test_every_name_that_means_nothing_is_told(run: Run) -> None:
    """Beside what is wrong with those that mean something; a link that leads nowhere is not passed over."""
    write("wrong.toml", CONFIG.replace('"in1"', '"in2"'))
    Path("empty").mkdir()
    Path("linked").mkdir()
    Path("linked/lost.toml").symlink_to("/nowhere/at/all.toml")
    for named in ("linked", "linked/*.toml"):
        done = run("check", "empty", "wrong.toml", "*.tml", named, code=2)
        assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
            "empty",
            "*.tml",
            "wrong.toml",
            "linked/lost.toml",
        ]


@pytest.mark.parametrize("nonce", ["", " "])
def test_tag_empty_nonce(run: Run, nonce: str) -> None:
    """Mostly a variable that was not set."""
    write("freshtap.toml")
    assert "it is empty" in run("tag", "--nonce", nonce, code=2).stderr


def test_build_bad_config(run: Run) -> None:
    """One bad config among good ones: every problem of every file is told, and nothing is built."""
    write("a.toml")
    write("b.toml", CONFIG.replace("demo", "b").replace("in1", "eu2") + "[track]\nsend = 1\n")
    write("c.toml", CONFIG.replace("demo", "c") + '[[events]]\nname = "A"\n')
    result = run("build", "a.toml", "b.toml", "c.toml", code=2)
    assert result.stderr == (
        'Error: b.toml: clevertap.region: "eu2" is not a region. Allowed: eu1, in1, sg1, us1, aps3, mec1. '
        'Did you mean "eu1"?\n'
        "Error: b.toml: track.send: 1 is none of the choices. Allowed: defined, all.\n"
        'Error: c.toml: events[1].name: "A" is listed already, as events[0]. Allowed: each event once.\n'
    )
    assert result.stdout == ""
    assert not Path("dist").exists()


@pytest.mark.parametrize("other", ["demo", "Demo"])
def test_build_same_name(run: Run, other: str) -> None:
    """Two configs with one name would overwrite each other; on some disks a difference in case is none."""
    write("a.toml")
    write("b.toml", CONFIG.replace("demo", other))
    result = run("build", "a.toml", "b.toml", code=2)
    assert result.stderr == (f'Error: b.toml: name: "{other}" is the name of a.toml, too. Allowed: any other name.\n')
    assert not Path("dist").exists()


def test_build_warnings(run: Run) -> None:
    """Warnings go to stderr and stop nothing, unless --strict makes errors of them."""
    write("freshtap.toml", CONFIG.replace('"A"', '"A!"'))
    sentence = (
        f'freshtap.toml: events[0].name: "A!" reaches CleverTap as "A": ! cannot be in a name. Allowed: {UNCHANGED}.\n'
    )
    assert run("build", "--strict", code=2).stderr == f"Error: {sentence}"
    assert not Path("dist").exists()
    assert run("build").stderr == f"Warning: {sentence}"
    assert Path("dist/demo/freshtap.js").exists()


def test_build_check_shows_each_difference_as_it_comes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many sites, none is kept until the last has been compared."""
    write("freshtap.toml")

    def compare(*_arguments: object, **_options: object) -> Iterator[str]:
        yield "the first\n"
        yield ""
        raise BuildError("no")

    monkeypatch.setattr(builder, "compare", compare)
    result = run("build", "--check", code=2)
    assert (result.stdout, result.stderr) == ("the first\n", "Error: no\n")


def test_build_check(run: Run) -> None:
    """--check exits 1 with a diff where the output is not current, and writes nothing."""
    write("freshtap.toml")
    missing = run("build", "--check", code=1)
    assert missing.stdout.startswith("--- /dev/null\n+++ dist/demo/freshtap.")
    assert "\n+\n--- " not in missing.stdout
    lines = declarations.render(site("freshtap.toml")).count("\n")
    assert f"+++ dist/demo/freshtap.d.ts\n@@ -0,0 +1,{lines} @@\n" in missing.stdout
    assert not Path("dist").exists()
    run("build")
    assert run("build", "--check").stdout == "dist is current.\n"
    write("freshtap.toml", CONFIG.replace('"A"', '"B"'))
    assert '-  | "A";\n+  | "B";\n' in run("build", "--check", code=1).stdout
    run("build")
    assert run("build", "--check").stdout == "dist is current.\n"
    assert "+++ /dev/null\n" in run("build", "--check", "--prune", code=1).stdout
    assert "  removed dist" in run("build", "--prune").stdout
    assert run("build", "--check", "--prune").stdout == "dist is current.\n"


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "//cdn.example.com",
        "ftp://x",
        "https://x/?a",
        "/a#b",
        "/a b",
        '/"',
        "https://u@x",
        "https://x:",
        "https://x:/a",
        "/ä",
        "/<x>",
    ],
)
def test_base_url(run: Run, value: str) -> None:
    """An address that nothing can be put behind is bad usage."""
    write("freshtap.toml")
    for command in ("build", "tag"):
        assert run(command, "--base-url", value, code=2).stderr.endswith(
            f"Error: Invalid value for '--base-url': \"{value}\" is not an address to put in front "
            "of a path. "
            "Allowed: an address like https://cdn.example.com/tags or a path like /static, without ? and #.\n"
        )
    assert not Path("dist").exists()


@pytest.mark.parametrize(
    ("out", "wrong"),
    [("", '"" is no name'), ("afile", '"afile" is a file'), ("afile/dist", '"afile" is a file')],
    ids=["nothing", "a file", "inside a file"],
)
@pytest.mark.parametrize("option", [[], ["--check"]], ids=["build", "check"])
def test_output_is_a_folder(run: Run, out: str, wrong: str, option: list[str]) -> None:
    """Where nothing can be built is bad usage, and is told in one sentence; nothing is written."""
    write("freshtap.toml")
    write("afile", "mine")
    assert run("build", "-o", out, *option, code=2).stderr.endswith(
        f"Error: Invalid value for '-o' / '--output': {wrong}. Allowed: a folder, which need not be there yet.\n"
    )
    assert sorted(path.name for path in Path().iterdir()) == ["afile", "freshtap.toml"]
    assert Path("afile").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("option", [[], ["--check"]], ids=["build", "check"])
def test_output_with_a_name_that_is_too_long(run: Run, option: list[str]) -> None:
    """What the system says of it is told in one sentence."""
    write("freshtap.toml")
    assert "File name too long" in run("build", "-o", "x" * 300, *option, code=2).stderr


def test_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command with exit code 1, and leaves nothing behind."""
    write("freshtap.toml")

    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(artifacts, "make", interrupt)
    run("build", code=1)
    assert not Path("dist").exists()


@pytest.mark.parametrize("arguments", [["--minifier", "x"], ["--jobs", "0"], ["--nope"]])
def test_bad_usage(run: Run, arguments: list[str]) -> None:
    """Bad usage is exit code 2."""
    write("freshtap.toml")
    run("build", *arguments, code=2)


# tag


@pytest.mark.parametrize(
    ("arguments", "options", "keywords"),
    [
        ([], Options(), {}),
        (["--base-url", "https://cdn.example.com"], Options(base_url="https://cdn.example.com"), {}),
        (["--stable", "--nonce", "{{ nonce }}"], Options(), {"stable": True, "nonce": "{{ nonce }}"}),
        (
            ["--inline", "--debug", "--minifier", "none"],
            Options(debug=True, minifier="none"),
            {"inline": True},
        ),
    ],
    ids=["hashed", "base address", "stable with nonce", "inline"],
)
def test_tag(run: Run, arguments: list[str], options: Options, keywords: dict[str, bool | str]) -> None:
    """tag prints the HTML, and nothing but that."""
    write("freshtap.toml")
    expected = artifacts.tag(site("freshtap.toml"), options, **keywords)  # type: ignore[arg-type]
    assert run("tag", "freshtap.toml", *arguments).stdout == expected


def test_tag_is_the_snippet(run: Run) -> None:
    """What tag prints is what build has written."""
    write("freshtap.toml")
    run("build")
    assert run("tag").stdout == Path("dist/demo/snippet.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("other", [["--stable"], ["--base-url", "/x"]])
def test_tag_contradiction(run: Run, other: list[str]) -> None:
    """What is in the page has no address."""
    write("freshtap.toml")
    assert run("tag", "--inline", *other, code=2).stderr.endswith(
        "Error: --inline carries the script in the page: --stable and --base-url mean nothing with it.\n"
    )


# check, schema, types


def test_check(run: Run) -> None:
    """check validates, counts warnings, and writes nothing."""
    write("a.toml")
    write("b.toml", CONFIG.replace("demo", "b").replace('"A"', '"A!"'))
    assert run("check", "a.toml").stdout == "a.toml: no errors, no warnings.\n"
    both = run("check", "a.toml", "b.toml")
    assert both.stdout == "2 configs: no errors, 1 warning.\n"
    assert both.stderr == (
        f'Warning: b.toml: events[0].name: "A!" reaches CleverTap as "A": ! cannot be in a name. Allowed: {UNCHANGED}.\n'
    )
    assert run("check", "--strict", "a.toml", "b.toml", code=2).stdout == ""
    assert sorted(path.name for path in Path().iterdir()) == ["a.toml", "b.toml"]


def test_schema(run: Run) -> None:
    """schema prints the JSON Schema."""
    assert json.loads(run("schema").stdout) == schema.json_schema()


def test_types(run: Run) -> None:
    """types prints what build writes."""
    write("freshtap.toml", CONFIG.replace('"A"', '"Ж 😀"'))
    assert run("types").stdout == declarations.render(site("freshtap.toml"))
