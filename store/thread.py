"""One conversation as it went: what was said, what became of each part, and what got no reply and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable
from models.message import InboundEvent, Role
from models.turn import Part
from store.conversations import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A part of ours and where it is: pending, sending, sent; failed or cancelled for a reason."""

    part: Part
    status: str
    reason: str | None
    private_reply: bool  # to a comment
    execution_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the record. `event` is what it came with, `sent` the part it left as."""

    line: Line
    event: InboundEvent | None
    sent: Sent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An event that is no line: it waits, or is on record for a reason."""

    seq: int
    event: InboundEvent
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A turn in short."""

    id: str
    intent: str | None
    rung: str | None
    silence_reason: str | None
    handover_reason: str | None
    failed: bool
    duration_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A page of it, oldest first. `older`: the id of the line to go on before; None: it begins here."""

    entries: tuple[Entry, ...]
    noted: tuple[Noted, ...]
    turns: dict[str, Played]
    older: int | None


_LINES = text("""
    SELECT m.id, m.role, m.text, m.product_ids, m.at, m.execution_id, i.event
    FROM messages m LEFT JOIN inbox i ON i.seq = m.inbox_seq
    WHERE m.conversation_id = :id AND m.id < coalesce(CAST(:before AS bigint), 9223372036854775807)
    ORDER BY m.id DESC LIMIT :limit
""")
# By execution; what people typed has none, and is told by when it was.
_SENT = text("""
    SELECT execution_id, part, body, comment_id IS NOT NULL AS private_reply, status, reason
    FROM outbox
    WHERE conversation_id = :id
      AND (execution_id = ANY(CAST(:executions AS text[]))
           OR (execution_id IS NULL AND created_at >= CAST(:since AS timestamptz) - interval '1 minute'))
      AND NOT (part = 0 AND status = 'cancelled')
    ORDER BY id
""")
_TURNS = text("""
    SELECT id, reply->>'intent' AS intent, reply->>'rung' AS rung, silence_reason,
           reply->'handover'->>'reason' AS handover_reason,
           steps @? '$[*]?(@."status" == "failed")' AS failed,
           extract(epoch FROM finished_at - started_at) * 1000 AS duration_ms
    FROM executions WHERE id = ANY(CAST(:executions AS text[])) AND conversation_id = :id
""")
# Our own echoes are no news. What a turn took, and what a person typed in the app, became lines.
_NOTED = text("""
    SELECT i.seq, i.event, i.status, i.reason FROM inbox i
    WHERE i.conversation_id = :id
      AND i.at >= coalesce(CAST(:since AS timestamptz), '-infinity')
      AND i.at < coalesce(CAST(:until AS timestamptz), 'infinity')
      AND CASE WHEN i.kind = 'restock' THEN i.status = 'silent'
               WHEN i.status = 'waiting' THEN i.kind IN ('message', 'comment')
               ELSE i.execution_id IS NULL AND i.reason NOT IN ('own_echo', 'person_answered') END
    ORDER BY i.at DESC, i.seq DESC LIMIT :limit
""")


async def page(
    connection: AsyncConnection, conversation_id: int, *, before: int | None = None, limit: int = 50
) -> Thread:
    asked: dict[str, Any] = {"id": conversation_id, "before": before, "limit": limit + 1}
    rows = (await connection.execute(_LINES, asked)).all()
    # One more than is shown says that there are more.
    shown, more = rows[:limit][::-1], len(rows) > limit
    lines = [_line(row) for row in shown]
    executions = list(dict.fromkeys(line.execution_id for line in lines if line.execution_id))
    since = lines[0].at if lines else None
    sent = await connection.execute(_SENT, {"id": conversation_id, "executions": executions, "since": since})
    turns = await connection.execute(_TURNS, {"id": conversation_id, "executions": executions})
    noted = await connection.execute(
        _NOTED,
        {
            "id": conversation_id,
            "since": since if more else None,
            "until": None if before is None else await _at(connection, conversation_id, before),
            "limit": limit * 2,
        },
    )
    return Thread(
        entries=tuple(_joined(shown, lines, map(_sent, sent))),
        noted=tuple(_noted(row) for row in reversed(noted.all())),
        turns={row.id: _played(row) for row in turns},
        older=lines[0].id if more and lines else None,
    )


async def _at(connection: AsyncConnection, conversation_id: int, line_id: int) -> datetime | None:
    found = await connection.execute(
        text("SELECT at FROM messages WHERE conversation_id = :id AND id = :line_id"),
        {"id": conversation_id, "line_id": line_id},
    )
    at: datetime | None = found.scalar()
    return at


def _joined(rows: Sequence[Row[Any]], lines: Sequence[Line], sent: Iterable[Sent]) -> Iterable[Entry]:
    """A line and its part say the same, of the same turn; the record names no part."""
    left: dict[tuple[str | None, str], list[Sent]] = defaultdict(list)
    for one in sent:
        left[one.execution_id, one.part.text].append(one)
    for row, line in zip(rows, lines, strict=True):
        event = from_jsonable(InboundEvent, row.event) if row.event else None
        ours = line.role is not Role.CUSTOMER and event is None
        parts = left[line.execution_id, line.text] if ours else []
        yield Entry(line=line, event=event, sent=parts.pop(0) if parts else None)


def _line(row: Row[Any]) -> Line:
    return Line(
        id=row.id,
        role=Role(row.role),
        text=row.text,
        product_ids=tuple(row.product_ids),
        at=row.at,
        execution_id=row.execution_id,
    )


def _sent(row: Row[Any]) -> Sent:
    return Sent(
        part=from_jsonable(Part, row.body),
        status=row.status,
        reason=row.reason,
        private_reply=row.private_reply,
        execution_id=row.execution_id,
    )


def _noted(row: Row[Any]) -> Noted:
    return Noted(
        seq=row.seq, event=from_jsonable(InboundEvent, row.event), status=row.status, reason=row.reason
    )


def _played(row: Row[Any]) -> Played:
    return Played(
        id=row.id,
        intent=row.intent,
        rung=row.rung,
        silence_reason=row.silence_reason,
        handover_reason=row.handover_reason,
        failed=row.failed,
        duration_ms=float(row.duration_ms),
    )
