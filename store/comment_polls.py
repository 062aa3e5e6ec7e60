"""When an account was last asked for comments that no webhook brought, and what was there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable
from models.message import InboundEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """`counts`: the comments of each recent post, as of the last poll."""

    merchant_id: str
    account_id: str
    sealed_token: bytes
    connected_at: datetime
    counts: Mapping[str, int]


_TAKE_DUE = text("""
    WITH due AS (
        INSERT INTO comment_polls AS poll (channel, account_id, due_at)
        SELECT a.channel, a.account_id, now() + make_interval(secs => :every)
        FROM accounts a
        JOIN merchants m ON m.id = a.merchant_id
        LEFT JOIN comment_polls p USING (channel, account_id)
        WHERE a.channel = :channel AND a.status = 'connected' AND a.access_token IS NOT NULL
          AND coalesce(m.profile->'comments'->>'answer', 'all') <> 'off'
          -- What was written before it was connected is none of ours.
          AND coalesce(p.due_at, a.connected_at + make_interval(secs => :every)) <= now()
        ON CONFLICT (channel, account_id) DO UPDATE SET due_at = excluded.due_at
        RETURNING account_id, counts
    )
    SELECT a.merchant_id, a.account_id, a.access_token, a.connected_at, due.counts
    FROM due JOIN accounts a ON a.channel = :channel AND a.account_id = due.account_id
""")


async def take_due(connection: AsyncConnection, channel: str, every: timedelta) -> list[Poll]:
    """Of connected accounts whose comments are answered: now you ask."""
    found = await connection.execute(_TAKE_DUE, {"channel": channel, "every": every.total_seconds()})
    return [
        Poll(
            merchant_id=row.merchant_id,
            account_id=row.account_id,
            sealed_token=row.access_token,
            connected_at=row.connected_at,
            counts=row.counts,
        )
        for row in found
    ]


async def note_counts(
    connection: AsyncConnection, channel: str, account_id: str, counts: Mapping[str, int]
) -> None:
    await connection.execute(
        text(
            "UPDATE comment_polls SET counts = CAST(:counts AS jsonb) "
            "WHERE channel = :channel AND account_id = :account_id"
        ),
        {"channel": channel, "account_id": account_id, "counts": json.dumps(counts)},
    )


async def make_room(connection: AsyncConnection, channel: str, account_id: str, keys: Sequence[str]) -> None:
    """For comments that a webhook brought without their author, and nobody could therefore answer."""
    await connection.execute(
        text("""
            DELETE FROM inbox WHERE channel = :channel AND account_id = :account_id
              AND key = ANY(CAST(:keys AS text[])) AND reason = 'unknown_author'
        """),
        {"channel": channel, "account_id": account_id, "keys": list(keys)},
    )


async def put_off(connection: AsyncConnection, channel: str, account_id: str, wait_s: float) -> None:
    """Nothing is asked for so long at least."""
    await connection.execute(
        text(
            "UPDATE comment_polls SET due_at = greatest(due_at, now() + make_interval(secs => :wait)) "
            "WHERE channel = :channel AND account_id = :account_id"
        ),
        {"channel": channel, "account_id": account_id, "wait": wait_s},
    )


async def unread_mentions(
    connection: AsyncConnection, channel: str, account_id: str, limit: int
) -> Sequence[tuple[int, InboundEvent]]:
    """Inbox numbers and events of mentions whose words nobody has fetched yet."""
    found = await connection.execute(
        text("""
            SELECT seq, event FROM inbox WHERE channel = :channel AND account_id = :account_id
              AND reason = 'mention' AND event->>'text' = '' ORDER BY seq DESC LIMIT :limit
        """),
        {"channel": channel, "account_id": account_id, "limit": limit},
    )
    return [(row.seq, from_jsonable(InboundEvent, row.event)) for row in found]


async def note_mention(connection: AsyncConnection, seq: int, words: str, reason: str) -> None:
    await connection.execute(
        text("""
            UPDATE inbox SET reason = :reason,
                event = event || jsonb_build_object('text', CAST(:words AS text)) WHERE seq = :seq
        """),
        {"seq": seq, "words": words, "reason": reason},
    )


async def due(connection: AsyncConnection, merchant_id: str, channel: str) -> dict[str, datetime]:
    """By account of the merchant, when it is asked next; those that were never asked are missing."""
    found = await connection.execute(
        text("""
            SELECT p.account_id, p.due_at FROM comment_polls p
            JOIN accounts a ON a.channel = p.channel AND a.account_id = p.account_id
            WHERE a.merchant_id = :merchant_id AND p.channel = :channel
        """),
        {"merchant_id": merchant_id, "channel": channel},
    )
    return {row.account_id: row.due_at for row in found}
