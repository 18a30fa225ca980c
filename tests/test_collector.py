"""The stand-in for CleverTap's servers reads what the SDK writes, and knows who is who."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

import sdk as sdks
from conftest import Visitor
from freshtap.collector import Collector, UndecodableError, decode, encode
from unreliable import Unreliable

HANDWRITTEN = """<script>
var clevertap = {event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: []};
clevertap.account.push({id: 'TEST-86K-4Z9-K85Z'}, 'in1');
</script>
<script async src="https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"></script>"""


def send(collector: Collector, payload: dict[str, Any], **query: object) -> str:
    """Send as the SDK does, and return the body of the answer."""
    sent = {"t": 96, "type": "push", "d": encode(payload), "rn": 1, "i": 1700000000, "sn": 0, **query}
    return collector.answer(f"https://in1.clevertap-prod.com/a?{urlencode(sent)}").body


def identify(collector: Collector, profile: dict[str, Any], *, login: bool = False, **query: object) -> str:
    """Send a profile and return the device id that CleverTap answers with."""
    send(collector, {"type": "profile", "profile": profile, **({"isOUL": True} if login else {})}, **query)
    return collector.requests[-1].device


def track(collector: Collector, name: str, **query: object) -> None:
    """Send an event without properties."""
    send(collector, {"type": "event", "evtName": name, "evtData": {}}, **query)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "",
        "Zoë – “quoted”",
        "😀",
        "a😀b😀",
        "𝒳" * 300,
        "\u2028\u2029",
        "\x00\x7f",
        '"\\/',
        "日本語" * 200,
    ],
)
def test_decoding_undoes_encoding(text: str) -> None:
    """Whatever text goes in comes out, also beyond the Basic Multilingual Plane."""
    assert decode(encode({"text": text, text: [1, None, True, {}]})) == {
        "text": text,
        text: [1, None, True, {}],
    }


def test_half_a_surrogate_pair_is_kept() -> None:
    """A lone surrogate, which JavaScript allows in text, neither fails nor disappears."""
    assert decode(encode({"text": "a\ud83d"})) == {"text": "a\ud83d"}


@pytest.mark.parametrize("text", ["", "abc", "%%%", "AAAA", "N4Ig", "💥", "null"])
def test_what_no_sdk_sends_is_refused(text: str) -> None:
    """Text that is no LZString base64 of a JSON object is answered with an error, and noted."""
    with pytest.raises(UndecodableError):
        decode(text)
    collector = Collector()
    address = f"https://in1.clevertap-prod.com/a?{urlencode({'d': text})}"
    assert collector.answer(address).status == 400
    assert collector.undecodable == [address]
    assert collector.requests == []


def test_an_answer_tells_the_sdk_its_device_its_session_and_the_request() -> None:
    """JSONP calls the SDK back with a device id, a session, whether it was a login, and the request's number."""
    body = send(Collector(session=77), {"type": "event", "evtName": "A"}, rn=5)
    assert body.startswith("$WZRK_WR.tr({")
    assert body.endswith(f');$WZRK_WR.s("{"001c1e7e27a9".ljust(32, "0")}",77,false,5);')


def test_fetch_is_answered_in_json() -> None:
    """The SDK's fetch transport gets the same answer as JSON that another origin may read."""
    collector = Collector(session=77)
    query = urlencode({"d": encode({"type": "profile", "profile": {"Identity": "u1"}, "isOUL": True}), "rn": 3})
    reply = collector.answer(f"https://in1.clevertap-prod.com/a?{query}", fetch=True)
    assert reply.content_type == "application/json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(reply.body) == {
        "tr": {"arp": {"i_n": "y", "j_n": "x", "isOUL": True}},
        "meta": {"g": collector.requests[0].device, "sid": 77, "rf": True, "rn": 3},
    }


def test_a_device_keeps_its_id() -> None:
    """A request that carries a device id is filed under it; each one without gets a new one."""
    collector = Collector()
    track(collector, "A", gc="mine")
    track(collector, "B", rn=2)
    track(collector, "C", rn=3)
    devices = [request.device for request in collector.requests]
    assert devices[0] == "mine"
    assert len(set(devices)) == 3
    assert [len(device) for device in devices[1:]] == [32, 32]


def test_events_belong_to_whoever_was_identified_on_the_device() -> None:
    """The person of an event is the Identity last put on its device, at the time of its arrival."""
    collector = Collector()
    track(collector, "before", gc="one")
    identify(collector, {"Identity": "u1", "Email": "u1@site.test"}, gc="one", rn=2)
    track(collector, "after", gc="one", rn=3)
    track(collector, "elsewhere", gc="two", rn=4)
    assert collector.events() == [(None, "before", {}), ("u1", "after", {}), (None, "elsewhere", {})]


@pytest.mark.parametrize("key", ["Identity", "Email"])
def test_a_login_of_somebody_known_gives_their_device_back(key: str) -> None:
    """CleverTap recognises a person by Identity and by e-mail address, and answers with their device id."""
    collector = Collector()
    first = identify(collector, {key: "a@site.test"}, login=True)
    other = identify(collector, {key: "b@site.test"}, login=True, rn=2)
    again = identify(collector, {key: "a@site.test"}, login=True, rn=3)
    assert first != other
    assert again == first


def test_a_login_of_a_stranger_takes_over_a_device_that_is_nobodys() -> None:
    """An anonymous device becomes the first person's; the next person gets another."""
    collector = Collector()
    track(collector, "A", gc="mine")
    assert identify(collector, {"Identity": "u1"}, login=True, gc="mine", rn=2) == "mine"
    assert identify(collector, {"Identity": "u2"}, login=True, gc="mine", rn=3) != "mine"


def test_an_email_address_alone_does_not_rename_somebody_with_an_identity() -> None:
    """Where an Identity is known, it names the person."""
    collector = Collector()
    identify(collector, {"Identity": "u1", "Email": "u1@site.test"}, gc="mine")
    identify(collector, {"Email": "u1@site.test"}, gc="mine", rn=2)
    assert collector.person_on("mine") == "u1"


def test_a_request_sent_again_is_a_repeat_and_not_a_second_call() -> None:
    """The SDK's own second sending of an unanswered request is told apart from a second call of the page."""
    collector = Collector()
    track(collector, "A", gc="mine", rn=7)
    track(collector, "A", gc="mine", rn=7, s=1700000001)
    track(collector, "A", gc="mine", rn=8)
    assert [name for _, name, _ in collector.events()] == ["A", "A"]
    assert [(repeat.first.number, repeat.moved) for repeat in collector.repeats] == [(7, False)]


def test_a_repeat_under_somebody_else_is_visible() -> None:
    """A request that comes again under another device, or after the device changed hands, has moved."""
    collector = Collector()
    track(collector, "A", gc="mine", rn=7)
    track(collector, "A", gc="other", rn=7)
    identify(collector, {"Identity": "u1"}, gc="mine", rn=8)
    track(collector, "B", gc="mine", rn=9)
    identify(collector, {"Identity": "u2"}, gc="mine", rn=10)
    track(collector, "B", gc="mine", rn=9)
    assert [repeat.moved for repeat in collector.repeats] == [True, True]


def test_a_repeat_after_a_first_login_has_not_moved() -> None:
    """Whoever is identified on a device that was nobody's takes over what was filed under it."""
    collector = Collector()
    track(collector, "A", gc="mine", rn=7)
    identify(collector, {"Identity": "u1"}, gc="mine", rn=8)
    track(collector, "A", gc="mine", rn=7)
    assert [repeat.moved for repeat in collector.repeats] == [False]


def test_the_sdks_own_traffic_is_no_call_of_the_page() -> None:
    """Page hits, pings, wzrk_fetch and the opt-out flag are kept, but are not among the page's calls."""
    collector = Collector()
    track(collector, "wzrk_fetch")
    identify(collector, {"ct_optout": False}, rn=2)
    for number, sent in enumerate(("page", "ping", "data", "nonsense"), 3):
        send(collector, {"id": "x"}, type=sent, rn=number)
    assert collector.calls() == []
    assert [request.kind for request in collector.requests] == [
        "event",
        "profile",
        "page",
        "ping",
        "data",
        "other",
    ]


def test_faults_take_the_requests_they_are_meant_for() -> None:
    """A lost request never arrived, a lost answer was for one that did; both can be limited and healed."""
    collector = Unreliable()
    collector.lose_requests(lambda request: request.name == "A", times=1)
    collector.lose_answers(lambda request: request.name == "B", skip=1)
    collector.slow(0.5, lambda request: request.name == "C")
    collector.refuse(503, lambda request: request.name == "D")
    collector.hang(lambda request: request.name == "E")

    def outcome(name: str, number: int) -> tuple[str, int, float]:
        query = urlencode({"d": encode({"type": "event", "evtName": name}), "rn": number})
        reply = collector.answer(f"https://in1.clevertap-prod.com/a?{query}")
        return reply.outcome, reply.status, reply.delay

    assert [outcome("A", 1), outcome("A", 2)] == [("abort", 200, 0), ("answer", 200, 0)]
    assert [outcome("B", 3), outcome("B", 4)] == [("answer", 200, 0), ("abort", 200, 0)]
    assert [outcome("C", 5), outcome("D", 6), outcome("E", 7)] == [
        ("answer", 200, 0.5),
        ("answer", 503, 0),
        ("hang", 200, 0),
    ]
    assert [name for _, name, _ in collector.events()] == ["A", "B", "B", "C", "E"]
    assert [request.name for request in collector.lost] == ["A", "D"]
    collector.heal()
    assert outcome("B", 8) == ("answer", 200, 0)


@pytest.mark.parametrize("version", sorted(sdks.PINNED))
def test_the_real_sdk_is_understood(visitor: Visitor, version: sdks.Version) -> None:
    """A hand-written CleverTap page with the real SDK arrives whole, in the forms that the SDK gives it."""
    visit = visitor(config=None, sdk=version)
    visit.open(head=HANDWRITTEN)
    visit.run(
        """clevertap.event.push('Viewed', {text: 'Zoë 😀', number: 1.5, yes: true, day: new Date(1700000000000)});
        clevertap.onUserLogin.push({Site: {Name: 'Ann', Phone: '+14155551234', Identity: 'u1'}})"""
    )
    visit.arrives(2)
    assert visit.collector.calls() == [
        (None, "Viewed", {"text": "Zoë 😀", "number": 1.5, "yes": True, "day": "$D_1700000000"}),
        ("u1", "identify", {"Name": "Ann", "Phone": 14155551234, "Identity": "u1"}),
    ]
    request = visit.collector.requests[-1]
    assert (request.host, request.account) == ("in1.clevertap-prod.com", "TEST-86K-4Z9-K85Z")
    assert request.payload["af"]["lib"] == f"web-sdk-v{version}"


def test_the_real_sdk_takes_the_answer_to_a_login(visitor: Visitor) -> None:
    """The SDK takes over the device id that a login is answered with, and files what follows under it."""
    visit = visitor(config=None)
    known = visit.collector.knows("u2")
    visit.open(head=HANDWRITTEN)
    visit.run("clevertap.onUserLogin.push({Site: {Identity: 'u1'}})")
    visit.arrives(1)
    visit.run("clevertap.onUserLogin.push({Site: {Identity: 'u2'}})")
    visit.until_page(f"clevertap.getCleverTapID() === '{known}'", "the device of u2")
    visit.run("clevertap.event.push('Viewed')")
    assert [(person, name) for person, name, _ in visit.arrives(3)] == [
        ("u1", "identify"),
        ("u2", "identify"),
        ("u2", "Viewed"),
    ]


def test_what_the_sdk_sends_again_is_recognised(visitor: Visitor) -> None:
    """An event whose answer was lost comes again from the SDK's store, and is counted once."""
    visit = visitor(config=None)
    visit.open(head=HANDWRITTEN)
    visit.settled()
    visit.collector.lose_answers(lambda request: request.name == "Viewed")
    visit.run("clevertap.event.push('Viewed')")
    visit.until(lambda: bool(visit.collector.repeats), "the SDK to send it again")
    assert visit.collector.events() == [(None, "Viewed", {})]
    assert [repeat.moved for repeat in visit.collector.repeats] == [False]
