"""A merchant's products are found again by what a person remembers of them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.product import Source, Variant
from store import collections, product_listing
from store.product_listing import Page, Place, Sort, Stock, Wanted
from tests.store.listed_shop import product, stock_up
from tests.store.rows import open_shop

EVERYTHING = Wanted()


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def page(engine: AsyncEngine, wanted: Wanted = EVERYTHING, **rest: Any) -> Page:
    async with engine.begin() as connection:
        return await product_listing.page(connection, "m1", wanted, **{"limit": 50, **rest})


async def listed(engine: AsyncEngine, sort: Sort = Sort.ID, **wanted: Any) -> list[str]:
    return [one.id for one in (await page(engine, Wanted(**wanted), sort=sort)).products]


async def test_words_are_found_in_name_brand_sku_and_id_without_case_or_accents(engine: AsyncEngine) -> None:
    sku = Variant(id="v", name="V", price_minor=1, sku="LN-7_A")
    await stock_up(
        engine,
        product("etui", "Étui Größe L", brand="Änderung"),
        product("sku", "Shirt", variants=[sku]),
        product("other", "Shirt"),
    )
    assert await listed(engine, text="ETUI grosse") == ["etui"]
    assert await listed(engine, text="anderung") == ["etui"]
    assert await listed(engine, text="7_a ln") == ["sku"]
    assert await listed(engine, text="%") == []
    assert await listed(engine, text="shirt") == ["other", "sku"]
    assert await listed(engine, text="oth") == ["other"]


async def test_a_category_holds_what_is_in_the_categories_below_it(engine: AsyncEngine) -> None:
    await stock_up(
        engine,
        product("d", category=("Clothing", "Dresses")),
        product("c", category=("Clothing",)),
        product("x", category=("Clothing accessories",)),
        product("n"),
    )
    assert await listed(engine, category="Clothing") == ["c", "d"]
    assert await listed(engine, category="Clothing > Dresses") == ["d"]
    async with engine.begin() as connection:
        categories, _ = await product_listing.choices(connection, "m1")
    assert list(categories) == ["Clothing", "Clothing > Dresses", "Clothing accessories"]


@pytest.mark.parametrize(
    ("variants", "states"),
    [
        ([{"stock": 6}], {"in"}),
        ([{"stock": 5}], {"in", "low"}),
        ([{"stock": 2}, {"stock": 3}], {"in", "low"}),
        ([{"stock": 0}], {"out"}),
        ([{"stock": 9, "available": False}], {"out"}),
        ([{"stock": None}], {"in"}),
        ([{"stock": 1}, {"stock": None}], {"in"}),
        ([{"stock": 1}, {"stock": None, "available": False}], {"in", "low"}),
        ([{"stock": 0, "oversell": True}], {"in"}),
    ],
)
async def test_what_can_be_bought_and_how_little_is_left_of_it(
    engine: AsyncEngine, variants: list[dict[str, Any]], states: set[str]
) -> None:
    made = [Variant(id=f"v{n}", name="V", price_minor=1, **one) for n, one in enumerate(variants)]
    await stock_up(engine, product("p", variants=made))
    assert {state.value for state in Stock if await listed(engine, stock=state)} == states


async def test_filters_hold_together(engine: AsyncEngine) -> None:
    await stock_up(
        engine,
        product("a", price=1000, brand="B", is_featured=True),
        product("b", price=2000, brand="B", is_active=False),
        product("c", price=3000, source=Source.IMPORT),
    )
    assert await listed(engine, brand="B") == ["a", "b"]
    assert await listed(engine, brand="B", active=False) == ["b"]
    assert await listed(engine, featured=True) == ["a"]
    assert await listed(engine, source=Source.IMPORT) == ["c"]
    assert await listed(engine, price_min=2000, price_max=2999) == ["b"]
    assert await listed(engine, brand="B", price_min=3000) == []


async def test_a_price_range_is_met_by_a_product_that_reaches_into_it(engine: AsyncEngine) -> None:
    variants = [Variant(id=str(price), name="V", price_minor=price) for price in (1000, 5000)]
    await stock_up(engine, product("p", variants=variants))
    assert await listed(engine, price_min=4000) == ["p"]
    assert await listed(engine, price_max=1000) == ["p"]
    assert await listed(engine, price_max=999) == []


async def test_deleted_products_have_a_list_of_their_own(engine: AsyncEngine) -> None:
    await stock_up(engine, product("here"))
    await stock_up(engine, product("gone"), deleted=True)
    assert await listed(engine) == ["here"]
    assert await listed(engine, deleted=True) == ["gone"]


async def test_a_list_is_of_one_merchant(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await stock_up(engine, product("mine"))
    await stock_up(engine, product("theirs", brand="Theirs"), merchant="m2")
    assert await listed(engine) == ["mine"]
    async with engine.begin() as connection:
        assert (await product_listing.counts(connection, "m1")).all == 1
        assert list((await product_listing.choices(connection, "m1"))[1]) == []


def letters(found: Page) -> str:
    return "".join(one.id for one in found.products)


ORDERS = {
    Sort.ID: "abcd",
    Sort.NEWEST: "bacd",
    Sort.OLDEST: "dcab",
    Sort.NAME: "cdab",
    Sort.NAME_DOWN: "badc",
    Sort.PRICE: "dcba",
    Sort.PRICE_DOWN: "abcd",
    Sort.STOCK: "bcad",
    Sort.STOCK_DOWN: "dacb",
}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 3])
async def test_every_page_forth_and_back_shows_each_product_once(
    engine: AsyncEngine, sort: Sort, limit: int
) -> None:
    await stock_up(
        engine,
        product("a", "Élan", price=400, age=2, stock=9),
        product("b", "elan two", price=300, age=1, stock=1),
        product("c", "Alpha", price=200, age=3, stock=4),
        product("d", "beta", price=100, age=4, stock=None),
    )
    found = await page(engine, sort=sort, limit=limit)
    forth = [letters(found)]
    while found.after:
        found = await page(engine, sort=sort, limit=limit, at=found.after)
        forth.append(letters(found))
    assert "".join(forth) == ORDERS[sort]
    back = [letters(found)]
    while found.before:
        found = await page(engine, sort=sort, limit=limit, at=found.before)
        back.append(letters(found))
    assert back[::-1] == forth


async def test_products_of_one_price_have_an_order_too(engine: AsyncEngine) -> None:
    await stock_up(engine, *[product(f"p{n}") for n in range(5)])
    first = await page(engine, sort=Sort.PRICE_DOWN, limit=2)
    second = await page(engine, sort=Sort.PRICE_DOWN, limit=2, at=first.after)
    assert [one.id for one in (*first.products, *second.products)] == ["p4", "p3", "p2", "p1"]


async def test_beyond_the_last_product_there_is_an_empty_page(engine: AsyncEngine) -> None:
    await stock_up(engine, product("a"))
    beyond = await page(engine, sort=Sort.ID, at=Place(value="z", id="z"))
    assert (beyond.products, beyond.before, beyond.after) == ((), None, None)


async def test_what_is_counted_is_what_is_listed(engine: AsyncEngine) -> None:
    hat = product("a")
    await stock_up(engine, hat, product("b", stock=0, is_active=False), product("c", stock=2))
    await stock_up(engine, product("d"), deleted=True)
    async with engine.begin() as connection:
        counts = await product_listing.counts(connection, "m1")
        assert await product_listing.count(connection, "m1", Wanted(stock=Stock.OUT)) == 1
        assert await product_listing.ids(connection, "m1", Wanted(text="linen")) == ["a", "b", "c"]
    assert (counts.all, counts.active, counts.archived, counts.low, counts.out, counts.deleted) == (
        3, 2, 1, 1, 1, 1,
    )  # fmt: skip
    await stock_up(engine, replace(hat, name="Cap", version=2))
    assert await listed(engine, text="cap") == ["a"]
    assert await listed(engine, text="linen") == ["b", "c"]


async def test_a_collection_lists_what_is_in_it(engine: AsyncEngine) -> None:
    await stock_up(engine, product("a"), product("b"))
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "sale", "Summer sale", ["sale"])
        await collections.add(connection, "m1", "sale", ["b", "unknown"])
    assert await listed(engine, collection="sale") == ["b"]
    assert await listed(engine, collection="another") == []
