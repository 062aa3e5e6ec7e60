"""Whatever a webhook named is here as the store has it, within one reading."""

import asyncio

import pytest
from sqlalchemy import text

from actors.shopify_rereads import ShopifyRereads
from sources.shopify.client import Client
from sources.shopify.errors import Refused
from store import shopify_changes, shopify_stores
from store.shopify_changes import Change, Kind
from store.shopify_stores import Tokens
from tests.actors.stores import StoreOwner
from tests.standins.faults import FOREVER, Fault
from tests.standins.shopify_store import number_of
from tests.store.rows import open_shop


@pytest.fixture
def rereads(shop: StoreOwner) -> ShopifyRereads:
    return ShopifyRereads(shop.engine, shop.shelves, shop)


async def told(shop: StoreOwner, kind: Kind, *numbers: int) -> None:
    async with shop.engine.begin() as connection:
        for number in numbers:
            await shopify_changes.note(connection, "m1", Change(kind=kind, external_id=str(number)))


async def waiting(shop: StoreOwner) -> list[tuple[str, str]]:
    async with shop.engine.begin() as connection:
        found = await connection.execute(text("SELECT kind, external_id FROM shopify_changes"))
    return [(row.kind, row.external_id) for row in found]


async def test_products_come_change_and_go(shop: StoreOwner, rereads: ShopifyRereads) -> None:
    numbers = [shop.store.put_product(f"Shirt {number}") for number in range(60)]
    await told(shop, Kind.PRODUCT, *numbers)
    await rereads.run()
    await shop.equals()
    shop.store.delete_product(numbers[0])
    shop.store.change_product(numbers[1], title="Renamed")
    await told(shop, Kind.PRODUCT, *numbers[:2])
    await rereads.run()
    await shop.equals()
    assert await waiting(shop) == []


async def test_the_stock_of_one_place_is_not_taken_for_all_of_it(
    shop: StoreOwner, rereads: ShopifyRereads
) -> None:
    number = shop.store.put_product(variants=[{"inventoryQuantity": 5}])
    await told(shop, Kind.PRODUCT, number)
    await rereads.run()
    shop.store.set_stock(number, 0, 3, location=2)
    (item,) = shop.store.items
    await told(shop, Kind.INVENTORY_ITEM, item, 5)
    await rereads.run()
    assert next(iter((await shop.products()).values())).variants[0].stock == 8
    assert await waiting(shop) == []


async def test_a_collection_is_read_with_all_its_products(shop: StoreOwner, rereads: ShopifyRereads) -> None:
    summer = shop.store.put_collection("Summer")
    numbers = [shop.store.put_product(collections=[summer]) for _ in range(12)]
    await told(shop, Kind.PRODUCT, *numbers)
    await rereads.run()
    summer["title"] = "Late summer"
    await told(shop, Kind.COLLECTION, number_of(summer["id"]))
    await rereads.run()
    assert {product.category for product in (await shop.products()).values()} == {("Shirts", "Late summer")}


async def test_what_cannot_be_read_waits(shop: StoreOwner, rereads: ShopifyRereads) -> None:
    number = shop.store.put_product()
    shop.shopify.faults.add(Fault(do="answer", status=503, times=FOREVER))
    await told(shop, Kind.PRODUCT, number)
    await rereads.run()
    assert await waiting(shop) == [("product", str(number))]
    shop.shopify.faults.clear()
    await rereads.run()
    assert await shop.products() == {}
    await told(shop, Kind.PRODUCT, number)
    await rereads.run()
    await shop.equals()


class Doors:
    """Of the first merchant's store nobody comes to an end; the other one's is asked in vain."""

    def __init__(self, shop: StoreOwner) -> None:
        self._shop = shop
        self.other_asked = asyncio.Event()

    def of(self, merchant_id: str, shop: str) -> Client:
        if merchant_id == "m1":
            return self._shop.of(merchant_id, shop)
        self.other_asked.set()
        raise Refused("enough was seen")


async def test_a_store_that_is_slow_keeps_no_other_waiting(shop: StoreOwner) -> None:
    doors = Doors(shop)
    rereads = ShopifyRereads(shop.engine, shop.shelves, doors)
    ended = asyncio.Event()
    shop.shelves.meanwhile = ended.wait
    number = shop.store.put_product()
    await told(shop, Kind.PRODUCT, number)
    await rereads.begin()
    await open_shop(shop.engine, "m2")
    async with shop.engine.begin() as connection:
        tokens = Tokens(access=b"sealed")
        await shopify_stores.connect(
            connection, merchant_id="m2", shop="other.myshopify.com", tokens=tokens, scopes=None
        )
        await shopify_changes.note(connection, "m2", Change(kind=Kind.PRODUCT, external_id="7"))
    await rereads.begin()
    await doors.other_asked.wait()
    assert await shop.products() == {}
    ended.set()
    await rereads.run()
    await shop.equals()
