"""What came from a store goes when all that is held about it is to be erased."""

from actors.shopify_erasure import ShopifyErasure
from store import erasures, jobs, shopify_stores
from tests.actors.stores import LEASE_S, StoreOwner
from tests.actors.wares import put, save
from tests.standins.shopify_store import SHOP


async def erase(shop: StoreOwner) -> None:
    async with shop.engine.begin() as connection:
        await jobs.start(
            connection, job_id="erasure", kind=erasures.STORE_JOB, merchant_id="m1", options={"shop": SHOP}
        )
        job = await jobs.lease(connection, LEASE_S)
    assert job
    await ShopifyErasure(shop.engine, shop.shelves, job, lease_s=LEASE_S).run()
    async with shop.engine.begin() as connection:
        assert (await jobs.progress(connection, "m1", "erasure")).status == "done"


async def test_its_products_go_and_all_others_stay(shop: StoreOwner) -> None:
    for number in range(3):
        shop.store.put_product(f"Shirt {number}")
    await shop.sync()
    await save(shop.shelves.catalogue, put("own"))
    assert len(await shop.products()) == 4
    async with shop.engine.begin() as connection:
        await shopify_stores.disconnect(connection, "m1", "the app was removed")
        await shopify_stores.erase(connection, SHOP)
    await erase(shop)
    assert list(await shop.products()) == ["own"]


async def test_a_store_that_is_connected_again_keeps_its_products(shop: StoreOwner) -> None:
    shop.store.put_product("Shirt")
    await shop.sync()
    await erase(shop)
    assert len(await shop.products()) == 1
