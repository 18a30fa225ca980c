"""Sets up freshtap in a virtual environment beside the sources: the first half of both of the README's commands.

Nothing but the standard library, because nothing else is there yet.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
#: Inside the sources, where git ignores it.
FOLDER: Final = ROOT / ".venv"
PYTHON: Final = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

OLDEST: Final = (3, 11)


def prepare(*groups: str) -> Path:
    """The Python of an environment that has freshtap and the dependency groups named.

    Installs only what has changed since the last time. Ends the program with one sentence where that cannot be done.
    """
    if sys.version_info < OLDEST:
        sys.exit(f"freshtap needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
    wanted = _fingerprint(groups)
    mark = FOLDER / f"freshtap-{'-'.join(('ready', *groups))}"
    if mark.is_file() and mark.read_text() == wanted:
        return PYTHON
    if not _works(PYTHON):
        _create()
    # The first that knows dependency groups; nothing is asked of an index where it is there.
    _run(PYTHON, "-m", "pip", "install", "--quiet", "pip>=25.1")
    _run(PYTHON, "-m", "pip", "install", "--quiet", "--editable", str(ROOT), *_of_groups(groups))
    mark.write_text(wanted)
    return PYTHON


def become(python: Path, *arguments: str) -> None:
    """Ends this program with what ``python`` makes of ``arguments``, in the sources' folder."""
    sys.exit(subprocess.run([python, *arguments], cwd=ROOT, check=False).returncode)


def as_root(command: Sequence[str]) -> Sequence[str]:
    """The command, with sudo where that is needed and there."""
    is_root = not hasattr(os, "geteuid") or os.geteuid() == 0
    return command if is_root or shutil.which("sudo") is None else ["sudo", *command]


def _of_groups(groups: Sequence[str]) -> list[str]:
    return [part for group in groups for part in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]


def _fingerprint(groups: Sequence[str]) -> str:
    project = (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(repr((sys.version, str(ROOT), groups)).encode() + project).hexdigest()


def _create() -> None:
    print("Setting up a virtual environment in .venv, once.", file=sys.stderr)
    if _makes_environment():
        return
    # Debian and Ubuntu keep the module for it in a package of its own.
    if shutil.which("apt-get"):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", version]):
            subprocess.run(as_root(command), stdout=sys.stderr, check=False)
        if _makes_environment():
            return
    sys.exit("Python cannot make virtual environments here: install its venv module (python3-venv) and try again.")


def _makes_environment() -> bool:
    shutil.rmtree(FOLDER, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], capture_output=True, check=False)
    return made.returncode == 0 and _works(PYTHON)


def _works(python: Path) -> bool:
    """Whether it is there and has pip: a sources' folder that was moved leaves a broken one behind."""
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(*command: str | Path) -> None:
    if subprocess.run(command, check=False).returncode:
        sys.exit("freshtap could not be set up: see above. Is a package index within reach?")
