"""What was seen while a page was open: plain data, which the session fills and everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from freshtap.collector import Request


@dataclass(frozen=True, slots=True)
class Script:
    """A script element on the page. ``text`` is kept only where it speaks of Freshpaint or CleverTap."""

    src: str
    integrity: str
    crossorigin: bool
    nonced: bool
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """One page, as it was when it was left or at the end."""

    url: str
    scripts: tuple[Script, ...]
    policies: tuple[str, ...]
    """Its content security policies, from headers and from the page itself."""
    early: tuple[str, ...]
    """Where its code asked for ``freshpaint`` before that was there: address, line, column."""
    snippet: bool
    """Whether a snippet has run, and not only a bridge."""
    noted: tuple[tuple[Any, ...], ...]
    """Calls that the snippet noted and no bridge took."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that the debug build told of: how far a call has come, or the code of a reason."""

    page: str
    call: str
    """Which call; empty where it is about none."""
    step: str
    code: str
    name: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Start:
    """A deployed script started: ours, by what it asks the page for."""

    page: str
    src: str
    """Its address; empty where it stands in the page itself."""


@dataclass(frozen=True, slots=True)
class Violation:
    """The page's policy has refused something."""

    page: str
    blocked: str
    directive: str
    sample: str
    """The beginning of what was refused, where the browser tells it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a file that was asked for apart from the page."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str = ""
    """Why there was no answer at all."""


@dataclass(slots=True)
class Observation:
    """Everything that was seen, in the order in which it was."""

    url: str
    status: int = 0
    error: str = ""
    """Why the page could not be opened."""
    stopped: str = ""
    """Which step of the script could not be done, and why."""
    hung: bool = False
    """Whether the page has stopped to answer: a script of it does not end."""
    views: list[View] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    """What CleverTap received."""
    failures: dict[str, str] = field(default_factory=dict)
    """Requests for scripts and to CleverTap that failed, by address, and how."""
    errors: list[str] = field(default_factory=list)
    """Uncaught errors of the page, with where they came from."""
    deployed: dict[str, Answer] = field(default_factory=dict)
    """The scripts of tags on the page, by address."""
