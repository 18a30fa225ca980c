"""What a site is: one config file, one CleverTap account.

These models are the boundary: strict about a parsed config, and what comes out is normalised and frozen.
Attributes are named like the keys of the file; the descriptions become the JSON Schema.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
    model_validator,
)

from freshtap import clevertap
from freshtap.clevertap import Region
from freshtap.config import addresses
from freshtap.config.table import Table, Text, refused
from freshtap.config.transformations import Transformation

MAX_SITE_NAME_LENGTH: Final = 200

_SITE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_COUNTRY_CODE = re.compile(r"\+[1-9][0-9]{0,2}")


def _trim(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _trim_and_lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _check_site_name(value: str) -> str:
    if value in {".", ".."} or not _SITE_NAME.fullmatch(value) or len(value) > MAX_SITE_NAME_LENGTH:
        raise refused(
            "cannot be the name of a directory in the output",
            f"at most {MAX_SITE_NAME_LENGTH} letters, digits, . _ and -, but neither . nor .. alone",
        )
    if value.lower() == "manifest.json":
        raise refused("is the name of the list of all sites in the output", "any other name")
    return value


def _check_account_id(value: str) -> str:
    if not clevertap.is_account_id(value):
        raise refused(
            "is not an account id",
            "three groups of letters and digits joined by -, with TEST- in front or not, like TEST-86K-4Z9-K85Z",
        )
    return value


def _check_sdk_url(value: str) -> str:
    if not addresses.is_script_url(value):
        raise refused("is not an address to load the SDK from", "an https address, or http on localhost or 127.0.0.1")
    return value


def _check_target_domain(value: str) -> str:
    if not addresses.is_host_name(value):
        raise refused("is not a host name", "a host name like ct.example.com, without https:// and without a path")
    return value


def _check_country_code(value: str) -> str:
    code = "+" + value.strip().removeprefix("+" if "+" in value else "00")
    if not _COUNTRY_CODE.fullmatch(code):
        raise refused("is not a country code", 'a plus sign and one to three digits, like "+1"')
    return code


def _check_hipaa(value: object) -> object:
    # Compared with false, the numbers 0 and 0.0 are it.
    if value is not False:
        raise refused("cannot be used: client-side destinations cannot be used in HIPAA mode", "false")
    return value


def _in_any_case(schema: dict[str, Any]) -> None:
    """Editors complete what is listed; blanks around it and capitals do no harm."""
    names = "|".join("".join(f"[{letter.upper()}{letter}]" for letter in name) for name in schema["enum"])
    schema["anyOf"] = [{"enum": schema.pop("enum")}, {"pattern": rf"^\s*({names})\s*$"}]


Nested = Literal["flatten", "drop"]


class CleverTap(Table):
    """The account that calls are sent to. Region and account id are both in the address of its dashboard."""

    account_id: Annotated[
        str,
        BeforeValidator(_trim),
        AfterValidator(_check_account_id),
        Field(
            description="CleverTap's account id (Project ID), like TEST-86K-4Z9-K85Z. Not needed with dashboard_url.",
            json_schema_extra={"pattern": rf"^\s*{clevertap.ACCOUNT_ID_PATTERN}\s*$"},
        ),
    ]
    region: Annotated[
        Region | None,
        BeforeValidator(_trim_and_lower),
        Field(
            description=f"The region the account lives in. Without one: {clevertap.DEFAULT_REGION}.",
            json_schema_extra=_in_any_case,
        ),
    ] = None
    dashboard_url: Annotated[
        str | None,
        Field(description="An address copied from CleverTap's dashboard, to read account id and region from."),
    ] = None
    token: Annotated[
        Annotated[Text, AfterValidator(str.strip)] | None,
        Field(description="The account's token, for accounts that have one."),
    ] = None
    target_domain: Annotated[
        Annotated[str, AfterValidator(_check_target_domain)] | None,
        BeforeValidator(_trim_and_lower),
        Field(
            description="Host name of a proxy in front of CleverTap. "
            "A region is passed on with it only if the config names one."
        ),
    ] = None
    sdk_url: Annotated[
        str,
        AfterValidator(_check_sdk_url),
        Field(description="Where the page loads CleverTap's web SDK from."),
    ] = clevertap.SDK_URL
    preload: Annotated[
        bool,
        Field(description="Browsers begin to load the SDK with the page, not when the script has come."),
    ] = False
    use_ip: Annotated[bool, Field(description="Let CleverTap derive a place from the visitor's IP address.")] = False
    spa: Annotated[
        bool,
        Field(description="A single-page application: route changes are told to CleverTap as page views."),
    ] = False
    transport: Annotated[
        Literal["jsonp", "fetch"],
        Field(description="How the SDK sends: script requests, or fetch for pages whose policy forbids those."),
    ] = "jsonp"

    @model_validator(mode="before")
    @classmethod
    def _read_dashboard_url(cls, data: Any) -> Any:
        """Fills in what the dashboard's address says and the file does not."""
        url = data.get("dashboard_url") if isinstance(data, dict) else None
        dashboard = clevertap.parse_dashboard_url(url) if isinstance(url, str) else None
        if dashboard is None:
            return data
        read = {key: value for key, value in dashboard._asdict().items() if value}
        return {**read, **data}

    # Runs after account_id and region, because it is declared after them.
    @field_validator("dashboard_url", mode="after")
    @classmethod
    def _check_dashboard_url(cls, value: str, info: ValidationInfo) -> str:
        dashboard = clevertap.parse_dashboard_url(value)
        if dashboard is None:
            raise refused(
                "is not an address of CleverTap's dashboard",
                "an address like https://in1.dashboard.clevertap.com/TEST-86K-4Z9-K85Z/, "
                "with one of the regions " + ", ".join(clevertap.REGIONS),
            )
        account_id, region = info.data.get("account_id"), info.data.get("region")
        meant = dashboard.region or clevertap.DEFAULT_REGION
        wrong = []
        if account_id and account_id != dashboard.account_id:
            wrong.append(f"contradicts clevertap.account_id, {account_id}")
        if region and region != meant:
            wrong.append(f"means {meant} and contradicts clevertap.region, {region}")
        if wrong:
            raise refused(", and ".join(wrong), "one of the two, or both alike")
        return value


class Freshpaint(Table):
    """What is set up on Freshpaint's side."""

    mode: Annotated[
        Literal["standalone", "companion"],
        Field(description="standalone: freshpaint is ours. companion: Freshpaint's own SDK is on the page too."),
    ] = "standalone"
    connection_mode: Annotated[
        Literal["client-side"],
        Field(description="The only mode this destination has: the browser sends directly."),
    ] = "client-side"
    source: Annotated[Literal["web"], Field(description="The only source this destination has.")] = "web"
    hipaa: Annotated[
        Literal[False],
        BeforeValidator(_check_hipaa),
        Field(description="Client-side destinations cannot be used in HIPAA mode."),
    ] = False
    destination: Annotated[Text, Field(description="The key looked for in the options.integrations of a call.")] = (
        "CleverTap"
    )


class Identify(Table):
    """How freshpaint.identify becomes a profile."""

    default_country_code: Annotated[
        Annotated[str, AfterValidator(_check_country_code)] | None,
        Field(description='Completes phone numbers that have no country code, like "+1".'),
    ] = None
    nested: Annotated[
        Nested,
        Field(description="Objects in user properties: flatten address.city to address_city, or drop."),
    ] = "flatten"


class Track(Table):
    """How freshpaint.track becomes an event."""

    send: Annotated[
        Literal["defined", "all"],
        Field(description="defined: only the events listed in the config. all: every event of the page."),
    ] = "defined"
    before_identify: Annotated[
        Literal["hold", "send", "drop"],
        Field(description="Events before the visitor is known: hold until identify, send anonymously, or drop."),
    ] = "hold"
    nested: Annotated[Nested, Field(description="Objects and arrays in event properties: flatten or drop.")] = "flatten"


class Event(Table):
    """An event defined in Freshpaint."""

    name: Annotated[Text, Field(description="The name that the page calls freshpaint.track with.")]
    enabled: Annotated[bool, Field(description="Whether the event is enabled for CleverTap.")] = True
    charged: Annotated[bool, Field(description="Whether it is a purchase, sent as CleverTap's Charged event.")] = False


class Consent(Table):
    """Whether anything happens before the visitor agrees."""

    required: Annotated[bool, Field(description="Nothing is loaded, stored or sent before consent is given.")] = False
    respect_gpc: Annotated[bool, Field(description="Global Privacy Control counts as a refusal.")] = False


class Site(Table):
    """freshtap's config: one site, one CleverTap account."""

    name: Annotated[
        str,
        AfterValidator(_check_site_name),
        Field(
            description="The site's directory in the output. Without one: the account id.",
            json_schema_extra={"pattern": f"^{_SITE_NAME.pattern}$", "maxLength": MAX_SITE_NAME_LENGTH},
        ),
    ] = ""
    clevertap: Annotated[CleverTap, Field(description="The account that calls are sent to.")]
    freshpaint: Annotated[Freshpaint, Field(description="What is set up on Freshpaint's side.")] = Freshpaint()
    identify: Annotated[Identify, Field(description="How freshpaint.identify becomes a profile.")] = Identify()
    track: Annotated[Track, Field(description="How freshpaint.track becomes an event.")] = Track()
    # TOML's arrays arrive as lists, which a strict tuple refuses.
    events: Annotated[tuple[Event, ...], Strict(False), Field(description="The events defined in Freshpaint.")] = ()
    transformations: Annotated[
        tuple[Transformation, ...],
        Strict(False),
        Field(description="Changes to calls before they are sent, in the order written."),
    ] = ()
    consent: Annotated[Consent, Field(description="Whether anything happens before the visitor agrees.")] = Consent()

    @model_validator(mode="after")
    def _name_after_account(self) -> Self:
        if not self.name:
            object.__setattr__(self, "name", self.clevertap.account_id)
        return self

    @property
    def region(self) -> Region:
        """Where the account lives. ``clevertap.region`` is None where the config names no region."""
        return self.clevertap.region or clevertap.DEFAULT_REGION

    @property
    def collector_host(self) -> str:
        """The host that the SDK sends this site's calls to."""
        return clevertap.collector_host(self.clevertap.region, self.clevertap.target_domain)
