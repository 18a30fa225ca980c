"""How calls travel: clevertap.transport, clevertap.target_domain, clevertap.token."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Route

import sdk as sdks
from conftest import Visitor
from freshtap import artifacts, render
from freshtap import config as configs
from freshtap.collector import Request
from freshtap.config.site import Site
from moments import Moment, at_each_moment, before_the_bridge
from sites import ACCOUNT, BASE, STATIC, Config, Form, merged
from test_ordering import IN_ORDER, THREE_USERS
from visit import COLLECTOR_HOSTS, SITE, Visit
from wire import VARIANTS, arrive, devices, leave, order, received

FETCH: Final[Config] = {"clevertap": {"transport": "fetch"}}

#: What a page calls, and how that arrives.
CALLS: Final = (
    "freshpaint.identify('u1'); freshpaint.track('A', {n: 1}); freshpaint.identify('u2'); freshpaint.track('B');"
)
ARRIVED: Final = ("u1 identify", "u1 A", "u2 identify", "u2 B")


def site(config: Config) -> Site:
    """The site of a config laid over the tests' own."""
    return configs.from_mapping(merged(BASE, config)).valid()


def policy(config: Config, form: Form = "minified") -> dict[str, str]:
    """The header of a page that allows what the site's manifest says, and nothing else."""
    minifier: Final = {"minified": "jsmin", "readable": "none", "tdewolff": "tdewolff"}[form]
    made = artifacts.make(site(config), artifacts.Options(base_url=STATIC, minifier=minifier))
    directives = {"default-src": ["'none'"], **made.entry["csp"]}
    return {
        "Content-Security-Policy": "; ".join(
            " ".join((directive, *sources)) for directive, sources in directives.items()
        )
    }


def used(visit: Visit) -> set[tuple[str, str]]:
    """Each of the page's calls, with whether CleverTap may derive a place from the visitor's address."""
    return {(call, request.query["useIP"]) for call, request in zip(order(visit), received(visit), strict=True)}


def traffic(visit: Visit) -> list[tuple[str, str]]:
    """Notes, from here on, the kind and the host of every request to CleverTap's servers."""
    seen: list[tuple[str, str]] = []

    def note(kind: str, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if COLLECTOR_HOSTS.search(host):
            seen.append((kind, host))

    visit.context.on("request", lambda request: note(request.resource_type, request.url))
    return seen


def login(person: str) -> Callable[[Request], bool]:
    """The request with which the SDK asks for this person's device id."""
    return lambda request: request.login and request.data.get("Identity") == person


# -- fetch -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["minified", "readable", "tdewolff"])
def test_calls_go_by_fetch(visitor: Visitor, form: Form) -> None:
    """With transport = "fetch" every request is a fetch, and none a script."""
    visit = visitor(config=FETCH, form=form)
    seen = traffic(visit)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)
    assert set(seen) == {("fetch", "in1.clevertap-prod.com")}


@pytest.mark.parametrize("config", [{}, {"clevertap": {"transport": "jsonp"}}, {"clevertap": {"token": "t"}}])
def test_calls_go_by_script(visitor: Visitor, config: Config) -> None:
    """Else every request is a script, also where the SDK is told something besides."""
    visit = visitor(config=config)
    seen = traffic(visit)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)
    assert set(seen) == {("script", "in1.clevertap-prod.com")}


@at_each_moment
def test_order_across_users(visitor: Visitor, moment: Moment) -> None:
    """Every event arrives under the user who was current when the page made the call, in call order."""
    visit = visitor(config=FETCH)
    moment(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)
    assert len({frozenset(devices(visit, person)) for person in ("u1", "u2", "u3")}) == 3


def test_order_with_late_answers(visitor: Visitor) -> None:
    """Nothing overtakes a login whose answer is late, nor the one behind it."""
    visit = visitor(config=FETCH)
    visit.collector.slow(0.7, login("u1"))
    visit.collector.slow(0.4, login("u2"))
    before_the_bridge(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)
    assert len({frozenset(devices(visit, person)) for person in ("u1", "u2", "u3")}) == 3


def test_reset(visitor: Visitor) -> None:
    """CleverTap forgets in its place in the line."""
    visit = visitor(config=merged(FETCH, {"track": {"before_identify": "send"}}))
    visit.open()
    visit.run(
        "freshpaint.identify('u1'); freshpaint.track('A'); freshpaint.reset(); freshpaint.track('B'); freshpaint.identify('u2')"
    )
    arrive(visit, "u1 identify", "u1 A", "- B", "u2 identify")
    assert not devices(visit, "u1") & devices(visit, None)


def test_leaving_the_page(visitor: Visitor) -> None:
    """What the page could not hand over before it was left, the next one sends."""
    visit = visitor(config=FETCH)
    visit.open()
    visit.run("freshpaint.identify('u1')")
    visit.arrives(1)
    leave(visit, "freshpaint.track('A'); freshpaint.identify('u2'); freshpaint.track('B')")
    visit.reaches("device")
    arrive(visit, "u1 identify", "u1 A", "u2 identify", "u2 B")


def test_a_lost_answer(visitor: Visitor) -> None:
    """Where the connection breaks after CleverTap has the request, the SDK's remark is all that the page has of it."""
    visit = visitor(config=FETCH)
    visit.errors_expected = True
    visit.collector.lose_answers(lambda request: request.name == "A", times=1)
    visit.open()
    visit.run("freshpaint.identify('u1'); freshpaint.track('A')")
    visit.arrives(2)
    visit.run("freshpaint.track('B')")
    visit.until(lambda: "u1 B" in order(visit), "the event behind it")
    assert order(visit) == ["u1 identify", "u1 A", "u1 B"]
    assert visit.page_errors == []


@pytest.mark.parametrize("form", ["minified", "readable", "tdewolff"])
def test_the_policy_of_the_manifest_is_enough_for_fetch(visitor: Visitor, form: Form) -> None:
    """The collector is a place to connect to, and no source of scripts."""
    visit = visitor(config=FETCH, form=form)
    [header] = policy(FETCH, form).values()
    scripts = header.partition("script-src")[2].partition(";")[0]
    assert "connect-src https://in1.clevertap-prod.com" in header
    assert "clevertap-prod.com" not in scripts
    visit.open(headers=policy(FETCH, form))
    visit.run(CALLS)
    arrive(visit, *ARRIVED)


def test_with_consent(visitor: Visitor) -> None:
    """Fetch is how the SDK sends as well where it is loaded only once the visitor agrees."""
    visit = visitor(config={**FETCH, "consent": {"required": True}})
    seen = traffic(visit)
    visit.open(until="bridge")
    visit.run(f"{CALLS} freshpaint.opt_in_tracking()")
    visit.reaches("device")
    arrive(visit, *ARRIVED)
    assert {kind for kind, _ in seen} == {"fetch"}


# -- a proxy in front of CleverTap -------------------------------------------------------------------------------------

#: By the region that the config names: where calls go.
DOMAINS: Final[dict[str, tuple[Config, str]]] = {
    "without a region": ({"region": None, "target_domain": "target.collect.test"}, "target.collect.test"),
    "with a region": ({"region": "us1", "target_domain": "target.collect.test"}, "us1.target.collect.test"),
    "with the usual region": ({"region": "eu1", "target_domain": "Target.Collect.test"}, "eu1.target.collect.test"),
    "with fetch": (
        {"region": None, "target_domain": "target.collect.test", "transport": "fetch"},
        "target.collect.test",
    ),
    "with a token": ({"region": None, "target_domain": "target.collect.test", "token": "t"}, "target.collect.test"),
}


@pytest.mark.parametrize(("account", "host"), DOMAINS.values(), ids=DOMAINS)
def test_target_domain(visitor: Visitor, account: Config, host: str) -> None:
    """Calls go to the proxy; a region stands in front of it only if the config names one. The manifest's policy says so."""
    config = {"clevertap": account}
    visit = visitor(config=config)
    seen = traffic(visit)
    visit.open(headers=policy(config))
    visit.run(CALLS)
    arrive(visit, *ARRIVED)
    assert {seen_host for _, seen_host in seen} == {host}
    assert f"https://{host}" in "".join(policy(config).values())
    assert {request.account for request in visit.collector.requests} == {ACCOUNT}


@pytest.mark.parametrize(("form", "sdk"), [*VARIANTS, ("tdewolff", "2.5.2")])
def test_target_domain_in_every_form(visitor: Visitor, form: Form, sdk: sdks.Version) -> None:
    """On every build and SDK version, in call order across users."""
    visit = visitor(config={"clevertap": {"target_domain": "target.collect.test"}}, form=form, sdk=sdk)
    seen = traffic(visit)
    before_the_bridge(visit, THREE_USERS)
    arrive(visit, *IN_ORDER)
    assert set(seen) == {("script", "in1.target.collect.test")}


def test_a_region_in_the_dashboards_address_is_named(visitor: Visitor) -> None:
    """A region that the config gives by the dashboard's address counts as named."""
    address = f"https://sg1.dashboard.clevertap.com/{ACCOUNT}/"
    account = {"account_id": None, "region": None, "dashboard_url": address, "target_domain": "target.collect.test"}
    given = {key: value for key, value in account.items() if value}
    made = configs.from_mapping({"clevertap": given}).valid()
    assert made.collector_host == "sg1.target.collect.test"
    assert '"region":"sg1"' in render.bridge(made)


# -- token -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sdk", sdks.PINNED)
def test_token(visitor: Visitor, sdk: sdks.Version) -> None:
    """The account's token is the SDK's: what the page syncs of its variables carries it."""
    visit = visitor(config={"clevertap": {"token": "to</script>'ken"}}, sdk=sdk)
    bodies: list[str] = []

    def take(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(status=200, body="{}", headers={"Access-Control-Allow-Origin": f"https://{SITE}"})

    visit.context.route("**/defineVars*", take)
    visit.open(script=CALLS)
    arrive(visit, *ARRIVED)
    visit.run("clevertap.setLogLevel(4); clevertap.defineVariable('discount', 7)")
    visit.run("return clevertap.syncVariables().catch(error => { window.refused = String(error); })")
    assert visit.run("return window.refused") is None
    assert [json.loads(body)[0]["tk"] for body in bodies] == ["to</script>'ken"]


def test_without_a_token_the_sdk_has_none(visitor: Visitor) -> None:
    """The SDK refuses what needs a token."""
    visit = visitor()
    visit.errors_expected = True
    visit.open()
    visit.run("clevertap.setLogLevel(4); clevertap.defineVariable('discount', 7)")
    with pytest.raises(Error, match="token is missing"):
        visit.run("return clevertap.syncVariables()")


# -- what is in the script ---------------------------------------------------------------------------------------------


def test_what_a_site_does_not_use_costs_it_nothing() -> None:
    """Its script neither knows of a domain, a token or fetch, nor of page views."""
    plain = render.bridge(site({}), minifier="none")
    assert not [
        word
        for word in ("site.domain", "site.token", "enableFetchApi", 'kind === "page"', "pushState")
        if word in plain
    ]


# -- use_ip ------------------------------------------------------------------------------------------------------------


def test_an_address_is_used_for_every_user(visitor: Visitor) -> None:
    """The SDK forgets with the user that it may, and a login that replaces somebody goes without: what follows says so again."""
    visit = visitor(config={"clevertap": {"use_ip": True}})
    visit.open(script=CALLS)
    visit.arrives(4)
    visit.run("freshpaint.reset(); freshpaint.identify('u3'); freshpaint.track('C')")
    called = (*ARRIVED, "u3 identify", "u3 C")
    arrive(visit, *called)
    assert used(visit) == {(call, "false" if call == "u2 identify" else "true") for call in called}


def test_an_address_is_used_no_longer(visitor: Visitor) -> None:
    """Where an earlier build wanted it, the SDK has stored so; a build without use_ip takes it back, and a refusal still holds."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.arrives(1)
    visit.run("clevertap.privacy.push({useIP: true})")
    visit.open("/next", script="freshpaint.track('A')")
    arrive(visit, "u1 identify", "u1 A")
    assert used(visit) == {("u1 identify", "false"), ("u1 A", "false")}
