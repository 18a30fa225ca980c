"""What a content security policy lacks for a site."""

from __future__ import annotations

import pytest

from freshtap.verify import policy

PAGE = "https://www.site.test/shop"
HASH = "'sha256-A0tnsbcE2HyuuS+NtfVAgEFQlpYnfNLJkDmpny7Muco='"
SDK = "https://sdk.test"

#: The policy, what is needed of script-src, what is missing.
CASES = [
    ("default-src 'none'", [SDK], {"script-src": [SDK]}),
    ("script-src 'none'", [SDK], {"script-src": [SDK]}),
    ("img-src 'none'", [SDK], {}),
    ("", [SDK], {}),
    ("script-src https://sdk.test", [SDK], {}),
    ("script-src sdk.test", [SDK], {}),
    ("SCRIPT-SRC SDK.test", [SDK], {}),
    ("script-src https://sdk.test/js/", [SDK], {}),
    ("script-src https://sdk.test:443", [SDK], {}),
    ("script-src https://sdk.test:444", [SDK], {"script-src": [SDK]}),
    ("script-src https://sdk.test:*", [SDK], {}),
    ("script-src http://sdk.test", [SDK], {}),
    ("script-src *.test", [SDK], {}),
    ("script-src *.sdk.test", [SDK], {"script-src": [SDK]}),
    ("script-src *", [SDK], {}),
    ("script-src https:", [SDK], {}),
    ("script-src http:", [SDK], {}),
    ("script-src wss:", [SDK], {"script-src": [SDK]}),
    ("script-src 'self'", [SDK], {"script-src": [SDK]}),
    ("script-src 'self'", ["'self'"], {}),
    ("script-src https://www.site.test", ["'self'"], {}),
    ("script-src 'self'", ["https://www.site.test"], {}),
    ("script-src *", ["'self'", HASH], {"script-src": [HASH]}),
    (f"script-src {HASH}", [HASH], {}),
    ("script-src 'unsafe-inline'", [HASH], {}),
    ("script-src 'unsafe-inline' 'nonce-abc'", [HASH], {"script-src": [HASH]}),
    ("script-src 'unsafe-inline' 'sha256-other='", [HASH], {"script-src": [HASH]}),
    ("script-src 'strict-dynamic' 'nonce-abc' https:", [SDK, HASH], {"script-src": [policy.ANY_NONCE]}),
    ("script-src-elem 'self'; script-src *", [SDK], {"script-src-elem": [SDK]}),
    ("script-src 'self'; script-src *", [SDK], {"script-src": [SDK]}),
    ("default-src *, script-src 'self'", [SDK], {"script-src": [SDK]}),
    ("default-src 'self', script-src 'self'", [SDK], {"script-src": [SDK]}),
]


@pytest.mark.parametrize(("text", "needed", "missing"), CASES)
def test_what_a_policy_lacks(text: str, needed: list[str], missing: dict[str, list[str]]) -> None:
    """Each source that is needed and not allowed is missing, under the directive that it has to be added to."""
    assert policy.missing([text], {"script-src": needed}, page=PAGE, nonced=False) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("script-src 'nonce-abc'", {"script-src": [SDK]}),
        ("script-src 'nonce-abc' 'strict-dynamic'", {}),
        ("script-src https://sdk.test", {"script-src": ["'self'", HASH]}),
    ],
)
def test_what_a_policy_lacks_where_the_tag_has_a_nonce(text: str, missing: dict[str, list[str]]) -> None:
    """A nonce is for the tag's own elements; what they load is covered only with strict-dynamic."""
    assert policy.missing([text], {"script-src": ["'self'", HASH, SDK]}, page=PAGE, nonced=True) == missing


def test_connections() -> None:
    """connect-src falls back to default-src, not to script-src."""
    needs = {"connect-src": [SDK], "script-src": []}
    assert policy.missing(["script-src 'none'"], needs, page=PAGE, nonced=False) == {}
    assert policy.missing(["default-src 'self'"], needs, page=PAGE, nonced=False) == {"connect-src": [SDK]}
    assert policy.missing(["connect-src https://sdk.test; default-src 'none'"], needs, page=PAGE, nonced=False) == {}
