"""What builds of many sites remember: what each site was made of, and how its folder was left.

It lies with the user's caches, not in what is published. A site is as it was while its config, what makes sites of
configs, and everything in its folder is: what has been changed there, by hand or by another build, has another time,
size or number on the disk. Where nothing is remembered, or it cannot be read, sites are made, which is always right.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from freshtap.artifacts import Options
from freshtap.output import manifest
from freshtap.render import templating

#: Fewer sites than these are made in a second.
FEWEST: Final = 1000

#: What has a say in the bytes of a site, or in whether a config is valid.
_LIBRARIES: Final = ("jinja2", "markupsafe", "jsmin", "pydantic", "pydantic-core", "tdewolff-minify", "brotli")

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS sites (config TEXT PRIMARY KEY, name TEXT, state TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lists (manifest TEXT);
"""


class Memory(NamedTuple):
    """What is remembered of an output folder, for one way to build into it. Every process has it open for itself."""

    file: str
    out: str
    way: str

    def name(self, config: str, digest: str) -> str:
        """The name of the site that a config of this ``digest`` is of; empty unless it is there as it would be made."""
        with suppress(sqlite3.Error):
            rows = _opened(self.file).execute("SELECT name, state FROM sites WHERE config = ?", (_whole(config),))
            for name, state in rows:
                if state == self.state(f"{self.out}/{name}", digest):
                    return str(name)
        return ""

    def state(self, folder: str, digest: str) -> str:
        """What a site is made of, and the files that are in this folder; empty where there is none.

        Files keep theirs where the folder is moved into place as a whole.
        """
        try:
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                return ""
            with os.scandir(folder) as entries:
                files = sorted(f"{entry.name} {_look(entry.stat(follow_symlinks=False))}" for entry in entries)
        except OSError:
            return ""
        return _digest(self.way, digest, *files)

    def keep(self, sites: Iterable[tuple[str, str, str]], *, afresh: bool) -> None:
        """Remembers sites that have just been published, each by its config, its name and its state, and the manifest.

        ``afresh`` where others may have been taken out of that.
        """
        with suppress(sqlite3.Error, OSError):
            Path(self.file).parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.file)) as opened, opened:
                opened.executescript(_TABLES)
                if afresh:
                    opened.execute("DELETE FROM sites")
                rows = ((_whole(config), name, state) for config, name, state in sites)
                opened.executemany("INSERT OR REPLACE INTO sites VALUES (?, ?, ?)", rows)
                opened.execute("DELETE FROM lists")
                opened.execute("INSERT INTO lists VALUES (?)", (self._manifest(),))

    def is_listed(self) -> bool:
        """Whether the manifest is as a build has left it, so that every site that is remembered is in it."""
        with suppress(sqlite3.Error, OSError):
            return _opened(self.file).execute("SELECT manifest FROM lists").fetchall() == [(self._manifest(),)]
        return False

    def _manifest(self) -> str:
        return _look(Path(self.out, manifest.NAME).lstat())


@contextmanager
def opened(out: Path, options: Options, count: int, *, prune: bool) -> Iterator[Memory | None]:
    """What is remembered of builds of ``count`` sites into ``out``; None where they are too few, or it is of no use."""
    if count < FEWEST:
        yield None
        return
    place = os.path.realpath(out)
    file = _caches() / "freshtap" / f"{_digest(place)}.sqlite"
    memory = Memory(str(file), place, _digest(str(options), str(prune), *_makers()))
    try:
        yield memory
    finally:
        with suppress(sqlite3.Error):
            _opened(memory.file).close()
        _opened.cache_clear()


@cache
def _opened(file: str) -> sqlite3.Connection:
    """To read; raises :class:`sqlite3.Error` where there is none."""
    return sqlite3.connect(f"{Path(file).as_uri()}?mode=ro", uri=True)


def _whole(path: str) -> str:
    """The path from the top, as it was given otherwise: links are not followed, which takes long."""
    return os.path.abspath(path)  # noqa: PTH100


def _caches() -> Path:
    """Where the user's programs keep what they can do without."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    # Not Path.home(), which raises where there is none.
    return Path(named if os.path.isabs(named) else _whole(os.path.expanduser("~/.cache")))  # noqa: PTH111, PTH117


def _makers() -> Iterator[str]:
    """What makes sites of configs: this very freshtap, its templates, and the libraries that they stand on."""
    package = Path(__file__).parents[1]
    for folder, pattern in ((package, "*.py"), (package, "*.json"), (templating.folder(), "*.*")):
        for file in sorted(folder.rglob(pattern)):
            yield f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}"
    yield f"{sys.version} {zlib.ZLIB_RUNTIME_VERSION}"
    for library in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            yield f"{library} {metadata.version(library)}"


def _look(found: os.stat_result) -> str:
    return f"{found.st_mode} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode(errors="surrogateescape")).hexdigest()
