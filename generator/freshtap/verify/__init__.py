"""Opens a page and tells what reaches CleverTap from it: observed by the session, judged by everything else."""

from __future__ import annotations

from playwright.sync_api import Browser

from freshtap.site import Site
from freshtap.verify import examination, outcomes, session
from freshtap.verify.session import Told, Visit
from freshtap.verify.verdict import Verdict


def verify(site: Site, visit: Visit, told: Told) -> Verdict:
    """The verdict on one visit. ``told`` is given what is being done, for as long as it is.

    Raises :class:`freshtap.errors.BrowserError` where there is no browser.
    """
    with session.chromium(told) as browser:
        return judge(browser, site, visit, told)


def judge(browser: Browser, site: Site, visit: Visit, told: Told) -> Verdict:
    """The same, in a browser that runs already."""
    seen = session.observe(browser, site, visit, told)
    became = outcomes.of(seen, site.clevertap.account_id)
    return Verdict(site, seen, became, examination.diagnoses(site, seen, became), visit.live)
