"""What each feature weighs, which ``freshtap preview`` shows as a chart."""

from __future__ import annotations

from typing import Any

import pytest

from freshtap import artifacts, config
from freshtap.config.site import Site
from freshtap.preview.weights import weigh
from sites import merged
from sizes import FEATURES, PLAIN, compressed, site_of


def parts(site: Site) -> dict[str, int]:
    return {weight.part: weight.gzip for weight in weigh(site)}


#: Features that share what compresses well.
SEVERAL = {**FEATURES["`spa`"], **FEATURES["`consent.respect_gpc`"], **FEATURES["`uppercase`"]}

#: A feature by its name in the README's table, and the part that it is in the chart.
PARTS = {
    "`charged = true`": "purchases (charged)",
    '`send = "all"`': 'every event (send = "all")',
    "`default_country_code`": "country code for phones",
    "`use_ip`": "place from the IP address",
    "`rename-property`": "rename-property transformation",
    "`change-type`, to number": "change-type transformation",
    "`uppercase`": "uppercase transformation",
    "`delete-property`": "delete-property transformation",
    "`send-builtin`, one": "send-builtin transformation",
    "`send-constant`": "send-constant transformation",
    "`consent.required`": "consent required",
    "`consent.respect_gpc`": "Global Privacy Control",
    '`mode = "companion"`': "companion mode",
    "`spa`": "single-page application",
    '`transport = "fetch"`': "sending by fetch",
    "`target_domain`, `token`": "token, target domain",
}


@pytest.mark.parametrize("changes", [{}, SEVERAL], ids=["plain", "several"])
def test_the_parts_are_the_whole(changes: dict[str, Any]) -> None:
    """They add up to what the manifest says, what every script has first, then the heaviest."""
    site = site_of(changes)
    weights = weigh(site)
    assert sum(weight.gzip for weight in weights) == artifacts.make(site).entry["gzip"]
    assert weights[0].part == "identify, track, limits, order"
    assert [weight.gzip for weight in weights[1:]] == sorted((weight.gzip for weight in weights[1:]), reverse=True)


@pytest.mark.parametrize("name", PARTS)
def test_a_feature_weighs_what_switching_it_off_saves(name: str) -> None:
    """A part is in the chart of the site that uses it alone, and weighs what a site without it saves."""
    plain, switched_on = site_of({}), site_of(FEATURES[name])
    assert PARTS[name] not in parts(plain)
    alike = config.from_mapping(merged(PLAIN, {"events": FEATURES[name].get("events", PLAIN["events"])})).valid()
    if name == "`charged = true`":
        alike = plain
    expected = len(artifacts.gzipped(_script(switched_on))) - len(artifacts.gzipped(_script(alike)))
    assert parts(switched_on)[PARTS[name]] == expected


def _script(site: Site) -> bytes:
    made = artifacts.make(site)
    return made.files[made.entry["script"]]


@pytest.mark.parametrize(
    ("before_identify", "part"),
    [("hold", ["events held until identify"]), ("drop", ["events dropped until identify"]), ("send", [])],
)
def test_events_before_identify(before_identify: str, part: list[str]) -> None:
    """What becomes of them has the config's own word in the chart; sent as they are they weigh nothing."""
    weighed = parts(site_of({"track": {"before_identify": before_identify}}))
    assert [name for name in weighed if "until identify" in name] == part


def test_names_of_events_weigh_too() -> None:
    """A hundred events are more than one and than two, and the chart says what they cost."""
    events = [{"name": f"Event number {number}"} for number in range(100)]
    (weight,) = (
        size for part, size in parts(site_of({"events": events})).items() if part == "the names of 99 more events"
    )
    assert weight > 100
    assert "one more event's name" in parts(site_of({}))
    assert not [part for part in parts(site_of({"events": events[:1]})) if "name" in part]


def test_sizes_are_those_of_the_tables() -> None:
    """The chart and the manifest count as the README's tables do."""
    script = _script(site_of({}))
    assert len(artifacts.gzipped(script)) == compressed(script.decode())
