"""Whenever the counting of figures stops, the next one ends with the same."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import CLOSE_AFTER, FigureRollUps, local_days
from actors.open_days import LATE
from store import merchant_days
from tests.store.rows import open_shop, select
from tests.store.shown import DAY, NOON, show

MIDNIGHT = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
async def roll_ups(engine: AsyncEngine) -> FigureRollUps:
    await open_shop(engine)
    await open_shop(engine, "m2")
    return FigureRollUps(engine)


async def turns(engine: AsyncEngine) -> list[tuple[str, date, int]]:
    found = await select(engine, "merchant_id, day, turns FROM merchant_days WHERE turns > 0 ORDER BY 1, 2")
    return [tuple(row) for row in found]


async def last_closed(engine: AsyncEngine) -> date | None:
    async with engine.begin() as connection:
        return await merchant_days.last_closed(connection)


async def test_today_is_counted_as_it_goes_on(engine: AsyncEngine, roll_ups: FigureRollUps) -> None:
    await show(engine, "dress")
    await roll_ups.run(NOON + LATE)
    assert await turns(engine) == [("m1", DAY, 1)]
    await show(engine, "dress", at=NOON + LATE)
    await show(engine, "dress", at=NOON + LATE, merchant="m2")
    await roll_ups.run(NOON + 2 * LATE)
    assert await turns(engine) == [("m1", DAY, 2), ("m2", DAY, 1)]
    assert await last_closed(engine) is None


async def test_a_day_is_closed_once_its_silence_is_known(
    engine: AsyncEngine, roll_ups: FigureRollUps
) -> None:
    await show(engine, "dress")
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER - timedelta(seconds=1))
    assert await last_closed(engine) is None
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER)
    assert await last_closed(engine) == DAY
    await show(engine, "dress")
    await FigureRollUps(engine).run(MIDNIGHT + CLOSE_AFTER)
    assert await turns(engine) == [("m1", DAY, 1)]


async def test_who_comes_after_a_crash_counts_the_open_days_again(
    engine: AsyncEngine, roll_ups: FigureRollUps
) -> None:
    for day in (0, 1, 4):
        await show(engine, "dress", at=NOON + timedelta(days=day))
    await roll_ups.run(NOON + timedelta(days=4))
    expected = [("m1", DAY + timedelta(days=day), 1) for day in (0, 1, 4)]
    assert await turns(engine) == expected
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM merchant_days"))
        await connection.execute(text("DELETE FROM turn_facts"))
        await connection.execute(text("DELETE FROM installation"))
    await FigureRollUps(engine).run(NOON + timedelta(days=4))
    assert await turns(engine) == expected


async def test_what_leaves_late_is_counted_when_it_has_left(
    engine: AsyncEngine, roll_ups: FigureRollUps
) -> None:
    await show(engine, "dress")
    await roll_ups.run(NOON + LATE)
    later = NOON + timedelta(hours=3)
    await roll_ups.run(later)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE outbox SET status = 'failed', reason = 'outside_window'"))
    await roll_ups.run(later + LATE)
    assert [row.undelivered for row in await select(engine, "undelivered FROM merchant_days")] == [1]


async def test_a_shop_that_fails_holds_up_no_other(
    engine: AsyncEngine, roll_ups: FigureRollUps, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show(engine, "dress")
    await show(engine, "dress", merchant="m2")
    count = merchant_days.roll_up

    async def failing(connection: object, merchant_id: str, *rest: object) -> None:
        if merchant_id == "m1":
            raise RuntimeError("cannot be counted")
        await count(connection, merchant_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(merchant_days, "roll_up", failing)
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER)
    assert (await turns(engine), await last_closed(engine)) == ([("m2", DAY, 1)], None)
    monkeypatch.undo()
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER)
    assert await turns(engine) == [("m1", DAY, 1), ("m2", DAY, 1)]


async def test_a_shops_day_is_that_of_its_time_zone(engine: AsyncEngine, roll_ups: FigureRollUps) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                """UPDATE merchants SET profile = profile || '{"time_zone": "Asia/Tokyo"}' WHERE id = 'm1'"""
            )
        )
    for merchant in ("m1", "m2"):
        await show(engine, "dress", at=datetime(2026, 3, 14, 15, 30, tzinfo=UTC), merchant=merchant)
    await roll_ups.run(datetime(2026, 3, 14, 16, tzinfo=UTC))
    assert await turns(engine) == [("m1", DAY + timedelta(days=1), 1), ("m2", DAY, 1)]


def test_days_that_share_a_moment() -> None:
    next_day = DAY + timedelta(days=1)
    assert local_days(DAY, ZoneInfo("UTC")) == [DAY]
    assert local_days(DAY, ZoneInfo("Asia/Tokyo")) == [DAY, next_day]
    assert local_days(next_day, ZoneInfo("America/New_York")) == [DAY, next_day]
