"""One row of each mapping rule on every engine that is there: what browsers could read, cut or write differently.

In Chromium all rows of all tables are run; ``--full`` runs them on the other engines, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

import test_identify
import test_track
import test_transformations
from conftest import Visitor
from tables import BASE, Case, Table, send

#: By the names that the rows have in their tables.
RULES: Final[dict[str, tuple[Table, Sequence[str]]]] = {
    "identify": (
        test_identify.IDENTIFY,
        (
            "Freshpaint's documented example",
            "id: a number becomes text",
            "id: apostrophe",
            "id: an e-mail address",
            "name: firstName and lastName",
            "email: apostrophe",
            "birthday: a written day",
            "birthday: a Date at midnight UTC",
            "birthday: a Date at local midnight",
            "birthday: a date-time without a zone",
            "birthday: a date-time east of Greenwich",
            "birthday: a Date that went through JSON",
            "birthday: an impossible day, 1988-02-30",
            "gender: mAlE",
            "gender: others",
            "gender: none for 'nonbinary'",
            "phone plain: 00 for +",
            "phone plain: invisible direction marks",
            "phone plain: without a code, text",
            "phone plain: none for 'call me'",
            "phone +1: code is put in front",
            "phone +1: one leading zero is dropped",
            "phone +39: trunk zero is kept",
            "CleverTap's names count as Freshpaint's",
            "Freshpaint's names win over CleverTap's",
            "avatar",
            "Married and Employed: Y and N",
            "Married: not 'maybe'",
            "Education: College",
            "Age: digits",
            "names that would change who it is are dropped",
            "scalars as they are",
            "Dates",
            "what is no value",
            "BigInt as text",
            "arrays of scalars",
            "objects are flattened",
            "at most three names are joined",
            "objects are dropped where the config says so",
            "quotes in values",
            "prohibited characters in names",
            "names that clash: the earlier one stays",
            "a name of 120 characters and one of 121",
            "a value of 512 characters and one of 513",
            "values are never cut inside a surrogate pair",
            "a getter that throws",
            "a Proxy that throws at everything",
            "half a surrogate pair",
        ),
    ),
    "track": (
        test_track.TRACK,
        (
            "event name: as it is",
            "event name: prohibited characters",
            "event name: a blank on either side of what is removed",
            "event name: 121 characters",
            "event name: reserved, Stayed",
            "event name: no text, null",
            "no properties",
            "a text for properties is no second event",
            "scalars as they are",
            "a Date",
            "what is no value",
            "BigInt as text",
            "quotes",
            "objects are flattened",
            "at most three names are joined",
            "arrays become text",
            "Dates in arrays",
            "objects and arrays are dropped where the config says so",
            "prohibited characters in keys",
            "keys that clash: the earlier one stays",
            "a key of 120 characters and one of 121",
            "a value of 512 characters and one of 513",
            "values are never cut inside a surrogate pair",
            "the first 256 of 300",
            "a getter that throws",
        ),
    ),
    "Charged": (
        test_track.TRACK,
        (
            "Charged: an order",
            "Charged: checkout_id",
            "Charged: revenue",
            "Charged: total wins, the others stay",
            "Charged: digits for an amount",
            "Charged: Items",
            "Charged: items that are none",
            "Charged: values of items",
            "Charged: 256 items of 300",
            "Charged: everything else is flat",
        ),
    ),
    "transformations of events": (
        test_transformations.TRACK,
        (
            "text: an object, as JSON",
            "not text: null",
            "number: an exponent",
            "not number: thousands",
            "boolean: TRUE",
            "not boolean: yes",
            "date: an offset",
            "date: a blank for the T",
            "not date: an impossible day",
            "a date in the browser's time zone",
            "uppercase: text",
            "lowercase: text",
            "deleted: text",
            "a property is renamed",
            "renamed onto another it wins",
            "all at once",
            "on its event",
            "not on another event",
            "in the order written",
            "constants",
            "a renamed event",
            "renamed to Charged",
            "not enabled",
        ),
    ),
    "transformations of user properties": (
        test_transformations.IDENTIFY,
        ("with an id", "born to DOB", "Phone to a custom property", "user constants"),
    ),
}


def of(table: Table, names: Sequence[str], config: str) -> list[Case]:
    """The rows by these names that run under a config."""
    rows = {case.name: case for case in table.cases}
    return [rows[name] for name in names if rows[name].config == config]


@pytest.mark.rules
@pytest.mark.parametrize(("table", "names"), RULES.values(), ids=RULES)
def test_one_row_of_each_rule(visitor: Visitor, table: Table, names: Sequence[str]) -> None:
    """They arrive as they do in Chromium: one page for each config, one call for each row."""
    for config in table.configs:
        cases = of(table, names, config)
        if cases:
            received = send(visitor(config=table.configs[config]), table, cases)
            arrived = {case.name: received.of(case) for case in cases}
            assert arrived == {case.name: case.expected(BASE) for case in cases}
