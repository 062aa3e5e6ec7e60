"""Facts of this installation, and things that work once."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def fixed(connection: AsyncConnection, key: str, value: int) -> int:
    """The number under this key: the one kept there, or this one from now on."""
    await connection.execute(
        text(
            "INSERT INTO installation (key, value) VALUES (:key, CAST(:value AS jsonb)) "
            "ON CONFLICT (key) DO NOTHING"
        ),
        {"key": key, "value": json.dumps(value)},
    )
    found = await connection.execute(text("SELECT value FROM installation WHERE key = :key"), {"key": key})
    return int(found.scalar_one())


async def issue(connection: AsyncConnection, code_hash: str, seconds: float) -> None:
    """A code that `redeem` accepts once, and only for this long."""
    await connection.execute(
        text(
            "INSERT INTO installation (key, value, expires_at) "
            "VALUES (:key, 'true', now() + make_interval(secs => :seconds))"
        ),
        {"key": f"code:{code_hash}", "seconds": seconds},
    )


async def redeem(connection: AsyncConnection, code_hash: str) -> bool:
    found = await connection.execute(
        text("DELETE FROM installation WHERE key = :key RETURNING expires_at > now() AS good"),
        {"key": f"code:{code_hash}"},
    )
    row = found.first()
    return row is not None and bool(row.good)
