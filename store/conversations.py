"""One customer's state: memory, pause, and what was said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.errors import Conflict, NotFound
from models.message import ConversationKey, Message, Role
from models.turn import Handover, Memory
from store import events

HISTORY = 10
# Why the assistant is paused.
PERSON_ANSWERED = "person_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: int
    key: ConversationKey
    version: int
    memory: Memory
    paused_until: datetime | None
    pause_reason: str | None
    handover: Handover | None  # a person is needed, since `handover_at`
    handover_at: datetime | None
    last_customer_at: datetime | None
    customer_name: str | None = None  # where the channel ever gave one

    def paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def state(self, now: datetime) -> str:
        return "paused" if self.paused(now) else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as it is on record."""

    id: int
    role: Role
    text: str
    product_ids: tuple[str, ...]
    at: datetime
    execution_id: str | None

    @property
    def message(self) -> Message:
        return Message(role=self.role, text=self.text, at=self.at, product_ids=self.product_ids)


_NAMES = (
    "id", "merchant_id", "channel", "account_id", "customer_id", "customer_name", "version", "memory",
    "paused_until", "pause_reason", "handover_reason", "handover_at", "last_customer_at",
)  # fmt: skip


def columns(table: str = "conversations") -> str:
    """What `from_row` reads."""
    return ", ".join(f"{table}.{name}" for name in _NAMES)


async def get(connection: AsyncConnection, conversation_id: int) -> Conversation:
    found = await connection.execute(
        text(f"SELECT {columns()} FROM conversations WHERE id = :id"),  # noqa: S608 - constant columns
        {"id": conversation_id},
    )
    return from_row(found.one())


async def find(
    connection: AsyncConnection, merchant_id: str, customer_id: str, channel: str | None = None
) -> Conversation:
    """Conflict names the channels when the customer's id alone is not unique."""
    found = await connection.execute(
        text(
            f"SELECT {columns()} FROM conversations WHERE merchant_id = :merchant_id "  # noqa: S608 - same
            "AND customer_id = :customer_id AND channel = coalesce(CAST(:channel AS text), channel) "
            "ORDER BY id"
        ),
        {"merchant_id": merchant_id, "customer_id": customer_id, "channel": channel},
    )
    rows = found.all()
    if not rows:
        raise NotFound("no such conversation")
    if len(rows) > 1:
        choices = ", ".join(sorted({row.channel for row in rows}))
        raise Conflict(f"this customer has several conversations; add ?channel= ({choices})", field="channel")
    return from_row(rows[0])


async def within(connection: AsyncConnection, merchant_id: str, conversation_id: int) -> Conversation:
    """NotFound when it is another merchant's."""
    found = await connection.execute(
        text(
            f"SELECT {columns()} FROM conversations "  # noqa: S608 - same
            "WHERE id = :id AND merchant_id = :merchant_id"
        ),
        {"id": conversation_id, "merchant_id": merchant_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such conversation")
    return from_row(row)


def from_row(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        key=ConversationKey(
            merchant_id=row.merchant_id,
            channel=row.channel,
            account_id=row.account_id,
            customer_id=row.customer_id,
        ),
        version=row.version,
        memory=from_jsonable(Memory, row.memory) if row.memory is not None else Memory(),
        paused_until=row.paused_until,
        pause_reason=row.pause_reason,
        handover=Handover(reason=row.handover_reason) if row.handover_at else None,
        handover_at=row.handover_at,
        last_customer_at=row.last_customer_at,
        customer_name=row.customer_name,
    )


async def lines(connection: AsyncConnection, conversation_id: int, limit: int = HISTORY) -> list[Line]:
    """The newest `limit` messages, oldest first."""
    found = await connection.execute(
        text(
            "SELECT id, role, text, product_ids, at, execution_id FROM messages "
            "WHERE conversation_id = :id ORDER BY messages.id DESC LIMIT :limit"
        ),
        {"id": conversation_id, "limit": limit},
    )
    return [
        Line(
            id=row.id,
            role=Role(row.role),
            text=row.text,
            product_ids=tuple(row.product_ids),
            at=row.at,
            execution_id=row.execution_id,
        )
        for row in reversed(found.all())
    ]


async def pause_of(connection: AsyncConnection, conversation_id: int, usual: timedelta) -> timedelta:
    """For how long the merchant wants the assistant to be silent while a person speaks."""
    found = await connection.execute(
        text(
            "SELECT CAST(m.profile->'handover'->>'pause_hours' AS integer) AS hours "
            "FROM conversations c JOIN merchants m ON m.id = c.merchant_id WHERE c.id = :id"
        ),
        {"id": conversation_id},
    )
    hours = found.scalar()
    return usual if hours is None else timedelta(hours=hours)


async def pause(connection: AsyncConnection, conversation_id: int, until: datetime, reason: str) -> None:
    """From now a person speaks: whatever of ours has not left yet is cancelled.

    Who has been answered by a person needs none any more.
    """
    await connection.execute(
        text(
            "UPDATE conversations SET paused_until = :until, pause_reason = CAST(:reason AS text), "
            "handover_reason = CASE WHEN :reason = :answered THEN NULL ELSE handover_reason END, "
            "handover_at = CASE WHEN :reason = :answered THEN NULL ELSE handover_at END, "
            "unanswered_since = CASE WHEN :reason = :answered THEN NULL ELSE unanswered_since END, "
            "version = version + 1, updated_at = now() WHERE id = :id"
        ),
        {"id": conversation_id, "until": until, "reason": reason, "answered": PERSON_ANSWERED},
    )
    await connection.execute(
        text(
            "UPDATE outbox SET status = 'cancelled', reason = 'paused' "
            "WHERE conversation_id = :id AND status = 'pending' AND execution_id IS NOT NULL"
        ),
        {"id": conversation_id},
    )


async def resume(connection: AsyncConnection, conversation_id: int) -> None:
    await connection.execute(
        text(
            "UPDATE conversations SET paused_until = NULL, pause_reason = NULL, "
            "handover_reason = NULL, handover_at = NULL, "
            "version = version + 1, updated_at = now() WHERE id = :id"
        ),
        {"id": conversation_id},
    )


async def forget(connection: AsyncConnection, conversation_id: int, now: datetime) -> None:
    """All that is remembered goes; what was said stays on record, and is no part of the talk that begins."""
    await connection.execute(
        text(
            "UPDATE conversations SET memory = CAST(:memory AS jsonb), "
            "version = version + 1, updated_at = now() WHERE id = :id"
        ),
        {"id": conversation_id, "memory": to_json(Memory(since=now))},
    )
    await events.note(connection, conversation_id, "reset")


async def focus(
    connection: AsyncConnection, conversation_id: int, product_ids: Sequence[str], at: datetime
) -> None:
    """These products come into view in place of those last shown, and end the search before them.

    A day after the customer's last message the talk begins with them.
    """
    await connection.execute(
        text("""
            UPDATE conversations SET version = version + 1, updated_at = now(),
                memory = coalesce(memory, '{}')
                    || jsonb_build_object(
                        'focus', CAST(:ids AS jsonb), 'wish', '{}'::jsonb, 'offer', NULL, 'since',
                        CASE WHEN last_customer_at < CAST(:at AS timestamptz) - interval '24 hours'
                             THEN to_jsonb(CAST(:at AS timestamptz)) ELSE memory->'since' END)
            WHERE id = :id
        """),
        {"id": conversation_id, "ids": json.dumps(list(product_ids)), "at": at},
    )


async def touch(connection: AsyncConnection, conversation_id: int) -> None:
    """Whoever has read it before must read it again."""
    await connection.execute(
        text("UPDATE conversations SET version = version + 1, updated_at = now() WHERE id = :id"),
        {"id": conversation_id},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message to be put on record."""

    role: Role
    text: str
    at: datetime
    product_ids: tuple[str, ...] = ()
    inbox_seq: int | None = None
    provider_id: str | None = None
    execution_id: str | None = None

    @property
    def message(self) -> Message:
        return Message(role=self.role, text=self.text, at=self.at, product_ids=self.product_ids)


async def record(
    connection: AsyncConnection, merchant_id: str, conversation_id: int, said: Sequence[Said]
) -> None:
    if not said:
        return
    await connection.execute(
        text("""
            INSERT INTO messages (merchant_id, conversation_id, role, text, product_ids, at,
                                  inbox_seq, provider_id, execution_id)
            SELECT :merchant_id, :conversation_id, role, body, CAST(product_ids AS jsonb), at,
                   inbox_seq, provider_id, execution_id
            FROM unnest(CAST(:role AS text[]), CAST(:text AS text[]), CAST(:product_ids AS text[]),
                        CAST(:at AS timestamptz[]), CAST(:inbox_seq AS bigint[]),
                        CAST(:provider_id AS text[]), CAST(:execution_id AS text[])) WITH ORDINALITY
                 AS m(role, body, product_ids, at, inbox_seq, provider_id, execution_id, n)
            ORDER BY n
        """),
        {
            "merchant_id": merchant_id,
            "conversation_id": conversation_id,
            "role": [line.role.value for line in said],
            "text": [line.text for line in said],
            "product_ids": [_json_list(line.product_ids) for line in said],
            "at": [line.at for line in said],
            "inbox_seq": [line.inbox_seq for line in said],
            "provider_id": [line.provider_id for line in said],
            "execution_id": [line.execution_id for line in said],
        },
    )


def _json_list(values: Sequence[str]) -> str:
    return json.dumps(list(values))
