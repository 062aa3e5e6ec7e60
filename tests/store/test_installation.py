"""Codes that work once, and what has had its time."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import installation


async def redeem(engine: AsyncEngine, code: str) -> bool:
    async with engine.begin() as connection:
        return await installation.redeem(connection, code)


async def test_a_code_works_once_even_when_two_try_it_at_once(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await installation.issue(connection, "hash", 60)
    tries = await asyncio.gather(redeem(engine, "hash"), redeem(engine, "hash"))
    assert sorted(tries) == [False, True]
    assert not await redeem(engine, "hash")


async def test_a_code_that_is_too_old_or_was_never_issued_does_not_work(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await installation.issue(connection, "old", -1)
    assert not await redeem(engine, "old")
    assert not await redeem(engine, "never")


async def test_what_has_had_its_time_is_pruned(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await installation.issue(connection, "old", -1)
        await installation.issue(connection, "good", 60)
        await connection.execute(
            text(
                "INSERT INTO unrouted (channel, account_id, key, event, received_at) VALUES "
                "('instagram', 'a', 'old', '{}', now() - make_interval(days => 8)), "
                "('instagram', 'a', 'new', '{}', now())"
            )
        )
        await installation.prune(connection)
        kept = (await connection.execute(text("SELECT key FROM unrouted"))).scalars().all()
    assert kept == ["new"]
    assert await redeem(engine, "good")
