"""A database in which every table has rows, as a shop at work has them."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.message import EventKind
from models.product import Source, Variant
from models.turn import Liking, Memory, Preferences, RestockWish
from store import jobs
from store.schema import metadata
from tests.store.listed_shop import product, stock_up
from tests.store.rows import NOW, arrive, event, open_shop, reply, turn

# Where any word would do for the table, and not for whoever reads it.
TELLING: dict[tuple[str, str], Any] = {
    ("installation", "expires_at"): None,
    ("shopify_stores", "status"): "disconnected",
    ("deletions", "what"): "customer",
    ("deletions", "asked_by"): "merchant",
    ("audit_log", "merchant_id"): "m1",
}
ANY: dict[type[Any], Any] = {
    sa.Text: "word",
    sa.BigInteger: 3,
    sa.Integer: 2,
    sa.Float: 0.5,
    sa.Boolean: True,
    sa.Date: date(2026, 5, 4),
    sa.DateTime: datetime(2026, 5, 4, 12, tzinfo=UTC),
    sa.LargeBinary: b"sealed",
    JSONB: {"a": [1]},
    ARRAY: ["one", "two"],
}


async def fill(engine: AsyncEngine) -> None:
    """Conversations and products written by the code that writes them, one row of anything in all others."""
    await open_shop(engine)
    await _stock(engine)
    await _talk(engine)
    async with engine.begin() as connection:
        for kind in ("import", "shopify_sync"):
            await jobs.start(connection, job_id=kind, kind=kind, merchant_id="m1", options={"mode": "full"})
    async with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if not (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one():
                await connection.execute(table.insert().values(await _row(connection, table)))


async def _stock(engine: AsyncEngine) -> None:
    many = (
        Variant(id="a", name="A", sku="S-1", price_minor=100, stock=2),
        Variant(id="b", name="B", price_minor=300, available=False),
    )
    await stock_up(
        engine,
        product("plain", "Étui"),
        product("many", variants=many, category=("A", "B"), brand="Brand", is_featured=True),
        product("synced", source=Source.SHOPIFY, metadata={"shopify_shop": "one.myshopify.com"}),
    )
    await stock_up(engine, product("gone", stock=0), deleted=True)


async def _talk(engine: AsyncEngine) -> None:
    liked = Memory(
        preferences=Preferences(colors=(Liking(value="blue", weight=2.0, at=NOW),), price_max=8000)
    )
    wish = RestockWish(product_id="plain", variant_ids=("v",))
    await turn(engine, "a blue one?", reply("Here it is.", memory=liked, wishes=(wish,), cost=40))
    await turn(engine, "a person, please", reply("I'll fetch one.", handover="asked"), customer="c2")
    await turn(engine, "how much?", reply("12 EUR"), EventKind.COMMENT, customer="c3", username="ann")
    await turn(engine, "hello?", None, customer="c4")
    await arrive(engine, event("still waiting", customer="c1"))


async def _row(connection: AsyncConnection, table: sa.Table) -> dict[str, Any]:
    row = {
        column.name: TELLING.get((table.name, column.name), ANY[type(column.type)])
        for column in table.columns
        if column.identity is None
    }
    for constraint in table.foreign_key_constraints:
        columns = [element.column for element in constraint.elements]
        found = (await connection.execute(sa.select(*columns).limit(1))).one()
        row |= dict(zip(constraint.column_keys, found, strict=True))
    return row


async def rows(connection: AsyncConnection, tables: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Of each of these tables."""
    all_at_once = " UNION ALL ".join(f"SELECT '{table}', to_jsonb(t) FROM {table} t" for table in tables)  # noqa: S608 - their names
    found: dict[str, list[dict[str, Any]]] = {table: [] for table in tables}
    for table, row in await connection.execute(text(all_at_once)):
        found[table].append(row)
    return found
