"""What the installation has on record of the customers of a run."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.cutting import shorten, utf16_units
from launch.running import Running
from models.codec import from_json, from_jsonable
from models.turn import Part
from store.database import connect

LOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message in the inbox. `lines`: its texts in the conversation; `read_at`: when its turn began."""

    customer_id: str
    mid: str
    at: datetime
    received_at: datetime
    status: str
    reason: str | None
    turn_id: str | None
    read_at: datetime | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A part in the outbox, in the order of these."""

    customer_id: str
    turn_id: str
    shown: tuple[str, ...]
    status: str
    reason: str | None
    mid: str | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    heard: Sequence[Heard]
    said: Sequence[Said]
    paused: int  # customers whose assistant has stepped back


_CUSTOMERS = "FROM conversations c WHERE c.customer_id = ANY(CAST(:customers AS text[]))"

_HEARD = text("""
    SELECT c.customer_id, i.event->>'message_id' AS mid, i.at, i.received_at, i.status, i.reason,
           i.execution_id, e.started_at,
           ARRAY(SELECT m.text FROM messages m
                 WHERE m.conversation_id = c.id AND m.inbox_seq = i.seq) AS lines
    FROM conversations c JOIN inbox i ON i.conversation_id = c.id
    LEFT JOIN executions e ON e.id = i.execution_id
    WHERE c.customer_id = ANY(CAST(:customers AS text[])) AND i.kind = 'message'
    ORDER BY c.id, i.at, i.seq
""")

_SAID = text("""
    SELECT c.customer_id, o.execution_id, o.body, o.status, o.reason, o.message_id, o.sent_at
    FROM conversations c JOIN outbox o ON o.conversation_id = c.id
    WHERE c.customer_id = ANY(CAST(:customers AS text[])) ORDER BY o.id
""")

_UNFINISHED = text(f"""
    SELECT (SELECT count(*) FROM inbox i WHERE i.status = 'waiting'
              AND i.conversation_id IN (SELECT c.id {_CUSTOMERS}))
         + (SELECT count(*) FROM outbox o WHERE o.status IN ('pending', 'sending')
              AND o.conversation_id IN (SELECT c.id {_CUSTOMERS}))
""")  # noqa: S608 - constants

_PAUSED = text(f"SELECT count(*) FILTER (WHERE c.paused_until > now()) {_CUSTOMERS}")


async def read(data: Path, customers: Sequence[str], patience_s: float) -> Record:
    """Once nothing of theirs is on its way any more, or the time is up: what is then unfinished is lost."""
    running = from_json(Running, (data / "running.json").read_bytes())
    engine = connect(running.database_url)
    deadline = time.monotonic() + patience_s
    while await _unfinished(engine, customers) and time.monotonic() < deadline:  # noqa: ASYNC110 - another process's
        await asyncio.sleep(LOOK_S)
    async with engine.connect() as connection:
        names = {"customers": list(customers)}
        heard = (await connection.execute(_HEARD, names)).all()
        said = (await connection.execute(_SAID, names)).all()
        paused = (await connection.execute(_PAUSED, names)).scalar_one()
    await engine.dispose()
    return Record(heard=[_heard(row) for row in heard], said=[_said(row) for row in said], paused=paused)


async def _unfinished(engine: AsyncEngine, customers: Sequence[str]) -> int:
    try:
        async with engine.connect() as connection:
            found = await connection.execute(_UNFINISHED, {"customers": list(customers)})
            return int(found.scalar_one())
    except (SQLAlchemyError, OSError):
        return 1  # it was killed just now


def _heard(row: Row[Any]) -> Heard:
    return Heard(
        customer_id=row.customer_id,
        mid=row.mid,
        at=row.at,
        received_at=row.received_at,
        status=row.status,
        reason=row.reason,
        turn_id=row.execution_id,
        read_at=row.started_at,
        lines=tuple(row.lines),
    )


def _said(row: Row[Any]) -> Said:
    part = from_jsonable(Part, row.body)
    return Said(
        customer_id=row.customer_id,
        turn_id=row.execution_id,
        shown=tuple(shorten(card.name, 80, utf16_units) for card in part.cards) or (part.text,),
        status=row.status,
        reason=row.reason,
        mid=row.message_id,
        sent_at=row.sent_at,
    )
