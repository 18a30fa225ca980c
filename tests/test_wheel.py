"""What people install is whole: the wheel brings its templates and builds a site in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "generator" / "example" / "freshtap.toml"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_builds_a_site_in_an_empty_environment(tmp_path: Path) -> None:
    """Without the sources in reach, it builds the very bytes that the sources build."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("freshtap-*.whl")
    with zipfile.ZipFile(wheel) as file:
        inside = file.namelist()
    templates = (path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.*"))
    assert [name for name in templates if f"freshtap/{name}" not in inside] == []
    venv.create(tmp_path / "empty", symlinks=True)
    python = tmp_path / "empty" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", wheel, cwd=tmp_path)
    run(tmp_path / "empty" / "bin" / "freshtap", "build", EXAMPLE, "-o", "installed", cwd=tmp_path)
    run(sys.executable, "-m", "freshtap", "build", EXAMPLE, "-o", "sources", cwd=tmp_path)
    installed, sources = (
        json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("installed", "sources")
    )
    assert installed == sources
    assert list(installed["sites"]) == ["demo"]


def test_dist_is_what_the_example_builds() -> None:
    """The committed output is current."""
    run(sys.executable, "-m", "freshtap", "build", "generator/example", "--output", "dist", "--check", cwd=ROOT)
