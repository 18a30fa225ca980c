"""CleverTap, said once: regions, addresses, limits, reserved names, prohibited characters.

Used to check a config (:mod:`freshtap.plan`) and handed to the templates, so that the build and the bridge
agree. Sources: Freshpaint's page on its CleverTap destination for the limits and the prohibited characters,
CleverTap's documentation for regions and reserved names, its web SDK's source for what it deletes.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

Region = Literal["eu1", "in1", "sg1", "us1", "aps3", "mec1"]

#: Europe, India, Singapore, United States, Indonesia, Middle East.
REGIONS: Final[tuple[Region, ...]] = get_args(Region)

#: What an account without a region in its dashboard address lives in.
DEFAULT_REGION: Final[Region] = "eu1"

#: Where CleverTap publishes its web SDK: unversioned, always the newest.
SDK_URL: Final = "https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"

#: The domain of the servers that take events and profiles; the region goes in front.
COLLECTOR_DOMAIN: Final = "clevertap-prod.com"

#: Every domain that its servers have been known by.
COLLECTOR_DOMAINS: Final = (COLLECTOR_DOMAIN, "wzrkt.com")

MAX_EVENT_TYPES: Final = 512
MAX_PROPERTIES: Final = 256
MAX_CHARGED_ITEMS: Final = 256

#: In UTF-16 code units, as JavaScript counts: of an event's name or a property's key, and of a text value.
MAX_NAME_LENGTH: Final = 120
MAX_VALUE_LENGTH: Final = 512

#: Likewise, of an Identity: where the SDK cuts it.
MAX_IDENTITY_LENGTH: Final = 1024

#: Not allowed in names, by CleverTap's documentation.
PROHIBITED_CHARACTERS: Final = '&$"\\%><!'

#: Deleted from names by the SDK besides.
DELETED_CHARACTERS: Final = ".:'"

#: The event that carries a purchase.
CHARGED: Final = "Charged"

#: The SDK refuses events of these names, with error 513. The comparison is exact.
RESERVED_EVENT_NAMES: Final = (
    "Stayed",
    "UTM Visited",
    "App Launched",
    "Notification Sent",
    "Notification Viewed",
    "Notification Clicked",
)

#: What the SDK asks its objects: a property of that name stands in its way.
UNSENT_EVENT_PROPERTIES: Final = ("hasOwnProperty",)

#: Besides, what the SDK would take for an id, a time zone, or a table of properties.
UNSENT_USER_PROPERTIES: Final = ("Identity", "FBID", "GPID", "customId", "_custom", "tz", *UNSENT_EVENT_PROPERTIES)

#: User properties that CleverTap takes in a form of their own; under these names nothing else is sent.
PROFILE_FIELDS: Final = (
    "Name",
    "Email",
    "DOB",
    "Gender",
    "Phone",
    "Photo",
    "Married",
    "Employed",
    "Education",
    "Age",
)

#: Three groups of letters and digits, with ``TEST-`` in front for a test account.
ACCOUNT_ID_PATTERN: Final = r"(TEST-)?[A-Za-z0-9]+-[A-Za-z0-9]+-[A-Za-z0-9]+"

#: Far longer than any account id, short enough for a directory's name.
MAX_ACCOUNT_ID_LENGTH: Final = 64

_REMOVED = str.maketrans("", "", PROHIBITED_CHARACTERS + DELETED_CHARACTERS)
#: The SDK deletes these from every text; o'brien must not become obrien.
_QUOTES = str.maketrans({"'": "’", '"': "”", "\\": ""})
#: White space as JavaScript's ``\s`` understands it, which is not quite Python's.
_WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_WHITE_SPACE_RUN = re.compile(f"[{_WHITE_SPACE}]+")
#: Names that stay as they are, which most do: what can be in them is said the short way, and they are short.
_CLEAN = re.compile(
    rf"(?:[^{_WHITE_SPACE}{re.escape(PROHIBITED_CHARACTERS + DELETED_CHARACTERS)}\x7f-\U0010ffff]+ ?)*+(?<! )"
)
_DASHBOARD_HOST = re.compile(r"(?:(?P<region>[a-z0-9]+)\.)?dashboard\.clevertap\.com")
_ACCOUNT_ID = re.compile(ACCOUNT_ID_PATTERN)


class Dashboard(NamedTuple):
    """What a dashboard address says.

    Its region is None where it names none, which means :data:`DEFAULT_REGION`.
    """

    account_id: str
    region: Region | None


def is_account_id(text: str) -> bool:
    """Whether ``text`` looks like a CleverTap account id (its dashboard calls it Project ID)."""
    return len(text) <= MAX_ACCOUNT_ID_LENGTH and _ACCOUNT_ID.fullmatch(text) is not None


def clean_name(text: str) -> str:
    """An event's name as CleverTap receives it: exactly what the bridge does to it in the browser.

    The characters that CleverTap prohibits and those its SDK deletes are removed, runs of white space become
    one blank, what is longer than 120 UTF-16 code units is cut, never inside a surrogate pair. Can be empty.
    """
    if len(text) <= MAX_NAME_LENGTH and _CLEAN.fullmatch(text):
        return text
    cleaned = _WHITE_SPACE_RUN.sub(" ", text.translate(_REMOVED)).strip(" ")
    units = cleaned.encode("utf-16-le")[: 2 * MAX_NAME_LENGTH]
    # Half a pair at the very end is no character, and falls away.
    return units.decode("utf-16-le", errors="ignore").strip(" ")


def clean_quotes(text: str) -> str:
    """A text without what the SDK would delete from it: as the bridge does it in the browser."""
    return text.translate(_QUOTES)


def parse_dashboard_url(url: str) -> Dashboard | None:
    """The account id and region in an address copied from CleverTap's dashboard; None if it is not one.

    ``https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/anything`` has both. The scheme may be missing, as
    browsers hide it.
    """
    url = url.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    match = _DASHBOARD_HOST.fullmatch(host)
    account_id = parts.path.removeprefix("/").partition("/")[0]
    if parts.scheme not in ("http", "https") or match is None or not is_account_id(account_id):
        return None
    named = match["region"]
    region = next((region for region in REGIONS if region == named), None)
    return None if named and not region else Dashboard(account_id, region)


def collector_host(region: Region | None, target_domain: str | None = None) -> str:
    """The host that the SDK sends to.

    The SDK puts a region, if it is given one, in front of a proxy's name (``target_domain``), too.
    """
    if target_domain:
        return f"{region}.{target_domain}" if region else target_domain
    return f"{region or DEFAULT_REGION}.{COLLECTOR_DOMAIN}"
