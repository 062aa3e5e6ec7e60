"""A webhook's body to events."""

from dataclasses import dataclass, replace
from datetime import datetime

from channels.instagram import comments, direct, ignored
from channels.instagram.envelopes import MESSAGING, STANDBY, Notice, unpack
from models.message import InboundEvent

# Whose events the test button of Meta's dashboard sends.
_NO_ACCOUNT = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """`dropped` counts what could not be an event: no account, no sender, no usable id."""

    events: tuple[InboundEvent, ...]
    dropped: int


def parse(body: bytes, *, now: datetime) -> Parsed:
    """Invalid when the body is no JSON; one bad event never costs its neighbours."""
    read = [_read(notice, now) if notice else None for notice in unpack(body)]
    events = tuple(_marked(event) for event in read if event)
    return Parsed(events=events, dropped=len(read) - len(events))


def _marked(event: InboundEvent) -> InboundEvent:
    return replace(event, ignored=ignored.DASHBOARD_TEST) if event.account_id == _NO_ACCOUNT else event


def _read(notice: Notice, now: datetime) -> InboundEvent | None:
    if notice.field in (MESSAGING, STANDBY) or "sender" in notice.value:
        return direct.read(notice, now)
    if notice.field in (comments.COMMENTS, comments.LIVE):
        return comments.read_comment(notice, now)
    if notice.field == "mentions":
        return comments.read_mention(notice, now)
    return comments.read_unknown(notice, now)
