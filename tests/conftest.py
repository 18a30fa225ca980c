"""What the browser tests stand on.

A test asks for ``visitor`` and gets visits from it: a visit is one visitor's browser with cookies and storage of its
own, the site's pages, the real CleverTap SDK, and a stand-in for CleverTap's servers that decodes what arrives::

    def test_event_after_identify(visitor: Visitor) -> None:
        '''An event goes to whoever was identified before it.'''
        visit = visitor(config={"track": {"before_identify": "send"}})
        visit.open(script="freshpaint.identify('u1')")     # JavaScript behind the tag, before the bridge is there
        visit.run("freshpaint.track('Viewed', {sku: 7})")  # JavaScript in the page as it stands
        visit.settled()
        assert visit.collector.events() == [("u1", "Viewed", {"sku": 7})]

The keywords of ``visitor``: ``config`` (a mapping laid over ``sites.BASE``; None: a page without freshtap), ``form``
(``minified``, ``readable``, ``tdewolff``), ``sdk`` (a version of ``sdk.PINNED``), ``timezone``, ``debug``.

- ``visit.open(path, host=, script=, before=, head=, body=, headers=, until=, new_tab=)`` loads a page;
  ``until`` is ``"device"`` (the SDK has its device id), ``"sdk"``, ``"bridge"`` or ``"commit"``.
  Any host under ``site.test`` is the site; ``new_tab=True`` opens a second tab.
- ``visit.tab`` is the tab opened last, to run JavaScript in; ``visit.cookies`` are the browser's. Whatever else a test
  wants of the tab is in ``visit.page``, which costs a new tab: it is not given to another visit afterwards.
- ``visit.settled()`` waits until nothing is under way; ``visit.arrives(3)`` until CleverTap has three of the page's
  calls; ``visit.until(lambda: ..., "what")`` and ``visit.until_page("js expression", "what")`` for anything else.
  ``visit.stays_quiet(0.5)`` gives the page a fixed time in which none of its calls may arrive.
- ``gate = visit.hold("sdk")`` keeps back the answers to one part (``page``, ``bridge``, ``sdk``, ``collector``) until
  ``gate.open()``; ``visit.block("sdk")`` breaks its requests, ``visit.unblock("sdk")`` ends that; ``visit.slow(0.1, "sdk")`` delays answers.
- ``visit.collector`` tells what arrived: ``calls()``, ``events()``, ``profiles()`` as (person, name, properties),
  ``requests``, ``logins()``, ``resets()``, ``repeats``, ``lost``. Its faults (``unreliable.py``): ``slow(0.5)``, ``hang()``,
  ``lose_answers(lambda request: request.login, skip=1, times=1)``, ``lose_requests()``, ``refuse(503)``, ``heal()``.
  ``collector.knows("u1")`` makes somebody known from another device.
- ``visit.page.clock`` moves the browser's time; with ``caching_visitor`` in place of ``visitor``,
  ``visit.page.go_back(wait_until="commit")`` takes the page from the back/forward cache.

At its end every visit must be clean: no uncaught error, no unhandled rejection, no console error, no request to a
strange host, nothing that CleverTap could not decode, nothing sent again under another person. A test that provokes
such a thing says so: ``visit.errors_expected = True``, ``visit.moved_repeats_expected = True``.

Tables of cases run once on the minified build; the rows that differ run also on the readable build, the older SDK and
in other time zones. Scenarios run on the minified build and the newest SDK, those about order on the others as well.
``--full`` runs every row and every scenario in every one of them.
"""

from __future__ import annotations

import functools
import hashlib
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, cast

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

import browser as installed
import engines
import faults
import sdk as sdks
import webkit
from engines import Engine
from freshtap import minify, render
from sites import Config, Form, build
from tables import BASE, Case, Properties, Received, Table, Variant, send
from tabs import Tabs
from visit import Visit

#: Files whose scenarios run on every build and SDK version each time: whose an event is differs most between versions.
RUN_ON_ALL: Final = frozenset(
    {"test_ordering.py", "test_templates.py", "test_artifacts.py", "test_config.py", "test_cli.py", "test_drift.py"}
)


#: Examples are the same in each run, because a run is to say something about a change; "long" looks for others.
hypothesis.settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, max_examples=100, print_blob=False
)
hypothesis.settings.register_profile("long", database=None, deadline=None, max_examples=5000, print_blob=True)
hypothesis.settings.load_profile("fixed")


#: The visits of a test, for what is told of it when it has passed.
VISITS: Final = pytest.StashKey[Iterable[Visit]]()


class Visitor(Protocol):
    """Makes visits."""

    def __call__(
        self,
        *,
        config: Config | None = {},  # noqa: B006 - never changed
        form: Form = "minified",
        sdk: sdks.Version = sdks.NEWEST,
        timezone: str = "America/Los_Angeles",
        debug: bool = False,
    ) -> Visit:
        """Make one."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--full`` and ``--engine``."""
    parser.addoption(
        "--full",
        action="store_true",
        help="run every case on every build, SDK version and time zone, not only those that differ",
    )
    parser.addoption(
        "--engine",
        action="append",
        choices=engines.ENGINES,
        help="run what runs on several engines on this one alone; may be given more than once",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Announce the markers, let one process have all the rows of a table that share a page, and heed Ctrl-C."""
    config.addinivalue_line("markers", "table(table): one test of each row of a table, on each variant it runs on")
    config.addinivalue_line("markers", "fault(name, fate, because): a scenario of the table in FAULTS.md")
    config.addinivalue_line("markers", "rules: what the tables have in Chromium, on the other engines")
    config.addinivalue_line("markers", "xdist_group(name): tests for the same process")
    if config.getoption("dist", "no") == "load":
        config.option.dist = "loadgroup"
    # Run in the background, a shell's program ignores Ctrl-C, and so would the commands that are tried here.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each row of the table that a test is marked with, and of each engine that it runs on."""
    chosen: list[Engine] = metafunc.config.getoption("engine") or engines.usual()
    missing = [it for it in chosen if not engines.find(it)]
    if missing:
        raise pytest.UsageError(f"--engine {missing[0]}: it is not on this machine")
    if metafunc.definition.get_closest_marker("rules"):
        # The tables have all of them in Chromium.
        metafunc.parametrize("engine", [it for it in chosen if it != "chromium"], indirect=True, scope="session")
    elif any(_marks_fault(mark) for mark in metafunc.definition.iter_markers()):
        metafunc.parametrize("engine", chosen, indirect=True, scope="session")
    marker = metafunc.definition.get_closest_marker("table")
    if marker is not None:
        marked: Table = marker.args[0]
        full = metafunc.config.getoption("full")
        if full:
            metafunc.parametrize("engine", chosen, indirect=True, scope="session")
        # Of no scope but the test's own: pytest would bring rows of all tables into an order in which none shares a page.
        metafunc.parametrize(
            ("table", "variant", "case"),
            [
                pytest.param(
                    table,
                    variant,
                    case,
                    id=f"{variant}: {case}",
                    marks=pytest.mark.xdist_group(f"{metafunc.module.__name__} {variant} {case.config}"),
                )
                for table, variant, case in marked.rows(full=full)
            ],
        )


def _marks_fault(mark: pytest.Mark) -> bool:
    """Whether a test, or one of its parameters, is a fault scenario."""
    if mark.name != "parametrize":
        return mark.name == "fault"
    return any(_marks_fault(of_one.mark) for one in mark.args[1] for of_one in getattr(one, "marks", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the scenarios on other builds and SDK versions to ``--full``, except where those are what they are about."""
    items[:] = [item for item in items if _can_run(item)]
    for item in items:
        if "caching_visitor" in getattr(item, "fixturenames", ()):
            # Only one process has to start that browser besides.
            item.add_marker(pytest.mark.xdist_group("back/forward cache"))
    if config.getoption("engine"):
        items[:] = [item for item in items if _engine(item) in config.getoption("engine")]
    if not config.getoption("full"):
        left = [item for item in items if _is_variant(item)]
        items[:] = [item for item in items if not _is_variant(item)]
        config.hook.pytest_deselected(items=left)


def _can_run(item: pytest.Item) -> bool:
    """Whether the item's engine can bring its fault about, and has a row in the table for it."""
    engine = _engine(item)
    marker = item.get_closest_marker("fault")
    if engine not in (None, *engines.ENGINES):
        # There is none but Chromium.
        return False
    if engine in (None, "chromium") or item.get_closest_marker("rules"):
        return True
    if item.get_closest_marker("table"):
        return bool(_parameters(item)["variant"] == BASE)
    return marker is not None and engine not in marker.kwargs.get("without", {})


def _engine(item: pytest.Item) -> Engine | None:
    """The engine that an item runs on, if it runs on several."""
    engine: Engine | None = _parameters(item).get("engine")
    return engine


def _parameters(item: pytest.Item) -> Mapping[str, Any]:
    """What an item was parametrized with; only functions are."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def _is_variant(item: pytest.Item) -> bool:
    """Whether an item is a scenario that runs on the minified build and the newest SDK as well."""
    parameters = _parameters(item)
    if "table" in parameters or item.path.name in RUN_ON_ALL:
        return False
    values = parameters.values()
    # Consent managers that are there before our tag, or late, besides those behind it.
    placed = ("before", "late") if item.path.name == "test_consent.py" else ()
    others = ("readable", "tdewolff", "2.3.3", *placed)
    return any(value in others for value in values if isinstance(value, str))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on which engines nothing ran, because they are not here or were not asked for."""
    ran = terminalreporter.config.getoption("engine") or engines.usual()
    for engine in [it for it in engines.ENGINES if it not in ran]:
        why = f"--engine {engine} does" if engines.find(engine) else "it is not here; README.md says how to get it"
        terminalreporter.write_line(f"Nothing was run on {engine}: {why}.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hold against its mark what became of a fault scenario's calls, once the scenario itself has passed."""
    yield
    marker = item.get_closest_marker("fault")
    if marker is not None:
        engine, fault = _engine(item), faults.Fault(*marker.args, **marker.kwargs)
        assert engine
        faults.keep(engine, fault, faults.outcome(item.stash[VISITS]))


@pytest.fixture(scope="session", autouse=True)
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Have what one process has minified taken from a file by all others."""
    folder = tmp_path_factory.getbasetemp()
    made = (folder if worker_id == "master" else folder.parent) / "minified"
    made.mkdir(exist_ok=True)

    def once(source: str, minifier: str) -> str:
        file = made / hashlib.sha256(f"{minifier} {source}".encode()).hexdigest()
        if not file.exists():
            unfinished = file.with_name(f"{worker_id} {file.name}")
            unfinished.write_text(minify.minified(source, minifier), encoding="utf-8", newline="")
            unfinished.replace(file)
        return file.read_text(encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "minified", once)
        yield


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[[Engine, str], Browser]]:
    """Starts a browser, once for all tests of this process, and ends it with them."""
    with sync_playwright() as playwright:
        screens: list[webkit.Browser] = []

        @functools.cache
        def start(engine: Engine, path: str) -> Browser:
            if engine == "webkit":
                screens.append(webkit.Browser(path))
                return cast("Browser", screens[-1])
            return {"chromium": engines.start_chromium, "firefox": engines.start_firefox}[engine](playwright, path)

        yield start
        for screen in screens:
            screen.close()


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine that a test runs in: Chromium, for all that do not run on several."""
    found: Engine = getattr(request, "param", "chromium")
    return found


@pytest.fixture(scope="session")
def browser(start: Callable[[Engine, str], Browser], engine: Engine) -> Browser:
    """The engine's browser; of Chromium's, the one that starts pages fastest."""
    return start(engine, engines.find(engine) or "")


@pytest.fixture(scope="session")
def tabs() -> Callable[[Browser], Tabs]:
    """Those of a browser."""
    return functools.cache(Tabs)


@pytest.fixture
def visitor(
    tabs: Callable[[Browser], Tabs], browser: Browser, engine: Engine, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """Visits for one test, each checked to be clean when it ends."""
    yield from _visitors(tabs(browser), request.node, engine)


@pytest.fixture
def caching_visitor(
    tabs: Callable[[Browser], Tabs],
    start: Callable[[Engine, str], Browser],
    engine: Engine,
    request: pytest.FixtureRequest,
) -> Iterator[Visitor]:
    """Visits in a browser that keeps pages in its back/forward cache."""
    path = installed.find_or_install() if engine == "chromium" else engines.find(engine) or ""
    yield from _visitors(tabs(start(engine, path)), request.node, engine)


@pytest.fixture(scope="module")
def module_visitor(
    tabs: Callable[[Browser], Tabs], browser: Browser, engine: Engine, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """Visits that all tests of a module share: for tables whose cases are sent from one page."""
    yield from _visitors(tabs(browser), request.node, engine)


@pytest.fixture(scope="module")
def arrived(
    module_visitor: Visitor, pytestconfig: pytest.Config
) -> Callable[[Table, Variant, Case], Properties | None]:
    """What arrived for a row of a table; all rows of a table that share config and variant share a page."""

    @functools.cache
    def received(table: Table, variant: Variant, config: str) -> Received | Exception:
        visit = module_visitor(
            config=table.configs[config], form=variant.form, sdk=variant.sdk, timezone=variant.timezone
        )
        cases = table.on(variant, full=pytestconfig.getoption("full"))
        try:
            return send(visit, table, [case for case in cases if case.config == config])
        except Exception as error:  # noqa: BLE001 - told by each row, without waiting for it anew
            return error

    def arrived(table: Table, variant: Variant, case: Case) -> Properties | None:
        outcome = received(table, variant, case.config)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.of(case)

    return arrived


def _visitors(tabs: Tabs, node: pytest.Item | pytest.Module, engine: Engine) -> Iterator[Visitor]:
    visits: list[Visit] = []
    node.stash[VISITS] = visits
    remarks = engines.REMARKS[engine]

    def visitor(
        *,
        config: Config | None = {},  # noqa: B006 - never changed
        form: Form = "minified",
        sdk: sdks.Version = sdks.NEWEST,
        timezone: str = "America/Los_Angeles",
        debug: bool = False,
    ) -> Visit:
        site = None if config is None else build(config, form, debug=debug)
        tab = tabs.take(timezone)
        # The other engines' drivers cannot make a tab as it was.
        give_back = functools.partial(tabs.give_back, timezone) if engine == "chromium" else None
        visit = Visit(tab, site, sdks.load(sdk), remarks, give_back)
        visits.append(visit)
        return visit

    yield visitor
    for visit in visits:
        visit.close()
    for visit in visits:
        visit.assert_clean()
