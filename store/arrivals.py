"""When something last came from an account, and whether what we send comes back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store import installation
from store.accounts import Account

_TEST = "test_event"


async def heard_at(connection: AsyncConnection, channel: str, account_id: str, at: datetime) -> None:
    """Something had come from this account before anybody had connected it."""
    await connection.execute(
        text(
            "UPDATE accounts SET last_event_at = greatest(last_event_at, :at) "
            "WHERE channel = :channel AND account_id = :account_id"
        ),
        {"channel": channel, "account_id": account_id, "at": at},
    )


async def last_heard(connection: AsyncConnection, channel: str) -> datetime | None:
    """When something came from any account of this installation."""
    found = await connection.execute(
        text("SELECT max(last_event_at) FROM accounts WHERE channel = :channel"), {"channel": channel}
    )
    at: datetime | None = found.scalar()
    return at


async def note_test(connection: AsyncConnection) -> None:
    """An event about nobody came, to try out the way to us."""
    await installation.note_moment(connection, _TEST)


async def last_test(connection: AsyncConnection) -> datetime | None:
    return await installation.moment(connection, _TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes:
    """Of the last messages we sent: how many there were, how many Instagram reported back."""

    sent: int
    came: int


async def echoes(connection: AsyncConnection, account: Account) -> Echoes:
    found = await connection.execute(
        text("""
            SELECT count(*) AS sent, count(*) FILTER (WHERE EXISTS (
                SELECT FROM inbox i WHERE i.conversation_id = o.conversation_id AND i.kind = 'echo'
                  AND i.event->>'message_id' = o.message_id
            )) AS came
            FROM (
                SELECT o.conversation_id, o.message_id FROM outbox o
                JOIN conversations c ON c.id = o.conversation_id
                WHERE o.merchant_id = :merchant_id AND o.status = 'sent' AND o.message_id IS NOT NULL
                  AND o.sent_at < now() - interval '1 minute'
                  AND c.channel = :channel AND c.account_id = :account_id
                ORDER BY o.id DESC LIMIT 20
            ) o
        """),
        {
            "merchant_id": account.merchant_id,
            "channel": account.channel,
            "account_id": account.account_id,
        },
    )
    row = found.one()
    return Echoes(sent=row.sent, came=row.came)
