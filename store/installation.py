"""Facts of this installation, and things that work once."""

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


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


async def note_moment(connection: AsyncConnection, key: str) -> None:
    """That it happened again, now."""
    await connection.execute(
        text(
            "INSERT INTO installation (key, value) VALUES (:key, to_jsonb(now())) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        ),
        {"key": key},
    )


async def moment(connection: AsyncConnection, key: str) -> datetime | None:
    """When it happened last; None: never."""
    found = await connection.execute(
        text("SELECT CAST(value #>> '{}' AS timestamptz) FROM installation WHERE key = :key"), {"key": key}
    )
    at: datetime | None = found.scalar()
    return at


async def day(connection: AsyncConnection, key: str) -> date | None:
    """The day that was put there last; None: none was."""
    found = await connection.execute(
        text("SELECT value #>> '{}' FROM installation WHERE key = :key"), {"key": key}
    )
    written = found.scalar()
    return date.fromisoformat(written) if written is not None else None


async def put_day(connection: AsyncConnection, key: str, day: date) -> None:
    await connection.execute(
        text(
            "INSERT INTO installation (key, value) VALUES (:key, to_jsonb(CAST(:day AS date))) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        ),
        {"key": key, "day": day},
    )


async def prune(connection: AsyncConnection) -> None:
    """What has had its time: codes nobody used, events of accounts nobody connected within a week."""
    await connection.execute(text("DELETE FROM installation WHERE expires_at < now()"))
    await connection.execute(
        text("DELETE FROM unrouted WHERE received_at < now() - make_interval(days => 7)")
    )
