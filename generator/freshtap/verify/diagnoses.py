"""What can be wrong with a page, in sentences for people, each with what to do about it.

Said once, here; :mod:`freshtap.verify.examination` decides which of them a page has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from freshtap.errors import Severity, printable


class Text(NamedTuple):
    """What is wrong and what to do about it, with places for what is seen."""

    severity: Severity
    what: str
    remedy: str


#: By code, in the order in which they are told.
DIAGNOSES: Final[Mapping[str, Text]] = {
    "page-unreachable": Text(
        "error",
        "The page could not be opened: {error}",
        "Check the address, and whether this machine can reach it.",
    ),
    "page-status": Text(
        "error",
        "The page's server answers with HTTP status {status}.",
        "Check the address. All of this is about the error page.",
    ),
    "page-hung": Text(
        "error",
        "The page does not answer any more: a script of it does not end.",
        "Find it: nothing on the page goes on until it ends, and nothing more could be seen here.",
    ),
    "step-failed": Text(
        "error",
        "--script stopped at {step}",
        "Correct that line: what comes after it was not done.",
    ),
    "tag-missing": Text(
        "error",
        "freshtap's tag is not on {page}.{lost}",
        "Paste what freshtap tag prints into its <head>, or try it out with --inject.",
    ),
    "snippet-missing": Text(
        "error",
        "The tag on {page} is not whole: the inline snippet is missing, so that calls made before the script has "
        "loaded are lost.{lost}",
        "Paste both elements that freshtap tag prints.",
    ),
    "loader-missing": Text(
        "error",
        "The tag on {page} is not whole: the snippet notes the calls, but nothing loads the script that sends them.",
        "Paste both elements that freshtap tag prints.",
    ),
    "tag-twice": Text(
        "warning",
        "The tag is on {page} {count} times. The first one counts; the others only cost time.",
        "Leave one: often one is in the page's template, and one in a tag manager.",
    ),
    "snippet-late": Text(
        "error",
        "freshpaint was called before the snippet was there, and the call was lost: {places}.",
        "Move the tag up, in front of every script that calls freshpaint: best to the top of the <head>.",
    ),
    "snippet-late-guarded": Text(
        "warning",
        "The page looked for freshpaint before the snippet was there: {places}. A call behind such a look is lost.",
        "Move the tag up, in front of every script that uses freshpaint: best to the top of the <head>.",
    ),
    "snippet-other-mode": Text(
        "error",
        'The snippet on {page} is not the one for mode = "{mode}".',
        "Paste anew what freshtap tag prints.",
    ),
    "snippet-outdated": Text(
        "warning",
        "The snippet on {page} is not the one that this config builds.",
        "Paste anew what freshtap tag prints.",
    ),
    "policy-forbids": Text(
        "error",
        "The page's content security policy forbids {refused}.",
        "Add {missing}.",
    ),
    "trusted-types": Text(
        "error",
        "The page enforces Trusted Types and does not allow what CleverTap needs: {refused}.",
        "Add to the policy: trusted-types freshtap default. CleverTap's SDK has no policy of its own: give the page a "
        "default one that allows addresses under {collector}/.",
    ),
    "script-unreachable": Text(
        "error",
        "The script could not be fetched from {url}: {error}",
        "Check the address in the tag (--base-url), and whether the file is published.",
    ),
    "script-not-found": Text(
        "error",
        "The script is not there: {url} answers with HTTP status {status}.",
        "Publish the output of freshtap build there, or build with the --base-url where it is published. Files of "
        "earlier builds must stay for pages that still ask for them.",
    ),
    "script-content-type": Text(
        "error",
        "{url} is served as {type}, which browsers refuse to run as a script.",
        "Serve .js files with Content-Type: text/javascript.",
    ),
    "script-is-page": Text(
        "error",
        "{url} answers with an HTML page instead of the script.",
        "Publish the output of freshtap build there: the server answers with a page for what it does not have.",
    ),
    "script-content-type-odd": Text(
        "warning",
        "{url} is served as {type}. Browsers run it, but refuse it once the server sends nosniff.",
        "Serve .js files with Content-Type: text/javascript.",
    ),
    "script-rewritten": Text(
        "error",
        "{url} is not what was built: something rewrites it on its way.",
        "Turn off what minifies or rewrites scripts on the server or CDN, for these files at least. "
        "Cache-Control: no-transform asks for that.",
    ),
    "integrity-mismatch": Text(
        "error",
        "The integrity in the tag is not that of {url}, so that browsers refuse the script.",
        "Paste anew what freshtap tag prints, with the --base-url, --minifier and --debug of the build; or use "
        "freshtap tag --stable, which has no integrity.",
    ),
    "cors-missing": Text(
        "error",
        "{url} comes without a CORS header, so that browsers refuse it where the tag has integrity or crossorigin.",
        "Serve it with Access-Control-Allow-Origin: *",
    ),
    "crossorigin-missing": Text(
        "error",
        "The tag has integrity and no crossorigin, so that browsers refuse a script from another host.",
        'Keep the attribute crossorigin="anonymous" of what freshtap tag prints.',
    ),
    "script-other-site": Text(
        "error",
        "{url} is built for another CleverTap account, {account}. What is told here is what this config's build does.",
        "Paste what freshtap tag prints for this config, or verify with the config of that account.",
    ),
    "script-outdated": Text(
        "error",
        "{url} is not what this config builds{differences}. What is told here is what this config's build does.",
        "Run freshtap build, and publish the result.",
    ),
    "script-debug": Text(
        "warning",
        "{url} is a debug build: larger than need be, and talkative on the console.",
        "Run freshtap build without --debug, and publish the result.",
    ),
    "script-silent": Text(
        "error",
        "{url} did not run.{errors}",
        'Look whether a consent manager holds it back (type="text/plain"), and on the browser\'s console, whether it '
        "is damaged.",
    ),
    "freshpaint-snippet": Text(
        "error",
        "Freshpaint's own snippet is on {page}, too. Both are called window.freshpaint, and calls reach one only.",
        'Take Freshpaint\'s snippet out; or, if its other destinations need it, set mode = "companion" under '
        "[freshpaint].",
    ),
    "freshpaint-missing": Text(
        "error",
        "Freshpaint's own SDK is not on {page}, and with mode = \"companion\" freshpaint is that one's.",
        'Put Freshpaint\'s snippet back, or set mode = "standalone" under [freshpaint].',
    ),
    "other-account": Text(
        "error",
        "CleverTap's SDK on the page belongs to another account, {account}: nothing is sent.",
        "Take the other CleverTap snippet out, or correct account_id.",
    ),
    "wrong-region": Text(
        "error",
        "CleverTap is called at {host}, and this account's data belongs to {expected}.",
        "Correct the region in the CleverTap snippet on the page, or take that snippet out: it is not needed. If the "
        "config's region is the wrong one, correct it there: it is the first part of the dashboard's host name.",
    ),
    "sdk-unreachable": Text(
        "error",
        "CleverTap's SDK could not be loaded from {url}: {error}",
        "Check the connection, clevertap.sdk_url, and whether something blocks it. Calls wait in the page until then.",
    ),
    "sdk-absent": Text(
        "warning",
        "A CleverTap snippet on the page prepares for an SDK that it does not load: the tag gives it ten seconds after "
        "the page has loaded, and calls wait until then.",
        "Take that snippet out: it is not needed.",
    ),
    "clevertap-refuses": Text(
        "error",
        "CleverTap could not be reached at {host}: {error}",
        "Check the connection, clevertap.region and clevertap.target_domain.",
    ),
    "call-failed": Text(
        "error",
        "{name} failed inside the bridge or the SDK: {error}",
        "Please report it, with the call. The page is not affected.",
    ),
    "not-arrived": Text(
        "error",
        "CleverTap's SDK took {names} and did not send it.",
        "Look for CleverTap's own remarks on the browser's console. It sends a purchase with the Charged ID of the "
        "one before only once.",
    ),
    "consent-missing": Text(
        "warning",
        "The config requires consent, and the visitor has not agreed: {calls} for it.",
        "Agree as a visitor would, with --script and a line like: click #accept. The page must then call "
        "freshpaint.set_consent.",
    ),
    "consent-refused": Text(
        "warning",
        "The visitor has refused: nothing is sent.",
        "If that is not meant, look for what calls set_consent or opt_out_tracking, or whether the browser sends "
        "Global Privacy Control.",
    ),
    "no-calls": Text(
        "error",
        "The page calls neither freshpaint.identify nor freshpaint.track.",
        "Call them on the page. If it does so only after a click, give the clicks with --script; if it is slow, "
        "give it time with --wait.",
    ),
    "event-not-enabled": Text(
        "warning",
        "{names} not enabled in the config, and not sent.",
        "Add to [[events]] what CleverTap is to have; case and blanks count.{meant}",
    ),
    "events-held": Text(
        "warning",
        "{events} held, and not sent: nobody was identified.",
        "Call freshpaint.identify with an id or an e-mail address once the visitor is known. To send events before "
        'that, set before_identify = "send" under [track].',
    ),
    "never-identified": Text(
        "warning",
        "Nobody was identified: what was sent belongs to an anonymous visitor.",
        "Call freshpaint.identify with an id or an e-mail address once the visitor is known.",
    ),
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that is wrong, or that deserves a look."""

    code: str
    severity: Severity
    what: str
    remedy: str


def diagnosis(code: str, **places: object) -> Diagnosis:
    """The diagnosis of a code, with what was seen in its places."""
    text = DIAGNOSES[code]
    filled = {name: printable(str(value)) for name, value in places.items()}
    return Diagnosis(code, text.severity, text.what.format(**filled), text.remedy.format(**filled))
