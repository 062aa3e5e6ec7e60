"""Products shown and clicked, on a day of the test's choice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.turn import Card
from store import product_days
from tests.store.rows import arrive, commit, event, ready, reply, select

DAY = date(2026, 3, 14)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def card(product_id: str) -> Card:
    return Card(
        product_id=product_id,
        variant_id="v",
        name=product_id,
        text="",
        price_minor=1,
        compare_at_price_minor=None,
        currency="EUR",
        url=None,
        image=None,
    )


async def show(
    engine: AsyncEngine,
    *product_ids: str,
    at: datetime = NOON,
    customer: str = "c1",
    merchant: str = "m1",
) -> int:
    """A turn that showed them. Its conversation."""
    (taken,) = await arrive(engine, event("hello", customer=customer, merchant=merchant))
    answer = replace(reply("here"), cards=tuple(card(each) for each in product_ids))
    finished = await ready(engine, taken.conversation_id, answer)
    await commit(engine, replace(finished, turn=replace(finished.turn, now=at)))
    return taken.conversation_id


async def click(engine: AsyncEngine, conversation_id: int, product_id: str, at: datetime = NOON) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO clicks (merchant_id, conversation_id, execution_id, product_id, at) "
                "SELECT merchant_id, id, 'turn-1', :product_id, :at FROM conversations WHERE id = :id"
            ),
            {"id": conversation_id, "product_id": product_id, "at": at},
        )


async def roll_up(engine: AsyncEngine, day: date = DAY, merchant: str = "m1") -> None:
    async with engine.begin() as connection:
        await product_days.roll_up(connection, merchant, day)


async def counted(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    found = await select(
        engine,
        "merchant_id, day, product_id, recommendations, clicks, clickers FROM product_days ORDER BY 1, 2, 3",
    )
    return [tuple(row) for row in found]
