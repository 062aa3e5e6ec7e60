"""How long after what a customer said something may be sent to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels import simulator
from models.errors import Conflict
from models.message import EventKind, InboundEvent
from store.conversations import Conversation
from store.inbox import Waiting

# A customer's message opens Instagram's window for a day; a comment can be answered for a week.
MESSAGE_WINDOW = timedelta(hours=24)
COMMENT_WINDOW = timedelta(days=7)
# A live comment only while the broadcast lasts, which is this long at most.
LIVE_WINDOW = timedelta(hours=4)
# A message, where a person answers it.
PERSON_WINDOW = timedelta(days=7)


def window(event: InboundEvent) -> timedelta:
    """For the assistant's answer."""
    if event.kind is EventKind.COMMENT:
        return LIVE_WINDOW if event.live else COMMENT_WINDOW
    return MESSAGE_WINDOW


def person_may_write_until(conversation: Conversation, waiting: Sequence[Waiting], now: datetime) -> datetime:
    """Conflict says why nothing can be delivered any more. `waiting` is what nobody has answered yet."""
    if conversation.key.channel == simulator.NAME:
        return now + PERSON_WINDOW
    heard = [item.event.at for item in waiting if item.event.kind is EventKind.MESSAGE]
    spoke_at = max(filter(None, [conversation.last_customer_at, *heard]), default=None)
    if spoke_at is None:
        raise Conflict("the customer has only commented; a message can be sent once they have written one")
    until = spoke_at + PERSON_WINDOW
    if until <= now:
        raise Conflict(
            "the customer last wrote more than 7 days ago; a message can be sent once they write again"
        )
    return until
