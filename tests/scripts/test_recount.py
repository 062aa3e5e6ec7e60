"""A day that was counted wrongly, or is not there any more, is counted anew."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from scripts.recount import NotCounted, recount
from store import product_days
from tests.store.rows import open_shop, select
from tests.store.shown import DAY, NOON, show

NOW = NOON + timedelta(days=3)
FIGURES = "merchant_id, day, turns, answered, products FROM merchant_days ORDER BY 1, 2"
PRODUCTS = "* FROM product_days ORDER BY 1, 2, 3"


async def test_the_figures_become_what_they_were(engine: AsyncEngine) -> None:
    await open_shop(engine)
    for day in (0, 1):
        await show(engine, "dress", at=NOON + timedelta(days=day))
    await FigureRollUps(engine).run(NOW)
    async with engine.begin() as connection:
        await product_days.roll_up(connection, "m1", DAY)
    before = await select(engine, FIGURES), await select(engine, PRODUCTS)
    assert all(before)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE merchant_days SET turns = 99"))
        await connection.execute(text("DELETE FROM product_days"))
    assert await recount(engine, DAY, DAY, NOW) == 1
    assert (await select(engine, FIGURES))[0] == before[0][0]
    assert (await select(engine, PRODUCTS)) == before[1]
    assert await recount(engine, DAY, DAY + timedelta(days=1), NOW) == 2
    assert await select(engine, FIGURES) == before[0]


async def test_a_day_whose_turns_are_deleted_keeps_what_was_counted(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await show(engine, "dress")
    await FigureRollUps(engine).run(NOW)
    before = await select(engine, FIGURES)
    with pytest.raises(NotCounted, match="deleted already; begin with"):
        await recount(engine, DAY, DAY, NOON + timedelta(days=40))
    assert await select(engine, FIGURES) == before


async def test_a_span_that_is_none_is_refused(engine: AsyncEngine) -> None:
    for first, last in ((DAY, DAY - timedelta(days=1)), (DAY, DAY + timedelta(days=9))):
        with pytest.raises(NotCounted, match="no span of days"):
            await recount(engine, first, last, NOW)
