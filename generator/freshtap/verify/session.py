"""Opens a page in a headless Chromium and writes down what happens there. The only one that drives a browser.

What the page asks for passes the gateway, which answers in CleverTap's place.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    WebError,
    sync_playwright,
)
from playwright.sync_api import (
    TimeoutError as PlaywrightTimeoutError,
)

from freshtap import render
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.errors import BrowserError
from freshtap.render import templating
from freshtap.verify import browsers, pages
from freshtap.verify.gateway import Gateway
from freshtap.verify.observation import Answer, Observation, Script, Start, Trace, View, Violation
from freshtap.verify.phrases import sentence
from freshtap.verify.steps import Step

#: Seconds, at most: for the page to load, for one step of a script or one answer of the page, for silence after it.
_LOADING: Final = 30.0
_STEP: Final = 10.0
_SILENCE: Final = 60.0
_POLL: Final = 50

#: Begins a script's JavaScript, which may not end; what becomes of it the page's watch tells, by the run's number.
_BEGIN: Final = """() => {
  const ended = error => dispatchEvent(new CustomEvent("freshtap-ran", { detail: { run: %d, error } }));
  setTimeout(async () => {
    try {
      await (() => { %s
      })();
      ended("");
    } catch (error) {
      ended(String(error) || "it failed");
    }
  });
}"""
#: What has the focus, also inside of a component; else the page.
_FOCUSED: Final = "body, :focus"

Progress = Callable[[str], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Visit:
    """What to open, and how. Either ``url`` or ``folder``, a page's file with what lies beside it."""

    url: str
    folder: pages.Folder | None = None
    inject: bool = False
    live: bool = False
    wait: float = 2.0
    """Seconds of silence after which the page counts as done."""
    steps: Sequence[Step] = ()
    """What a visitor does there."""


@contextlib.contextmanager
def chromium(progress: Progress) -> Iterator[Browser]:
    """A browser to observe in. Raises :class:`BrowserError` where there is none."""
    with progress("Looking for a browser"):
        executable = browsers.find()
    if executable is None:
        raise BrowserError(
            "verify needs Chromium or Chrome. Install one, or run: playwright install chromium. "
            f"One in an unusual place is named in {browsers.VARIABLE}."
        )
    with sync_playwright() as playwright:
        with progress("Starting the browser"):
            try:
                browser = _started(playwright.chromium, executable)
            except Error as error:
                raise BrowserError(f"{executable} does not start: {sentence(_first_line(error))}") from None
        try:
            yield browser
        finally:
            # Ctrl-C has ended the browser, too, and what drives it; then no particular error comes.
            with contextlib.suppress(Exception):
                browser.close()


def _started(chromium: BrowserType, executable: str) -> Browser:
    """In a sandbox, since any page may be opened; without one where it cannot be had, as by root or in a container."""
    try:
        return chromium.launch(executable_path=executable, args=browsers.ARGUMENTS, chromium_sandbox=True)
    except Error:
        return chromium.launch(executable_path=executable, args=browsers.ARGUMENTS, chromium_sandbox=False)


def observe(browser: Browser, site: Site, visit: Visit, progress: Progress) -> Observation:
    """Opens the page, does the steps, waits for silence.

    ``progress`` is given what is being done, for as long as it is. Raises :class:`BrowserError` where the browser ends.
    """
    is_local = addresses.is_this_machine(urlsplit(visit.url).hostname or "")
    context = browser.new_context(service_workers="block", ignore_https_errors=is_local)
    if visit.folder or visit.inject:
        # A page that is answered here counts as one from far away, which may not reach servers of this machine.
        with contextlib.suppress(Error):
            context.grant_permissions(["local-network-access"])
    try:
        return _Session(site, visit, context).run(progress)
    except Error as error:
        raise BrowserError(f"The browser went away: {sentence(_first_line(error))}") from None
    finally:
        # As with the browser.
        with contextlib.suppress(Exception):
            context.close()


class _Session:
    """One context with one page to begin with; everything that is heard goes into the observation."""

    def __init__(self, site: Site, visit: Visit, context: BrowserContext) -> None:
        self._visit = visit
        self._context = context
        self._seen = Observation(visit.url)
        self._policies: dict[str, str] = {}
        self._pending: set[Request] = set()
        self._last = time.monotonic()
        #: How many steps have run JavaScript; of those that have ended, by number: why it failed, if it did.
        self._runs = 0
        self._ended: dict[int, str] = {}
        self._gateway = Gateway(
            site, context, self._heard, address=visit.url, folder=visit.folder, inject=visit.inject, live=visit.live
        )
        context.set_default_timeout(_LOADING * 1000)
        # Known to no page.
        self._token = secrets.token_hex()
        context.add_init_script(watch(site, self._token))
        context.on("console", self._read)
        context.route("**/*", self._gateway.route)
        context.on("request", self._asked)
        context.on("requestfinished", self._came)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)
        context.on("weberror", self._erred)

    def run(self, progress: Progress) -> Observation:
        page = self._context.new_page()
        with progress(f"Opening {self._seen.url}"):
            self._open(page)
        if not self._seen.error:
            for step in self._visit.steps:
                with progress(f"Doing {step}"):
                    if not self._do(page, step):
                        break
            with progress("Waiting until the page has nothing more to say"):
                self._wait_for_silence(page)
            if not self._seen.hung:
                with contextlib.suppress(Error):
                    page.evaluate("dispatchEvent(new Event('freshtap-look'))")
            # As the page is closed it would tell once more.
            self._context.remove_listener("console", self._read)
            with progress("Fetching the deployed script"):
                self._fetch_deployed()
        self._seen.requests = list(self._gateway.requests)
        return self._seen

    # -- doing -------------------------------------------------------------------------------------------------------

    def _open(self, page: Page) -> None:
        try:
            if self._visit.inject and not self._visit.folder:
                # Where it is redirected to: the answer to a redirected request cannot be given the tag.
                self._seen.url = self._context.request.get(self._seen.url).url
            response = page.goto(self._seen.url, wait_until="commit")
            self._seen.status = response.status if response else 200
            self._seen.url = page.url
        except Error as error:
            self._seen.error = _first_line(error)
            return
        # A page that never ends loading is watched all the same.
        with contextlib.suppress(PlaywrightTimeoutError):
            page.wait_for_load_state("load")

    def _do(self, page: Page, step: Step) -> bool:
        """Whether it could be done."""
        milliseconds = _STEP * 1000
        try:
            match step.action:
                case "click":
                    page.click(step.on, timeout=milliseconds)
                case "fill":
                    page.fill(step.on, step.text, timeout=milliseconds)
                case "press":
                    # Not the keyboard's own, which waits for the page without end.
                    page.locator(_FOCUSED).last.press(step.on, timeout=milliseconds)
                case "goto":
                    page.goto(urljoin(page.url, step.on), wait_until="load")
                case "wait":
                    page.wait_for_timeout(float(step.on) * 1000)
                case "run":
                    self._run(page, step.on)
            page.wait_for_timeout(_POLL)
            page.wait_for_load_state("load")
        except Error as error:
            self._seen.stopped = f"{step}: {_first_line(error)}"
            return False
        self._heard()
        return True

    def _run(self, page: Page, code: str) -> None:
        """Runs JavaScript on the page. Raises Playwright's :class:`Error` where it fails or does not end in time."""
        # Where the page hangs, so does each of Playwright's waits that looks at it more than once, whatever its limit.
        _wait_until_it_answers(page)
        self._runs += 1
        left: list[Page] = []
        page.once("domcontentloaded", lambda page: left.append(page))  # noqa: PLW0108 - Playwright marks it
        page.evaluate(_BEGIN % (self._runs, code))
        deadline = time.monotonic() + _STEP
        # Where it has led to another page, what is known of it has gone with this one.
        while self._runs not in self._ended and not left:
            if time.monotonic() > deadline:
                raise PlaywrightTimeoutError(f"Timeout {_STEP * 1000:.0f}ms exceeded.")
            page.wait_for_timeout(_POLL)
        if self._ended.get(self._runs):
            raise Error(self._ended[self._runs])

    def _wait_for_silence(self, page: Page) -> None:
        began = time.monotonic()
        while time.monotonic() - began < _SILENCE:
            # A busy page is not silent: this waits until it has time, and for what it has told before.
            try:
                _wait_until_it_answers(page)
            except PlaywrightTimeoutError:
                self._seen.hung = True
                return
            except Error:
                # It is on its way to another page.
                pass
            silent = time.monotonic() - max(self._last, began)
            if silent >= self._visit.wait and not self._pending:
                return
            page.wait_for_timeout(_POLL)

    # -- hearing -----------------------------------------------------------------------------------------------------

    def _heard(self) -> None:
        self._last = time.monotonic()

    def _read(self, message: ConsoleMessage) -> None:
        token, _, text = message.text.partition(" ")
        if token == self._token:
            self._note(json.loads(text))

    def _note(self, news: dict[str, Any]) -> None:
        """What the page's watch tells."""
        page: str = news["page"]
        match news["what"]:
            case "step":
                self._seen.traces.append(
                    Trace(
                        page,
                        news["call"],
                        news.get("step", ""),
                        news.get("code", ""),
                        news["name"],
                        news.get("value"),
                    )
                )
                self._heard()
            case "bridge":
                self._seen.starts.append(Start(page, news["src"]))
                self._heard()
            case "ran":
                self._ended[news["run"]] = news["error"]
            case "violation":
                if news["enforced"]:
                    self._seen.violations.append(Violation(page, news["blocked"], news["directive"], news["sample"]))
            case "page":
                if urlsplit(page).scheme in ("http", "https"):
                    self._seen.views.append(self._view(page, news))

    def _view(self, page: str, news: dict[str, Any]) -> View:
        scripts = (Script(**each) for each in news["scripts"])
        policy = self._policies.get(page.partition("#")[0], "")
        return View(
            page,
            tuple(scripts),
            tuple(filter(None, (policy, *news["policies"]))),
            tuple(news["early"]),
            news["snippet"],
            tuple(map(tuple, news["noted"])),
        )

    def _asked(self, request: Request) -> None:
        if request.resource_type == "script" or self._gateway.is_clevertap(request.url):
            self._pending.add(request)

    def _came(self, request: Request) -> None:
        if request in self._pending:
            self._pending.discard(request)
            self._heard()

    def _failed(self, request: Request) -> None:
        if request in self._pending:
            # What a server has answered says more.
            self._seen.failures.setdefault(request.url, request.failure or "failed")
        self._came(request)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._policies[response.url.partition("#")[0]] = response.headers.get("content-security-policy", "")
        elif response.request in self._pending and response.status >= 400:
            self._seen.failures[response.url] = f"HTTP status {response.status}"

    def _erred(self, error: WebError) -> None:
        with contextlib.suppress(Error):
            self._seen.errors.append(error.error.stack or error.error.message)

    # -- the deployed script -----------------------------------------------------------------------------------------

    def _fetch_deployed(self) -> None:
        for page, url in self._loaders():
            if url not in self._seen.deployed:
                self._seen.deployed[url] = self._fetch(url, page)

    def _loaders(self) -> Iterator[tuple[str, str]]:
        for view in self._seen.views:
            yield from ((view.url, script.src) for script in view.scripts if pages.LOADER.search(script.src))
        yield from ((start.page, start.src) for start in self._seen.starts if start.src)

    def _fetch(self, url: str, page: str) -> Answer:
        injected = self._gateway.injected(url)
        if injected is not None:
            return Answer(200, {"content-type": "text/javascript"}, injected)
        if self._visit.folder and url.startswith(pages.ORIGIN + "/"):
            return self._visit.folder.answer(url)
        parts = urlsplit(page)
        try:
            response = self._context.request.get(url, headers={"Origin": f"{parts.scheme}://{parts.netloc}"})
            return Answer(response.status, response.headers, response.body())
        except Error as error:
            return Answer(error=_first_line(error))


def _wait_until_it_answers(page: Page) -> None:
    """A busy page answers once it has time. Raises Playwright's timeout where that takes longer than a step may."""
    page.wait_for_selector("html", state="attached", timeout=_STEP * 1000)


def watch(site: Site, token: str) -> str:
    """The script that watches a page, with the site's debug build in it. ``token`` begins all that it tells."""
    bridge = render.bridge(site, minifier="none", debug=True).strip().rstrip(";")
    return templating.template("verify/watch.js").render(bridge=bridge, token=token)


def _first_line(error: Error) -> str:
    """What the browser says, without Playwright's own words around it."""
    line = error.message.split("\n", 1)[0]
    return re.sub(r"^\w+\.\w+: |^APIRequestContext\.\w+: | at https?://\S+$", "", line)
