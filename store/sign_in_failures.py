"""How often signing in failed of late, by e-mail and by address. Kept by hashes: it is no list of anybody."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

WINDOW_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Counted:
    count: int
    resets_in_s: int


async def count(connection: AsyncConnection, whose: str) -> Counted:
    """One more, counted before the password is looked at: tries at the same moment do not slip through."""
    found = await connection.execute(
        text("""
            INSERT INTO sign_in_failures AS f (key, count, resets_at)
            VALUES (:key, 1, now() + make_interval(secs => :window))
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN f.resets_at < now() THEN 1 ELSE f.count + 1 END,
                resets_at = CASE WHEN f.resets_at < now() THEN excluded.resets_at ELSE f.resets_at END
            RETURNING count AS failures, ceil(extract(epoch FROM resets_at - now()))::int AS resets_in_s
        """),
        {"key": _key(whose), "window": WINDOW_S},
    )
    row = found.one()
    return Counted(row.failures, max(row.resets_in_s, 1))


async def forgive(connection: AsyncConnection, counts: Mapping[str, int]) -> None:
    """It was no failure after all: so many fewer of each."""
    for whose, fewer in counts.items():
        await connection.execute(
            text("UPDATE sign_in_failures SET count = greatest(count - :fewer, 0) WHERE key = :key"),
            {"key": _key(whose), "fewer": fewer},
        )


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(text("DELETE FROM sign_in_failures WHERE resets_at < now()"))


def _key(whose: str) -> str:
    return hashlib.sha256(whose.encode()).hexdigest()
