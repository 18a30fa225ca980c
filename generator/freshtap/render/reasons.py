"""Why a call or a value was changed, held or dropped: one explanation for each reason, for people.

Debug builds carry these sentences; production builds carry none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from freshtap import clevertap

#: Of the calls that wait for something, the script keeps so many.
MAX_STORED_CALLS: Final = 100

#: By the code that the templates report.
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "calls-superseded": "left out: they were another user's, who is known no more.",
        "calls-too-many": f"left out, the oldest first: {MAX_STORED_CALLS} calls are kept for later.",
        "calls-too-old": "left out: calls are kept for a day.",
        "consent-refused": "not sent: the visitor has refused.",
        "event-drop": "not sent: nobody is identified yet, and the config drops such events.",
        "event-hold": "held: nobody is identified yet. It is sent after the next identify with an id or an e-mail.",
        "event-nameless": "not sent: the name of an event is a text that is not blank.",
        "event-not-enabled": "not sent: no event of this name is enabled for CleverTap in the config.",
        "event-reserved": "not sent: nothing is left of its name, or CleverTap keeps the name for itself.",
        "failed": "failed inside the bridge or CleverTap's SDK. The page is not affected.",
        "field-unusable": "left out: CleverTap does not take this value for this field.",
        "held-forgotten": "forgotten: whoever these events waited for has gone.",
        "id-unusable": "left out: a user id is a text or a number that is not blank.",
        "identify-repeated": "not sent again: the same identify came last in this browser session.",
        "item-unusable": "left out of its list: CleverTap takes texts, numbers, booleans and dates, "
        f"and {clevertap.MAX_CHARGED_ITEMS} items.",
        "name-cleaned": "renamed: CleverTap prohibits some characters in names "
        f"and keeps {clevertap.MAX_NAME_LENGTH} of the rest.",
        "name-empty": "left out: nothing is left of the name without the characters that CleverTap prohibits.",
        "name-reserved": "left out: the name means something else to CleverTap's SDK.",
        "name-taken": "left out: another property has this name already.",
        "not-allowed": "not sent: the call's options.integrations exclude this destination.",
        "other-account": "nothing is sent: the CleverTap SDK on this page belongs to another account.",
        "properties-unusable": "left out: properties are an object.",
        "too-many": f"left out: CleverTap takes {clevertap.MAX_PROPERTIES} properties.",
        "value-cut": f"shortened: CleverTap keeps {clevertap.MAX_VALUE_LENGTH} characters of a text.",
        "value-quotes": "changed: quotes are sent as ’ and ”, no backslash is: CleverTap's SDK deletes all three.",
        "value-unusable": "left out: CleverTap takes texts, numbers, booleans and dates.",
    }
)
