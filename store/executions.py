"""The log of every turn: why a reply says what it says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable
from models.errors import NotFound
from models.turn import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """`turn` and `steps` are JSON as they were written: shown, never computed with."""

    id: str
    conversation_id: int
    turn: dict[str, Any]
    reply: Reply | None
    steps: list[dict[str, Any]]
    silence_reason: str | None
    started_at: datetime
    finished_at: datetime

    @property
    def duration_ms(self) -> float:
        """From what it was given to what is on record."""
        return max(0.0, (self.finished_at - self.started_at).total_seconds() * 1000)


async def get(connection: AsyncConnection, merchant_id: str, execution_id: str) -> Execution:
    found = await connection.execute(
        text(
            "SELECT id, conversation_id, turn, reply, steps, silence_reason, started_at, finished_at "
            "FROM executions WHERE id = :id AND merchant_id = :merchant_id"
        ),
        {"id": execution_id, "merchant_id": merchant_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such execution")
    return Execution(
        id=row.id,
        conversation_id=row.conversation_id,
        turn=row.turn,
        reply=from_jsonable(Reply, row.reply) if row.reply else None,
        steps=row.steps,
        silence_reason=row.silence_reason,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
