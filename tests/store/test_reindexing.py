import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.product import Product, Variant
from store import placement, products, reindexing
from store.products import ProductRow
from tests.store.rows import NOW, open_shop

ALL = ("a", "b", "c")


async def begun(
    engine: AsyncEngine,
    asked: tuple[str, ...] | None = None,
    merchants: tuple[str, ...] = ALL,
    *,
    embed_all: bool = False,
) -> tuple[str, ...]:
    async with engine.begin() as connection:
        return (await reindexing.begin(connection, asked, merchants, embed_all=embed_all)).left


async def rebuilt(engine: AsyncEngine, merchant_id: str) -> None:
    async with engine.begin() as connection:
        await reindexing.rebuilt(connection, merchant_id)


async def test_an_interrupted_run_goes_on_with_what_is_left(engine: AsyncEngine) -> None:
    assert await begun(engine) == ALL

    await rebuilt(engine, "b")

    assert await begun(engine, merchants=("a", "b", "c", "new")) == ("a", "c")


async def test_after_a_finished_run_the_next_begins_with_all(engine: AsyncEngine) -> None:
    await begun(engine)
    await rebuilt(engine, "a")
    async with engine.begin() as connection:
        await reindexing.finish(connection)

    assert await begun(engine) == ALL


@pytest.mark.parametrize(("asked", "embed_all"), [(("a",), False), (None, True)])
async def test_another_run_than_the_interrupted_one_begins_anew(
    engine: AsyncEngine, asked: tuple[str, ...] | None, *, embed_all: bool
) -> None:
    await begun(engine)
    await rebuilt(engine, "a")

    assert await begun(engine, asked, asked or ALL, embed_all=embed_all) == (asked or ALL)


async def put(engine: AsyncEngine, *ids: str) -> None:
    rows = [ProductRow(product=hat(one), text_hash="h", embedder="e", embedding=b"\0\0\0\0") for one in ids]
    async with engine.begin() as connection:
        epoch = await placement.own(connection, "m1", "catalog-0")
        await products.write(connection, "m1", epoch, rows)


def hat(product_id: str) -> Product:
    variant = Variant(id="v", name="Hat", price_minor=1990)
    return Product(id=product_id, name="Hat", currency="EUR", variants=(variant,), created_at=NOW)


async def test_to_embed_all_is_to_embed_each_product_once(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await put(engine, "p1", "p2")

    await begun(engine, ("m1",), ("m1",), embed_all=True)
    async with engine.begin() as connection:
        assert await products.without_embedding(connection, "m1", "e") == ["p1", "p2"]
    await put(engine, "p1")  # embedded, before the run is interrupted
    await begun(engine, ("m1",), ("m1",), embed_all=True)

    async with engine.begin() as connection:
        assert await products.without_embedding(connection, "m1", "e") == ["p2"]
