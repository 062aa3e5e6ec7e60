"""What needs attention, over all shops."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from models.merchant import Merchant
from store import uptime
from tests.store.rows import open_shop
from tests.store.shown import show
from tests.web.console.visitor import Visitor


async def run(engine: AsyncEngine, sql: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(sql))


async def test_a_shop_that_needs_somebody_stands_first_and_says_why(
    visitor: Visitor, engine: AsyncEngine, other_shop: Merchant
) -> None:
    await open_shop(engine, "m1")
    now = datetime.now(UTC)
    await show(engine, "dress", at=now)
    await run(engine, "UPDATE outbox SET status = 'failed', reason = 'outside_window'")
    await run(engine, "UPDATE accounts SET status = 'reconnect'")
    await run(engine, "UPDATE conversations SET handover_at = now()")
    await run(
        engine, "UPDATE merchants SET profile = profile || '{\"model_budget_per_day\": 10}' WHERE id = 'm1'"
    )
    await run(
        engine,
        "INSERT INTO spending (merchant_id, day, microdollars, turns) "
        "VALUES ('m1', CAST(now() AT TIME ZONE 'UTC' AS date), 90000, 1)",
    )
    await FigureRollUps(engine).run(now)
    page = await visitor.page("/")
    first, second = page.select(".shops > li")
    said = [line.get_text(strip=True) for line in first.select(".worries li")]
    assert said == [
        "Instagram has to be connected again.",
        "100% of the answered turns ended in an apology or were not delivered.",
        "90% of today's budget for models is spent.",
        "One customer waits for a person.",
    ]
    assert other_shop.name in second.get_text()
    assert "Nobody has written." in second.get_text()
    for link in first.select('a[href*="analytics"]'):
        await visitor.page(str(link["href"]).removeprefix("/console"))


async def test_how_often_everything_answered_is_told(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    await run(engine, "DELETE FROM uptime_days")
    assert "everything answered" not in (await visitor.page("/")).get_text()
    async with engine.begin() as connection:
        await uptime.note(connection, datetime.now(UTC), ready=True)
    page = await visitor.page("/")
    assert f"{shop.name}" in page.get_text()
    assert "everything answered in 100% of all minutes" in page.get_text()
    await run(engine, "DELETE FROM uptime_days")
