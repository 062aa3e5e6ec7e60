"""What somebody asked to have deleted, and that it was: shown to whoever has the code."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """`accounts`: how many there were to delete."""

    at: datetime
    accounts: int


async def record(connection: AsyncConnection, code: str, deletion: Deletion) -> None:
    """Once: a request that is repeated finds nothing more to delete, and changes nothing here."""
    value = {"at": deletion.at.isoformat(), "accounts": deletion.accounts}
    await connection.execute(
        text(
            "INSERT INTO installation (key, value) VALUES (:key, CAST(:value AS jsonb)) "
            "ON CONFLICT (key) DO NOTHING"
        ),
        {"key": _key(code), "value": json.dumps(value)},
    )


async def get(connection: AsyncConnection, code: str) -> Deletion:
    found = await connection.execute(
        text("SELECT value FROM installation WHERE key = :key"), {"key": _key(code)}
    )
    row = found.first()
    if row is None:
        raise NotFound("no such deletion")
    return Deletion(at=datetime.fromisoformat(row.value["at"]), accounts=row.value["accounts"])


def _key(code: str) -> str:
    return f"deletion:{code}"
