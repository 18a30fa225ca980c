"""A site and a page → a verdict on what reaches CleverTap from it: observed by the session, judged by all else."""

from __future__ import annotations

from playwright.sync_api import Browser

from freshtap.config.site import Site
from freshtap.verify import examination, outcomes, session
from freshtap.verify.session import Progress, Visit
from freshtap.verify.verdict import Verdict


def verify(site: Site, visit: Visit, progress: Progress) -> Verdict:
    """The verdict on one visit. ``progress`` is given what is being done, for as long as it is.

    Raises :class:`freshtap.errors.BrowserError` where there is no browser.
    """
    with session.chromium(progress) as browser:
        return judge(browser, site, visit, progress)


def judge(browser: Browser, site: Site, visit: Visit, progress: Progress) -> Verdict:
    """The verdict on one visit, in a browser that runs already."""
    seen = session.observe(browser, site, visit, progress)
    became = outcomes.of(seen, site.clevertap.account_id)
    return Verdict(site, seen, became, examination.diagnoses(site, seen, became), visit.live)
