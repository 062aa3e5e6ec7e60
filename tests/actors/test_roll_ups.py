"""Whenever the counting stops, the next one ends with the same numbers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.open_days import LATE
from actors.roll_ups import CLOSE_AFTER, KEEP_LINKS, RollUps
from store import product_days
from tests.store.rows import conversation_of, open_shop, select
from tests.store.shown import DAY, NOON, click, counted, show

EVENING = NOON + timedelta(hours=8)
MIDNIGHT = datetime(2026, 3, 15, tzinfo=UTC)


class Told:
    """Remembers whose day was counted. `failing` merchants' catalogues cannot be told."""

    def __init__(self) -> None:
        self.merchants: list[str] = []
        self.failing: Sequence[str] = ()

    async def __call__(self, merchant_id: str) -> None:
        if merchant_id in self.failing:
            raise RuntimeError("the catalogue's actor is away")
        self.merchants.append(merchant_id)

    def again(self) -> list[str]:
        """Since the last look."""
        heard, self.merchants = self.merchants, []
        return heard


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def roll_ups(engine: AsyncEngine, told: Told) -> RollUps:
    await open_shop(engine)
    await open_shop(engine, "m2")
    return RollUps(engine, told)


async def last_closed(engine: AsyncEngine) -> date | None:
    async with engine.begin() as connection:
        return await product_days.last_closed(connection)


async def shown(engine: AsyncEngine) -> list[tuple[str, date, int]]:
    return [(merchant, day, count) for merchant, day, _, count, _, _ in await counted(engine)]


async def test_today_is_counted_as_it_goes_on_where_something_happened(
    engine: AsyncEngine, roll_ups: RollUps, told: Told
) -> None:
    await show(engine, "dress")
    await roll_ups.run(NOON + LATE)
    assert await shown(engine) == [("m1", DAY, 1)]
    assert told.again() == ["m1"]

    await roll_ups.run(EVENING)
    assert told.again() == ["m1"]  # what was late for the last look
    await roll_ups.run(EVENING)
    assert told.again() == []

    await click(engine, await show(engine, "dress", merchant="m2", at=EVENING), "dress", EVENING)
    await roll_ups.run(EVENING + LATE)
    assert told.again() == ["m2"]
    assert await shown(engine) == [("m1", DAY, 1), ("m2", DAY, 1)]
    assert await last_closed(engine) is None


async def test_a_day_that_is_over_is_counted_once_more_and_closed(
    engine: AsyncEngine, roll_ups: RollUps, told: Told
) -> None:
    await show(engine, "dress")
    await roll_ups.run(EVENING)
    # Began before midnight, was on record after it.
    await show(engine, "dress", at=MIDNIGHT - timedelta(seconds=1))
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER - timedelta(seconds=1))
    assert await last_closed(engine) is None
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER)
    assert await shown(engine) == [("m1", DAY, 2)]
    assert await last_closed(engine) == DAY

    told.again()
    await show(engine, "dress")
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER * 2)
    assert await shown(engine) == [("m1", DAY, 2)]
    assert told.again() == []


async def test_days_nobody_was_there_to_count_are_counted_later(engine: AsyncEngine, told: Told) -> None:
    await open_shop(engine)
    for day in (0, 1, 4):
        await show(engine, "dress", at=NOON + timedelta(days=day))
    await RollUps(engine, told).run(NOON + timedelta(days=4))
    assert await shown(engine) == [("m1", DAY + timedelta(days=day), 1) for day in (0, 1, 4)]
    assert await last_closed(engine) == DAY + timedelta(days=3)


async def test_who_comes_after_a_crash_counts_the_open_days_again(
    engine: AsyncEngine, roll_ups: RollUps, told: Told
) -> None:
    await show(engine, "dress")
    await roll_ups.run(EVENING)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM product_days"))
    told.again()
    await RollUps(engine, told).run(EVENING)
    assert await shown(engine) == [("m1", DAY, 1)]
    assert told.again() == ["m1"]


async def test_a_shop_that_fails_holds_up_no_other_and_is_tried_again(
    engine: AsyncEngine, roll_ups: RollUps, told: Told
) -> None:
    await show(engine, "dress")
    await show(engine, "dress", merchant="m2")
    told.failing = ["m1"]
    late = MIDNIGHT + CLOSE_AFTER
    await roll_ups.run(late)
    assert told.again() == ["m2"]
    assert await last_closed(engine) is None
    told.failing = []
    await roll_ups.run(late)
    assert told.again() == ["m1", "m2"]
    assert await last_closed(engine) == DAY


async def test_an_installation_without_a_turn_has_nothing_to_count(
    engine: AsyncEngine, roll_ups: RollUps, told: Told
) -> None:
    await roll_ups.run(NOON)
    assert (await counted(engine), told.again()) == ([], [])


async def test_links_go_a_year_later(engine: AsyncEngine, roll_ups: RollUps) -> None:
    conversation = await conversation_of(engine)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO links (code, merchant_id, conversation_id, execution_id, product_id, url, "
                "created_at) SELECT 'of ' || at, 'm1', :id, 'turn of ' || at, 'dress', 'https://a.example', "
                "at FROM unnest(CAST(:at AS timestamptz[])) at"
            ),
            {"id": conversation, "at": [MIDNIGHT - KEEP_LINKS - timedelta(days=2), MIDNIGHT - KEEP_LINKS]},
        )
        await product_days.close(connection, DAY - timedelta(days=1))
    await roll_ups.run(MIDNIGHT + CLOSE_AFTER)
    assert await select(engine, "created_at FROM links") == [(MIDNIGHT - KEEP_LINKS,)]
