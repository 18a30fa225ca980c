"""A config → a page on this machine to fire calls, and to see what CleverTap would receive: ``freshtap preview``.

Two origins on this machine. The *workbench* is the page that a person looks at. Inside it, in a frame, is the *site*: a
page with the config's real snippet, its bridge as a debug build, and CleverTap's real SDK. What runs there, pasted code
and the SDK, cannot reach into the workbench, because it is of another origin.

Nothing is sent to CleverTap: the page with the SDK exists only as an answer of the site's service worker
(``templates/preview/worker.js``), which takes every request that would leave the origin to :meth:`Preview.ask`. A page
that the worker does not control is a page without the SDK.
"""

from __future__ import annotations

import hmac
import html
import json
import secrets
import threading
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from freshtap import artifacts, config, plan, render
from freshtap.artifacts import Artifacts, Options
from freshtap.collector import Collector, Request
from freshtap.config import addresses
from freshtap.config.site import Site
from freshtap.config.transformations import RenameEvent, RenameProperty
from freshtap.errors import ConfigError, Problem, labelled
from freshtap.plan import Planned
from freshtap.preview import weights
from freshtap.preview.server import Answer, Server, as_json
from freshtap.render import templating
from freshtap.render.reasons import REASONS

_Directives = Mapping[str, Sequence[str]]
_NOBODY: Final = ("'none'",)
_SELF: Final = ("'self'",)

#: Seconds that the page's question for news stays open.
_PATIENCE: Final = 20.0

#: Files of the workbench and of the site, by path. All are templates in ``preview/``.
_WORKBENCH: Final[Mapping[str, str]] = {
    "/": "page.html",
    "/page.css": "page.css",
    "/icon.svg": "icon.svg",
    **{f"/{name}": name for name in ("page.js", "calls.js", "card.js", "forms.js", "weights.js", "elements.js")},
}
_SITE: Final[Mapping[str, str]] = {
    "/start": "start.html",
    **{f"/{name}": name for name in ("start.js", "site.js", "worker.js")},
}
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class Preview:
    """A config as it stands in the editor, what is built from it, and what CleverTap would have received.

    Used by several threads at once, one for each request of the browser.
    """

    def __init__(self, file: str, text: str, planned: Planned, *, port: int = 0) -> None:
        #: What plays CleverTap's part, with all that arrived.
        self.collector = Collector()
        self._file = file
        self._text = text
        self._built = text
        self._planned = planned
        self._visitor = secrets.token_hex(8)
        self._news = threading.Condition()
        #: Where the site's script lies: it tells account and events, and only the site's page knows the way.
        self._place = f"/{secrets.token_urlsafe(24)}"
        self._bridge, self._made = _make(planned.site, self._place)
        actions = {
            "/state": lambda _: as_json(self.state()),
            "/build": lambda text: as_json(self.build(str(text))),
            "/weights": lambda _: as_json(self.weights()),
            "/received": lambda after: as_json(self.received(int(after))),
            "/visitor": lambda _: as_json(self.renew()),
        }
        self.workbench = Server(port, self._workbench_file, actions)
        self.site = Server(
            port and port + 1,
            self._site_file,
            {
                "/page": lambda _: self.page(),
                "/ask": lambda asked: as_json(self.ask(asked["url"], fetch=asked["fetch"])),
            },
        )

    @property
    def address(self) -> str:
        """What to open. The key stands where browsers do not send it to anybody."""
        return f"{self.workbench.origin}/#{self.workbench.key}"

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What will be repaired on the way to CleverTap, of the config as it was built last."""
        return self._planned.warnings

    # -- what the workbench asks for ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the page needs to begin."""
        with self._news:
            return {
                "file": self._file,
                "text": self._text,
                "edited": self._built,
                "reasons": dict(REASONS),
                "frame": f"{self.site.origin}/start#{self.site.key}",
                "received": len(self.collector.requests),
                **self._outcome(),
            }

    def build(self, text: str) -> dict[str, Any]:
        """Builds what stands in the editor, in memory; where that cannot be, says why and keeps what was built last."""
        try:
            # Half a surrogate pair, which a script can hold, no file has.
            text = text.encode("utf-8", "replace").decode()
            planned = plan.examine(config.parse(text, file=self._file))
        except ConfigError as error:
            return {"problems": _worded(error.problems)}
        bridge, made = _make(planned.site, self._place)
        with self._news:
            self._planned, self._built, self._bridge, self._made = planned, text, bridge, made
            return self._outcome()

    def weights(self) -> list[weights.Weight]:
        """What each part of the script weighs."""
        return weights.weigh(self._planned.site)

    def received(self, after: int) -> list[dict[str, Any]]:
        """What CleverTap would have received after the first ``after`` requests; waits a while for the next."""
        with self._news:
            self._news.wait_for(lambda: len(self.collector.requests) > after, _PATIENCE)
            return [_row(request) for request in self.collector.requests[after:]]

    def renew(self) -> str:
        """The next page is that of a new visitor, whose mark is given back."""
        with self._news:
            self._visitor = secrets.token_hex(8)
            return self._visitor

    def _outcome(self) -> dict[str, Any]:
        site, entry = self._planned.site, self._made.entry
        return {
            "problems": _worded(self._planned.warnings),
            "built": {
                "name": site.name,
                "account": site.clevertap.account_id,
                "region": site.region,
                "sdk": site.clevertap.sdk_url,
                "consent": site.consent.required,
                "gpc": site.consent.respect_gpc,
                "companion": site.freshpaint.mode == "companion",
                "events": list(_events(site)),
                "traits": _touched(site, "identify"),
                "bytes": entry["bytes"],
                "gzip": entry["gzip"],
                "snippet": len(artifacts.gzipped(render.snippet(site).encode())),
            },
        }

    # -- what the site asks for --------------------------------------------------------------------------------------

    def page(self) -> Answer:
        """The site's page: the tag as ``freshtap tag`` prints it, with a debug build, and what watches it."""
        with self._news:
            site, made, visitor = self._planned.site, self._bridge, self._visitor
        nonce = secrets.token_urlsafe(16)
        policy: _Directives = {
            **dict.fromkeys(("default-src", "base-uri", "form-action"), _NOBODY),
            "frame-ancestors": [self.workbench.origin],
            **made.entry["csp"],
            "script-src": [*made.entry["csp"]["script-src"], f"'nonce-{nonce}'"],
        }
        text = _template(
            "site.html",
            tag=made.files[made.entry["snippet"]].decode(),
            companion=site.freshpaint.mode == "companion",
            nonce=nonce,
            visitor=visitor,
            workbench=self.workbench.origin,
            sdk=html.escape(site.clevertap.sdk_url),
            script=made.entry["script"],
        )
        # The worker knows by the name that this is still the preview, and not what lives at its address afterwards.
        headers = {"Content-Security-Policy": _policy(policy), "X-Freshtap-Page": site.name}
        return Answer(text, "text/html", headers=headers)

    def ask(self, url: str, *, fetch: bool) -> dict[str, Any]:
        """What becomes of a request that would leave the site's origin.

        The SDK's script is loaded, CleverTap's part is played here, anything else is refused.
        """
        with self._news:
            site = self._planned.site
            if addresses.same(url, site.clevertap.sdk_url):
                return {"outcome": "load"}
            if not url.startswith(f"https://{site.collector_host}/"):
                return {"outcome": "refuse"}
            reply = self.collector.answer(url, fetch=fetch)
            self._news.notify_all()
        headers = {"Content-Type": reply.content_type, **reply.headers}
        return {"outcome": "answer", "status": reply.status, "body": reply.body, "headers": headers}

    # -- files -------------------------------------------------------------------------------------------------------

    def _workbench_file(self, path: str) -> Answer | None:
        name = _WORKBENCH.get(path)
        policy: _Directives = {
            **dict.fromkeys(("default-src", "base-uri", "form-action", "frame-ancestors"), _NOBODY),
            **dict.fromkeys(("script-src", "style-src", "img-src", "connect-src"), _SELF),
            "frame-src": [self.site.origin],
        }
        return _file(name, policy, site=self.site.origin) if name else None

    def _site_file(self, path: str) -> Answer | None:
        bridge = self._bridge
        script = bridge.entry["script"]
        if hmac.compare_digest(path.encode(), f"{self._place}/{script}".encode()):
            return Answer(bridge.files[script].decode(), "text/javascript")
        name = _SITE.get(path)
        policy: _Directives = {
            "default-src": _NOBODY,
            **dict.fromkeys(("script-src", "worker-src"), _SELF),
            "frame-ancestors": [self.workbench.origin],
        }
        if name == "worker.js":
            # It loads the SDK, wherever the config says it is, and nothing else: Preview.ask decides.
            policy = {}
        return _file(name, policy, workbench=self.workbench.origin) if name else None


@contextmanager
def running(path: Path, *, port: int = 0) -> Iterator[Preview]:
    """Serves the preview of a config until the context is left.

    With a ``port``, the site has the one behind it. Raises :class:`ConfigError` where the config is wrong and
    :class:`~freshtap.errors.CommandError` where a port is taken.
    """
    reading = config.read(path)
    # Line ends as the page's editor has them.
    preview = Preview(str(path), reading.text.replace("\r\n", "\n"), plan.examine(reading), port=port)
    servers = (preview.workbench, preview.site)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield preview
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def open_browser(preview: Preview) -> bool:
    """Opens the page in the person's own browser; whether there is one."""
    return webbrowser.open(preview.address)


def _make(site: Site, place: str) -> tuple[Artifacts, Artifacts]:
    """The site's files as a debug build whose script lies in ``place``, and as they would be published."""
    return artifacts.make(site, Options(base_url=place, debug=True)), artifacts.make(site)


def _events(site: Site) -> Iterator[dict[str, Any]]:
    """The config's events, with what a form needs to know about each."""
    for event in site.events:
        yield {
            "name": event.name,
            "enabled": event.enabled,
            "charged": event.charged,
            "properties": _touched(site, event.name),
        }


def _touched(site: Site, on: str) -> list[str]:
    """The properties that transformations of a call look for: worth trying out."""
    names = []
    for each in site.transformations:
        applies = each.on == on or (each.on == "*" and on != "identify")
        if not applies or isinstance(each, RenameEvent) or each.op in {"send-builtin", "send-constant"}:
            continue
        names.append(each.from_ if isinstance(each, RenameProperty) else each.property)
    return list(dict.fromkeys(names))


def _row(request: Request) -> dict[str, Any]:
    """What the page shows of a request. Values are written out here: JSON knows more numbers than JavaScript."""
    _person, name, data = request.call
    return {
        "kind": request.kind,
        "name": name,
        "data": [[key, json.dumps(value, ensure_ascii=False)] for key, value in data.items()],
        "person": request.person,
        "device": request.device,
        "host": request.host,
        "account": request.account,
        "own": request.sdk_traffic,
    }


def _worded(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Problems, in the very words of ``freshtap check``."""
    return [{"severity": problem.severity, "text": labelled(problem)} for problem in problems]


def _file(name: str, policy: _Directives, **values: str) -> Answer:
    headers = {"Content-Security-Policy": _policy(policy)} if policy else {}
    return Answer(_template(name, **values), _TYPES[Path(name).suffix], headers=headers)


def _template(name: str, **values: Any) -> str:
    text: str = templating.template(f"preview/{name}").render(values)
    return text


def _policy(directives: _Directives) -> str:
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in directives.items())
