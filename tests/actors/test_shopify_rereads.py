"""Whatever a webhook named is here as the store has it, within one reading."""

import pytest
from sqlalchemy import text

from actors.shopify_rereads import ShopifyRereads
from store import shopify_changes
from store.shopify_changes import Change, Kind
from tests.actors.stores import StoreOwner
from tests.standins.faults import FOREVER, Fault
from tests.standins.shopify_store import number_of


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
