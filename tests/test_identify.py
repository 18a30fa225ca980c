"""freshpaint.identify: what becomes of user ids and user properties on CleverTap's wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Visitor
from freshtap import clevertap
from tables import SOMEBODY, Case, Properties, Table, Variant, date, local_day, noon

CONFIGS = {
    "plain": {},
    "drop": {"identify": {"nested": "drop"}},
    "+1": {"identify": {"default_country_code": "+1"}},
    "+39": {"identify": {"default_country_code": "+39"}},
    "+44": {"identify": {"default_country_code": "+44"}},
    "+91": {"identify": {"default_country_code": "+91"}},
    "+353": {"identify": {"default_country_code": "+353"}},
}


def traits(
    claim: str,
    given: str,
    sent: Properties | Callable[[Variant], Properties],
    *,
    config: str = "plain",
    differs: bool = False,
) -> Case:
    """A row about user properties: all that is sent beside the Identity."""
    marked = f"'{SOMEBODY}', {{row: ROW, {given[1:]}" if given.startswith("{") else f"ROW, {given}"
    return Case(claim, marked, sent, config, differs)


def identity(claim: str, given: str, sent: str, *, email: str | None = None, differs: bool = False) -> Case:
    """A row about the user id."""
    expected = {"Identity": sent, **({"Email": email} if email else {})}
    return Case(claim, f"{given}, {{row: ROW}}", expected, differs=differs)


EXAMPLE = [
    traits(
        "Freshpaint's documented example",
        """{email: "john.doe@example.com", name: "John Doe", gender: "M", birthday: "1988-09-28", phone: 5555555555}""",
        {
            "Email": "john.doe@example.com",
            "Name": "John Doe",
            "Gender": "M",
            "DOB": noon("1988-09-28"),
            "Phone": 5555555555,
        },
        differs=True,
    ),
    traits("an id alone", "undefined", {}),
    traits("no user properties", "{}", {}),
    traits("null for user properties", "null", {}),
    traits("a text for user properties", "'plan'", {}),
    traits("options and callback behind", "{plan: 'pro'}, {}, function () {}", {"plan": "pro"}),
]

IDS = [
    identity("id: text", "'u1'", "u1"),
    identity("id: blanks around it", "'  u2\\t'", "u2"),
    identity("id: a number becomes text", "7", "7", differs=True),
    identity("id: zero is an id", "0", "0"),
    identity("id: a fraction", "7.5", "7.5"),
    identity("id: digits stay text", "'0042'", "0042", differs=True),
    identity("id: twenty digits stay text", "'12345678901234567890'", "12345678901234567890"),
    identity("id: BigInt", "9007199254740993n", "9007199254740993"),
    identity("id: apostrophe", '"o\'brien"', "o’brien", differs=True),
    identity("id: two apostrophes and a quote", '"o\'\'brien \\"x\\""', "o’’brien ”x”"),
    identity("id: letters of every script", "'Zoë 日本 😀'", "Zoë 日本 😀", differs=True),
    identity("id: markup", "'</script><!--<script>'", "</script><!--<script>", differs=True),
    identity("id: template markers", "'{{ id }} $fill(id) ${id} %s'", "{{ id }} $fill(id) ${id} %s"),
    identity("id: line separators", "'a\\u2028b\\u2029c'", "a\u2028b\u2029c"),
    identity("id: a property name of every object", "'constructor'", "constructor"),
    identity("id: another property name of every object", "'toString'", "toString"),
    identity("id: an e-mail address", "'ann@site.test'", "ann@site.test", email="ann@site.test"),
    identity("id: an e-mail address with blanks", "' bob@site.test '", "bob@site.test", email="bob@site.test"),
    identity("id: an e-mail address with an apostrophe", '"o\'neil@site.test"', "o’neil@site.test"),
    identity("id: an at sign alone", "'ann@'", "ann@"),
]

NAMES = [
    traits("name", "{name: 'Ann Lee'}", {"Name": "Ann Lee"}),
    traits("name: blanks around it", "{name: '  Ann  '}", {"Name": "Ann"}),
    traits("name: quotes", "{name: 'Ann \"Lee\" O\\'Neil'}", {"Name": "Ann ”Lee” O’Neil"}, differs=True),
    traits(
        "name: firstName and lastName",
        "{firstName: 'Ada', lastName: 'Lovelace'}",
        {"Name": "Ada Lovelace", "firstName": "Ada", "lastName": "Lovelace"},
    ),
    traits(
        "name: first_name and last_name",
        "{first_name: 'Ada', last_name: 'Lovelace'}",
        {"Name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace"},
    ),
    traits("name: firstName alone", "{firstName: 'Ada'}", {"Name": "Ada", "firstName": "Ada"}),
    traits("name: last_name alone", "{last_name: 'Lovelace'}", {"Name": "Lovelace", "last_name": "Lovelace"}),
    traits(
        "name: wins over its parts",
        "{name: 'Countess', firstName: 'Ada', lastName: 'Lovelace'}",
        {"Name": "Countess", "firstName": "Ada", "lastName": "Lovelace"},
    ),
    traits(
        "name: null gives way to the parts",
        "{name: null, firstName: 'Ada'}",
        {"Name": "Ada", "firstName": "Ada"},
    ),
    traits(
        "name: blank gives way to the parts",
        "{name: ' ', firstName: 'Ada'}",
        {"Name": "Ada", "firstName": "Ada"},
    ),
    traits(
        "name: quotes in the parts",
        "{firstName: 'Ada', lastName: \"O'Neil\"}",
        {"Name": "Ada O’Neil", "firstName": "Ada", "lastName": "O’Neil"},
    ),
    traits("name: over 512 characters", "{name: 'n'.repeat(600)}", {"Name": "n" * 512}),
]

EMAILS = [
    traits("email", "{email: 'ann@site.test'}", {"Email": "ann@site.test"}),
    traits("email: case is kept", "{email: 'Ann.Lee@Site.Test'}", {"Email": "Ann.Lee@Site.Test"}),
    traits("email: plus sign", "{email: 'ann+news@site.test'}", {"Email": "ann+news@site.test"}),
    traits("email: blanks around it", "{email: ' eve@site.test\\n'}", {"Email": "eve@site.test"}),
    traits("email: apostrophe", "{email: \"o'brien@site.test\", plan: 'pro'}", {"plan": "pro"}, differs=True),
    traits("email: quotes", "{email: '\"ann lee\"@site.test', plan: 'pro'}", {"plan": "pro"}),
    traits("email: backslash", "{email: 'ann\\\\lee@site.test', plan: 'pro'}", {"plan": "pro"}),
    traits("email: null", "{email: null, plan: 'pro'}", {"plan": "pro"}),
    traits("email: blank", "{email: '  ', plan: 'pro'}", {"plan": "pro"}),
    Case(
        "email: wins over an id that is an address",
        "'carl@site.test', {row: ROW, email: 'carl@work.test'}",
        {"Identity": "carl@site.test", "Email": "carl@work.test"},
    ),
    Case(
        "email: null gives way to an id that is an address",
        "'dora@site.test', {row: ROW, email: null}",
        {"Identity": "dora@site.test", "Email": "dora@site.test"},
    ),
    Case(
        "email: blank gives way to an id that is an address",
        "'emil@site.test', {row: ROW, email: ''}",
        {"Identity": "emil@site.test", "Email": "emil@site.test"},
    ),
]

ELSEWHERE = """(function () {
  var frame = document.documentElement.appendChild(document.createElement('iframe'));
  return new frame.contentWindow.Date(Date.UTC(1988, 8, 28));
}())"""


def birthday(claim: str, given: str, day: str | None) -> Case:
    """A row about birthdays; each runs in every time zone."""
    return traits(f"birthday: {claim}", f"{{birthday: {given}}}", {"DOB": noon(day)} if day else {}, differs=True)


def birthday_moment(claim: str, given: str, moment: str) -> Case:
    """A row about a moment that falls on different days in different time zones."""
    return traits(
        f"birthday: {claim}",
        f"{{birthday: {given}}}",
        lambda variant: {"DOB": noon(local_day(moment, variant))},
        differs=True,
    )


BIRTHDAYS = [
    birthday("a written day", "'1988-09-28'", "1988-09-28"),
    birthday("a written day before 1970", "'1969-12-31'", "1969-12-31"),
    birthday("the first day of 1970", "'1970-01-01'", "1970-01-01"),
    birthday("a written day of the nineteenth century", "'1899-03-01'", "1899-03-01"),
    birthday("the last day of a year", "'1999-12-31'", "1999-12-31"),
    birthday("a leap day", "'2000-02-29'", "2000-02-29"),
    birthday("a Date at midnight UTC", "new Date(Date.UTC(1988, 8, 28))", "1988-09-28"),
    birthday("a Date made of a written day", "new Date('1988-09-28')", "1988-09-28"),
    birthday("a Date at midnight UTC before 1970", "new Date(Date.UTC(1958, 0, 1))", "1958-01-01"),
    birthday("a Date at local midnight", "new Date(1988, 8, 28)", "1988-09-28"),
    birthday("a Date in the local evening", "new Date(1988, 8, 28, 23, 30)", "1988-09-28"),
    birthday("a Date at local noon in winter", "new Date(1988, 0, 15, 12)", "1988-01-15"),
    birthday("a Date at local midnight before 1970", "new Date(1958, 5, 1)", "1958-06-01"),
    birthday("a Date of another frame", ELSEWHERE, "1988-09-28"),
    birthday_moment("a Date is its local day", "new Date(591388200000)", "1988-09-27T18:30:00+00:00"),
    birthday("a date-time without a zone", "'1988-09-28T23:30:00'", "1988-09-28"),
    birthday("a date-time without seconds", "'1988-09-28T00:30'", "1988-09-28"),
    birthday("a date-time with milliseconds", "'1988-09-28T23:59:59.999'", "1988-09-28"),
    birthday("a date-time east of Greenwich", "'1988-09-28T01:00:00+05:30'", "1988-09-28"),
    birthday("a date-time west of Greenwich", "'1988-09-28T23:00:00-08:00'", "1988-09-28"),
    birthday("a date-time with an offset of nothing", "'1988-09-28T23:00:00+00:00'", "1988-09-28"),
    birthday("a date-time with an offset in hours alone", "'1988-09-28 23:00:00+00'", "1988-09-28"),
    birthday("a written Date at midnight", "'1988-09-28T00:00:00.000Z'", "1988-09-28"),
    birthday("a written Date at midnight without seconds", "'1988-09-28T00:00Z'", "1988-09-28"),
    birthday("a Date that went through JSON", "JSON.parse(JSON.stringify(new Date(1988, 8, 28)))", "1988-09-28"),
    birthday_moment("a written Date is its local day", "'1988-09-27T18:30:00.000Z'", "1988-09-27T18:30:00+00:00"),
    birthday_moment("a written Date late in the day", "'1988-09-28T23:15:00Z'", "1988-09-28T23:15:00+00:00"),
    *(
        birthday(f"an impossible day, {day}", f"'{day}'", None)
        for day in (
            "1988-02-30",
            "1999-02-29",
            "1900-02-29",
            "1988-09-31",
            "1988-13-01",
            "1988-00-10",
            "1988-09-00",
            "1988-09-32",
            "1988-02-30T10:00:00",
            "1988-02-30T10:00:00+01:00",
            "1988-02-30T00:00:00Z",
        )
    ),
    *(
        birthday(f"no day at all, {what}", what, None)
        for what in (
            "'yesterday'",
            "''",
            "'  '",
            "'09/28/1988'",
            "'28.09.1988'",
            "'1988-9-28'",
            "'1988'",
            "'1988-09'",
            "'19880928'",
            "'1988-09-28 or so'",
            "'on 1988-09-28'",
            "'1988-09-28T'",
            "'1988-09-28T25:00:00'",
            "'1988-09-28T10:61:00'",
            "'$D_591451200'",
            "591451200000",
            "1988",
            "0",
            "true",
            "null",
            "undefined",
            "new Date(NaN)",
            "new Date(864e13 - 1)",
            "new Date(1 - 864e13)",
            "{}",
            "[1988, 9, 28]",
            "function () {}",
            "Symbol('1988-09-28')",
        )
    ),
]

GENDERS = [
    *(
        traits(f"gender: {given}", f"{{gender: '{given}'}}", {"Gender": sent}, differs=given == "MALE")
        for sent, spellings in {
            "M": ("M", "m", "male", "Male", "MALE", "mAlE"),
            "F": ("F", "f", "female", "Female", "FEMALE"),
            "O": ("O", "o", "other", "Other", "others", "OTHERS"),
            "U": ("U", "u", "unknown", "UNKNOWN"),
        }.items()
        for given in spellings
    ),
    *(
        traits(
            f"gender: none for {given}",
            f"{{gender: {given}, plan: 'pro'}}",
            {"plan": "pro"},
            differs=given == "1",
        )
        for given in (
            "'nonbinary'",
            "'Prefer not to say'",
            "'prefer M or F'",
            "'man'",
            "'mf'",
            "'males'",
            "''",
            "' '",
            "1",
            "0",
            "true",
            "null",
            "['M']",
            "{value: 'M'}",
            "Symbol('M')",
        )
    ),
]

#: A phone number's usual spellings; each means the same.
SPELLINGS = {
    "blanks": "+1 415 555 1234",
    "parentheses and a hyphen": "+1 (415) 555-1234",
    "dots": "+1.415.555.1234",
    "slashes": "+1/415/555/1234",
    "tabs and line ends": "+1\\t415\\n555\\r1234",
    "no-break spaces": "+1\\u00a0415\\u202f555\\u20601234",
    "typographic spaces": "+1\\u2009415\\u2003555\\u20071234",
    "ideographic spaces": "+1\\u3000415\\u3000555\\u30001234",
    "hyphens that do not break": "+1\\u2011415\\u2011555\\u20111234",
    "dashes": "+1\\u2012415\\u2013555\\u20141234",
    "minus signs": "+1\\u2212415\\u2212555\\u22121234",
    "invisible direction marks": "\\u202a+1 415 555 1234\\u202c\\u200e",
    "zero width spaces": "+1\\u200b415\\ufeff555\\u200b1234",
    "soft hyphens": "+1\\u00ad415\\u00ad555\\u00ad1234",
    "blanks around it": "  +14155551234  ",
    "00 for +": "0014155551234",
    "00 for + and blanks": "00 1 415-555-1234",
}


def phone(claim: str, given: str, sent: int | None, *, config: str = "plain", differs: bool = False) -> Case:
    """A row about phone numbers; the SDK sends what begins with + as a number."""
    return traits(
        f"phone {config}: {claim}",
        f"{{plan: 'pro', phone: {given}}}",
        {"plan": "pro"} | ({"Phone": sent} if sent is not None else {}),
        config=config,
        differs=differs,
    )


PHONES = [
    *(phone(claim, f"'{given}'", 14155551234) for claim, given in SPELLINGS.items()),
    phone("complete", "'+14155551234'", 14155551234, differs=True),
    phone("with +, 7 digits", "'+1234567'", None, differs=True),
    phone("with +, 8 digits", "'+12345678'", 12345678),
    phone("with +, 15 digits", "'+123456789012345'", 123456789012345),
    phone("with +, 16 digits", "'+1234567890123456'", None),
    phone("without a code, a number", "5555555555", 5555555555),
    phone("without a code, text", "'5555555555'", 5555555555, differs=True),
    phone("without a code, separators", "'(415) 555-1234'", 4155551234),
    phone("without a code, a leading zero", "'0415555123'", 415555123),
    phone("without a code, 6 digits", "'555123'", None),
    phone("without a code, 6 digits and separators", "'(55) 51-23'", None),
    phone("without a code, 7 digits", "'5551234'", 5551234),
    phone("without a code, BigInt", "4155551234n", 4155551234),
    *(
        phone(f"none for {given}", given, None)
        for given in (
            "'1-800-FLOWERS'",
            "'555 1234 ext. 5'",
            "'+1 415 555 1234 x9'",
            "'tel:+14155551234'",
            "'call me'",
            "'+'",
            "'++14155551234'",
            "'00'",
            "''",
            "'   '",
            "null",
            "undefined",
            "true",
            "NaN",
            "Infinity",
            "1e21",
            "12",
            "{}",
            "['+14155551234']",
            "Symbol('+14155551234')",
        )
    ),
    phone("code is put in front", "'(415) 555-1234'", 14155551234, config="+1", differs=True),
    phone("code is put in front of a number", "4155551234", 14155551234, config="+1"),
    phone("code is put in front of seven digits", "'555-1234'", 15551234, config="+1"),
    phone("too short", "'555-123'", None, config="+1"),
    phone("starts with the code, eleven digits", "'14155551234'", 14155551234, config="+1"),
    phone("starts with the code, eleven digits, a number", "14155551234", 14155551234, config="+1"),
    phone("starts with the code, ten digits", "'1415555123'", 11415555123, config="+1"),
    phone("starts with the code, fifteen digits", "'123456789012345'", 123456789012345, config="+1"),
    phone("starts with the code, sixteen digits", "'1234567890123456'", None, config="+1"),
    phone("fourteen digits and the code", "'23456789012345'", 123456789012345, config="+1"),
    phone("fifteen digits and the code", "'234567890123456'", None, config="+1"),
    phone("one leading zero is dropped", "'04155551234'", 14155551234, config="+1"),
    phone("seven digits with the zero", "'0123456'", None, config="+1"),
    phone("another country's code", "'+44 20 7946 0958'", 442079460958, config="+1"),
    phone("another country's code after 00", "'0044 20 7946 0958'", 442079460958, config="+1"),
    phone("letters", "'1-800-FLOWERS'", None, config="+1"),
    phone("blank", "' '", None, config="+1"),
    phone("trunk zero", "'020 7946 0958'", 442079460958, config="+44"),
    phone("trunk zero of a mobile", "'07700 900123'", 447700900123, config="+44"),
    phone("complete without +", "'44 7700 900123'", 447700900123, config="+44"),
    phone("complete with 00", "'0044 7700 900123'", 447700900123, config="+44"),
    phone("trunk zero is kept", "'06 1234 5678'", 390612345678, config="+39", differs=True),
    phone("mobile", "'333 123 4567'", 393331234567, config="+39"),
    phone("complete without +", "'39 333 123 4567'", 393331234567, config="+39"),
    phone("ten digits that start like the code", "'391 234 5678'", 393912345678, config="+39"),
    phone("trunk zero", "'098765 43210'", 919876543210, config="+91"),
    phone("complete without +", "'919876543210'", 919876543210, config="+91"),
    phone("complete with +", "'+91 98765-43210'", 919876543210, config="+91"),
    phone("a code of three digits", "'087 123 4567'", 353871234567, config="+353"),
    phone("a code of three digits, complete", "'353 87 123 4567'", 353871234567, config="+353"),
]

CLEVERTAP_NAMES = [
    traits(
        "CleverTap's names count as Freshpaint's",
        "{Name: 'Ann', Email: 'ann2@site.test', Phone: '+14155551234', DOB: '1988-09-28', Gender: 'female', Photo: 'https://site.test/a.png'}",
        {
            "Name": "Ann",
            "Email": "ann2@site.test",
            "Phone": 14155551234,
            "DOB": noon("1988-09-28"),
            "Gender": "F",
            "Photo": "https://site.test/a.png",
        },
        differs=True,
    ),
    traits(
        "Freshpaint's names win over CleverTap's",
        """{Name: 'x', Email: 'x@site.test', Phone: '+19999999999', DOB: '1900-01-01', Gender: 'M', Photo: 'x.png',
            name: 'Ann', email: 'ann3@site.test', phone: '+14155551234', birthday: '1988-09-28', gender: 'F', avatar: 'a.png'}""",
        {
            "Name": "Ann",
            "Email": "ann3@site.test",
            "Phone": 14155551234,
            "DOB": noon("1988-09-28"),
            "Gender": "F",
            "Photo": "a.png",
        },
    ),
    traits("avatar", "{avatar: 'https://site.test/a.png?b=c&d'}", {"Photo": "https://site.test/a.png?b=c&d"}),
    traits("Married and Employed: Y and N", "{Married: 'Y', Employed: 'N'}", {"Married": "Y", "Employed": "N"}),
    *(
        traits(f"Education: {given}", f"{{Education: '{given}'}}", {"Education": given})
        for given in ("School", "College", "Graduate")
    ),
    traits("Age: a number", "{Age: 42}", {"Age": 42}),
    traits("Age: digits", "{Age: '42'}", {"Age": 42}),
    *(
        traits(
            f"{name}: not {given}",
            f"{{plan: 'pro', {name}: {given}}}",
            {"plan": "pro"},
            differs=given in "1{}",
        )
        for name, unusable in {
            "Married": ("'maybe'", "1", "{}", "''", "null", "[]"),
            "Employed": ("'Yes, I am'", "1", "{}", "''", "null", "[]"),
            "Education": ("'PhD'", "1", "true", "{}", "''", "null"),
            "Age": ("'forty'", "NaN", "{}", "''", "null", "[]"),
        }.items()
        for given in unusable
    ),
    traits(
        "names that would change who it is are dropped",
        """{plan: 'pro', Identity: 'evil', FBID: 'evil', GPID: 'evil', customId: 'evil', _custom: {Identity: 'evil'}, tz: 'evil'}""",
        {"plan": "pro"},
        differs=True,
    ),
    traits(
        "names that become those once cleaned are dropped, too",
        """{plan: 'pro', 'Identity.': 'evil', 'F$BID': 'evil', 'GPID!': 'evil', "customId'": 'evil', ' _custom ': 'evil', 't%z': 'evil'}""",
        {"plan": "pro"},
        differs=True,
    ),
    traits(
        "names that become a standard field's once cleaned cannot spoil it",
        """{plan: 'pro', 'Gender!': 1, 'Married.': true, 'Employed:': {}, 'Education$': 7, 'Phone%': 'x', 'DOB>': 'x', 'Age<': 'x'}""",
        {"plan": "pro"},
        differs=True,
    ),
]

CUSTOM = [
    traits(
        "scalars as they are",
        "{text: 'x', whole: 7, broken: 1.5, minus: -3, zero: 0, yes: true, no: false, empty: ''}",
        {
            "text": "x",
            "whole": 7,
            "broken": 1.5,
            "minus": -3,
            "zero": 0,
            "yes": True,
            "no": False,
            "empty": "",
        },
        differs=True,
    ),
    traits(
        "digits stay text",
        "{zip: '02134', long: '12345678901234567890'}",
        {"zip": "02134", "long": "12345678901234567890"},
    ),
    traits(
        "Dates",
        "{since: new Date(Date.UTC(2023, 10, 14, 22, 13, 20)), before: new Date(-1000)}",
        {"since": date("2023-11-14T22:13:20+00:00"), "before": "$D_-1"},
        differs=True,
    ),
    traits(
        "what is no value",
        "{plan: 'pro', a: null, b: undefined, c: NaN, d: Infinity, e: -Infinity, f: function () {}, g: Symbol('x'), h: new Date(NaN)}",
        {"plan": "pro"},
        differs=True,
    ),
    traits("BigInt as text", "{big: 9007199254740993n}", {"big": "9007199254740993"}),
    traits("arrays of scalars", "{tags: ['a', 1, true, 'b']}", {"tags": ["a", 1, True, "b"]}, differs=True),
    traits(
        "Dates in arrays",
        "{days: [new Date(Date.UTC(2023, 10, 14, 22, 13, 20))]}",
        {"days": ["2023-11-14T22:13:20.000Z"]},
        differs=True,
    ),
    traits(
        "objects are flattened",
        "{address: {city: 'Rome', zip: 187, since: new Date(0), tags: ['a', 'b']}}",
        {"address_city": "Rome", "address_zip": 187, "address_since": "$D_0", "address_tags": ["a", "b"]},
        differs=True,
    ),
    traits(
        "at most three names are joined",
        "{a: {b: {c: 'kept', d: {e: 'too deep'}}, f: 'kept'}}",
        {"a_b_c": "kept", "a_f": "kept"},
        differs=True,
    ),
    traits("an object without properties", "{plan: 'pro', nothing: {}}", {"plan": "pro"}),
    traits(
        "an object under a standard field's name inside another",
        "{parent: {name: 'Eve', email: 'eve2@site.test', Identity: 'eve'}}",
        {"parent_name": "Eve", "parent_email": "eve2@site.test", "parent_Identity": "eve"},
    ),
    traits(
        "objects are dropped where the config says so",
        "{plan: 'pro', address: {city: 'Rome'}, tags: ['a', 'b']}",
        {"plan": "pro", "tags": ["a", "b"]},
        config="drop",
        differs=True,
    ),
    traits("quotes in values", """{motto: 'it\\'s "fine"'}""", {"motto": "it’s ”fine”"}, differs=True),
    traits("quotes in arrays", """{mottos: ["it's", '"fine"']}""", {"mottos": ["it’s", "”fine”"]}, differs=True),
    traits(
        "markup in values",
        "{html: '</script><!-- & % $ <b>'}",
        {"html": "</script><!-- & % $ <b>"},
        differs=True,
    ),
    traits(
        "letters of every script",
        "{'Größe 日本 😀': 'é \\u2028 😀'}",
        {"Größe 日本 😀": "é \u2028 😀"},
        differs=True,
    ),
]

LIMITS = [
    traits(
        "prohibited characters in names",
        """{'a&b': 1, 'c$d': 2, 'e"f': 3, 'g\\\\h': 4, 'i%j': 5, 'k>l': 6, 'm<n': 7, 'o!p': 8}""",
        {"ab": 1, "cd": 2, "ef": 3, "gh": 4, "ij": 5, "kl": 6, "mn": 7, "op": 8},
        differs=True,
    ),
    traits(
        "characters that the SDK deletes from names",
        """{'a.b': 1, 'c:d': 2, "e'f": 3}""",
        {"ab": 1, "cd": 2, "ef": 3},
        differs=True,
    ),
    traits(
        "blanks in names",
        "{'  plan   & \\t price\\n': 'x', 'no\\u00a0break': 'y'}",
        {"plan price": "x", "no break": "y"},
        differs=True,
    ),
    traits("names without a character left", "{plan: 'pro', '!!!': 1, '': 2, ' ': 3, '$%': 4}", {"plan": "pro"}),
    traits("names that clash: the earlier one stays", "{'a.b': 'first', ab: 'second'}", {"ab": "first"}),
    traits("names that clash once flattened", "{a: {b: 'first'}, a_b: 'second'}", {"a_b": "first"}),
    traits("names that clash once flattened, the other way", "{a_b: 'first', a: {b: 'second'}}", {"a_b": "first"}),
    traits(
        "a name of 120 characters and one of 121",
        "{['k'.repeat(120)]: 1, ['l'.repeat(121)]: 2}",
        {"k" * 120: 1, "l" * 120: 2},
        differs=True,
    ),
    traits(
        "long names that clash once cut",
        "{['k'.repeat(120) + 'a']: 'first', ['k'.repeat(120) + 'b']: 'second'}",
        {"k" * 120: "first"},
    ),
    traits("cleaned before it is cut", "{['!'.repeat(50) + 'k'.repeat(121)]: 1}", {"k" * 120: 1}),
    traits(
        "a flattened name is cut, too",
        "{['a'.repeat(100)]: {['b'.repeat(100)]: 1}}",
        {"a" * 100 + "_" + "b" * 19: 1},
    ),
    traits(
        "a value of 512 characters and one of 513",
        "{a: 'v'.repeat(512), b: 'v'.repeat(513)}",
        {"a": "v" * 512, "b": "v" * 512},
        differs=True,
    ),
    traits(
        "values are never cut inside a surrogate pair",
        "{a: 'v'.repeat(511) + '😀', b: 'v'.repeat(510) + '😀!'}",
        {"a": "v" * 511, "b": "v" * 510 + "😀"},
        differs=True,
    ),
    traits("values in arrays are cut, too", "{a: ['v'.repeat(600)]}", {"a": ["v" * 512]}),
]

HOSTILE = [
    traits(
        "frozen",
        "Object.freeze({plan: 'pro', address: Object.freeze({city: 'Rome'})})",
        {"plan": "pro", "address_city": "Rome"},
    ),
    traits(
        "a getter that throws",
        "{get bad() { throw new Error('bad'); }, plan: 'pro'}",
        {"plan": "pro"},
        differs=True,
    ),
    traits(
        "a getter that throws further down",
        "{address: {get bad() { throw new Error('bad'); }, city: 'Rome'}}",
        {"address_city": "Rome"},
    ),
    traits("a Proxy", "new Proxy({plan: 'pro'}, {})", {"plan": "pro"}),
    traits(
        "a Proxy that throws at everything",
        """new Proxy({}, {get() { throw new Error('get'); }, ownKeys() { throw new Error('ownKeys'); },
            getOwnPropertyDescriptor() { throw new Error('descriptor'); }, has() { throw new Error('has'); }})""",
        {},
        differs=True,
    ),
    traits(
        "a revoked Proxy",
        "(function () { var r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; }())",
        {},
    ),
    traits("symbols as names", "{[Symbol('x')]: 1, plan: 'pro'}", {"plan": "pro"}),
    traits(
        "inherited properties",
        "Object.create({inherited: 1}, {own: {value: 'x', enumerable: true}})",
        {"own": "x"},
    ),
    traits("no prototype", "Object.assign(Object.create(null), {plan: 'pro'})", {"plan": "pro"}),
    traits(
        "an instance of a class",
        "new (class Person { constructor() { this.plan = 'pro'; } get secret() { return 1; } })()",
        {"plan": "pro"},
    ),
    traits(
        "values that throw when read as text",
        "{plan: 'pro', name: {toString() { throw 1; }}, phone: {valueOf() { throw 1; }}}",
        {"plan": "pro"},
    ),
    traits(
        "names that every object has",
        "{constructor: 'a', toString: 'b', valueOf: 'c', isPrototypeOf: 'd', length: 5, prototype: 'e'}",
        {
            "constructor": "a",
            "toString": "b",
            "valueOf": "c",
            "isPrototypeOf": "d",
            "length": 5,
            "prototype": "e",
        },
        differs=True,
    ),
    traits("half a surrogate pair", "{half: 'a\\ud83d'}", {"half": "a\ud83d"}),
    traits(
        "collections",
        "{plan: 'pro', map: new Map([[1, 2]]), set: new Set([1]), pattern: /x/, error: new Error('x')}",
        {"plan": "pro"},
    ),
]

IDENTIFY = Table(
    "identify",
    [
        *EXAMPLE,
        *IDS,
        *NAMES,
        *EMAILS,
        *BIRTHDAYS,
        *GENDERS,
        *PHONES,
        *CLEVERTAP_NAMES,
        *CUSTOM,
        *LIMITS,
        *HOSTILE,
    ],
    CONFIGS,
)

Arrived = Callable[[Table, Variant, Case], Properties | None]


@pytest.mark.table(IDENTIFY)
def test_identify(arrived: Arrived, table: Table, variant: Variant, case: Case) -> None:
    """A row of the table arrives as it says."""
    assert arrived(table, variant, case) == case.expected(variant)


# -- what the rows cannot say ------------------------------------------------------------------------------------------

#: Traits whose wire is not laid down, or too large for a row. Each must leave the rest of the profile alone.
SURVIVED = {
    "a cycle": "(function () { var o = {}; o.self = o; o.list = [o]; return {loop: o}; }())",
    "a cycle at the top": "(function () { var o = {}; o.self = o; return o; }())",
    "an element of the page": "{element: document.body}",
    "the window": "{page: window}",
    "ten thousand levels": "(function () { var o = {}; for (var i = 0; i < 1e4; i++) { o = {o: o}; } return {deep: o}; }())",
    "hasOwnProperty": "{hasOwnProperty: 'x'}",
    "__proto__": 'JSON.parse(\'{"__proto__": {"Identity": "evil"}}\')',
    "an array as long as none": "{list: new Array(1e6)}",
    "a megabyte of text": "{text: 'x'.repeat(1e6)}",
    "toJSON that throws": "{when: {toJSON() { throw 1; }}}",
    "a thenable": "{then: function () { throw 1; }}",
}


@pytest.mark.parametrize("given", SURVIVED.values(), ids=SURVIVED)
def test_hostile_traits_cost_nothing_else(visitor: Visitor, given: str) -> None:
    """Whatever stands in the user properties, the rest of the profile and the next event arrive, under the right user."""
    visit = visitor()
    visit.open()
    visit.run(f"freshpaint.identify('u1', Object.assign({given}, {{plan: 'pro'}})); freshpaint.track('Next')")
    (who, _, profile), (whose, _, _) = visit.arrives(2)
    assert (who, whose) == ("u1", "u1")
    assert profile["Identity"] == "u1"
    assert profile["plan"] == "pro"


#: Each standard field with what it cannot be.
UNUSABLE = (
    "{}",
    "[]",
    "['x']",
    "{a: {b: 1}}",
    "function () {}",
    "Symbol('x')",
    "NaN",
    "true",
    "new Date(NaN)",
    "10n",
    "''",
    "null",
)


@pytest.mark.parametrize(
    "field",
    ["name", "email", "birthday", "gender", "phone", "avatar", *clevertap.PROFILE_FIELDS],
)
def test_an_unusable_standard_field_never_costs_the_profile(visitor: Visitor, field: str) -> None:
    """Whatever stands in a standard field, as the first property or the last, everything else arrives."""
    visit = visitor()
    visit.open()
    visit.run(
        "".join(
            f"freshpaint.identify('u1', {{{field}: {value}, first: {number}}});"
            f"freshpaint.identify('u1', {{last: {number}, {field}: {value}}});"
            for number, value in enumerate(UNUSABLE)
        )
    )
    arrived = visit.arrives(2 * len(UNUSABLE))
    assert {who for who, _, _ in arrived} == {"u1"}
    assert [(profile.get("first"), profile.get("last")) for _, _, profile in arrived] == [
        order for number in range(len(UNUSABLE)) for order in ((number, None), (None, number))
    ]


def test_of_thousands_of_properties_the_first_are_sent(visitor: Visitor) -> None:
    """The first user properties arrive, 256 less those that the SDK adds, and the Identity with them."""
    visit = visitor()
    visit.open()
    visit.run("var o = {}; for (var i = 0; i < 5000; i++) { o['p' + i] = i; } freshpaint.identify('u1', o);")
    ((who, _, profile),) = visit.arrives(1)
    del profile["Identity"]
    assert who == "u1"
    assert sorted(profile, key=lambda name: int(name[1:])) == [f"p{number}" for number in range(len(profile))]
    assert 250 <= len(profile) <= 256


def test_an_id_of_which_the_sdk_leaves_nothing(visitor: Visitor) -> None:
    """The SDK deletes backslashes: an id of nothing else is none, and the properties are those of the current user."""
    visit = visitor()
    visit.open()
    visit.run(
        "freshpaint.identify('u1'); freshpaint.identify(' \\\\ ', {plan: 'pro', Identity: {b: 1}}); freshpaint.track('A')"
    )
    assert visit.arrives(3)[1:] == [("u1", "identify", {"Identity": "u1", "plan": "pro"}), ("u1", "A", {})]


def test_the_time_zone_is_the_sdks(visitor: Visitor) -> None:
    """A property tz of the page does not take the place of the one that the SDK sends."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1', {tz: 'evil'})")
    visit.arrives(1)
    (profile,) = [request.data for request in visit.collector.requests if request.data.get("Identity") == "u1"]
    assert profile["tz"].startswith("GMT")


FORMS: dict[str, tuple[str, list[tuple[str | None, dict[str, Any]]]]] = {
    "an id": ("identify('u1')", [("u1", {"Identity": "u1"})]),
    "an id and traits": ("identify('u1', {plan: 'pro'})", [("u1", {"Identity": "u1", "plan": "pro"})]),
    "traits with an e-mail address": (
        "identify({email: 'ann@site.test', plan: 'pro'})",
        [("ann@site.test", {"Email": "ann@site.test", "plan": "pro"})],
    ),
    "no id, traits with an e-mail address": (
        "identify(undefined, {email: 'ann@site.test'})",
        [("ann@site.test", {"Email": "ann@site.test"})],
    ),
    "null for the id": (
        "identify(null, {email: 'ann@site.test'})",
        [("ann@site.test", {"Email": "ann@site.test"})],
    ),
    "a blank id": (
        "identify('  ', {email: 'ann@site.test'})",
        [("ann@site.test", {"Email": "ann@site.test"})],
    ),
    "traits about nobody": ("identify({plan: 'pro'})", [(None, {"plan": "pro"})]),
    "no id, traits about nobody": ("identify(undefined, {plan: 'pro'}, {})", [(None, {"plan": "pro"})]),
    "let through by options.integrations": (
        "identify(undefined, {email: 'ann@site.test'}, {integrations: {All: false, CleverTap: true}})",
        [("ann@site.test", {"Email": "ann@site.test"})],
    ),
    "kept back by options.integrations": (
        "identify('u1', {plan: 'pro'}, {integrations: {All: true, CleverTap: false}})",
        [],
    ),
    "kept back by All": ("identify('u1', {plan: 'pro'}, {integrations: {All: false}})", []),
    "let through with an object": (
        "identify('u1', {}, {integrations: {All: false, CleverTap: {x: 1}}})",
        [("u1", {"Identity": "u1"})],
    ),
}


@pytest.mark.parametrize("when", ["before the bridge", "after the bridge"])
@pytest.mark.parametrize(("given", "sent"), FORMS.values(), ids=FORMS)
def test_the_forms_of_identify(
    visitor: Visitor, given: str, sent: list[tuple[str | None, dict[str, Any]]], when: str
) -> None:
    """Every documented form means what it means in Freshpaint, whether the snippet takes the call or the bridge."""
    visit = visitor(config={"track": {"before_identify": "send"}})
    call = f"freshpaint.{given}; freshpaint.track('Next')"
    if when == "before the bridge":
        visit.open(script=call)
    else:
        visit.open()
        visit.run(call)
    *profiles, (_, last, _) = visit.arrives(len(sent) + 1)
    assert [(who, profile) for who, _, profile in profiles] == sent
    assert last == "Next"


def test_traits_about_nobody_are_no_login(visitor: Visitor) -> None:
    """With no id, no e-mail and nobody known, the traits go to the current profile, which stays on its device."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify({plan: 'pro'})")
    assert visit.arrives(1) == [(None, "identify", {"plan": "pro"})]
    assert visit.collector.logins() == []
    assert len(visit.collector.devices()) == 1


def test_traits_without_an_id_belong_to_the_current_user(visitor: Visitor) -> None:
    """An identify without an id carries the current user's along, also with an e-mail address, and switches nobody."""
    visit = visitor()
    visit.open()
    visit.run(
        """freshpaint.identify('u1', {email: 'ann@site.test'});
        freshpaint.identify({plan: 'pro'});
        freshpaint.identify({email: 'ann@site.test', plan: 'max'});
        freshpaint.identify({email: 'new@site.test'});"""
    )
    assert visit.arrives(4) == [
        ("u1", "identify", {"Identity": "u1", "Email": "ann@site.test"}),
        ("u1", "identify", {"Identity": "u1", "plan": "pro"}),
        ("u1", "identify", {"Identity": "u1", "Email": "ann@site.test", "plan": "max"}),
        ("u1", "identify", {"Identity": "u1", "Email": "new@site.test"}),
    ]
    assert len(visit.collector.devices()) == 1


def test_traits_belong_to_the_current_user_on_the_next_page(visitor: Visitor) -> None:
    """The current user's id goes along also where another page identified them."""
    visit = visitor()
    visit.open(script="freshpaint.identify('u1')")
    visit.settled()
    visit.open("/next", script="freshpaint.identify({plan: 'pro'})")
    assert visit.arrives(2)[1:] == [("u1", "identify", {"Identity": "u1", "plan": "pro"})]


def test_an_identity_after_an_email_address_is_the_same_person(visitor: Visitor) -> None:
    """Somebody known by their e-mail address who gets an id keeps their device."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify({email: 'ann@site.test'})")
    visit.arrives(1)
    visit.run("freshpaint.identify('u1', {email: 'ann@site.test'}); freshpaint.track('Next')")
    assert [who for who, _, _ in visit.arrives(3)][1:] == ["u1", "u1"]
    assert len(visit.collector.devices()) == 1


def test_a_number_and_the_same_digits_are_one_id(visitor: Visitor) -> None:
    """7 and '7' are the same user: no switch."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify(7, {n: 1}); freshpaint.identify('7', {n: 2}); freshpaint.identify(' 7 ', {n: 3})")
    assert visit.arrives(3) == [("7", "identify", {"Identity": "7", "n": n}) for n in (1, 2, 3)]
    assert len(visit.collector.devices()) == 1


def test_the_same_identify_twice_in_a_row_is_sent_once(visitor: Visitor) -> None:
    """A repeated identify is not sent again, however the id is written; one with other traits is."""
    visit = visitor()
    visit.open()
    visit.run(
        """freshpaint.identify('7', {plan: 'pro'}); freshpaint.identify('7', {plan: 'pro'});
        freshpaint.identify(7, {plan: 'pro'}); freshpaint.track('Between'); freshpaint.identify('7', {plan: 'pro'});
        freshpaint.identify('7', {plan: 'max'}); freshpaint.identify('7', {plan: 'pro'}); freshpaint.track('End')"""
    )
    assert [(name, data.get("plan")) for _, name, data in visit.arrives(5)] == [
        ("identify", "pro"),
        ("Between", None),
        ("identify", "max"),
        ("identify", "pro"),
        ("End", None),
    ]


def test_the_same_identify_on_the_next_page_is_not_sent_again(visitor: Visitor) -> None:
    """Sites identify on every page: in one browser session it is sent once."""
    visit = visitor()
    for path in ("/one", "/two", "/three"):
        visit.open(path, script="freshpaint.identify('u1', {plan: 'pro'}); freshpaint.track('Page')")
        visit.settled()
    assert [name for _, name, _ in visit.collector.calls()] == ["identify", "Page", "Page", "Page"]


def test_another_user_in_between_makes_an_identify_new(visitor: Visitor) -> None:
    """The first user's identify is sent again after a second user's."""
    visit = visitor()
    visit.open()
    visit.run("freshpaint.identify('u1'); freshpaint.identify('u2'); freshpaint.identify('u1')")
    assert [who for who, _, _ in visit.arrives(3)] == ["u1", "u2", "u1"]
    assert len(visit.collector.devices()) == 2


@pytest.mark.parametrize("when", ["before the bridge", "after the bridge"])
def test_what_the_page_passes_in_is_never_changed(visitor: Visitor, when: str) -> None:
    """The SDK changes what it is handed; the page's own objects stay as they are."""
    visit = visitor()
    make = """window.make = function () {
        return {'a.b': 1, phone: '+14155551234', birthday: new Date(0), name: "O'Neil", nested: {day: new Date(0), list: [{a: 1}]}};
      };
      window.mine = make();"""
    call = "freshpaint.identify('u1', mine)"
    if when == "before the bridge":
        visit.open(script=make + call)
    else:
        visit.open(script=make)
        visit.run(call)
    visit.arrives(1)
    assert visit.run("return JSON.stringify(mine) === JSON.stringify(make())") is True
    assert visit.run("return mine.birthday instanceof Date && mine.nested.day instanceof Date") is True


@pytest.mark.parametrize("when", ["before the bridge", "after the bridge"])
def test_an_identify_is_sent_with_the_values_it_was_made_with(visitor: Visitor, when: str) -> None:
    """What the page changes in its object after the call does not arrive."""
    visit = visitor()
    gate = visit.hold("sdk")
    call = """var mine = {plan: 'pro', nested: {list: ['a']}, since: new Date(0)};
        freshpaint.identify('u1', mine);
        mine.plan = 'max'; mine.nested.list.push('b'); mine.since.setFullYear(2000); delete mine.since; mine.more = 1;"""
    if when == "before the bridge":
        visit.open(script=call, until="commit")
    else:
        visit.open(until="bridge")
        visit.run(call)
    gate.open()
    visit.reaches("device")
    assert visit.arrives(1) == [
        ("u1", "identify", {"Identity": "u1", "plan": "pro", "nested_list": ["a"], "since": "$D_0"})
    ]


@pytest.mark.parametrize(
    "given",
    ["", "undefined", "null", "''", "{}", "[]", "true", "Symbol('x')", "function () {}", "new Date()", "NaN"],
)
def test_a_call_with_nothing_throws_nothing(visitor: Visitor, given: str) -> None:
    """A call that identifies nobody does nothing to the page, and the next one works."""
    visit = visitor()
    visit.open(script=f"freshpaint.identify({given})")
    visit.run(f"freshpaint.identify({given}); freshpaint.identify('u1')")
    visit.until(lambda: any(who == "u1" for who, _, _ in visit.collector.calls()), "u1 to arrive")


def test_the_page_has_its_callback(visitor: Visitor) -> None:
    """The fourth argument is called, not at once, and within 300 ms."""
    visit = visitor()
    visit.open()
    waited = visit.page.evaluate(
        """() => new Promise((resolve) => {
            const start = performance.now();
            let inside = true;
            freshpaint.identify('u1', {}, {}, () => resolve(inside ? -1 : performance.now() - start));
            inside = false;
        })"""
    )
    assert 0 <= waited <= 300
