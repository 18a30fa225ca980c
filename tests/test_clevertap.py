"""What CleverTap's limits make of a name, and what its dashboard's address says."""

from __future__ import annotations

import pytest

from freshtap import clevertap


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Order Completed", "Order Completed"),
        ('50% off! & "more"', "50 off more"),
        ("a.b:c'd$e\\f>g<h", "abcdefgh"),
        (" \t two\n\u00a0\u2028\ufeff words ", "two words"),
        ("\x85\x1c", "\x85\x1c"),
        ("%", ""),
        ("", ""),
        ("x" * 121, "x" * 120),
        ("x" * 119 + " y", "x" * 119),
        ("x" * 119 + "😀", "x" * 119),
        ("😀" * 61, "😀" * 60),
        ("%" * 100 + "x" * 120, "x" * 120),
        ("עברית", "עברית"),
    ],
)
def test_clean_name(name: str, sent: str) -> None:
    """A name is cleaned as the bridge does it in the browser: characters, blanks, length, in this order."""
    assert clevertap.clean_name(name) == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [("o'brien", "o’brien"), ('12"', "12”"), ("C:\\a", "C:a"), ("`o’brien´ & %", "`o’brien´ & %"), ("", "")],
)
def test_clean_quotes(text: str, sent: str) -> None:
    """A text is cleaned as the bridge does it in the browser."""
    assert clevertap.clean_quotes(text) == sent


@pytest.mark.parametrize(
    "url",
    [
        "https://clevertap.com/A-B-C",
        "https://in1.dashboard.clevertap.com.evil.example/A-B-C",
        "https://xin1.dashboard.clevertap.com/A-B-C",
        "https://a.in1.dashboard.clevertap.com/A-B-C",
        "ftp://in1.dashboard.clevertap.com/A-B-C",
        "https://in1.dashboard.clevertap.com/",
        "https://in1.dashboard.clevertap.com/login",
        "https://[oops",
        "",
    ],
)
def test_not_the_dashboard(url: str) -> None:
    """Anything but an address of the dashboard, with an account and a known region or none, is not read."""
    assert clevertap.parse_dashboard_url(url) is None


@pytest.mark.parametrize(
    ("region", "target_domain", "host"),
    [
        (None, None, "eu1.clevertap-prod.com"),
        ("in1", None, "in1.clevertap-prod.com"),
        (None, "ct.example.com", "ct.example.com"),
        ("in1", "ct.example.com", "in1.ct.example.com"),
    ],
)
def test_collector_host(region: clevertap.Region | None, target_domain: str | None, host: str) -> None:
    """The SDK puts the region in front of the domain, a proxy's too."""
    assert clevertap.collector_host(region, target_domain) == host
