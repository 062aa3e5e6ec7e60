"""A rebuild of many catalogues, on record: an interrupted one goes on with what is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json

_KEY = "reindex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`asked` are the merchants it was begun for, None all of them; `left` who is not rebuilt yet."""

    asked: tuple[str, ...] | None
    embed_all: bool
    left: tuple[str, ...]


async def begin(
    connection: AsyncConnection, asked: Sequence[str] | None, merchants: Sequence[str], *, embed_all: bool
) -> Run:
    """The interrupted run for the same, else a new one for the `merchants`.

    To embed all, the vectors of before are no longer counted as the embedder's: what an interruption leaves
    without one is what is left to do.
    """
    run = Run(asked=None if asked is None else tuple(asked), embed_all=embed_all, left=tuple(merchants))
    found = await connection.execute(
        text("SELECT value FROM installation WHERE key = :key FOR UPDATE"), {"key": _KEY}
    )
    if row := found.first():
        before = from_jsonable(Run, row.value)
        if (before.asked, before.embed_all) == (run.asked, run.embed_all):
            return before
    await connection.execute(
        text("""
            INSERT INTO installation (key, value) VALUES (:key, CAST(:value AS jsonb))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """),
        {"key": _KEY, "value": to_json(run)},
    )
    if embed_all:
        await connection.execute(
            text("UPDATE products SET embedder = NULL WHERE merchant_id = ANY(CAST(:merchants AS text[]))"),
            {"merchants": list(merchants)},
        )
    return run


async def rebuilt(connection: AsyncConnection, merchant_id: str) -> None:
    await connection.execute(
        text("""
            UPDATE installation
            SET value = jsonb_set(value, '{left}', (value->'left') - CAST(:merchant_id AS text))
            WHERE key = :key
        """),
        {"key": _KEY, "merchant_id": merchant_id},
    )


async def finish(connection: AsyncConnection) -> None:
    """Nothing is left of it."""
    await connection.execute(text("DELETE FROM installation WHERE key = :key"), {"key": _KEY})
