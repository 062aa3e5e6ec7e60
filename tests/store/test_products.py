"""A merchant's products have one writer, and what changed can be read exactly."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from models.product import Product, Variant
from store import placement, products
from store.products import ProductRow, Replaced
from tests.store.rows import open_shop


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


def row(
    product_id: str, name: str = "Hat", *, embedder: str | None = "e", deleted: bool = False
) -> ProductRow:
    product = Product(
        id=product_id,
        name=name,
        currency="EUR",
        variants=(Variant(id="v", name=name, price_minor=1990),),
        created_at=datetime(2026, 5, 4, tzinfo=UTC),
    )
    return ProductRow(
        product=product,
        text_hash="h",
        embedder=embedder,
        embedding=b"\0\0\0\0" if embedder else None,
        deleted=deleted,
    )


async def own(engine: AsyncEngine, merchant_id: str = "m1") -> int:
    async with engine.begin() as connection:
        return await placement.own(connection, merchant_id, "catalog-0")


async def put(engine: AsyncEngine, epoch: int, *rows: ProductRow, merchant: str = "m1") -> int:
    async with engine.begin() as connection:
        return await products.write(connection, merchant, epoch, rows)


async def unindexed(engine: AsyncEngine, seq: int, limit: int = 100) -> list[tuple[int, str]]:
    """All pages."""
    found: list[tuple[int, str]] = []
    after = (0, "")
    async with engine.begin() as connection:
        while page := await products.unindexed(
            connection, "m1", seq=seq, embedder="e", after=after, limit=limit
        ):
            found += [(each.seq, each.product.id) for each in page]
            after = found[-1]
    return found


async def test_who_had_the_merchant_before_can_write_no_more(engine: AsyncEngine) -> None:
    first = await own(engine)
    await put(engine, first, row("p1", "Hat"))
    second = await own(engine)
    with pytest.raises(Replaced):
        await put(engine, first, row("p1", "Changed by nobody"))
    async with engine.begin() as connection:
        assert (await products.get(connection, "m1", "p1")).name == "Hat"
    assert await put(engine, second, row("p1", "Cap")) == 2


async def test_a_deleted_product_stays_as_a_tombstone_and_is_not_found(engine: AsyncEngine) -> None:
    epoch = await own(engine)
    await put(engine, epoch, row("p1"), row("p2"))
    await put(engine, epoch, row("p1", deleted=True))
    async with engine.begin() as connection:
        assert (await products.get_many(connection, "m1", ["p1"]))["p1"].deleted
        assert await products.count(connection, "m1") == 1
        with pytest.raises(NotFound):
            await products.get(connection, "m1", "p1")
    assert await unindexed(engine, 1) == [(2, "p1")]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_what_changed_is_read_once_each_whatever_the_size_of_a_page(
    engine: AsyncEngine, limit: int
) -> None:
    epoch = await own(engine)
    await put(engine, epoch, row("old"))
    await put(engine, epoch, row("b"), row("a"), row("c"), row("again"))
    await put(engine, epoch, row("again"), row("0"))
    expected = [(2, "a"), (2, "b"), (2, "c"), (3, "0"), (3, "again")]
    assert await unindexed(engine, 1, limit) == expected


async def test_products_without_a_vector_are_missed_however_old(engine: AsyncEngine) -> None:
    epoch = await own(engine)
    rows = [row("none", embedder=None), row("other", embedder="f"), row("gone", embedder=None, deleted=True)]
    await put(engine, epoch, row("fine"), *rows)
    assert await unindexed(engine, 1) == [(1, "none"), (1, "other")]


async def test_a_vector_is_not_kept_for_a_product_that_has_changed_meanwhile(engine: AsyncEngine) -> None:
    epoch = await own(engine)
    await put(engine, epoch, row("p1", embedder=None), row("p2", embedder=None))
    async with engine.begin() as connection:
        read = list((await products.get_many(connection, "m1", ["p1", "p2"])).values())
    await put(engine, epoch, row("p1", "Cap", embedder=None))
    embedded = [
        ProductRow(product=each.product, text_hash="h", embedder="e", embedding=b"new!", seq=1)
        for each in read
    ]
    async with engine.begin() as connection:
        await products.embed(connection, "m1", embedded)
        now = await products.get_many(connection, "m1", ["p1", "p2"])
    assert (now["p1"].product.name, now["p1"].embedding) == ("Cap", None)
    assert (now["p2"].embedding, now["p2"].seq) == (b"new!", 1)


async def test_products_are_read_within_their_merchant(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await put(engine, await own(engine, "m2"), row("theirs"), merchant="m2")
    async with engine.begin() as connection:
        assert await products.get_many(connection, "m1", ["theirs"]) == {}
        with pytest.raises(NotFound):
            await products.get(connection, "m1", "theirs")


async def test_a_product_written_as_it_is_embedded_keeps_its_embedding(engine: AsyncEngine) -> None:
    epoch = await own(engine)
    await put(engine, epoch, row("p1"), row("p2"))
    async with engine.begin() as connection:
        known = list((await products.get_many(connection, "m1", ["p1", "p2"])).values())
        changed = [
            replace(each, product=replace(each.product, version=2), embedding=b"new!") for each in known
        ]
        await products.write(connection, "m1", epoch, changed, as_embedded={"p1"})
        now = await products.get_many(connection, "m1", ["p1", "p2"])
    assert {(each.product.version, each.seq) for each in now.values()} == {(2, 2)}
    assert (now["p1"].embedding, now["p2"].embedding) == (b"\0\0\0\0", b"new!")
