"""What waits in a conversation, and the turn that is made of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from actors import subject
from actors.windows import MESSAGE_WINDOW
from models.message import EventKind
from models.turn import PAUSED, Memory, Turn
from store.inbox import Waiting
from store.turns import Start

FORGET_AFTER = timedelta(hours=24)


def is_message(item: Waiting) -> bool:
    """To be answered; anything else is an aside."""
    return item.event.kind in (EventKind.MESSAGE, EventKind.COMMENT, EventKind.RESTOCK)


def why_silent(start: Start, batch: Sequence[Waiting], now: datetime) -> str | None:
    """None where the agent is to be asked."""
    if start.conversation.paused(now):
        return PAUSED
    if any(item.event.kind is not EventKind.RESTOCK for item in batch):
        return None
    if not start.restocked:
        return "told_already"
    spoke_at = start.conversation.last_customer_at
    return None if spoke_at and now - spoke_at < MESSAGE_WINDOW else "outside_window"


def next_batch(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The messages of the next turn: a comment by itself (it has a reply of its own), else all messages.

    What is back in stock is told with them, or by itself.
    """
    due = [item for item in waiting if is_message(item)]
    if due and due[0].event.kind is EventKind.COMMENT:
        return due[:1]
    return [item for item in due if item.event.kind is not EventKind.COMMENT]


def turn_id(batch: Sequence[Waiting]) -> str:
    """The same for the same messages, after a crash or with newer ones: it names the oldest."""
    return f"turn-{min(item.seq for item in batch)}"


def make_turn(start: Start, batch: Sequence[Waiting], now: datetime) -> Turn:
    memory = start.conversation.memory
    last_at = start.history[-1].at if start.history else now
    # A link that was opened since then has begun the talk anew already.
    if now - max(last_at, memory.since or last_at) > FORGET_AFTER:
        # After a day the talk starts over; what the customer likes stays.
        began = min(item.event.at for item in batch)
        memory = Memory(
            preferences=memory.preferences,
            language=memory.language,
            disclosed=memory.disclosed,
            since=began,
        )
    newest = batch[-1].event
    merchant, key = start.merchant, start.conversation.key
    variant = merchant.variant_of(key.customer_id)
    return Turn(
        id=turn_id(batch),
        merchant=merchant.varied(variant) if variant else merchant,
        channel=key.channel,
        surface="comment" if batch[0].event.kind is EventKind.COMMENT else "dm",
        text="\n".join(item.event.text for item in batch if item.event.text),
        attachments=tuple(attachment.type for item in batch for attachment in item.event.attachments),
        history=tuple(one for one in start.history if memory.since is None or one.at >= memory.since),
        memory=subject.in_view(memory, batch),
        subjects=subject.subjects(batch),
        featured=subject.featured(batch),
        notes=subject.notes(batch),
        in_thread=newest.parent_id is not None,
        live=newest.live,
        account_name=start.account_name,
        restocked=() if newest.kind is EventKind.COMMENT else start.restocked,
        now=now,
        spent_microdollars=start.spent_microdollars,
        experiment=merchant.experiment.name if merchant.experiment else "",
        variant=variant.name if variant else "",
    )
