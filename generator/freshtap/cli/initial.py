"""The config that ``freshtap init`` writes."""

from __future__ import annotations

from typing import Final

from freshtap import clevertap, config, plan
from freshtap.render import templating

#: Stands in a first config where no account is known yet. It is the one of CleverTap's own documentation.
EXAMPLE_ACCOUNT_ID: Final = "TEST-86K-4Z9-K85Z"


def text(
    *,
    dashboard_url: str | None = None,
    account_id: str | None = None,
    region: str | None = None,
    file: str = config.DEFAULT_NAME,
) -> str:
    """A commented config for the account; for an example one where none is named.

    A region that nobody has named is none in it either: with a ``target_domain`` the SDK would put it in front of that.
    ``file`` is what problems call it. Raises :class:`~freshtap.errors.ConfigError` for values that no config
    can have.
    """
    is_example = dashboard_url is None and account_id is None
    named = {
        "account_id": EXAMPLE_ACCOUNT_ID if is_example else account_id,
        "region": region,
        "dashboard_url": dashboard_url,
    }
    table = {key: value for key, value in named.items() if value is not None}
    site = config.from_mapping({"clevertap": table}, file=file).valid()
    written: str = templating.template(config.DEFAULT_NAME).render(
        account_id=site.clevertap.account_id,
        region=site.clevertap.region,
        default_region=clevertap.DEFAULT_REGION,
        regions=clevertap.REGIONS,
        is_example=is_example,
    )
    plan.examine(config.parse(written), strict=True)
    return written
