"""What models cost, by merchant and UTC day. Written by the turns (store/endings.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    day: date
    microdollars: int
    turns: int


async def recent(connection: AsyncConnection, merchant_id: str, days: int) -> Sequence[Spending]:
    """Of the days on which a model was asked, newest first."""
    found = await connection.execute(
        text(
            "SELECT day, microdollars, turns FROM spending WHERE merchant_id = :merchant_id "
            "ORDER BY day DESC LIMIT :days"
        ),
        {"merchant_id": merchant_id, "days": days},
    )
    return [Spending(day=row.day, microdollars=row.microdollars, turns=row.turns) for row in found]
