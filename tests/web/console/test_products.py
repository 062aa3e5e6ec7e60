"""Products as pages: found, typed in, changed by two at once, deleted and brought back."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.ext.asyncio import AsyncEngine

from models.amounts import amount_to_type
from models.merchant import Merchant
from models.product import Product, Source, Variant
from store import collections, merchants, product_listing, products
from store.database import autocommit
from store.product_listing import Sort, Wanted
from tests.store.listed_shop import product, stock_up
from tests.web.console.visitor import Visitor

NASTY = '<script>alert("x")</script>'


async def kept(engine: AsyncEngine) -> list[Product]:
    async with autocommit(engine) as connection:
        page = await product_listing.page(connection, "m1", Wanted(), sort=Sort.NAME, limit=100)
    return list(page.products)


async def one(engine: AsyncEngine, product_id: str) -> Product:
    async with autocommit(engine) as connection:
        return await products.get(connection, "m1", product_id)


def typed(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send of the form of a product."""
    sent: dict[str, Any] = {}
    form = page.select_one("#product")
    assert form
    for field in form.select("input, textarea, select"):
        name, kind = str(field.get("name", "")), field.get("type")
        if not name or field.find_parent("fieldset", disabled=True) or kind == "file":
            continue
        if kind == "checkbox" and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("[selected]") or field.select_one("option")
            value = str(chosen["value"]) if chosen else ""
        else:
            value = field.get_text().strip("\n") if field.name == "textarea" else str(field.get("value", ""))
        sent[name] = [*sent[name], value] if name in sent else [value]
    return sent


def faults(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".notice.is-bad a")]


def names(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".products tbody th a")]


async def test_an_empty_catalogue_says_what_to_do_next(visitor: Visitor, shop: Merchant) -> None:
    page = await visitor.page(f"/{shop.id}/products")
    ways = [str(link["href"]) for link in page.select(".empty a")]
    assert ways == [f"/console/m1/{way}" for way in ("products/new", "products/import", "settings/shopify")]


@pytest.fixture
async def stocked(engine: AsyncEngine, shop: Merchant) -> Merchant:
    await stock_up(
        engine,
        product("a", "Linen hat", price=3000, age=1, category=("Hats",), main_image="/media/demo/a.png"),
        product("b", "Straw hat", price=1000, age=2, stock=0, category=("Hats", "Straw"), is_active=False),
        product("c/ä", NASTY, price=2000, age=3, stock=3, brand='">' + NASTY),
    )
    await stock_up(engine, product("d", "Gone hat"), deleted=True)
    return shop


async def test_products_are_listed_with_what_tells_them_apart(visitor: Visitor, stocked: Merchant) -> None:
    page = await visitor.page(f"/{stocked.id}/products")
    assert names(page) == ["Linen hat", "Straw hat", NASTY]
    rows = [re.sub(r"\s+", " ", row.get_text(" ", strip=True)) for row in page.select(".products tbody tr")]
    assert "Active" in rows[0]
    assert "€30" in rows[0]
    assert "10 in stock" in rows[0]
    assert "Archived" in rows[1]
    assert "Sold out" in rows[1]
    assert "Only 3 left" in rows[2]
    tabs = [re.sub(r"\s+", " ", tab.get_text(" ", strip=True)) for tab in page.select(".tabs a")]
    assert tabs == ["All 3", "Active 2", "Archived 1", "Low stock 1", "Sold out 1", "Deleted 1"]
    assert "Gone hat" not in page.get_text()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=HAT&sort=-name", ["Straw hat", "Linen hat"]),
        ("category=Hats+%3E+Straw", ["Straw hat"]),
        ("min=15&max=2,500", [NASTY, "Linen hat"]),
        ("min=nothing&sort=price", ["Straw hat", NASTY, "Linen hat"]),
        ("state=deleted", ["Gone hat"]),
        ("stock=low", [NASTY]),
        ("stock=%00&sort=colour&cursor=x&source=moon", ["Linen hat", "Straw hat", NASTY]),
    ],
)
async def test_a_list_shows_what_is_asked_for(
    visitor: Visitor, stocked: Merchant, query: str, expected: list[str]
) -> None:
    if "%00" in query:
        query = query.replace("%00", "some")
    page = await visitor.page(f"/{stocked.id}/products?{query}")
    assert sorted(names(page)) == sorted(expected)
    if "sort" in query:
        assert names(page) == expected


async def test_a_price_that_is_none_is_said_beside_its_field(visitor: Visitor, stocked: Merchant) -> None:
    page = await visitor.page(f"/{stocked.id}/products?min=cheap")
    fault = page.select_one("#min-fault")
    assert fault
    assert "cheap" in fault.get_text()


async def test_the_grid_shows_the_same_and_keeps_what_was_asked(visitor: Visitor, stocked: Merchant) -> None:
    page = await visitor.page(f"/{stocked.id}/products?view=grid&q=hat")
    assert len(page.select(".product-card")) == 2
    table = page.select_one(".segments a")
    assert table
    assert table["href"] == "/console/m1/products?q=hat"


async def test_more_than_a_page_is_turned_forth_and_back(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    await stock_up(engine, *[product(f"p{n:03}", f"Hat {n:03}", age=n) for n in range(120)])
    seen: list[list[str]] = []
    path = f"/{shop.id}/products"
    while path:
        page = await visitor.page(path)
        seen.append(names(page))
        following = page.select_one('.pager [rel="next"]')
        path = str(following["href"]).removeprefix("/console") if following else ""
    assert [len(each) for each in seen] == [50, 50, 20]
    assert sum(seen, []) == [f"Hat {n:03}" for n in range(120)]  # noqa: RUF017 - three
    back = page.select_one('.pager [rel="prev"]')
    assert back
    assert names(await visitor.page(str(back["href"]).removeprefix("/console"))) == seen[1]


async def test_nothing_that_a_product_is_called_runs(visitor: Visitor, stocked: Merchant) -> None:
    for path in ("products", "products?view=grid", "products/c%2F%C3%A4", "products?q=" + NASTY):
        page = await visitor.page(f"/{stocked.id}/{path}")
        assert all(script.get("src") for script in page.select("script")), path


async def test_a_product_of_another_shop_is_nowhere(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant, other_shop: Merchant
) -> None:
    await stock_up(engine, product("theirs", "Theirs"), merchant=other_shop.id)
    assert "Theirs" not in (await visitor.page(f"/{shop.id}/products")).get_text()
    await visitor.page(f"/{shop.id}/products/theirs", status=404)
    for path in ("", "/delete", "/restore"):
        assert (await visitor.send(f"/{shop.id}/products/theirs{path}")).status_code == 404


async def made(visitor: Visitor, fields: Mapping[str, Any]) -> Any:
    page = await visitor.page("/m1/products/new")
    return await visitor.send("/m1/products/new", {**typed(page), **fields})


async def test_a_product_with_two_variants_is_typed_in_without_script(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    page = await visitor.page(f"/{shop.id}/products/new")
    first = {
        "name": "Linen dress",
        "category": "Clothing > Dresses",
        "tags": "summer, linen,",
        "variants.0.color": "Blue",
        "variants.0.price": "59.90",
        "variants.0.stock": "4",
        "do": "copy:0",
    }
    again = await visitor.send(f"/{shop.id}/products/new", {**typed(page), **first})
    assert again.status_code == 200
    assert not await kept(engine)
    fields = typed(BeautifulSoup(again.text, "html.parser"))
    assert fields["variants.1.color"] == ["Blue"]
    second = {"variants.1.color": "Red", "variants.1.price": "1,059.9", "variants.1.stock": ""}
    saved = await visitor.send(f"/{shop.id}/products/new", {**fields, **second})
    shown = await visitor.follow(saved)
    (dress,) = await kept(engine)
    assert "Linen dress is in the catalogue" in shown.get_text()
    assert (dress.category, dress.tags) == (("Clothing", "Dresses"), ("summer", "linen"))
    assert [(v.name, v.price_minor, v.stock) for v in dress.variants] == [
        ("Blue", 5990, 4),
        ("Red", 105990, None),
    ]
    assert dress.source is Source.OWN


async def test_a_form_that_is_sent_twice_makes_one_product(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    fields = typed(await visitor.page(f"/{shop.id}/products/new"))
    fields |= {"name": "Hat", "variants.0.price": "5"}
    ends = [await visitor.send(f"/{shop.id}/products/new", fields) for _ in range(2)]
    assert [end.status_code for end in ends] == [303, 303]
    assert ends[0].headers["Location"] == ends[1].headers["Location"]
    assert len(await kept(engine)) == 1


@pytest.mark.usefixtures("shop")
async def test_what_is_wrong_names_the_variant_and_nothing_typed_is_lost(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    answer = await made(
        visitor,
        {
            "name": "",
            "product_url": "javascript:alert(1)",
            "variants.0.color": "Blue",
            "variants.0.price": "a lot",
            "variants.0.stock": "1.5",
            "facts.0.value": "wool",
            "fact": "0",
        },
    )
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    said = dict(line.split(": ", 1) for line in faults(page))
    assert set(said) == {
        "Name",
        "Address of its page",
        "Variant 1, Blue, Price",
        "Variant 1, Blue, Stock",
        "More facts",
    }
    fields = typed(page)
    assert (fields["variants.0.price"], fields["variants.0.stock"]) == (["a lot"], ["1.5"])
    assert fields["facts.0.value"] == ["wool"]
    price = page.select_one('[id="variants.0.price"]')
    assert price
    assert page.find(id=str(price["aria-describedby"]))
    assert not await kept(engine)


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [("JPY", "1990", 1990), ("KWD", "1.990", 1990), ("EUR", "19,9", 1990)],
)
async def test_prices_have_the_decimals_of_their_currency(
    visitor: Visitor, engine: AsyncEngine, currency: str, text: str, minor: int
) -> None:
    async with engine.begin() as connection:
        await merchants.create(connection, Merchant(id="m1", name="Shop", currency=currency), "catalog-0")
    answer = await made(visitor, {"name": "Hat", "variants.0.price": text})
    assert answer.status_code == 303
    (hat,) = await kept(engine)
    assert hat.variants[0].price_minor == minor
    page = await visitor.page(f"/m1/products/{hat.id}")
    assert typed(page)["variants.0.price"] == [amount_to_type(minor, currency)]


async def test_a_change_keeps_what_the_form_does_not_show(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    before = product(
        "p",
        "Hat",
        shopify_product_id="77",
        source=Source.IMPORT,
        metadata={"care": "cold", "sizes": [1, {"a": None}], "n": 5},
        images=("https://x.example/1.png", "https://x.example/2.png"),
        main_image="https://x.example/1.png",
        variants=[
            Variant(
                id="v",
                name="Own name",
                price_minor=10,
                images=("https://x.example/3.png", "https://x.example/4.png"),
            ),
            Variant(
                id="w", name="Red / S", color="Red", size="S", price_minor=10, oversell=True, available=False
            ),
        ],
    )
    await stock_up(engine, before)
    fields = typed(await visitor.page(f"/{shop.id}/products/p"))
    answer = await visitor.send(f"/{shop.id}/products/p", fields)
    assert answer.status_code == 303
    after = await one(engine, "p")
    assert after.version == 2
    assert (after.variants, after.metadata, after.images) == (before.variants, before.metadata, before.images)
    assert (after.source, after.shopify_product_id, after.main_image) == (
        Source.IMPORT,
        "77",
        before.main_image,
    )


async def test_of_two_who_change_a_product_the_slower_sees_both_versions(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    await stock_up(engine, product("p", "Hat", variants=[Variant(id="v", name="Hat", price_minor=1000)]))
    fields = typed(await visitor.page(f"/{shop.id}/products/p"))
    await visitor.send(f"/{shop.id}/products/p", {**fields, "variants.0.price": "20"})
    slower = await visitor.send(f"/{shop.id}/products/p", {**fields, "name": "My hat", "tags": "mine"})
    page = BeautifulSoup(slower.text, "html.parser")
    assert slower.status_code == 412
    rows = [
        [cell.get_text("|", strip=True) for cell in row.select("th, td")]
        for row in page.select(".conflict tbody tr")
    ]
    assert rows == [
        ["Name", "My hat", "Hat"],
        ["Tags", "mine", "–"],
        ["Variant Hat", "Price: 10.00", "Price: 20.00"],
    ]
    assert (await one(engine, "p")).name == "Hat"
    over = await visitor.send(f"/{shop.id}/products/p", typed(page))
    assert over.status_code == 303
    after = await one(engine, "p")
    assert (after.name, after.variants[0].price_minor, after.version) == ("My hat", 1000, 3)


async def test_a_deleted_product_comes_back_by_the_undo_of_the_message(
    visitor: Visitor, engine: AsyncEngine, stocked: Merchant
) -> None:
    gone = await visitor.follow(await visitor.send(f"/{stocked.id}/products/a/delete"))
    undo = gone.select_one(".flash form")
    assert undo
    assert "Linen hat" not in names(gone)
    deleted = await visitor.page(f"/{stocked.id}/products/a")
    assert "This product is deleted" in deleted.get_text()
    back = await visitor.follow(await visitor.send(str(undo["action"]).removeprefix("/console")))
    assert "Linen hat is back" in back.get_text()
    assert (await one(engine, "a")).is_active


async def test_what_a_store_has_is_shown_and_only_what_is_ours_is_taken(
    visitor: Visitor, engine: AsyncEngine, shop: Merchant
) -> None:
    metadata = {"shopify_shop": "one.myshopify.com", "handle": "hat"}
    synced = product(
        "s", "Hat", currency="USD", source=Source.SHOPIFY, shopify_product_id="7", metadata=metadata
    )
    await stock_up(engine, synced)
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "sale", "Sale", [])
    page = await visitor.page(f"/{shop.id}/products/s")
    assert page.find("a", {"href": "https://one.myshopify.com/admin/products/7"})
    assert "name" not in typed(page)
    looked = await visitor.send(f"/{shop.id}/products/s", {**typed(page), "is_featured": "1", "do": "look"})
    assert looked.status_code == 200
    assert not (await one(engine, "s")).is_featured
    forged = {
        **typed(page),
        "name": "Mine",
        "variants.0.price": "1",
        "is_featured": "1",
        "collection": "sale",
    }
    assert (await visitor.send(f"/{shop.id}/products/s", forged)).status_code == 303
    after = await one(engine, "s")
    assert (after.name, after.variants, after.is_featured) == ("Hat", synced.variants, True)
    async with engine.begin() as connection:
        assert await collections.product_ids(connection, "m1", "sale") == ["s"]


async def test_a_copy_is_a_new_product_that_has_not_been_saved(
    visitor: Visitor, engine: AsyncEngine, stocked: Merchant
) -> None:
    fields = typed(await visitor.page(f"/{stocked.id}/products/new?copy=a"))
    assert fields["name"] == ["Linen hat"]
    assert len(await kept(engine)) == 3
    await visitor.send(f"/{stocked.id}/products/new", fields)
    assert [each.name for each in await kept(engine)].count("Linen hat") == 2
