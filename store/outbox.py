"""What is to be sent and what became of it. Parts of one conversation leave in the order of their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.message import ConversationKey
from models.turn import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One part on its way: claimed, and so in state `sending`.

    `late`: a person says it, more than a day after the customer's last message.
    """

    id: int
    conversation_id: int
    key: ConversationKey
    execution_id: str | None  # None: typed by a person
    part: Part
    comment_id: str | None
    attempts: int
    expires_at: datetime
    sealed_token: bytes | None
    late: bool = False


async def put(
    connection: AsyncConnection,
    merchant_id: str,
    conversation_id: int,
    parts: Sequence[Part],
    *,
    execution_id: str | None,
    expires_at: datetime,
    comment_id: str | None = None,
    even_paused: bool = False,
    status: str = "pending",
) -> None:
    """`status` "sent" for a channel whose delivery is the answer to the call itself."""
    await connection.execute(
        text("""
            INSERT INTO outbox (merchant_id, conversation_id, execution_id, part, body, comment_id,
                                even_paused, expires_at, status, sent_at)
            SELECT :merchant_id, :conversation_id, :execution_id, n, CAST(body AS jsonb), :comment_id,
                   :even_paused, :expires_at, :status, CASE :status WHEN 'sent' THEN now() END
            FROM unnest(CAST(:bodies AS text[])) WITH ORDINALITY AS p(body, n) ORDER BY n
        """),
        {
            "merchant_id": merchant_id,
            "conversation_id": conversation_id,
            "execution_id": execution_id,
            "bodies": [to_json(part) for part in parts],
            "comment_id": comment_id,
            "even_paused": even_paused,
            "expires_at": expires_at,
            "status": status,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """An account's messages, or its replies to comments: these are slow, and must not hold up the others."""

    channel: str
    account_id: str
    comments: bool


# As many parts of a lane are in hand at once; more would only wait in memory.
ROOM = 200

# The head of each conversation's queue, if it may go now. One statement claims and checks at once:
# due, nothing before it unfinished, not paused, account connected. Where there is no room for all,
# those that have been tried least go first.
_CLAIM = text("""
    WITH ready AS (
        SELECT head.id, c.merchant_id, c.channel, c.account_id, c.customer_id, c.last_customer_at,
               a.access_token, coalesce(lane.room, :room) AS room,
               row_number() OVER (PARTITION BY c.channel, c.account_id, head.comment_id IS NOT NULL
                                  ORDER BY head.attempts, head.id) AS place
        FROM (
            SELECT DISTINCT ON (conversation_id) * FROM outbox
            WHERE status IN ('pending', 'sending') AND merchant_id = ANY(CAST(:merchants AS text[]))
            ORDER BY conversation_id, id
        ) head
        JOIN conversations c ON c.id = head.conversation_id
        JOIN accounts a ON a.channel = c.channel AND a.account_id = c.account_id AND a.status = 'connected'
        LEFT JOIN unnest(CAST(:channels AS text[]), CAST(:account_ids AS text[]),
                         CAST(:comments AS boolean[]), CAST(:rooms AS integer[]))
                  AS lane(channel, account_id, comments, room)
               ON lane.channel = c.channel AND lane.account_id = c.account_id
                  AND lane.comments = (head.comment_id IS NOT NULL)
        WHERE head.status = 'pending' AND head.due_at <= now()
          AND (head.even_paused OR c.paused_until IS NULL OR c.paused_until <= now())
    )
    UPDATE outbox o SET status = 'sending', sending_at = now(), attempts = attempts + 1, reason = NULL
    FROM ready
    WHERE o.id = ready.id AND ready.place <= ready.room AND o.status = 'pending'
    RETURNING o.id, o.conversation_id, o.execution_id, o.body, o.comment_id, o.attempts, o.expires_at,
              ready.merchant_id, ready.channel, ready.account_id, ready.customer_id, ready.access_token,
              o.execution_id IS NULL AND ready.last_customer_at < now() - interval '24 hours' AS late
""")


async def claim(
    connection: AsyncConnection, merchants: Sequence[str], rooms: Mapping[Lane, int] | None = None
) -> list[Delivery]:
    """The parts to be sent now, each in state `sending`. `rooms`: where it is not ROOM."""
    lanes = list(rooms or ())
    found = await connection.execute(
        _CLAIM,
        {
            "merchants": list(merchants),
            "room": ROOM,
            "channels": [lane.channel for lane in lanes],
            "account_ids": [lane.account_id for lane in lanes],
            "comments": [lane.comments for lane in lanes],
            "rooms": list((rooms or {}).values()),
        },
    )
    return sorted((_delivery(row) for row in found), key=lambda delivery: delivery.id)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        conversation_id=row.conversation_id,
        key=ConversationKey(
            merchant_id=row.merchant_id,
            channel=row.channel,
            account_id=row.account_id,
            customer_id=row.customer_id,
        ),
        execution_id=row.execution_id,
        part=from_jsonable(Part, row.body),
        comment_id=row.comment_id,
        attempts=row.attempts,
        expires_at=row.expires_at,
        sealed_token=row.access_token,
        late=bool(row.late),
    )


# What becomes of a part is said by who claimed it last: a sender that was given up, and lives, may know of an
# earlier try only. That one arrived is true whoever says it (`sent`).


async def depart(connection: AsyncConnection, claimed: Delivery) -> bool:
    """The call begins now, unless a person has stepped in since the part was claimed."""
    found = await connection.execute(
        text("""
            UPDATE outbox o SET
                sending_at = now(),
                status = CASE WHEN o.even_paused OR c.open THEN o.status ELSE 'cancelled' END,
                reason = CASE WHEN o.even_paused OR c.open THEN o.reason ELSE 'paused' END
            FROM (SELECT id, coalesce(paused_until <= now(), true) AS open FROM conversations) c
            WHERE o.id = :id AND o.attempts = :attempt AND o.status = 'sending' AND c.id = o.conversation_id
            RETURNING o.status
        """),
        _try(claimed),
    )
    return found.scalar() == "sending"


async def sent(connection: AsyncConnection, message_ids: Mapping[int, str]) -> None:
    """By part. They left, whatever was believed meanwhile: an echo may prove it after one was given back.

    An echo that was faster than this waits no longer.
    """
    await connection.execute(
        text("""
            WITH sent AS (
                UPDATE outbox o SET status = 'sent', sent_at = now(), message_id = s.message_id, reason = NULL
                FROM unnest(CAST(:ids AS bigint[]), CAST(:message_ids AS text[])) AS s(id, message_id)
                WHERE o.id = s.id AND o.status <> 'sent'
                RETURNING o.conversation_id, o.message_id
            )
            UPDATE inbox i SET status = 'silent', reason = 'own_echo' FROM sent
            WHERE i.conversation_id = sent.conversation_id AND i.event->>'message_id' = sent.message_id
              AND i.kind = 'echo' AND i.status = 'waiting'
        """),
        {"ids": list(message_ids), "message_ids": list(message_ids.values())},
    )


def _try(claimed: Delivery) -> dict[str, Any]:
    return {"id": claimed.id, "attempt": claimed.attempts}


async def retry(connection: AsyncConnection, claimed: Delivery, reason: str, delay_s: float) -> None:
    """It surely did not arrive: again later."""
    await connection.execute(
        text(
            "UPDATE outbox SET status = 'pending', reason = :reason, sending_at = NULL, "
            "due_at = now() + make_interval(secs => :delay) "
            "WHERE id = :id AND attempts = :attempt AND status = 'sending'"
        ),
        {**_try(claimed), "reason": reason, "delay": delay_s},
    )


async def give_back(connection: AsyncConnection, claimed: Delivery) -> None:
    """Claimed, and not tried after all: its account has to wait."""
    await connection.execute(
        text(
            "UPDATE outbox SET status = 'pending', reason = 'account_waits', sending_at = NULL, "
            "attempts = attempts - 1 WHERE id = :id AND attempts = :attempt AND status = 'sending'"
        ),
        _try(claimed),
    )


async def give_way(connection: AsyncConnection, merchants: Sequence[str]) -> None:
    """A part that was in flight when a pause began has come back: it would block what a person says."""
    await connection.execute(
        text("""
            UPDATE outbox o SET status = 'cancelled', reason = 'paused' FROM conversations c
            WHERE o.status = 'pending' AND NOT o.even_paused
              AND o.merchant_id = ANY(CAST(:merchants AS text[]))
              AND c.id = o.conversation_id AND c.paused_until > now()
        """),
        {"merchants": list(merchants)},
    )


async def unknown(connection: AsyncConnection, claimed: Delivery, reason: str) -> None:
    """It may have arrived: stays `sending`, its echo decides, for which time is counted from now."""
    await connection.execute(
        text(
            "UPDATE outbox SET reason = :reason, sending_at = now() "
            "WHERE id = :id AND attempts = :attempt AND status = 'sending'"
        ),
        {**_try(claimed), "reason": reason},
    )


async def abandon(connection: AsyncConnection, merchants: Sequence[str]) -> None:
    """Who was sending has died: what was on its way may have arrived. From now its echo is awaited."""
    await connection.execute(
        text(
            "UPDATE outbox SET reason = 'sender_died', sending_at = now() "
            "WHERE status = 'sending' AND reason IS NULL AND merchant_id = ANY(CAST(:merchants AS text[]))"
        ),
        {"merchants": list(merchants)},
    )


async def fail(connection: AsyncConnection, claimed: Delivery, reason: str) -> None:
    """A line under a comment says that a private reply was sent: without that it is not true."""
    await connection.execute(
        text("""
            WITH failed AS (
                UPDATE outbox SET status = 'failed', reason = :reason
                WHERE id = :id AND attempts = :attempt AND status IN ('pending', 'sending')
                RETURNING conversation_id, comment_id
            )
            UPDATE outbox o SET status = 'cancelled', reason = 'private_reply_failed' FROM failed
            WHERE o.conversation_id = failed.conversation_id AND o.comment_id = failed.comment_id
              AND o.status = 'pending' AND o.id <> :id
        """),
        {**_try(claimed), "reason": reason},
    )


async def expire(connection: AsyncConnection, merchants: Sequence[str]) -> None:
    """What can no longer be sent ends with its reason."""
    await connection.execute(
        text(
            "UPDATE outbox SET status = 'failed', reason = 'outside_window' "
            "WHERE status = 'pending' AND expires_at <= now() "
            "AND merchant_id = ANY(CAST(:merchants AS text[]))"
        ),
        {"merchants": list(merchants)},
    )


async def release(
    connection: AsyncConnection,
    merchants: Sequence[str],
    patience_s: float,
    *,
    abandoned_s: float | None = None,
    held: Sequence[int] = (),
) -> None:
    """Parts whose outcome stayed unknown and whose echo never came: sent again.

    `abandoned_s` is the patience with those whose sender has died, where it differs.
    `held` are still in a courier's hand, who may have to wait for a rate limit.
    A private reply is not: one message per comment is all there is, and it may have been used.
    """
    await connection.execute(
        text("""
            UPDATE outbox SET
                status = CASE WHEN comment_id IS NULL THEN 'pending' ELSE 'failed' END,
                reason = CASE WHEN comment_id IS NULL THEN 'echo_never_came' ELSE 'outcome_unknown' END,
                due_at = now()
            WHERE status = 'sending'
              AND sending_at < now() - CASE reason WHEN 'sender_died' THEN make_interval(secs => :abandoned)
                                       ELSE make_interval(secs => :patience) END
              AND merchant_id = ANY(CAST(:merchants AS text[])) AND id <> ALL(CAST(:held AS bigint[]))
        """),
        {
            "merchants": list(merchants),
            "patience": patience_s,
            "abandoned": patience_s if abandoned_s is None else abandoned_s,
            "held": list(held),
        },
    )


async def merchants_with_work(connection: AsyncConnection) -> list[str]:
    found = await connection.execute(
        text("SELECT DISTINCT merchant_id FROM outbox WHERE status IN ('pending', 'sending')")
    )
    return [row.merchant_id for row in found]
