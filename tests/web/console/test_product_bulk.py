"""Many products at once, as pages: chosen, looked at, changed, changed back; and collections."""

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from models.product import Product, Source, Variant
from store import collections, products
from store.database import autocommit
from tests.store.listed_shop import product, stock_up
from tests.web.console.visitor import Visitor

BULK = "/m1/products/bulk"


@pytest.fixture(autouse=True)
async def stocked(engine: AsyncEngine, shop: Merchant) -> Merchant:
    sizes = [Variant(id=size, name=size, price_minor=1000, stock=1) for size in ("S", "M")]
    await stock_up(
        engine,
        product("a", "Linen hat", price=2000, currency="USD"),
        product("b", "Wool hat", variants=sizes, currency="USD"),
        product("s", "Synced hat", source=Source.SHOPIFY, currency="USD"),
    )
    return shop


@pytest.fixture
async def sale(engine: AsyncEngine, shop: Merchant) -> None:
    """There is a collection."""
    async with engine.begin() as connection:
        await collections.create(connection, shop.id, "sale", "Sale", [])


async def one(engine: AsyncEngine, product_id: str) -> Product:
    async with autocommit(engine) as connection:
        return await products.get(connection, "m1", product_id)


async def prices(engine: AsyncEngine, *ids: str) -> list[list[int]]:
    return [[v.price_minor for v in (await one(engine, each)).variants] for each in ids]


def applied(page: BeautifulSoup) -> dict[str, Any]:
    """The fields of the form that makes the change."""
    fields: dict[str, Any] = {}
    for field in page.select(".apply-bulk input"):
        fields.setdefault(str(field["name"]), []).append(str(field["value"]))
    return fields


async def looked(visitor: Visitor, *, status: int = 200, **fields: Any) -> BeautifulSoup:
    answer = await visitor.send(BULK, fields)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


async def test_a_change_is_looked_at_made_and_undone(visitor: Visitor, engine: AsyncEngine) -> None:
    page = await looked(visitor, id=["a", "b", "s"], action="price_percent", value="-10%", sale="1")
    text = re.sub(r"\s+", " ", page.get_text(" "))
    assert "2 of 3 will change" in text
    assert "Synced hat from Shopify: change it there" in text
    assert "$20 $18 instead of $20" in text
    assert await prices(engine, "a", "b") == [[2000], [1000, 1000]]
    answer = await visitor.send(f"{BULK}/apply", applied(page))
    done = await visitor.follow(answer)
    assert await prices(engine, "a", "b") == [[1800], [900, 900]]
    flash = done.select_one(".flash")
    assert flash
    assert "2 changed. Left as they are: 1 from Shopify" in flash.get_text()
    undo = {str(field["name"]): str(field["value"]) for field in flash.select("form input")}
    back = await visitor.follow(await visitor.send(f"{BULK}/undo", undo))
    assert "2 changed back" in back.get_text()
    assert await prices(engine, "a", "b") == [[2000], [1000, 1000]]


async def test_a_change_that_is_sent_twice_is_made_once(visitor: Visitor, engine: AsyncEngine) -> None:
    fields = applied(await looked(visitor, id="a", action="price_add", value="1.50"))
    ends = [await visitor.send(f"{BULK}/apply", fields) for _ in range(2)]
    assert [end.status_code for end in ends] == [303, 303]
    assert await prices(engine, "a") == [[2150]]


async def test_ticked_variants_are_changed_alone(visitor: Visitor, engine: AsyncEngine) -> None:
    page = await looked(visitor, variant=json.dumps(["b", "M"]), action="stock_set", value="7")
    await visitor.send(f"{BULK}/apply", applied(page))
    assert [variant.stock for variant in (await one(engine, "b")).variants] == [1, 7]


async def test_all_of_a_list_are_those_that_it_shows(visitor: Visitor, engine: AsyncEngine) -> None:
    page = await looked(visitor, list="q=wool", all="1", id="a", action="feature")
    answer = await visitor.send(f"{BULK}/apply", applied(page))
    assert answer.headers["Location"] == "/console/m1/products?q=wool"
    assert [(await one(engine, each)).is_featured for each in "ab"] == [False, True]


async def test_what_somebody_changed_since_the_preview_is_left_alone(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    fields = applied(await looked(visitor, id=["a", "b"], action="archive"))
    await visitor.send(f"{BULK}/apply", applied(await looked(visitor, id="a", action="feature")))
    page = await visitor.follow(await visitor.send(f"{BULK}/apply", fields))
    assert "1 changed. Left as they are: 1 changed by somebody since" in page.get_text()
    assert [(await one(engine, each)).is_active for each in "ab"] == [True, False]


@pytest.mark.usefixtures("sale")
@pytest.mark.parametrize(
    ("action", "value", "field", "sentence"),
    [
        ("price_percent", "much", "value", "not a percentage"),
        ("price_percent", "-101", "value", "not a percentage"),
        ("price_set", "", "value", "Type a value"),
        ("price_set", "-1", "value", "decimal number"),
        ("stock_add", "1.5", "value", "not a whole number"),
        ("explode", "1", "action", "what is to be done"),
        ("collection_add", "", "into", "Choose a collection"),
    ],
)
async def test_what_is_wrong_is_said_and_the_choice_is_kept(
    visitor: Visitor, action: str, value: str, field: str, sentence: str
) -> None:
    page = await looked(visitor, status=422, id=["a", "b"], action=action, value=value)
    fault = page.select_one(f"#{field}-fault")
    assert fault
    assert sentence in fault.get_text()
    assert [box["value"] for box in page.select('input[name="id"]')] == ["a", "b"]


async def test_without_a_choice_nothing_happens_and_that_is_said(visitor: Visitor) -> None:
    page = await visitor.follow(await visitor.send(BULK, {"action": "delete"}))
    assert "Tick the products" in page.get_text()


async def test_deleted_products_are_restored_together(visitor: Visitor, engine: AsyncEngine) -> None:
    await visitor.send(f"{BULK}/apply", applied(await looked(visitor, id=["a", "b"], action="delete")))
    page = await looked(visitor, list="state=deleted", all="1", action="restore")
    await visitor.follow(await visitor.send(f"{BULK}/apply", applied(page)))
    assert [(await one(engine, each)).name for each in "ab"] == ["Linen hat", "Wool hat"]


async def test_a_collection_is_made_filled_from_the_list_ordered_and_brought_back(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    answer = await visitor.send("/m1/collections", {"name": "Sale", "tags": "offers, sale"})
    path = answer.headers["Location"].removeprefix("/console")
    collection_id = path.rpartition("/")[2]
    page = await looked(visitor, id=["a", "b"], action="collection_add", into=collection_id)
    await visitor.send(f"{BULK}/apply", applied(page))
    shown = await visitor.page(path)
    here = shown.select_one('.sections [aria-current="page"]')
    assert here
    assert here["href"] == "/console/m1/products"
    assert [row["value"] for row in shown.select('input[name="product"]')] == ["a", "b"]
    order = {"product": ["a", "b"], "position.a": "2", "position.b": "1", "name": "Sales", "tags": ""}
    await visitor.follow(await visitor.send(path, order))
    async with autocommit(engine) as connection:
        assert await collections.product_ids(connection, "m1", collection_id) == ["b", "a"]
    await visitor.send(path, {**order, "remove": "b"})
    gone = await visitor.follow(await visitor.send(f"{path}/delete"))
    undo = gone.select_one(".flash form")
    assert undo
    back = await visitor.follow(await visitor.send(str(undo["action"]).removeprefix("/console")))
    assert "Sales is back" in back.get_text()
    assert [row["value"] for row in back.select('input[name="product"]')] == ["a"]


async def test_what_is_wrong_with_a_collection_is_said(visitor: Visitor) -> None:
    await visitor.send("/m1/collections", {"name": "Sale", "tags": ""})
    for name, status in (("", 422), ("SALE", 409)):
        answer = await visitor.send("/m1/collections", {"name": name, "tags": "kept"})
        page = BeautifulSoup(answer.text, "html.parser")
        assert answer.status_code == status
        assert page.select_one("#name-fault")
        assert 'value="kept"' in answer.text


async def test_a_collection_of_another_shop_is_nowhere(
    visitor: Visitor, engine: AsyncEngine, other_shop: Merchant
) -> None:
    async with engine.begin() as connection:
        await collections.create(connection, other_shop.id, "theirs", "Theirs", [])
    await visitor.page("/m1/collections/theirs", status=404)
    for below in ("", "/delete", "/restore"):
        answer = await visitor.send(f"/m1/collections/theirs{below}", {"name": "Mine", "tags": ""})
        assert answer.status_code == 404
