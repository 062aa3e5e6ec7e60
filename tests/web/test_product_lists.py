"""Lists of products and collections over HTTP."""

from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.product import Source
from tests.store.listed_shop import product, stock_up
from tests.store.rows import open_shop

PRODUCTS = "/api/merchants/m1/products"
COLLECTIONS = "/api/merchants/m1/collections"


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await stock_up(
        engine,
        product("a", "Linen hat", price=3000, age=1, category=("Hats",)),
        product("b", "Straw hat", price=1000, age=2, stock=0, category=("Hats", "Straw")),
        product("c", "Scarf", price=2000, age=3, source=Source.IMPORT),
    )
    await stock_up(engine, product("d", "Gone hat"), deleted=True)


async def ids(api: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await api.get(PRODUCTS, params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_products_are_listed_by_what_is_asked_for(api: httpx.AsyncClient) -> None:
    assert await ids(api) == ["a", "b", "c"]
    assert await ids(api, q="HAT", sort="-name") == ["b", "a"]
    assert await ids(api, category="Hats", stock="in") == ["a"]
    assert await ids(api, price_min=1500, sort="price") == ["c", "a"]
    assert await ids(api, source="import") == ["c"]
    assert await ids(api, deleted=True) == ["d"]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"sort": "colour"}, "sort"), ({"stock": "some"}, "stock"), ({"colour": "red"}, "colour")],
)
async def test_a_list_that_nobody_can_make_is_refused(
    api: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await api.get(PRODUCTS, params=query)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_pages_follow_one_another_by_the_cursor(api: httpx.AsyncClient) -> None:
    first = (await api.get(PRODUCTS, params={"sort": "price", "limit": 2})).json()
    query = {"sort": "price", "limit": 2, "cursor": first["next_cursor"]}
    second = (await api.get(PRODUCTS, params=query)).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ["b", "c", "a"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "W10=", "WyJhIiwgImEiLCAxXQ==", "MQ==", "e30="])
async def test_a_cursor_of_nobody_is_refused(api: httpx.AsyncClient, cursor: str) -> None:
    answer = await api.get(PRODUCTS, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


async def test_a_cursor_of_another_order_is_refused(api: httpx.AsyncClient) -> None:
    cursor = (await api.get(PRODUCTS, params={"sort": "name", "limit": 1})).json()["next_cursor"]
    answer = await api.get(PRODUCTS, params={"sort": "price", "cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


async def test_a_collection_is_made_changed_deleted_and_restored(api: httpx.AsyncClient) -> None:
    body = {"name": "Summer sale", "tags": ["sale"], "product_ids": ["c", "a"]}
    made = await api.post(COLLECTIONS, json=body)
    assert made.status_code == 201
    assert made.json()["product_ids"] == ["c", "a"]
    path = f"{COLLECTIONS}/{made.json()['id']}"
    assert await ids(api, collection=made.json()["id"]) == ["a", "c"]
    changed = await api.patch(path, json={"name": "Winter sale"})
    assert (changed.json()["name"], changed.json()["product_ids"]) == ("Winter sale", ["c", "a"])
    moved = await api.post(f"{path}/products", json={"add": ["b"], "remove": ["c"]})
    assert moved.json()["product_ids"] == ["a", "b"]
    assert (await api.patch(path, json={"product_ids": ["b"]})).json()["products"] == 1
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404
    assert (await api.get(COLLECTIONS)).json() == {"items": [], "next_cursor": None}
    assert (await api.post(f"{path}/restore")).json()["product_ids"] == ["b"]


async def test_collections_come_in_pages_by_name(api: httpx.AsyncClient) -> None:
    for name in ("B", "a", "C"):
        await api.post(COLLECTIONS, json={"name": name})
    first = (await api.get(COLLECTIONS, params={"limit": 2})).json()
    second = (await api.get(COLLECTIONS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["name"] for one in first["items"] + second["items"]] == ["a", "B", "C"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "SALE"}, 409, "name"),
        ({"name": " "}, 422, "name"),
        ({"name": "New", "product_ids": ["d"]}, 422, "product_ids"),
        ({"name": "New", "product_ids": ["unknown"]}, 422, "product_ids"),
        ({"name": "New", "colour": "red"}, 422, "colour"),
    ],
)
async def test_what_is_wrong_with_a_collection_is_said(
    api: httpx.AsyncClient, body: dict[str, Any], status: int, field: str
) -> None:
    await api.post(COLLECTIONS, json={"name": "Sale"})
    answer = await api.post(COLLECTIONS, json=body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert len((await api.get(COLLECTIONS)).json()["items"]) == 1
