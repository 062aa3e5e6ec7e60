"""What Instagram sends, of every kind there is, and what becomes of it in bad hands."""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from models.message import EventKind
from tests.fuzz.wire import RAW, again, encode, raw, stored

SHOP = "17841400000000001"
STRANGER = "17841400000000009"
CUSTOMERS = ("990000000000001", "990000000000002", "9" * 256)
NOW_S = 1_760_000_000

# Right-to-left, combining marks, joined emoji, NUL, halves of pairs, format strings, markup, commands.
WORDS = st.text(max_size=20) | st.sampled_from(
    [
        "do you have a blue dress?",
        "מה המחיר של השמלה? 🧵",
        "e\u0301\u0323\u0308" * 40,
        "\u202eesrever\u202c",
        "👩‍👩‍👧‍👦" * 30,
        "nul\0in the middle",
        "half \ud83d a pair",
        "\udc00\ud800",
        "%s {0} $1 \\u0000 \\\\u0000",
        "'; DROP TABLE inbox; --",
        "<script>alert(1)</script>",
        "#bot off",
        "x" * 5000,
        " \t\n",
    ]
)
IDS = st.integers(0, 99).map(lambda number: f"aWdfZAG{number}")
TIMES = st.sampled_from(
    [
        *(NOW_S, NOW_S * 1000, NOW_S * 10**6, str(NOW_S), str(NOW_S * 1000), "2025-10-09T08:53:20+0000"),
        *(0, 1, -1, -NOW_S, 10**12 - 1, 4102444800000, 253402300799, 253402300799999, 2**31, 2**63),
        *(1.5, "", None),
    ]
)
HOSTILE = st.one_of(
    st.sampled_from([None, True, False, 0, -1, 2**63, 2**64, 1.5, "", [], {}, [[]], [{}], {"": ""}, [None]]),
    st.sampled_from(sorted(RAW)).map(raw),
    st.sampled_from(["9" * 300, "\ud800", "\0", "a\0b", "é" * 128, "é" * 129, "ß" * 3000, "null", "0", " "]),
    st.integers(),
    st.floats(),
    WORDS,
    TIMES,
).map(copy.deepcopy)  # what it is put into may be damaged further

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A well-formed event. `field` is where it goes: messaging, standby, or a change of that field."""

    field: str
    value: Json
    kind: EventKind
    about: str  # the id of the message or comment
    customer: str = ""
    text: str | None = None  # None: the kind carries none


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST. `good` are the events in it that must all be taken."""

    body: bytes
    good: tuple[Sent, ...]


def _between(sender: str, recipient: str, time: Any, **content: Any) -> Json:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": time, **content}


_ATTACHMENTS = (
    *("image", "video", "audio", "file", "media", "ig_post", "ig_reel", "reel", "story", "ig_story"),
    *("story_mention", "share", "something_new"),
)
_REFERRAL: Json = {"ref": "spring", "source": "ADS", "type": "OPEN_THREAD", "ad_id": "23851"}


@st.composite
def _message_extras(draw: st.DrawFn) -> Json:
    return draw(
        st.sampled_from(
            [
                {},
                {"quick_reply": {"payload": "COLOR_BLUE"}},
                {"reply_to": {"mid": "aWdfMDAw"}},
                {"reply_to": {"story": {"url": "https://cdn.example/s", "id": "18000000000000001"}}},
                {
                    "referral": _REFERRAL
                    | {"ads_context_data": {"ad_title": "Sale", "photo_url": "https://x"}}
                },
                *(
                    {"attachments": [{"type": kind, "payload": {"url": "https://cdn.example/a"}}]}
                    for kind in _ATTACHMENTS
                ),
                {
                    "attachments": [{"type": "ig_post", "payload": {"ig_post_media_id": 18100000000000001}}]
                    * 10
                },
                {"attachments": [{"type": "share", "payload": {"url": "https://www.instagram.com/p/C0de/"}}]},
                {"is_unsupported": True},
            ]
        )
    )


Maker = Callable[[st.DrawFn, str, str], Sent]


def _message(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    text = draw(WORDS)
    message = {"mid": mid, "text": text, **draw(_message_extras())}
    field = draw(st.sampled_from(["messaging", "messaging", "messaging", "standby", "messages"]))
    value = _between(customer, SHOP, draw(TIMES), message=message)
    return Sent(field, value, EventKind.MESSAGE, mid, customer, text)


def _echo(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    text = draw(WORDS)
    message = {"mid": mid, "text": text, "is_echo": True, **draw(st.sampled_from([{}, {"is_self": True}]))}
    value = _between(SHOP, customer, draw(TIMES), message=message)
    return Sent("messaging", value, EventKind.ECHO, mid, customer, text)


def _unsent(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    value = _between(customer, SHOP, draw(TIMES), message={"mid": mid, "is_deleted": True})
    return Sent("messaging", value, EventKind.UNSEND, mid, customer)


def _edited(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    text = draw(WORDS)
    edit = {"mid": mid, "text": text, "num_edit": draw(st.sampled_from([1, "2", 2**70]))}
    return Sent(
        "messaging",
        _between(customer, SHOP, draw(TIMES), message_edit=edit),
        EventKind.EDIT,
        mid,
        customer,
        text,
    )


def _reaction(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    reaction = draw(
        st.sampled_from([{"action": "react", "reaction": "love", "emoji": "❤️"}, {"action": "unreact"}])
    )
    value = _between(customer, SHOP, draw(TIMES), reaction={"mid": mid, **reaction})
    return Sent("messaging", value, EventKind.REACTION, mid, customer, reaction.get("emoji"))


def _read(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    return Sent(
        "messaging", _between(customer, SHOP, draw(TIMES), read={"mid": mid}), EventKind.READ, mid, customer
    )


def _postback(draw: st.DrawFn, mid: str, customer: str) -> Sent:
    title = draw(WORDS)
    value = _between(
        customer, SHOP, draw(TIMES), postback={"mid": mid, "title": title, "payload": draw(WORDS)}
    )
    return Sent("messaging", value, EventKind.MESSAGE, mid, customer, title)


def _comment(draw: st.DrawFn, comment_id: str, customer: str) -> Sent:
    text = draw(WORDS)
    named = {draw(st.sampled_from(["id", "comment_id"])): comment_id}
    extras: Json = draw(st.sampled_from([{}, {"parent_id": "17900000000000000"}, {"timestamp": NOW_S}]))
    media = {"id": "18100000000000001", "media_product_type": draw(st.sampled_from(["FEED", "ad", "REELS"]))}
    value = {"text": text, "from": {"id": customer, "username": "buyer_x"}, "media": media, **named, **extras}
    field = draw(st.sampled_from(["comments", "live_comments"]))
    return Sent(field, value, EventKind.COMMENT, comment_id, customer, text)


def _mention(draw: st.DrawFn, comment_id: str, customer: str) -> Sent:  # noqa: ARG001 - as every maker
    media = draw(st.sampled_from([{}, {"media_id": "18100000000000001"}]))
    return Sent("mentions", {"comment_id": comment_id, **media}, EventKind.OTHER, comment_id)


MAKERS: tuple[Maker, ...] = (
    _message,
    _message,
    _message,
    _echo,
    _unsent,
    _edited,
    _reaction,
    _read,
    _postback,
    _comment,
    _mention,
)


def _placed(sent: Sent, *, flat: bool) -> Json:
    """An entry with this event, in one of the envelopes."""
    entry = {"id": SHOP, "time": NOW_S}
    if sent.field in ("messaging", "standby"):
        return {**entry, sent.field: [sent.value]}
    change = {"field": sent.field, "value": sent.value}
    return {**entry, **change} if flat else {**entry, "changes": [change]}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, inner in items for place in _places(inner, (*path, name)))]


@st.composite
def poisoned(draw: st.DrawFn, entry: Json) -> Any:
    """The entry with up to three things wrong: left out, renamed, twice, of another type, elsewhere."""
    entry = copy.deepcopy(entry)
    for number in range(draw(st.integers(1, 3))):
        *outer, name = draw(st.sampled_from(_places(entry)[1:] or [("id",)]))
        inner = entry
        for step in outer:
            inner = inner[step]
        found = inner.pop(name) if isinstance(inner, list) or name in inner else None
        damage = draw(st.sampled_from(["remove", "rename", "twice", "retype", "wrap", "unwrap"]))
        put = inner.insert if isinstance(inner, list) else inner.__setitem__
        match damage:
            case "rename" if isinstance(inner, dict):
                inner[draw(WORDS)] = found
            case "twice" if isinstance(inner, dict):
                inner[again(str(name), number)] = found
                inner[name] = draw(HOSTILE)
            case "retype" | "twice":
                put(name, draw(HOSTILE))
            case "wrap":
                put(name, draw(st.sampled_from([[found], {"value": found}, {str(name): found}, [[found]]])))
            case "unwrap" if isinstance(found, dict) and isinstance(inner, dict):
                inner.update(found)
            case _:
                pass
    return entry


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Good events and poisoned ones, mixed in one POST."""
    good: list[Sent] = []
    entries: list[Any] = []
    for number in range(draw(st.integers(1, 4))):
        maker, customer = draw(st.sampled_from(MAKERS)), draw(st.sampled_from(CUSTOMERS))
        flat = draw(st.booleans())
        if draw(st.booleans()):
            good.append(maker(draw, f"good{number}", customer))
            entries.append(_placed(good[-1], flat=flat))
        else:
            entries.append(draw(poisoned(_placed(maker(draw, f"bad{number}", customer), flat=flat))))
    whole: Any = {"object": "instagram", "entry": entries}
    if draw(st.integers(0, 4)) == 0:
        whole = [whole, draw(HOSTILE), {"object": draw(HOSTILE), "entry": draw(HOSTILE)}]
    return Delivery(encode(whole), tuple(good))


def crowd(numbers: Iterable[int]) -> Delivery:
    """Messages of fifty customers in one POST."""
    sent = tuple(_greeting(number) for number in numbers)
    return Delivery(_together([_placed(one, flat=False) for one in sent]), sent)


def _greeting(number: int) -> Sent:
    mid, customer = f"greeting{number}", f"99{number % 50}"
    value = _between(customer, SHOP, NOW_S * 1000, message={"mid": mid, "text": "hi"})
    return Sent("messaging", value, EventKind.MESSAGE, mid, customer, "hi")


def _together(entries: Sequence[Any]) -> bytes:
    return encode({"object": "instagram", "entry": entries})


@st.composite
def crowds(draw: st.DrawFn) -> Delivery:
    """A thousand events in one POST, one of them broken."""
    sent = tuple(map(_greeting, range(999)))
    broken, at = draw(HOSTILE), draw(st.integers(0, 999))
    if draw(st.booleans()):  # a thousand entries
        entries: list[Any] = [_placed(one, flat=False) for one in sent]
        entries.insert(at, broken)
        return Delivery(_together(entries), sent)
    values: list[Any] = [one.value for one in sent]  # a thousand messages in one
    values.insert(at, broken)
    return Delivery(_together([{"id": SHOP, "time": NOW_S, "messaging": values}]), sent)


def kept(sent: Sent) -> tuple[str, str, str]:
    """What must be on record of it: customer, message, text."""
    return sent.customer, sent.about, stored(sent.text or "")
