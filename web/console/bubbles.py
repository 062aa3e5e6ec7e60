"""A conversation as bubbles, days and notes between them: what the inbox and the simulator show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from models.message import EventKind, InboundEvent, Role
from models.turn import Card, PartType
from store.thread import Entry, Noted, Played, Thread

# What a browser can show by itself; of anything else its name is told.
_PICTURES = frozenset({"image", "sticker", "story_mention", "share"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """`status` is that of a part of ours, `waiting` a message that nobody has looked at yet."""

    kind: Literal["bubble"] = "bubble"
    id: str
    at: datetime
    role: Role
    text: str
    cards: tuple[Card, ...] = ()
    pictures: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    comment: bool = False  # public, under a post
    private_reply: bool = False  # to a comment
    media_id: str | None = None
    in_app: bool = False  # a person, in the channel's own app
    status: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    kind: Literal["day"] = "day"
    id: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`about` says which sentence; `reason` is what it is completed with."""

    kind: Literal["note"] = "note"
    id: str
    at: datetime
    about: Literal["silence", "handover", "event"]
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Below the last bubble of a turn: the way to what stands behind it."""

    kind: Literal["caption"] = "caption"
    id: str
    turn: Played


Item = Bubble | Day | Note | Caption


def items(thread: Thread) -> list[Item]:
    """Oldest first."""
    stretches: list[tuple[datetime, list[Item]]] = []
    for execution_id, entries in groupby(thread.entries, key=lambda one: one.line.execution_id):
        said = list(entries)
        stretch: list[Item] = [_bubble(entry) for entry in said]
        if execution_id is not None and (turn := thread.turns.get(execution_id)):
            # A page may begin in the middle of a turn, so each stretch has a name of its own.
            stretch += _end_of(turn, said[-1])
        # In the order of the record, whatever the clocks said.
        began = max(said[0].line.at, stretches[-1][0]) if stretches else said[0].line.at
        stretches.append((began, stretch))
    stretches += [(one.event.at, [_noted(one)]) for one in thread.noted]
    stretches.sort(key=lambda stretch: stretch[0])
    return list(_with_days(stretches))


def _with_days(stretches: Iterable[tuple[datetime, Sequence[Item]]]) -> Iterator[Item]:
    day: date | None = None
    for at, stretch in stretches:
        today = at.astimezone(UTC).date()
        if today != day:
            day = today
            yield Day(id=f"day-{day.isoformat()}", day=day)
        yield from stretch


def _bubble(entry: Entry) -> Bubble:
    line, event, sent = entry.line, entry.event, entry.sent
    bubble = Bubble(id=f"line-{line.id}", at=line.at, role=line.role, text=line.text)
    if sent:
        part = sent.part
        return replace(
            bubble,
            text=part.text if part.type is not PartType.CARDS else "",
            cards=tuple(map(safe, part.cards)) if part.type is PartType.CARDS else (),
            comment=part.type is PartType.COMMENT,
            private_reply=sent.private_reply and part.type is not PartType.COMMENT,
            status=sent.status,
            reason=sent.reason,
        )
    return _with_event(bubble, event) if event else bubble


def _with_event(bubble: Bubble, event: InboundEvent) -> Bubble:
    pictures = tuple(
        one.url for one in event.attachments if one.type in _PICTURES and one.url and _is_web(one.url)
    )
    shown = {one.url for one in event.attachments if one.url in pictures}
    attached = tuple(one.type for one in event.attachments if one.url not in shown)
    # In place of words there may stand what was attached.
    text = bubble.text if event.text or not event.attachments or bubble.text != event.said else ""
    return replace(
        bubble,
        text=text,
        pictures=pictures,
        attached=attached,
        comment=event.kind is EventKind.COMMENT,
        media_id=event.media_id if event.kind is EventKind.COMMENT else None,
        in_app=event.kind is EventKind.ECHO,
    )


def _end_of(turn: Played, last: Entry) -> Iterator[Item]:
    at = last.line.at
    if turn.silence_reason:
        yield Note(id=f"silence-{last.line.id}", at=at, about="silence", reason=turn.silence_reason)
    if turn.handover_reason:
        yield Note(id=f"handover-{last.line.id}", at=at, about="handover", reason=turn.handover_reason)
    yield Caption(id=f"turn-{last.line.id}", turn=turn)


def _noted(one: Noted) -> Item:
    event = one.event
    if one.status == "waiting":
        bubble = Bubble(
            id=f"new-{one.seq}", at=event.at, role=Role.CUSTOMER, text=event.said, status="waiting"
        )
        return _with_event(bubble, event)
    reason = one.reason or event.kind.value
    return Note(id=f"event-{one.seq}", at=event.at, about="event", reason=reason, text=event.text)


def safe(card: Card) -> Card:
    """Its link and picture only if a browser may follow them: a catalogue holds what somebody else wrote."""
    return replace(
        card,
        url=card.url if card.url and _is_web(card.url) else None,
        image=card.image if card.image and _is_web(card.image) else None,
    )


def _is_web(address: str) -> bool:
    """http, https or a path of ours."""
    try:
        scheme = urlsplit(address.strip()).scheme
    except ValueError:
        return False
    return scheme in ("http", "https") or (not scheme and address.startswith("/"))
