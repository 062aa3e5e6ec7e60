"""What nobody promised not to send."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.instagram.events import parse
from models.codec import to_json
from models.errors import Invalid
from models.message import EventKind
from tests.channels.payloads import (
    ANNA,
    NOW,
    SENT_MS,
    SHOP,
    body,
    changed,
    comment_value,
    direct,
    entry,
    message,
    messaging,
    parsed,
)


@pytest.mark.parametrize("raw", [b"", b"{", b"hello", b"\xff\xfe", b"1", b'"x"', b"null", b"[" * 100_000])
def test_what_is_not_json_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(raw)
    assert refused.value.field == "body"


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b'{"object":"instagram"}', b'{"object":"instagram","entry":[]}']
)
def test_a_body_without_events_is_no_error(raw: bytes) -> None:
    assert parsed(raw).events == ()
    assert parsed(raw).dropped == 0


@pytest.mark.parametrize(
    "broken",
    [
        7,
        None,
        [],
        {"id": SHOP, "messaging": [7]},
        {"id": SHOP, "messaging": [{}]},
        {"id": SHOP, "messaging": [message() | {"sender": "me"}]},
        {"id": SHOP, "messaging": [messaging(message={"text": "no id"})]},
        {"id": SHOP, "messaging": [messaging(message={"mid": ["x"], "text": "id of a wrong type"})]},
        {"id": SHOP, "messaging": [messaging(message={"mid": "", "text": "empty id"})]},
        {"id": SHOP, "messaging": [messaging(message={"mid": True, "text": "id of a wrong type"})]},
        {"id": SHOP, "messaging": [messaging(message={"mid": "m" * 257, "text": "long id"})]},
        {"id": SHOP, "messaging": [messaging(message={"mid": "m\0", "text": "id nobody can store"})]},
        {"id": SHOP, "messaging": [messaging(sender="9" * 257, message={"mid": "m"})]},
        {"id": SHOP, "messaging": [messaging(reaction={})]},
        {"id": SHOP, "messaging": [messaging(read={})]},
        {"id": SHOP, "messaging": [messaging(message_edit={})]},
        {"id": SHOP, "changes": ["x"]},
        {"id": SHOP, "changes": [{"field": 1, "value": {}}]},
        {"id": SHOP, "changes": [{"field": "comments", "value": [comment_value()]}]},
        {"id": "x" * 257, "messaging": [message()]},
        {"messaging": [message()]},
    ],
)
def test_a_broken_event_never_costs_its_neighbours(broken: Any) -> None:
    good = entry(messaging=[message(text="hi")])
    result = parsed(body(good, broken, good))
    assert [event.text for event in result.events] == ["hi", "hi"]
    assert result.dropped == 1


def test_another_objects_events_are_dropped() -> None:
    assert parsed(b'{"object":"page","entry":[{"id":"1","messaging":[{}]}]}').dropped == 1


def test_a_message_of_a_wrong_type_is_an_unknown_event() -> None:
    assert direct(messaging(message="hi")).kind is EventKind.OTHER


def test_ids_may_be_numbers() -> None:
    event = direct(messaging(sender=int(ANNA), message={"mid": 12, "text": "hi"}))  # type: ignore[arg-type] # that is the test
    assert (event.customer_id, event.key) == (ANNA, "12")


def test_a_number_longer_than_python_reads_costs_nothing() -> None:
    raw = body(entry(messaging=[message(text="hi")])).replace(str(SENT_MS).encode(), b"9" * 10_000)
    assert [event.text for event in parsed(raw).events] == ["hi"]


def at(timestamp: object, **outer: object) -> datetime:
    return parsed(body(entry(messaging=[message(text="hi") | {"timestamp": timestamp}]) | outer)).events[0].at


@pytest.mark.parametrize("timestamp", [1760000000, "1760000000", 1760000000000, "1760000000000"])
def test_seconds_and_milliseconds_may_be_numbers_or_text(timestamp: object) -> None:
    assert at(timestamp) == datetime.fromtimestamp(1760000000, UTC)


@pytest.mark.parametrize(
    "garbage", [None, "", "soon", True, [], {}, -5, 0, 12, 1e300, 10**30, "٣" * 10, "1760000000" * 9, 1.5]
)
def test_a_time_that_cannot_be_is_the_time_of_sending_else_now(garbage: object) -> None:
    assert at(garbage) == datetime.fromtimestamp(1760000000.123, UTC)
    assert at(garbage, time=garbage) == NOW


def test_a_time_in_the_future_is_now() -> None:
    future = NOW + timedelta(days=400)
    assert at(int(future.timestamp() * 1000)) == NOW


def test_nothing_that_databases_refuse_survives_in_a_text() -> None:
    event = direct(
        message(text="a\0b\ud83dc 😀", attachments=[{"type": "im\0age", "payload": {"url": "\ud800"}}])
    )
    assert event.text == "abc 😀"
    assert event.attachments[0].type == "image"
    assert event.attachments[0].url is None
    to_json(event).encode()


def test_no_key_is_longer_than_an_id_may_be() -> None:
    event = direct(messaging(postback={"title": "Go", "payload": "P" * 1000}))
    assert len(event.key) == 64
    assert event.key == direct(messaging(postback={"title": "Go", "payload": "P" * 1000})).key


def test_a_deep_value_inside_an_event_is_not_followed() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    event = direct(message(text="hi", reply_to=deep, attachments=deep) | {"timestamp": deep})
    assert event.text == "hi"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_value_deeper_than_python_reads_costs_only_its_own_event(opening: str) -> None:
    deep = opening * 10_000 + "1" + {"[": "]"}.get(opening, "}") * 10_000
    good = entry(messaging=[message(text='brackets ]]}} in "words"')])
    raw = body(good, "deep", good).replace(b'"deep"', deep.encode())
    result = parsed(raw)
    assert [event.text for event in result.events] == ['brackets ]]}} in "words"'] * 2
    assert result.dropped == 1


def test_the_work_grows_with_the_number_of_events_and_not_faster() -> None:
    few, many = _calls(250), _calls(1000)
    assert many < 4.2 * few


def _calls(count: int) -> int:
    """How many functions it takes to read so many events: the same on every machine."""
    events = [messaging(message={"mid": f"m{n}", "text": "hi"}) for n in range(count)]
    raw = body(*[entry(messaging=[event]) for event in events])
    calls = 0

    def counted(_frame: FrameType, what: str, _arg: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        result = parse(raw, now=NOW)
    finally:
        sys.setprofile(before)
    assert len(result.events) == count
    return calls


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SHAPES = [
    messaging(message={"mid": "m", "text": "hi", "reply_to": {"mid": "n"}, "is_echo": True}),
    messaging(message={"mid": "m", "attachments": [{"type": "image", "payload": {"url": "https://x"}}]}),
    messaging(reaction={"mid": "m", "action": "react"}),
    messaging(postback={"title": "t", "payload": "p"}),
    messaging(message_edit={"mid": "m", "num_edit": 1}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *[place for name, inner in items for place in places(inner, (*path, name))]]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A real body with one value anywhere in it replaced by anything."""
    shape = draw(st.sampled_from(SHAPES))
    change = {"field": "comments", "value": comment_value(parent_id="1")}
    whole: Any = {"object": "instagram", "entry": [entry(messaging=[shape], changes=[change])]}
    whole = json.loads(json.dumps(whole))
    place = draw(st.sampled_from(places(whole)))
    if not place:
        return draw(JSON)
    inner = whole
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = draw(JSON)
    return whole


@settings(max_examples=300, derandomize=True, deadline=None)
@given(damaged())
def test_whatever_is_damaged_events_stay_storable(whole: Any) -> None:
    try:
        result = parse(json.dumps(whole).encode(), now=NOW)
    except Invalid:
        return
    for event in result.events:
        to_json(event).encode()
        assert not any("\0" in value for value in asdict(event).values() if isinstance(value, str))
        assert event.account_id
        assert 0 < len(event.key.encode()) <= 256
        assert len(event.customer_id.encode()) <= 256
        assert event.at <= NOW


def test_the_same_body_again_gives_the_same_keys() -> None:
    raw = body(entry(messaging=SHAPES)), changed("comments", comment_value())
    for once in raw:
        again = parse(once, now=NOW + timedelta(hours=1))
        assert [event.key for event in parsed(once).events] == [event.key for event in again.events]
