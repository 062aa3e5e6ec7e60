"""What models cost, by merchant and UTC day: turns (store/endings.py) and what is tried out."""

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


async def today(connection: AsyncConnection, merchant_id: str) -> int:
    """Microdollars."""
    found = await connection.execute(
        text(
            "SELECT microdollars FROM spending WHERE merchant_id = :merchant_id "
            "AND day = CAST(now() AT TIME ZONE 'UTC' AS date)"
        ),
        {"merchant_id": merchant_id},
    )
    return found.scalar() or 0


async def add(connection: AsyncConnection, merchant_id: str, microdollars: int) -> None:
    """Of an answer that is no customer's turn."""
    await connection.execute(
        text("""
            INSERT INTO spending (merchant_id, day, microdollars, turns)
            VALUES (:merchant_id, CAST(now() AT TIME ZONE 'UTC' AS date), :microdollars, 0)
            ON CONFLICT (merchant_id, day) DO UPDATE
                SET microdollars = spending.microdollars + excluded.microdollars
        """),
        {"merchant_id": merchant_id, "microdollars": microdollars},
    )
