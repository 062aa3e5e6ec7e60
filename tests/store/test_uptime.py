"""Minutes in which everything answered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import uptime
from store.uptime import Uptime

DAY = date(2026, 3, 14)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def _nobody_looked(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM uptime_days"))


async def look(engine: AsyncEngine, at: datetime, *, ready: bool = True) -> None:
    async with engine.begin() as connection:
        await uptime.note(connection, at, ready=ready)


async def found(engine: AsyncEngine, now: datetime, first: date = DAY, last: date | None = None) -> Uptime:
    async with engine.begin() as connection:
        return await uptime.between(connection, first, last or now.date(), now)


async def test_where_nobody_ever_looked_nothing_is_known(engine: AsyncEngine) -> None:
    nothing = await found(engine, NOON)
    assert (nothing, nothing.share) == (Uptime(ready=0, minutes=0), None)


async def test_it_counts_from_the_first_look(engine: AsyncEngine) -> None:
    for minute in range(10):
        for second in (5, 25, 45):
            await look(engine, NOON + timedelta(minutes=minute, seconds=second))
    assert await found(engine, NOON + timedelta(minutes=9, seconds=50)) == Uptime(ready=10, minutes=10)
    # The minute that has just begun is not held against anybody.
    assert await found(engine, NOON + timedelta(minutes=10, seconds=1)) == Uptime(ready=10, minutes=10)
    assert await found(engine, NOON + timedelta(minutes=12, seconds=1)) == Uptime(ready=10, minutes=12)


@pytest.mark.parametrize("looks", [(True, False), (False, True), (False, False), (True, False, True)])
async def test_a_minute_with_one_look_that_failed_is_lost(
    engine: AsyncEngine, looks: tuple[bool, ...]
) -> None:
    await look(engine, NOON)
    for second, ready in enumerate(looks):
        await look(engine, NOON + timedelta(minutes=1, seconds=second), ready=ready)
    await look(engine, NOON + timedelta(minutes=2))
    assert await found(engine, NOON + timedelta(minutes=2)) == Uptime(ready=2, minutes=3)


async def test_a_day_switched_off_was_down(engine: AsyncEngine) -> None:
    before, after = NOON - timedelta(minutes=1), NOON + timedelta(days=2)
    await look(engine, before)
    await look(engine, after)
    down = await found(engine, after, before.date())
    assert down == Uptime(ready=2, minutes=2 * 24 * 60 + 2)
    assert await found(engine, after, after.date()) == Uptime(ready=1, minutes=12 * 60 + 1)
    assert await found(engine, after, DAY, DAY) == Uptime(ready=1, minutes=12 * 60 + 1)
