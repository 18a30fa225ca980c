"""Everything that the bridge relies on of CleverTap's web SDK. ``drift.py`` tells whether a version does so.

The SDK's address has no version: pages get a new one without being asked. That is why each of these says what
becomes of a site's data on the day it no longer holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reliance:
    """Something that the SDK does and the bridge counts on."""

    name: str
    does: str
    """What the SDK does."""
    otherwise: str
    """What becomes of a site's data where it no longer does."""
    templates: str
    """The templates that count on it."""
    since: tuple[int, ...] = ()
    """The first version that does so, where the bridge counts on it for one feature alone."""


RELIANCES: Final = (
    # Loading
    Reliance(
        "shield",
        "starts at once where it finds `exports` and `module`, whatever other module loader there is",
        "Nothing is sent from pages with RequireJS.",
        "shield.js",
    ),
    Reliance(
        "bare",
        "starts without a stub, sends nothing before `init`, and puts itself, with `getAccountID`, in `window.clevertap`",
        "Nothing is sent.",
        "sdk.js",
    ),
    Reliance(
        "init",
        "takes account and region in `init`, and then sends to that region's host",
        "Nothing arrives, or it arrives in another region.",
        "sdk.js",
    ),
    Reliance(
        "init once",
        "takes no notice of `init` where it has an account already",
        "Page views count twice on pages with CleverTap's own snippet.",
        "sdk.js",
    ),
    Reliance(
        "stub",
        "begins by itself with the account in `clevertap.account[0].id` of a stub",
        "Nothing is sent from pages with CleverTap's own snippet.",
        "sdk.js",
    ),
    Reliance(
        "domain",
        "takes a proxy's domain and a token in `init`, and puts the region in front of the domain",
        "With `target_domain`, nothing arrives.",
        "sdk.js",
    ),
    Reliance(
        "fetch",
        "takes `enableFetchApi` in `init`, sends by fetch, and hands those answers to `$WZRK_WR.s`, too",
        'With `transport = "fetch"`, nothing arrives on pages whose policy forbids script requests.',
        "sdk.js",
        since=(2, 5),
    ),
    # Answers and device ids
    Reliance(
        "device id",
        "has no device id (`getCleverTapID`) before CleverTap's first answer, and the answer's from then on",
        "Early events can go to an anonymous profile.",
        "sdk.js, queue.js",
    ),
    Reliance(
        "answers",
        "hands each answer to `$WZRK_WR.s`: device id, session, whether it answers a login, the request's number",
        "The bridge looks four times a second instead, and late answers count, as below.",
        "sdk.js",
    ),
    Reliance(
        "late answers",
        "changes nothing about user and device id by an answer that is kept from `$WZRK_WR.s`",
        "A slow answer can put a page back to the user before.",
        "sdk.js",
    ),
    Reliance(
        "campaigns",
        "hands what CleverTap says of campaigns to `$WZRK_WR.tr`",
        "Where storage is full, an answer can be lost, and events wait for the next page.",
        "sdk.js",
    ),
    Reliance(
        "device store",
        "keeps the device id in `localStorage.WZRK_G` and in a cookie `WZRK_G`",
        "A page from the back/forward cache can send under the user before; a visitor whose first answer was lost is not healed.",
        "sdk.js, queue.js",
    ),
    Reliance(
        "subdomains",
        "has the same device id on every subdomain",
        "A visitor counts as unknown on another subdomain.",
        "memory.js, visitor.js",
    ),
    # Users
    Reliance(
        "adoption",
        "makes somebody of an anonymous visitor with a device id, at `onUserLogin.push({Site})`, without waiting for an answer",
        "The first events after a login wait for an answer.",
        "visitor.js",
    ),
    Reliance(
        "last login",
        "keeps the last login's Identity, or e-mail address, as `id` in `localStorage.WZRK_K`",
        "A switch from somebody whom only the SDK remembers is not noticed: events near it can go to the wrong user.",
        "sdk.js, visitor.js",
    ),
    Reliance(
        "misread login",
        "either reads `WZRK_K` right or throws at a login before it has done anything",
        "One login in some hundreds is lost, and the events behind it go to the user before.",
        "visitor.js",
    ),
    Reliance(
        "profile copy",
        "keeps its copy of the profile in `localStorage.WZRK_PR`, and begins a new one where there is none",
        "On one page in some hundreds, user properties are lost.",
        "sdk.js",
    ),
    Reliance(
        "switch",
        "asks for a new device id at a login by another Identity, and says so in `isOULInProgress` and `oulReqN` until answered",
        "Events after a switch can go to the user before.",
        "sdk.js, queue.js",
    ),
    Reliance(
        "clear",
        "forgets its device id at `clear()`, and asks for another with the next call",
        "After `reset()`, events go on to whoever was there before.",
        "sdk.js, visitor.js",
    ),
    Reliance(
        "profile",
        "takes user properties in `profile.push({Site})` without a login",
        "Properties of unknown visitors do not arrive, or make them somebody else.",
        "visitor.js",
    ),
    # What is sent
    Reliance(
        "values",
        "sends names of 120 and texts of 512 characters, 256 properties, `’` and `”`, and `$D_` texts as they are",
        "Longer names and texts are cut, and Dates arrive as texts.",
        "values.js, properties.js, track.js",
    ),
    Reliance(
        "fields",
        "sends a profile's fields in the form that the bridge gives them, a birthday from a Date",
        "A login can be lost over one field.",
        "identify.js, visitor.js",
    ),
    Reliance(
        "purchase",
        "sends a Charged event with flat Items",
        "Purchases do not arrive.",
        "charged.js",
    ),
    Reliance(
        "page view",
        "sends a page view at `pageChanged()`",
        "With `spa`, new addresses are no page views.",
        "sdk.js, spa.js",
    ),
    Reliance(
        "place",
        "says `useIP` in its requests after `privacy.push({useIP: true})`",
        "With `use_ip`, no place is derived.",
        "sdk.js",
    ),
    Reliance(
        "one host",
        "asks no host but CleverTap's for what it sends",
        "A content security policy made from the manifest blocks something.",
        "sdk.js",
    ),
    # What was not confirmed
    Reliance(
        "unconfirmed",
        "has what CleverTap has not answered in `localStorage.WZRK_L`, with a `q` in it, and only that",
        "What is under way at a switch can be sent once more under the next user; or each switch waits five seconds.",
        "sdk.js, queue.js",
    ),
    Reliance(
        "offline",
        "sends nothing new after `setOffline(true)`, and at `setOffline(false)` all that waits, the unconfirmed, too",
        "What is under way at a switch can be sent once more under the next user.",
        "sdk.js, queue.js",
    ),
    Reliance(
        "next page",
        "sends what was not confirmed again on the next page",
        "Calls made right before a page is left are lost.",
        "queue.js",
    ),
    Reliance(
        "block",
        "sends again where its first answer was lost and `localStorage.WZRK_BLOCK` is removed before it starts",
        "A visitor whose first answer was lost is never heard of again.",
        "sdk.js",
    ),
    Reliance(
        "waiting login",
        "says `OUL` in `localStorage.WZRK_META` while a login waits to be sent again",
        "Of a visitor whose first login was not answered, events can arrive ahead of it.",
        "sdk.js",
    ),
    # Consent
    Reliance(
        "refusal",
        "tells CleverTap of a refusal at `privacy.push({optOut: true})`",
        "CleverTap does not learn of a refusal. Nothing more is sent all the same.",
        "sdk.js, consent.js",
    ),
    Reliance(
        "silence",
        "sends nothing under a device id that ends in `:OO`",
        "After a refusal, what the SDK had waiting can still be sent.",
        "sdk.js, consent.js",
    ),
    Reliance(
        "agreement",
        "asks for a device id at `pageChanged()` after `clear()`, with the account in `localStorage.WZRK_ACCOUNT_ID`",
        "After a refusal that was taken back, nothing is sent until the next page.",
        "sdk.js, consent.js",
    ),
    Reliance(
        "account",
        "takes calls where storage has been cleared, once the account is in `localStorage.WZRK_ACCOUNT_ID` again",
        "A page that clears its storage while it is open sends nothing more.",
        "sdk.js",
    ),
    Reliance(
        "forgotten",
        "has everything under names that begin with `WZRK`, and begins anew where they are gone",
        "After a refusal, something of CleverTap's stays in the browser.",
        "consent.js",
    ),
)


def table() -> str:
    """The list, as a Markdown table."""
    rows = [f"| {one.name} | {one.does} | {one.otherwise} | {_linked(one.templates)} |" for one in RELIANCES]
    return "\n".join(["| name | the SDK | if it no longer does | counted on by |", "|---|---|---|---|", *rows]) + "\n"


def _linked(templates: str) -> str:
    return re.sub(r"[a-z]+\.js", r"[`\g<0>`](../templates/\g<0>)", templates)
