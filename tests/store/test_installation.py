"""Numbers that stay as they were set first, and codes that work once."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from store import installation


async def redeem(engine: AsyncEngine, code: str) -> bool:
    async with engine.begin() as connection:
        return await installation.redeem(connection, code)


async def test_a_number_stays_as_it_was_set_first(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await installation.fixed(connection, "shards", 2) == 2
        assert await installation.fixed(connection, "shards", 4) == 2
        assert await installation.fixed(connection, "others", 4) == 4


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
