"""Everything that came in, once each. What a webhook was answered 200 for is here."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.errors import NotFound, Unavailable
from models.message import ConversationKey, EventKind, InboundEvent
from store import arrivals, unrouted

# Kinds that the conversation has to look at; the others are on record at once.
_FOR_CONVERSATION = frozenset(
    {
        EventKind.MESSAGE,
        EventKind.COMMENT,
        EventKind.EDIT,
        EventKind.UNSEND,
        EventKind.ECHO,
        EventKind.REFERRAL,
        EventKind.RESTOCK,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A new event, and where it is waiting."""

    seq: int
    conversation_id: int
    bucket: int
    kind: EventKind
    waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`product_ids`: what is in the post it is about, or on the cards it answers."""

    seq: int
    event: InboundEvent
    received_at: datetime
    product_ids: tuple[str, ...] = ()


def bucket(key: ConversationKey) -> int:
    """The same in every process: crc32, never hash()."""
    return zlib.crc32(f"{key.merchant_id}|{key.channel}|{key.account_id}|{key.customer_id}".encode())


# A merchant and an event of it. None: whoever the account belongs to.
_Owned = tuple[str | None, InboundEvent]


async def route(connection: AsyncConnection, channel: str, events: Sequence[InboundEvent]) -> list[Taken]:
    """Take the events of connected accounts, set the others aside. Every step may be repeated.

    When something last came from an account is noted with it.
    """
    taken, homeless = await _insert(connection, [(None, event) for event in events])
    strangers = [event for merchant_id, event in homeless if merchant_id is None]
    if strangers:
        await unrouted.put(connection, channel, strangers)
    return taken + await _take_new(connection, homeless)


async def take(connection: AsyncConnection, events: Sequence[tuple[str, InboundEvent]]) -> list[Taken]:
    """(merchant id, event) pairs in. Only what was not there before comes back, in order of arrival."""
    taken, homeless = await _insert(connection, events)
    return taken + await _take_new(connection, homeless)


async def _take_new(connection: AsyncConnection, events: Sequence[_Owned]) -> list[Taken]:
    """Of customers who write for the first time."""
    known = [(merchant_id, event) for merchant_id, event in events if merchant_id is not None]
    if not known:
        return []
    await _open_conversations(connection, known)
    taken, homeless = await _insert(connection, known)
    if homeless:
        raise Unavailable("a customer is being erased; what came from them can be taken once that is done")
    return taken


_INSERT = text("""
    WITH e AS (
        SELECT e.channel, e.account_id, e.key, e.customer_id, e.kind, e.event, e.at, e.status, e.reason,
               e.message_id, e.n, e.seq, coalesce(e.merchant_id, a.merchant_id) AS merchant_id
        FROM (
            SELECT nextval('inbox_seq_seq') AS seq, *
            FROM unnest(CAST(:channel AS text[]), CAST(:account_id AS text[]), CAST(:key AS text[]),
                        CAST(:merchant_id AS text[]), CAST(:customer_id AS text[]), CAST(:kind AS text[]),
                        CAST(:event AS text[]), CAST(:at AS timestamptz[]), CAST(:status AS text[]),
                        CAST(:reason AS text[]), CAST(:message_id AS text[])) WITH ORDINALITY
                 AS e(channel, account_id, key, merchant_id, customer_id, kind, event, at, status, reason,
                      message_id, n)
        ) e
        LEFT JOIN accounts a ON e.merchant_id IS NULL
                            AND a.channel = e.channel AND a.account_id = e.account_id
    ), heard AS (
        -- To the minute, so that a thousand events a second cost no thousand writes. A row that somebody
        -- else has just locked is left alone: a webhook waits for nobody.
        UPDATE accounts SET last_event_at = now()
        WHERE (channel, account_id) IN (
            SELECT channel, account_id FROM accounts
            WHERE channel = ANY(CAST(:channel AS text[])) AND account_id = ANY(CAST(:heard AS text[]))
              AND coalesce(last_event_at < now() - interval '1 minute', true)
            FOR UPDATE SKIP LOCKED
        )
    ), taken AS (
        INSERT INTO inbox (seq, channel, account_id, key, merchant_id, conversation_id, bucket,
                           kind, event, at, status, reason)
        SELECT e.seq, e.channel, e.account_id, e.key, e.merchant_id, c.id, c.bucket,
               e.kind,
               CASE WHEN later.unsent THEN CAST(e.event AS jsonb) || '{"text": "", "attachments": []}'
                    WHEN later.edit IS NOT NULL AND e.kind <> 'edit'
                    THEN CAST(e.event AS jsonb) || jsonb_build_object('text', later.edit)
                    ELSE CAST(e.event AS jsonb) END,
               e.at,
               CASE WHEN own.id IS NOT NULL OR later.unsent THEN 'silent' ELSE e.status END,
               CASE WHEN own.id IS NOT NULL THEN 'own_echo' WHEN later.unsent THEN 'unsent' ELSE e.reason END
        FROM e
        JOIN conversations c USING (merchant_id, channel, account_id, customer_id)
        -- The echo of a message we have sent needs nobody's attention.
        LEFT JOIN outbox own ON e.kind = 'echo' AND own.conversation_id = c.id
                            AND own.message_id = e.message_id
        -- What changed a message or took it back may have come in before it.
        LEFT JOIN LATERAL (
            SELECT bool_or(i.kind = 'unsend') AS unsent,
                   (array_agg(i.event->>'text' ORDER BY i.at DESC, i.seq DESC)
                    FILTER (WHERE i.kind = 'edit'))[1] AS edit
            FROM inbox i WHERE i.conversation_id = c.id AND i.event->>'message_id' = e.message_id
                           AND i.kind IN ('edit', 'unsend')
        ) later ON e.kind IN ('message', 'comment', 'edit', 'echo')
        -- Numbered as they came, inserted by key: two who bring the same events in another order
        -- must not deadlock.
        ORDER BY e.account_id, e.key, e.seq
        ON CONFLICT (channel, account_id, key) DO NOTHING
        RETURNING seq, conversation_id, bucket, kind, status
    )
    SELECT seq, conversation_id, bucket, kind, status, NULL AS n, NULL AS merchant_id FROM taken
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, e.n, e.merchant_id
    FROM e LEFT JOIN conversations c USING (merchant_id, channel, account_id, customer_id) WHERE c.id IS NULL
""")


async def _insert(connection: AsyncConnection, events: Sequence[_Owned]) -> tuple[list[Taken], list[_Owned]]:
    """What is new, in order of arrival, and what has no conversation yet: nothing happened to it.

    One statement for all that commonly comes: what a webhook costs is what every turn costs three times.
    """
    if not events:
        return [], []
    found = await connection.execute(
        _INSERT,
        {
            "channel": [event.channel for _, event in events],
            "account_id": [event.account_id for _, event in events],
            "heard": list({event.account_id for merchant_id, event in events if merchant_id is None}),
            "merchant_id": [merchant_id for merchant_id, _ in events],
            "customer_id": [event.customer_id for _, event in events],
            "key": [event.key for _, event in events],
            "kind": [event.kind.value for _, event in events],
            "event": [to_json(event) for _, event in events],
            "at": [event.at for _, event in events],
            "status": ["waiting" if _is_due(event) else "silent" for _, event in events],
            "reason": [event.ignored or (None if _is_due(event) else "no_reply_due") for _, event in events],
            "message_id": [event.message_id for _, event in events],
        },
    )
    taken, homeless = [], []
    for row in found:
        if row.seq is None:
            homeless.append((row.n, row.merchant_id))
        else:
            taken.append(_taken(row))
    return (
        sorted(taken, key=lambda one: one.seq),
        [(merchant_id, events[n - 1][1]) for n, merchant_id in sorted(homeless)],
    )


def _taken(row: Row[Any]) -> Taken:
    return Taken(
        seq=row.seq,
        conversation_id=row.conversation_id,
        bucket=row.bucket,
        kind=EventKind(row.kind),
        waiting=row.status == "waiting",
    )


def _is_due(event: InboundEvent) -> bool:
    return event.ignored is None and event.kind in _FOR_CONVERSATION


async def _open_conversations(
    connection: AsyncConnection, events: Sequence[tuple[str, InboundEvent]]
) -> None:
    keys = {
        ConversationKey(
            merchant_id=merchant_id,
            channel=event.channel,
            account_id=event.account_id,
            customer_id=event.customer_id,
        )
        for merchant_id, event in events
    }
    # Sorted: two webhooks that name the same customers in another order must not deadlock.
    rows = sorted(
        (key.merchant_id, key.channel, key.account_id, key.customer_id, bucket(key)) for key in keys
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    await connection.execute(
        text("""
            INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket)
            SELECT * FROM unnest(CAST(:merchant_id AS text[]), CAST(:channel AS text[]),
                                 CAST(:account_id AS text[]), CAST(:customer_id AS text[]),
                                 CAST(:bucket AS bigint[]))
            ON CONFLICT (merchant_id, channel, account_id, customer_id) DO NOTHING
        """),
        dict(zip(("merchant_id", "channel", "account_id", "customer_id", "bucket"), columns, strict=True)),
    )


async def adopt(connection: AsyncConnection, merchant_id: str, channel: str, account_id: str) -> list[Taken]:
    """What came in for an account before it was connected: now it is somebody's."""
    events, newest_at = await unrouted.take(connection, channel, account_id)
    if newest_at:
        await arrivals.heard_at(connection, channel, account_id, newest_at)
    return await take(connection, [(merchant_id, event) for event in sorted(events, key=lambda one: one.at)])


async def find(
    connection: AsyncConnection, channel: str, account_id: str, key: str, *, customer_id: str
) -> Taken:
    """An event that was taken before. NotFound when it was another customer's."""
    found = await connection.execute(
        text(
            "SELECT i.seq, i.conversation_id, i.bucket, i.kind, i.status FROM inbox i "
            "JOIN conversations c ON c.id = i.conversation_id WHERE i.channel = :channel "
            "AND i.account_id = :account_id AND i.key = :key AND c.customer_id = :customer_id"
        ),
        {"channel": channel, "account_id": account_id, "key": key, "customer_id": customer_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such event")
    return _taken(row)


async def waiting(connection: AsyncConnection, conversation_id: int) -> list[Waiting]:
    """What the conversation has not answered yet: by the provider's time, then by arrival."""
    found = await connection.execute(
        text(
            "SELECT seq, event, received_at FROM inbox "
            "WHERE conversation_id = :id AND status = 'waiting' ORDER BY at, seq"
        ),
        {"id": conversation_id},
    )
    return [
        Waiting(seq=row.seq, event=from_jsonable(InboundEvent, row.event), received_at=row.received_at)
        for row in found
    ]


async def conversations_waiting(connection: AsyncConnection, shard: int, shards: int) -> list[int]:
    """The sweep: what a lost notify left behind, or a restart."""
    found = await connection.execute(
        text(
            "SELECT DISTINCT conversation_id FROM inbox "
            "WHERE status = 'waiting' AND bucket % :shards = :shard"
        ),
        {"shards": shards, "shard": shard},
    )
    return [row.conversation_id for row in found]


async def settle(
    connection: AsyncConnection,
    seqs: Sequence[int],
    status: str,
    *,
    reason: str | None = None,
    execution_id: str | None = None,
) -> None:
    """From waiting to its end."""
    await connection.execute(
        text(
            "UPDATE inbox SET status = :status, reason = :reason, execution_id = :execution_id "
            "WHERE seq = ANY(CAST(:seqs AS bigint[])) AND status = 'waiting'"
        ),
        {"seqs": list(seqs), "status": status, "reason": reason, "execution_id": execution_id},
    )


async def person_answered_after(connection: AsyncConnection, conversation_id: int, at: datetime) -> bool:
    """In the app, as far as has been reported."""
    found = await connection.execute(
        text(
            "SELECT EXISTS (SELECT FROM inbox WHERE conversation_id = :id AND kind = 'echo' AND at > :at "
            "AND reason = 'person_answered')"
        ),
        {"id": conversation_id, "at": at},
    )
    return bool(found.scalar_one())


async def turn_of(connection: AsyncConnection, seq: int) -> str | None:
    """The turn that settled this event; None while it waits. An unsent message names one that never was."""
    found = await connection.execute(
        text(
            "SELECT CASE WHEN status <> 'waiting' THEN coalesce(execution_id, 'turn-' || seq) END "
            "FROM inbox WHERE seq = :seq"
        ),
        {"seq": seq},
    )
    turn: str | None = found.scalar_one()
    return turn
