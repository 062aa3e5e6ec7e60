"""Days are counted from what happened in them, as often as one likes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import popularity, product_days
from store.product_days import ProductCount
from tests.store.rows import arrive, commit, event, open_shop, ready
from tests.store.shown import DAY, NOON, click, counted, roll_up, show


async def popular(engine: AsyncEngine, today: date = DAY) -> dict[str, float]:
    async with engine.begin() as connection:
        return await popularity.of(connection, "m1", today)


async def listed(engine: AsyncEngine, **more: Any) -> Sequence[ProductCount]:
    async with engine.begin() as connection:
        return await product_days.most_recommended(connection, "m1", **{"since": DAY, "limit": 10, **more})


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def test_replies_clicks_and_customers_who_clicked_are_counted(engine: AsyncEngine) -> None:
    ada = await show(engine, "dress", "hat")
    bob = await show(engine, "dress", customer="c2")
    for conversation, product_id in ((ada, "dress"), (ada, "dress"), (bob, "dress"), (bob, "sock")):
        await click(engine, conversation, product_id)
    await roll_up(engine)
    assert await counted(engine) == [
        ("m1", DAY, "dress", 2, 3, 2),
        ("m1", DAY, "hat", 1, 0, 0),
        ("m1", DAY, "sock", 0, 1, 1),
    ]


async def test_a_day_runs_from_midnight_to_midnight_in_utc(engine: AsyncEngine) -> None:
    midnight = datetime(2026, 3, 14, tzinfo=UTC)
    for at in (midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=1)):
        await click(engine, await show(engine, "dress", at=at), "dress", at)
    await roll_up(engine)
    assert await counted(engine) == [("m1", DAY, "dress", 1, 1, 1)]


async def test_a_day_counted_again_is_what_happened_in_it(engine: AsyncEngine) -> None:
    conversation = await show(engine, "dress")
    await click(engine, conversation, "hat")
    await roll_up(engine)
    await roll_up(engine)
    await show(engine, "dress", customer="c2")
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM clicks"))
    await roll_up(engine)
    await roll_up(engine, DAY + timedelta(days=1))
    assert await counted(engine) == [("m1", DAY, "dress", 2, 0, 0)]


async def test_a_turn_that_was_silent_showed_nothing(engine: AsyncEngine) -> None:
    (taken,) = await arrive(engine, event("hello"))
    silent = await ready(engine, taken.conversation_id, None)
    await commit(engine, replace(silent, turn=replace(silent.turn, now=NOON)))
    await roll_up(engine)
    assert await counted(engine) == []


async def test_a_shop_counts_its_own(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await show(engine, "dress")
    await show(engine, "dress", merchant="m2")
    await roll_up(engine)
    assert await counted(engine) == [("m1", DAY, "dress", 1, 0, 0)]


async def test_shops_where_something_happened_are_found(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await open_shop(engine, "m3")
    conversation = await show(engine, "dress", at=NOON - timedelta(days=2))
    await show(engine, "dress", merchant="m2")
    async with engine.begin() as connection:
        assert await product_days.active(connection, NOON, NOON) == []
        assert await product_days.active(connection, NOON, NOON + timedelta(hours=1)) == ["m2"]
    await click(engine, conversation, "dress", NOON)
    async with engine.begin() as connection:
        assert await product_days.active(connection, NOON, NOON + timedelta(hours=1)) == ["m1", "m2"]


async def test_the_last_closed_day_is_kept(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await product_days.last_closed(connection) is None
        for day in (DAY, DAY + timedelta(days=1)):
            await product_days.close(connection, day)
            assert await product_days.last_closed(connection) == day


async def test_the_first_day_is_that_of_the_oldest_turn_or_click(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await product_days.first_day(connection) is None
    conversation = await show(engine, "dress")
    async with engine.begin() as connection:
        assert await product_days.first_day(connection) == DAY
    await click(engine, conversation, "dress", NOON - timedelta(days=3))
    async with engine.begin() as connection:
        assert await product_days.first_day(connection) == DAY - timedelta(days=3)


async def test_a_day_counts_half_a_half_life_later(engine: AsyncEngine) -> None:
    await click(engine, await show(engine, "dress"), "dress")
    await roll_up(engine)
    now = popularity.CLICK + log(2)
    assert await popular(engine) == {"dress": pytest.approx(now)}
    assert await popular(engine, DAY + timedelta(days=30)) == {"dress": pytest.approx(now / 2)}
    assert await popular(engine, DAY + timedelta(days=60)) == {"dress": pytest.approx(now / 4)}
    assert await popular(engine, DAY + timedelta(days=300)) == {}


async def test_days_add_up(engine: AsyncEngine) -> None:
    for day in (0, 30):
        await show(engine, "dress", at=NOON - timedelta(days=day))
        await roll_up(engine, DAY - timedelta(days=day))
    assert await popular(engine) == {"dress": pytest.approx(log(2) * 1.5)}


async def test_a_product_shown_all_day_is_behind_one_that_a_customer_clicked(engine: AsyncEngine) -> None:
    for _ in range(20):
        await show(engine, "pushed")
    await click(engine, await show(engine, "wanted"), "wanted")
    await roll_up(engine)
    popular_now = await popular(engine)
    assert popular_now["wanted"] > popular_now["pushed"] > 0


async def test_a_customer_who_clicks_again_and_again_counts_once(engine: AsyncEngine) -> None:
    ada, bob = await show(engine), await show(engine, customer="c2")
    for conversation, product_id in ((ada, "dress"), (bob, "dress"), *[(ada, "hat")] * 50):
        await click(engine, conversation, product_id)
    await roll_up(engine)
    assert await popular(engine) == {"dress": 2 * popularity.CLICK, "hat": popularity.CLICK}


async def test_another_shops_customers_make_nothing_popular_here(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await show(engine, "dress", merchant="m2")
    await roll_up(engine, merchant="m2")
    assert await popular(engine) == {}
    assert await listed(engine) == []


async def test_products_are_listed_by_how_often_they_were_shown(engine: AsyncEngine) -> None:
    conversation = await show(engine, "dress", "hat", "sock")
    await show(engine, "hat", at=NOON - timedelta(days=1))
    await click(engine, conversation, "sock")
    for day in (DAY, DAY - timedelta(days=1)):
        await roll_up(engine, day)
    both_days = await listed(engine, since=DAY - timedelta(days=1))
    assert [(each.product_id, each.recommendations, each.clicks) for each in both_days] == [
        ("hat", 2, 0),
        ("dress", 1, 0),
        ("sock", 1, 1),
    ]
    assert [each.recommendations for each in await listed(engine)] == [1, 1, 1]
    assert await listed(engine, since=DAY - timedelta(days=1), limit=1, after=(2, "hat")) == both_days[1:2]
    assert await listed(engine, since=DAY - timedelta(days=1), after=(1, "dress")) == both_days[2:]
