"""Events of accounts nobody has connected: kept for a while, in case somebody does."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.message import InboundEvent


async def put(connection: AsyncConnection, channel: str, events: Sequence[InboundEvent]) -> None:
    await connection.execute(
        text("""
            INSERT INTO unrouted (channel, account_id, key, event)
            VALUES (:channel, :account_id, :key, CAST(:event AS jsonb)) ON CONFLICT DO NOTHING
        """),
        [
            {
                "channel": channel,
                "account_id": event.account_id,
                "key": event.key,
                "event": to_json(event),
            }
            for event in sorted(events, key=lambda one: (one.account_id, one.key))
        ],
    )


async def take(
    connection: AsyncConnection, channel: str, account_id: str
) -> tuple[list[InboundEvent], datetime | None]:
    """What came in for the account, and when the last of it did. It is gone from here."""
    found = await connection.execute(
        text(
            "DELETE FROM unrouted WHERE channel = :channel AND account_id = :account_id "
            "RETURNING event, received_at"
        ),
        {"channel": channel, "account_id": account_id},
    )
    rows = found.all()
    events = [from_jsonable(InboundEvent, row.event) for row in rows]
    return events, max((row.received_at for row in rows), default=None)
