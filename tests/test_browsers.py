"""The browser that is found is one that runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from freshtap.errors import BrowserError
from freshtap.verify import browsers


def program(path: Path, *, runs: bool) -> str:
    """A program that prints what a browser would of the page it is given, or that fails."""
    path.write_text(f'#!/bin/sh\n{"echo" if runs else "false"} "{browsers.PROOF}"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test puts there."""
    monkeypatch.delenv(browsers.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")


def test_the_first_that_runs(tmp_path: Path) -> None:
    """A stub by the name of a browser is passed over."""
    program(tmp_path / "chromium", runs=False)
    found = program(tmp_path / "google-chrome", runs=True)
    assert browsers.find() == found


def test_none(tmp_path: Path) -> None:
    """Nothing is installed, and nothing is made up."""
    program(tmp_path / "chromium", runs=False)
    assert browsers.find() is None


def test_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken at its word, if it is there at all."""
    program(tmp_path / "chromium", runs=True)
    named = program(tmp_path / "other", runs=False)
    monkeypatch.setenv(browsers.VARIABLE, named)
    assert browsers.find() == named
    monkeypatch.setenv(browsers.VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(BrowserError, match=r"FRESHTAP_BROWSER names .*missing, where there is no program"):
        browsers.find()
