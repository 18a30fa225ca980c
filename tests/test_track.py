"""freshpaint.track: what becomes of events, their properties and purchases on CleverTap's wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Visitor
from tables import Case, Properties, Table, Variant, date

CONFIGS: dict[str, dict[str, Any]] = {
    "flatten": {"events": [{"name": "Order Completed", "charged": True}]},
    "drop": {"track": {"nested": "drop"}, "events": [{"name": "Order Completed", "charged": True}]},
}
IDENTIFIED = "freshpaint.identify('u1');"


def properties(claim: str, given: str, sent: Properties, *, config: str = "flatten", differs: bool = False) -> Case:
    """A row about event properties."""
    return Case(claim, f"ROW, {given}", sent, config, differs)


def name(claim: str, given: str, sent: str | None, *, differs: bool = False) -> Case:
    """A row about event names; None: no such event arrives."""
    properties: Properties | None = None if sent is None else {}
    return Case(f"event name: {claim}", f"{given}, {{row: ROW}}", properties, "flatten", differs, sent)


NAMES = [
    name("as it is", "'Product Viewed'", "Product Viewed"),
    name("blanks around it", "'  Product Viewed\\n'", "Product Viewed"),
    name("blanks within", "'Product \\t  Viewed\\u00a0Again'", "Product Viewed Again", differs=True),
    name("prohibited characters", "'a&b$c\"d\\\\e%f>g<h!i'", "abcdefghi", differs=True),
    name("characters that the SDK deletes", '"Step 1: Dr. No\'s"', "Step 1 Dr Nos", differs=True),
    name("a blank on either side of what is removed", "'Save & Exit'", "Save Exit", differs=True),
    name("nothing left", "'!!!'", None),
    name("letters of every script", "'Größe 日本 😀'", "Größe 日本 😀", differs=True),
    name("markup", "'</script><b>'", "/scriptb"),
    name("template markers", "'{{ name }} $fill(name)'", "{{ name }} fill(name)"),
    name("120 characters", "'n'.repeat(120)", "n" * 120),
    name("121 characters", "'m'.repeat(121)", "m" * 120, differs=True),
    name("cleaned before it is cut", "'!'.repeat(20) + 'l'.repeat(121)", "l" * 120),
    name("never cut inside a surrogate pair", "'k'.repeat(119) + '😀'", "k" * 119),
    name("a line separator is a blank", "'a\\u2028b'", "a b"),
    *(
        name(f"reserved, {reserved}", f"'{reserved}'", None, differs=reserved == "App Launched")
        for reserved in (
            "Stayed",
            "UTM Visited",
            "App Launched",
            "Notification Sent",
            "Notification Viewed",
            "Notification Clicked",
        )
    ),
    name("reserved once cleaned", "'App: Launched!'", None, differs=True),
    name("like a reserved one in another case", "'app launched'", "app launched"),
    name("begins like a reserved one", "'Stayed Longer'", "Stayed Longer"),
    *(
        name(f"one that every object has, {common}", f"'{common}'", common, differs=common == "constructor")
        for common in ("constructor", "toString", "hasOwnProperty", "valueOf", "length")
    ),
    *(
        name(f"no text, {given}", given, None)
        for given in (
            "undefined",
            "null",
            "''",
            "' \\t\\n'",
            "7",
            "true",
            "{}",
            "['Viewed']",
            "Symbol('Viewed')",
            "function () {}",
        )
    ),
]

VALUES = [
    properties("no properties", "undefined", {}, differs=True),
    properties("null for properties", "null", {}),
    properties("an empty object", "{}", {}),
    properties("a text for properties is no second event", "'Second'", {}, differs=True),
    properties("a number for properties", "7", {}),
    properties("an array for properties", "['a']", {}),
    properties("a function for properties", "function () {}", {}),
    properties("options and a callback behind", "{sku: 7}, {}, function () {}", {"sku": 7}),
    properties(
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
    properties("digits stay text", "{sku: '0042'}", {"sku": "0042"}),
    properties("a large number", "{n: 1e21, m: 9007199254740991}", {"n": 1e21, "m": 9007199254740991}),
    properties(
        "a Date",
        "{day: new Date(Date.UTC(2023, 10, 14, 22, 13, 20))}",
        {"day": date("2023-11-14T22:13:20+00:00")},
        differs=True,
    ),
    properties("a Date before 1970", "{day: new Date(-1000)}", {"day": "$D_-1"}),
    properties("a written day stays text", "{day: '2023-11-14'}", {"day": "2023-11-14"}),
    properties(
        "what is no value",
        "{sku: 7, a: null, b: undefined, c: NaN, d: Infinity, e: -Infinity, f: function () {}, "
        "g: Symbol('x'), h: new Date(NaN)}",
        {"sku": 7},
        differs=True,
    ),
    properties("null as the only property", "{a: null}", {}),
    properties("BigInt as text", "{big: 9007199254740993n}", {"big": "9007199254740993"}),
    properties("quotes", """{motto: 'it\\'s "fine"'}""", {"motto": "it’s ”fine”"}, differs=True),
    properties("prohibited characters stay in values", "{html: '<b> & 100 % $!'}", {"html": "<b> & 100 % $!"}),
    properties(
        "hostile text",
        "{a: '</script><!--', b: 'x\\u2028y', c: '{{ x }} ${x}', d: '__proto__'}",
        {"a": "</script><!--", "b": "x\u2028y", "c": "{{ x }} ${x}", "d": "__proto__"},
        differs=True,
    ),
    properties("half a surrogate pair", "{half: 'a\\ud83d'}", {"half": "a\ud83d"}),
]

NESTED = [
    properties(
        "objects are flattened",
        "{address: {city: 'Rome', zip: 187, since: new Date(0)}}",
        {"address_city": "Rome", "address_zip": 187, "address_since": "$D_0"},
        differs=True,
    ),
    properties(
        "at most three names are joined",
        "{a: {b: {c: 'kept', d: {e: 'too deep'}}, f: 'kept'}}",
        {"a_b_c": "kept", "a_f": "kept"},
        differs=True,
    ),
    properties("arrays become text", "{tags: ['a', 1, true, 2.5]}", {"tags": "a, 1, true, 2.5"}, differs=True),
    properties(
        "objects in arrays are dropped",
        "{tags: ['a', {b: 1}, 2, [3], null, undefined, NaN, function () {}]}",
        {"tags": "a, 2"},
        differs=True,
    ),
    properties(
        "Dates in arrays",
        "{days: [new Date(Date.UTC(2023, 10, 14, 22, 13, 20))]}",
        {"days": "2023-11-14T22:13:20.000Z"},
        differs=True,
    ),
    properties("quotes in arrays", """{mottos: ["it's", '"fine"']}""", {"mottos": "it’s, ”fine”"}),
    properties("BigInt in arrays", "{numbers: [1n, 2]}", {"numbers": "1, 2"}),
    properties("arrays in objects", "{filter: {colours: ['red', 'blue']}}", {"filter_colours": "red, blue"}),
    properties(
        "an array's text is cut",
        "{tags: ['v'.repeat(300), 'w'.repeat(300)]}",
        {"tags": "v" * 300 + ", " + "w" * 210},
    ),
    properties("an array with one text", "{tags: ['a']}", {"tags": "a"}),
    properties("an object without properties", "{sku: 7, nothing: {}}", {"sku": 7}),
    properties(
        "objects and arrays are dropped where the config says so",
        "{sku: 7, address: {city: 'Rome'}, tags: ['a'], day: new Date(0)}",
        {"sku": 7, "day": "$D_0"},
        config="drop",
        differs=True,
    ),
]

LIMITS = [
    properties(
        "prohibited characters in keys",
        """{'a&b': 1, 'c$d': 2, 'e"f': 3, 'g\\\\h': 4, 'i%j': 5, 'k>l': 6, 'm<n': 7, 'o!p': 8}""",
        {"ab": 1, "cd": 2, "ef": 3, "gh": 4, "ij": 5, "kl": 6, "mn": 7, "op": 8},
        differs=True,
    ),
    properties(
        "characters that the SDK deletes from keys",
        """{'a.b': 1, 'c:d': 2, "e'f": 3}""",
        {"ab": 1, "cd": 2, "ef": 3},
        differs=True,
    ),
    properties(
        "blanks in keys",
        "{'  plan   & \\t price\\n': 'x', 'no\\u00a0break': 'y'}",
        {"plan price": "x", "no break": "y"},
        differs=True,
    ),
    properties("keys without a character left", "{sku: 7, '!!!': 1, '': 2, ' ': 3, '$%': 4}", {"sku": 7}),
    properties("keys that clash: the earlier one stays", "{'a.b': 'first', ab: 'second'}", {"ab": "first"}),
    properties("keys that clash, three of them", "{ab: 'first', 'a.b': 'second', 'a:b': 'third'}", {"ab": "first"}),
    properties("keys that clash once flattened", "{a: {b: 'first'}, a_b: 'second'}", {"a_b": "first"}),
    properties("a dropped value does not take a key", "{'a.b': null, ab: 'second'}", {"ab": "second"}),
    properties(
        "a key of 120 characters and one of 121",
        "{['k'.repeat(120)]: 1, ['l'.repeat(121)]: 2}",
        {"k" * 120: 1, "l" * 120: 2},
        differs=True,
    ),
    properties(
        "long keys that clash once cut",
        "{['k'.repeat(120) + 'a']: 'first', ['k'.repeat(120) + 'b']: 'second'}",
        {"k" * 120: "first"},
    ),
    properties(
        "long names that clash once joined and cut, before a blank",
        "{a: {['k'.repeat(117)]: 'first', ['k'.repeat(117) + ' x']: 'second'}}",
        {"a_" + "k" * 117: "first"},
    ),
    properties("a key is cleaned before it is cut", "{['!'.repeat(50) + 'k'.repeat(121)]: 1}", {"k" * 120: 1}),
    properties(
        "a value of 512 characters and one of 513",
        "{a: 'v'.repeat(512), b: 'v'.repeat(513)}",
        {"a": "v" * 512, "b": "v" * 512},
        differs=True,
    ),
    properties(
        "values are never cut inside a surrogate pair",
        "{a: 'v'.repeat(511) + '😀', b: 'v'.repeat(510) + '😀!'}",
        {"a": "v" * 511, "b": "v" * 510 + "😀"},
        differs=True,
    ),
    properties(
        "256 properties",
        "Object.fromEntries(Array.from({length: 256}, (_, i) => ['p' + i, i]))",
        {f"p{number}": number for number in range(256)},
    ),
    properties(
        "the first 256 of 300",
        "Object.fromEntries(Array.from({length: 300}, (_, i) => ['p' + i, i]))",
        {f"p{number}": number for number in range(256)},
        differs=True,
    ),
    properties(
        "the first 256 of thousands",
        "Object.fromEntries(Array.from({length: 5000}, (_, i) => ['p' + i, i]))",
        {f"p{number}": number for number in range(256)},
    ),
    properties(
        "256 once flattened",
        "{a: Object.fromEntries(Array.from({length: 200}, (_, i) => ['p' + i, i])), "
        "b: Object.fromEntries(Array.from({length: 200}, (_, i) => ['p' + i, i]))}",
        {f"a_p{number}": number for number in range(200)} | {f"b_p{number}": number for number in range(56)},
    ),
    properties(
        "what is dropped does not count",
        "Object.fromEntries(Array.from({length: 300}, (_, i) => ['p' + i, i < 44 ? null : i]))",
        {f"p{number}": number for number in range(44, 300)},
    ),
]

HOSTILE = [
    properties(
        "frozen",
        "Object.freeze({sku: 7, address: Object.freeze({city: 'Rome'})})",
        {"sku": 7, "address_city": "Rome"},
    ),
    properties("a getter that throws", "{get bad() { throw new Error('bad'); }, sku: 7}", {"sku": 7}, differs=True),
    properties("a Proxy", "new Proxy({sku: 7}, {})", {"sku": 7}),
    properties(
        "a Proxy that throws at everything",
        """new Proxy({}, {get() { throw new Error('get'); }, ownKeys() { throw new Error('ownKeys'); },
            getOwnPropertyDescriptor() { throw new Error('descriptor'); }, has() { throw new Error('has'); }})""",
        {},
        differs=True,
    ),
    properties(
        "a revoked Proxy",
        "(function () { var r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; }())",
        {},
    ),
    properties(
        "what an array has besides its elements, as every match of a pattern",
        "{ids: /\\d+/.exec('/p/42')}",
        {"ids": "42"},
    ),
    properties(
        "an element's dataset",
        "(function (element) { element.dataset.sku = '7'; "
        "element.dataset.listName = 'home'; return element.dataset; }(document.createElement('a')))",
        {"sku": "7", "listName": "home"},
        differs=True,
    ),
    properties(
        "loops",
        "(function () { const cart = {total: 3}; cart.items = Array.from({length: 100}, (_, sku) => ({cart, sku})); "
        "cart.own = cart; return {cart, list: [cart, 'x'], behind: 1}; }())",
        {"cart_total": 3, "cart_own_total": 3, "list": "x", "behind": 1},
    ),
    properties("symbols as names", "{[Symbol('x')]: 1, sku: 7}", {"sku": 7}),
    properties(
        "inherited properties",
        "Object.create({inherited: 1}, {own: {value: 'x', enumerable: true}})",
        {"own": "x"},
    ),
    properties("no prototype", "Object.assign(Object.create(null), {sku: 7})", {"sku": 7}),
    properties(
        "values that throw when read as text",
        "{sku: 7, bad: {toString() { throw 1; }, valueOf() { throw 1; }}}",
        {"sku": 7},
    ),
    properties(
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
    properties(
        "CleverTap's names",
        "{Identity: 'x', Email: 'y', customId: 'z', type: 't', evtName: 'n'}",
        {"Identity": "x", "Email": "y", "customId": "z", "type": "t", "evtName": "n"},
    ),
    properties(
        "collections",
        "{sku: 7, map: new Map([[1, 2]]), set: new Set([1]), pattern: /x/, error: new Error('x')}",
        {"sku": 7},
    ),
]


def purchase(claim: str, given: str, sent: Properties, *, config: str = "flatten", differs: bool = False) -> Case:
    """A row about purchases."""
    return Case(
        f"Charged: {claim}",
        f"'Order Completed', Object.assign({{row: ROW}}, {given})",
        sent,
        config,
        differs,
        "Charged",
    )


CHARGED = [
    purchase(
        "an order",
        "{order_id: 'o1', total: 30, currency: 'EUR', products: [{sku: 'a', price: 10}, {sku: 'b', price: 20}]}",
        {
            "Charged ID": "o1",
            "Amount": 30,
            "currency": "EUR",
            "Items": [{"sku": "a", "price": 10}, {"sku": "b", "price": 20}],
        },
        differs=True,
    ),
    purchase("checkout_id", "{checkout_id: 'o2', total: 1}", {"Charged ID": "o2", "Amount": 1}),
    purchase(
        "order_id wins over checkout_id",
        "{checkout_id: 'c3', order_id: 'o3'}",
        {"Charged ID": "o3", "checkout_id": "c3"},
    ),
    purchase("order_id of null", "{order_id: null, checkout_id: 'o4'}", {"Charged ID": "o4"}),
    purchase("a number for an id", "{order_id: 24052013}", {"Charged ID": 24052013}, differs=True),
    purchase("quotes in an id", '{order_id: "o\'5"}', {"Charged ID": "o’5"}),
    purchase("revenue", "{order_id: 'o6', revenue: 2.5}", {"Charged ID": "o6", "Amount": 2.5}),
    purchase("value", "{order_id: 'o7', value: 3}", {"Charged ID": "o7", "Amount": 3}),
    purchase(
        "total wins, the others stay",
        "{order_id: 'o8', value: 3, revenue: 2, total: 1}",
        {"Charged ID": "o8", "Amount": 1, "revenue": 2, "value": 3},
        differs=True,
    ),
    purchase(
        "revenue wins over value",
        "{order_id: 'o9', value: 3, revenue: 2}",
        {"Charged ID": "o9", "Amount": 2, "value": 3},
    ),
    purchase(
        "a total of nothing",
        "{order_id: 'o10', total: 0, value: 9}",
        {"Charged ID": "o10", "Amount": 0, "value": 9},
    ),
    purchase(
        "digits for an amount",
        "{order_id: 'o11', total: '12.50'}",
        {"Charged ID": "o11", "Amount": 12.5},
        differs=True,
    ),
    purchase("Items", "{order_id: 'o12', Items: [{sku: 'a'}]}", {"Charged ID": "o12", "Items": [{"sku": "a"}]}),
    purchase(
        "items that are none",
        "{order_id: 'o13', products: ['a', null, 7, {sku: 'b'}, ['c'], undefined, true]}",
        {"Charged ID": "o13", "Items": [{"sku": "b"}]},
        differs=True,
    ),
    purchase(
        "values of items",
        "{order_id: 'o14', products: [{sku: 'a', gift: true, n: 1.5, day: new Date(0), no: null, nan: NaN, motto: \"it's\"}]}",
        {
            "Charged ID": "o14",
            "Items": [{"sku": "a", "gift": True, "n": 1.5, "day": "$D_0", "motto": "it’s"}],
        },
        differs=True,
    ),
    purchase(
        "keys of items",
        "{order_id: 'o15', products: [{'sku.id': 1, 'a & b': 2, ['k'.repeat(121)]: 3}]}",
        {"Charged ID": "o15", "Items": [{"skuid": 1, "a b": 2, "k" * 120: 3}]},
    ),
    purchase(
        "256 items of 300",
        "{order_id: 'o16', products: Array.from({length: 300}, (_, i) => ({n: i}))}",
        {"Charged ID": "o16", "Items": [{"n": number} for number in range(256)]},
        differs=True,
    ),
    purchase(
        "everything else is flat",
        "{order_id: 'o17', coupons: ['a', 'b'], shipping: {city: 'Rome'}, day: new Date(0), note: null}",
        {"Charged ID": "o17", "coupons": "a, b", "shipping_city": "Rome", "day": "$D_0"},
        differs=True,
    ),
    purchase(
        "nested properties are dropped where the config says so",
        "{order_id: 'o18', coupons: ['a'], shipping: {city: 'Rome'}, products: [{sku: 'a'}]}",
        {"Charged ID": "o18", "Items": [{"sku": "a"}]},
        config="drop",
        differs=True,
    ),
    purchase(
        "frozen",
        "Object.freeze({order_id: 'o19', products: Object.freeze([Object.freeze({day: new Date(0)})])})",
        {"Charged ID": "o19", "Items": [{"day": "$D_0"}]},
    ),
    purchase(
        "256 properties, those of the purchase among them",
        "Object.assign({order_id: 'o20', total: 1, products: [{sku: 'a'}]}, "
        "Object.fromEntries(Array.from({length: 300}, (_, i) => ['p' + i, i])))",
        {"Charged ID": "o20", "Amount": 1, "Items": [{"sku": "a"}]} | {f"p{number}": number for number in range(252)},
    ),
    purchase("an Amount that is no number", "{order_id: 'o21', Amount: 'much'}", {"Charged ID": "o21"}),
    purchase(
        "a long one, whatever stands before or behind its items",
        "Object.assign({order_id: 'o22', products: Array.from({length: 256}, (_, n) => ({n, a: 1, b: 2, c: 3, d: 4, e: 5, "
        "f: 6, g: 7, variant: {size: 'm', colour: 'red'}}))}, "
        "Object.fromEntries(Array.from({length: 40}, (_, i) => ['p' + i, i])))",
        {
            "Charged ID": "o22",
            "Items": [
                {"n": number, "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}
                | {"variant_size": "m", "variant_colour": "red"}
                for number in range(256)
            ],
        }
        | {f"p{number}": number for number in range(40)},
    ),
    purchase("neither id nor amount nor items", "{plan: 'pro'}", {"plan": "pro"}),
]

TRACK = Table("track", [*NAMES, *VALUES, *NESTED, *LIMITS, *HOSTILE, *CHARGED], CONFIGS, before=IDENTIFIED)

Arrived = Callable[[Table, Variant, Case], Properties | None]


@pytest.mark.table(TRACK)
def test_track(arrived: Arrived, table: Table, variant: Variant, case: Case) -> None:
    """A row of the table arrives as it says."""
    assert arrived(table, variant, case) == case.expected(variant)


# -- what the rows cannot say ------------------------------------------------------------------------------------------

#: Purchases that the SDK would throw away for their structure. Each must arrive, with its id.
AWKWARD_PURCHASES = {
    "nested items": "{products: [{sku: 'a', size: {eu: 42}, tags: ['x'], parts: [{n: 1}]}]}",
    "items that are texts": "{products: ['a', 'b']}",
    "no items": "{products: []}",
    "items that are no array": "{products: {sku: 'a'}}",
    "items that are text": "{products: 'a, b'}",
    "Items that are no array": "{Items: 'a, b'}",
    "Items once cleaned": "{'Items!': ['a'], ' Items': 'b'}",
    "both products and Items": "{products: [{sku: 'a'}], Items: ['b']}",
    "arrays elsewhere": "{coupons: ['a'], others: []}",
    "objects elsewhere": "{shipping: {}, billing: {city: {name: 'Rome'}}}",
    "an amount that is none": "{total: 'free', revenue: NaN, value: {}}",
    "a property called Charged ID": "{'Charged ID': ['x']}",
    "a property called Amount": "{Amount: {of: 'it'}}",
    "cycles": "(function () { var o = {}; o.self = o; o.products = [o, {o: o}]; return o; }())",
    "properties that throw": "{get total() { throw 1; }, products: [{get sku() { throw 1; }}]}",
    "values that are none": "{a: null, b: undefined, c: NaN, d: function () {}, e: Symbol('x'), f: 1n}",
    "thousands of properties": "Object.fromEntries(Array.from({length: 5000}, (_, i) => ['p' + i, i]))",
}


@pytest.mark.parametrize("given", AWKWARD_PURCHASES.values(), ids=AWKWARD_PURCHASES)
def test_a_purchase_is_never_lost(visitor: Visitor, given: str) -> None:
    """Whatever its properties are, a purchase arrives as Charged, flat but for its items, and they are flat."""
    visit = visitor(config=CONFIGS["flatten"])
    visit.open()
    visit.run(f"{IDENTIFIED} var given = {given}; given.order_id = 'o1'; freshpaint.track('Order Completed', given);")
    _, (who, event, sent) = visit.arrives(2)
    assert (who, event, sent["Charged ID"]) == ("u1", "Charged", "o1")
    items = sent.pop("Items", [])
    assert isinstance(items, list)
    assert all(isinstance(item, dict) for item in items)
    values = [*sent.values(), *(value for item in items for value in item.values())]
    assert [value for value in values if isinstance(value, dict | list) or value is None] == []


@pytest.mark.parametrize("given", ["", ", undefined", ", null", ", {}", ", 'x'"])
def test_a_purchase_without_properties_arrives(visitor: Visitor, given: str) -> None:
    """A purchase of which nothing is known is still one."""
    visit = visitor(config=CONFIGS["flatten"])
    visit.open()
    visit.run(f"{IDENTIFIED} freshpaint.track('Order Completed'{given})")
    assert visit.arrives(2)[1] == ("u1", "Charged", {})


def test_an_event_called_charged_is_a_purchase(visitor: Visitor) -> None:
    """CleverTap's own name needs no entry in the config where all events are sent."""
    visit = visitor()
    visit.open()
    visit.run(f"{IDENTIFIED} freshpaint.track('Charged', {{order_id: 'o1', total: '5', coupons: ['a']}})")
    assert visit.arrives(2)[1] == ("u1", "Charged", {"Charged ID": "o1", "Amount": 5, "coupons": "a"})


def test_only_enabled_events_are_sent(visitor: Visitor) -> None:
    """With the events listed, those not listed and those not enabled for CleverTap do not arrive."""
    visit = visitor(
        config={
            "track": {"send": "defined"},
            "events": [
                {"name": "Signed Up"},
                {"name": "Save & Exit"},
                {"name": "Scrolled", "enabled": False},
                {"name": "constructor"},
            ],
        }
    )
    visit.open()
    visit.run(
        f"""{IDENTIFIED}
        ['Scrolled', 'Other', 'signed up', 'Signed Up ', 'Save Exit', 'toString', '__proto__', 'Charged',
          'Signed Up', 'Save & Exit', 'constructor'].forEach(function (name) {{ freshpaint.track(name); }});"""
    )
    assert [name for _, name, _ in visit.arrives(4)][1:] == ["Signed Up", "Save Exit", "constructor"]


#: Properties whose wire is not laid down.
SURVIVED = {
    "a cycle": "(function () { var o = {}; o.self = o; o.list = [o]; return {loop: o}; }())",
    "an element of the page": "{element: document.body}",
    "the window": "{page: window}",
    "ten thousand levels": "(function () { var o = {}; for (var i = 0; i < 1e4; i++) { o = {o: o}; } return {deep: o}; }())",
    "hasOwnProperty": "{hasOwnProperty: 'x'}",
    "__proto__": 'JSON.parse(\'{"__proto__": {"sku": "evil"}}\')',
    "an array as long as none": "{list: new Array(1e6)}",
    "a megabyte of text": "{text: 'x'.repeat(1e6)}",
    "toJSON that throws": "{when: {toJSON() { throw 1; }}}",
}


@pytest.mark.parametrize("given", SURVIVED.values(), ids=SURVIVED)
def test_hostile_properties_cost_nothing_else(visitor: Visitor, given: str) -> None:
    """Whatever stands in the properties, the other ones and the next event arrive."""
    visit = visitor()
    visit.open()
    visit.run(f"{IDENTIFIED} freshpaint.track('Viewed', Object.assign({given}, {{sku: 7}})); freshpaint.track('Next')")
    _, (_, viewed, sent), (_, following, _) = visit.arrives(3)
    assert (viewed, sent["sku"], following) == ("Viewed", 7, "Next")


def test_an_event_called_proto_harms_nothing(visitor: Visitor) -> None:
    """The name of every object's prototype changes no object of the page, and the next event arrives."""
    visit = visitor()
    visit.open()
    visit.run(
        f"{IDENTIFIED} window.before = Object.getOwnPropertyNames(Object.prototype).join();"
        "freshpaint.track('__proto__', {a: 1}); freshpaint.track('Next')"
    )
    visit.until(lambda: "Next" in [name for _, name, _ in visit.collector.events()], "the next event")
    assert visit.run("return Object.getOwnPropertyNames(Object.prototype).join() === before") is True


def test_event_properties_ride_along_and_win(visitor: Visitor) -> None:
    """addEventProperties and addPageviewProperties add to every event, and win over same-named properties of a call."""
    visit = visitor()
    visit.open()
    visit.run(
        f"""{IDENTIFIED}
        freshpaint.addEventProperties({{plan: 'pro', shared: 'event'}});
        freshpaint.addPageviewProperties({{page: 'home', shared: 'pageview'}});
        freshpaint.track('A', {{plan: 'call', page: 'call', own: 1}});
        freshpaint.removeEventProperty('plan');
        freshpaint.track('B');"""
    )
    assert visit.arrives(3)[1:] == [
        ("u1", "A", {"plan": "pro", "page": "home", "shared": "event", "own": 1}),
        ("u1", "B", {"page": "home", "shared": "event"}),
    ]


def test_event_properties_that_are_undefined_are_none(visitor: Visitor) -> None:
    """What is undefined takes the place of nothing: neither of an event property nor of a call's own."""
    visit = visitor()
    visit.open()
    visit.run(
        f"""{IDENTIFIED}
        freshpaint.addEventProperties({{plan: 'pro', coupon: undefined}});
        freshpaint.addEventProperties({{plan: undefined}});
        freshpaint.addInitialEventProperties({{source: undefined}});
        freshpaint.addInitialEventProperties({{source: 'ad'}});
        freshpaint.addPageviewProperties({{list: undefined}});
        freshpaint.track('A', {{coupon: 'X', list: 'home', none: undefined}});"""
    )
    assert visit.arrives(2)[1] == ("u1", "A", {"plan": "pro", "source": "ad", "coupon": "X", "list": "home"})


def test_event_properties_outlive_the_page_and_pageview_properties_do_not(visitor: Visitor) -> None:
    """The next page's events carry what addEventProperties added, and only that."""
    visit = visitor()
    visit.open(
        script=f"""{IDENTIFIED} freshpaint.addEventProperties({{plan: 'pro'}});
        freshpaint.addPageviewProperties({{page: 'home'}}); freshpaint.track('A');"""
    )
    visit.arrives(2)
    visit.open("/next", script="freshpaint.track('B')")
    assert visit.arrives(3)[1:] == [
        ("u1", "A", {"plan": "pro", "page": "home"}),
        ("u1", "B", {"plan": "pro"}),
    ]


def test_initial_event_properties_do_not_replace(visitor: Visitor) -> None:
    """addInitialEventProperties adds what is not there yet; register, register_once and unregister are the same three."""
    visit = visitor()
    visit.open()
    visit.run(
        f"""{IDENTIFIED}
        freshpaint.addEventProperties({{a: 'first'}});
        freshpaint.addInitialEventProperties({{a: 'second', b: 'first'}});
        freshpaint.addInitialEventProperties({{b: 'second'}});
        freshpaint.track('A');
        freshpaint.register({{a: 'third'}}); freshpaint.register_once({{a: 'fourth', c: 'first'}});
        freshpaint.unregister('b');
        freshpaint.track('B');"""
    )
    assert visit.arrives(3)[1:] == [
        ("u1", "A", {"a": "first", "b": "first"}),
        ("u1", "B", {"a": "third", "c": "first"}),
    ]


def test_event_properties_are_those_at_the_time_of_the_call(visitor: Visitor) -> None:
    """What is added after an event does not ride along with it, also while it waits for the SDK."""
    visit = visitor()
    gate = visit.hold("sdk")
    visit.open(
        script=f"""{IDENTIFIED} freshpaint.track('A'); freshpaint.addEventProperties({{plan: 'pro'}});
        freshpaint.track('B');""",
        until="bridge",
    )
    visit.run("freshpaint.addEventProperties({plan: 'max'}); freshpaint.track('C')")
    gate.open()
    visit.reaches("device")
    assert [sent for _, _, sent in visit.arrives(4)][1:] == [{}, {"plan": "pro"}, {"plan": "max"}]


@pytest.mark.parametrize("when", ["before the bridge", "after the bridge"])
def test_an_event_is_sent_with_the_values_it_was_made_with(visitor: Visitor, when: str) -> None:
    """What the page changes in its object after the call does not arrive, and the SDK changes nothing in it."""
    visit = visitor()
    gate = visit.hold("sdk")
    call = f"""{IDENTIFIED} window.mine = {{'a.b': 1, sku: 7, nested: {{list: ['a']}}, day: new Date(0)}};
        freshpaint.track('Viewed', mine);
        mine.sku = 8; mine.nested.list.push('b'); mine.day.setFullYear(2000); mine.more = 1;
        window.then = JSON.stringify(mine);"""
    if when == "before the bridge":
        visit.open(script=call, until="commit")
    else:
        visit.open(until="bridge")
        visit.run(call)
    gate.open()
    visit.reaches("device")
    assert visit.arrives(2)[1:] == [("u1", "Viewed", {"ab": 1, "sku": 7, "nested_list": "a", "day": "$D_0"})]
    assert visit.run("return JSON.stringify(mine) === window.then") is True


INTEGRATIONS = {
    "{integrations: {All: false, CleverTap: true}}": True,
    "{integrations: {All: true, CleverTap: false}}": False,
    "{integrations: {All: false}}": False,
    "{integrations: {All: true}}": True,
    "{integrations: {CleverTap: false}}": False,
    "{integrations: {All: false, CleverTap: {some: 'option'}}}": True,
    "{integrations: {All: false, CleverTap: {}}}": True,
    "{integrations: {Mixpanel: false}}": True,
    "{integrations: {}}": True,
    "{integrations: null}": True,
    "{integrations: 'CleverTap'}": True,
    "{}": True,
    "null": True,
    "'x'": True,
}


def test_options_integrations_decide_for_their_call(visitor: Visitor) -> None:
    """CleverTap's own key decides, else All, else the event is sent; an object counts as true."""
    visit = visitor()
    visit.open()
    visit.run(
        IDENTIFIED + "".join(f"freshpaint.track('row {n}', {{}}, {options});" for n, options in enumerate(INTEGRATIONS))
    )
    sent = [f"row {number}" for number, goes in enumerate(INTEGRATIONS.values()) if goes]
    assert [name for _, name, _ in visit.arrives(1 + len(sent))][1:] == sent


def test_another_key_for_options_integrations(visitor: Visitor) -> None:
    """The key is what the config calls the destination."""
    visit = visitor(config={"freshpaint": {"destination": "CleverTap::india"}})
    visit.open()
    visit.run(
        f"""{IDENTIFIED} freshpaint.track('A', {{}}, {{integrations: {{All: false, CleverTap: true}}}});
        freshpaint.track('B', {{}}, {{integrations: {{All: false, 'CleverTap::india': true}}}});"""
    )
    assert [name for _, name, _ in visit.arrives(2)] == ["identify", "B"]


@pytest.mark.parametrize(
    ("what", "call"),
    {
        "sent": "freshpaint.track('Viewed', {}, {}, done)",
        "held": "freshpaint.reset(); freshpaint.track('Viewed', {}, {}, done)",
        "not allowed": "freshpaint.track('Viewed', {}, {integrations: {All: false}}, done)",
        "reserved": "freshpaint.track('Stayed', {}, {}, done)",
        "nameless": "freshpaint.track('', {}, {}, done)",
    }.items(),
)
def test_the_page_has_its_callback(visitor: Visitor, what: str, call: str) -> None:
    """The fourth argument is called, not at once, and within 300 ms, whatever becomes of the event."""
    visit = visitor()
    visit.open()
    visit.run(IDENTIFIED)
    visit.arrives(1)
    waited = visit.page.evaluate(
        f"""() => new Promise((resolve) => {{
            const start = performance.now();
            let inside = true;
            const done = () => resolve(inside ? -1 : performance.now() - start);
            {call};
            inside = false;
        }})"""
    )
    assert 0 <= waited <= 300, what


def test_awaiting_a_call_comes_back(visitor: Visitor) -> None:
    """Login code that awaits its analytics goes on, before the bridge is there and after."""
    visit = visitor()
    visit.open(script="(async () => { await freshpaint.track('A'); await freshpaint; window.early = true; })()")
    assert visit.run("return (async () => { await freshpaint.track('B'); await freshpaint.page(); return early; })()")
