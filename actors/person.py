"""A person answers a customer from here: said, sent, and the assistant steps back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from actors.fits import Fit
from actors.windows import person_may_write_until
from channels import simulator
from models.message import Role
from models.turn import Part, PartType
from store import conversations, inbox, outbox
from store.conversations import Said


async def say(
    connection: AsyncConnection,
    conversation_id: int,
    text: str,
    *,
    fits: Mapping[str, Fit],
    usual_pause: timedelta,
) -> str:
    """The merchant, who has something to send now. Conflict when it could not be delivered any more."""
    now = datetime.now(UTC)
    conversation = await conversations.get(connection, conversation_id)
    key = conversation.key
    waiting = await inbox.waiting(connection, conversation_id)
    expires_at = person_may_write_until(conversation, waiting, now)
    parts = fits[key.channel]((Part(type=PartType.TEXT, text=text),), comment=False)
    until = now + await conversations.pause_of(connection, conversation_id, usual_pause)
    await conversations.pause(connection, conversation_id, until, conversations.PERSON_ANSWERED)
    said = [Said(role=Role.PERSON, text=part.text, at=now) for part in parts]
    await conversations.record(connection, key.merchant_id, conversation_id, said)
    await outbox.put(
        connection,
        key.merchant_id,
        conversation_id,
        parts,
        execution_id=None,
        expires_at=expires_at,
        even_paused=True,
        status="sent" if key.channel == simulator.NAME else "pending",
    )
    return key.merchant_id
