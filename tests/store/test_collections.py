"""Collections group products, and no product knows of it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Conflict, Invalid, NotFound
from store import collections
from tests.store.listed_shop import product, stock_up
from tests.store.rows import open_shop


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await stock_up(engine, product("a", main_image="/media/a.png"), product("b"), product("c"))
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "sale", "Summer sale", ["sale", "summer"])


async def members(engine: AsyncEngine, collection_id: str = "sale", merchant: str = "m1") -> list[str]:
    async with engine.begin() as connection:
        return await collections.product_ids(connection, merchant, collection_id)


async def test_products_stand_in_the_order_they_were_put_in(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert set(await collections.add(connection, "m1", "sale", ["c", "a"])) == {"a", "c"}
        assert await collections.add(connection, "m1", "sale", ["b", "a", "strange"]) == ["b"]
        found = await collections.get(connection, "m1", "sale")
    assert await members(engine) == ["c", "a", "b"]
    assert (found.name, found.tags, found.products, found.image) == (
        "Summer sale",
        ("sale", "summer"),
        3,
        "/media/a.png",
    )


async def test_filled_anew_it_holds_these_alone_in_this_order(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await collections.fill(connection, "m1", "sale", ["a", "b"])
        await collections.fill(connection, "m1", "sale", ["c", "b"])
    assert await members(engine) == ["c", "b"]
    with pytest.raises(Invalid, match="strange"):
        async with engine.begin() as connection:
            await collections.fill(connection, "m1", "sale", ["strange"])
    assert await members(engine) == ["c", "b"]


async def test_deleted_products_are_not_in_it_until_they_are_back(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await collections.fill(connection, "m1", "sale", ["a", "b"])
    await stock_up(engine, product("a"), deleted=True)
    assert await members(engine) == ["b"]
    await stock_up(engine, product("a"))
    assert await members(engine) == ["a", "b"]


async def test_two_of_one_shop_have_different_names(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        await collections.create(connection, "m2", "theirs", "Summer sale", [])
    with pytest.raises(Conflict):
        async with engine.begin() as connection:
            await collections.create(connection, "m1", "other", "SUMMER sale", [])
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "new", "New", [])
        assert [one.id for one in await collections.listing(connection, "m1")] == ["new", "sale"]
        assert [one.id for one in await collections.listing(connection, "m1", after="new")] == ["sale"]


async def test_a_deleted_one_comes_back_with_what_was_in_it(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await collections.add(connection, "m1", "sale", ["a"])
        await collections.delete(connection, "m1", "sale")
        assert not await collections.listing(connection, "m1")
        assert not await collections.of_products(connection, "m1", ["a"])
        with pytest.raises(NotFound):
            await collections.delete(connection, "m1", "sale")
        await collections.restore(connection, "m1", "sale")
    assert await members(engine) == ["a"]


async def test_nobody_touches_the_collections_of_another_merchant(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await stock_up(engine, product("a"), merchant="m2")
    async with engine.begin() as connection:
        for attempt in (
            collections.get(connection, "m2", "sale"),
            collections.rename(connection, "m2", "sale", "Mine", []),
            collections.delete(connection, "m2", "sale"),
            collections.restore(connection, "m2", "sale"),
        ):
            with pytest.raises(NotFound):
                await attempt
        await collections.set_of_product(connection, "m2", "a", ["sale"])
    assert await members(engine) == []
    assert await members(engine, merchant="m2") == []


async def test_a_product_is_in_the_collections_that_are_said_and_no_other(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "new", "New", [])
        await collections.add(connection, "m1", "sale", ["a"])
        await collections.set_of_product(connection, "m1", "a", ["new", "strange"])
        assert await collections.of_products(connection, "m1", ["a", "b"]) == {"a": frozenset({"new"})}
