"""A store's catalogue comes in, is found by customers, and follows the store."""

import itertools
import json
from typing import Any

from sources.shopify.signatures import sign_body
from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.shops import Shop
from tests.standins.shopify import API_VERSION, ShopifyStandin
from tests.standins.shopify_store import TOKEN, Json, Store
from tests.standins.shopify_wares import fill

_numbers = itertools.count(1)


async def connected(shop: Shop, store: Store) -> Any:
    """How the store stands once its first sync has ended."""
    answer = await shop.put("/shopify", {"shop": store.shop, "access_token": TOKEN})
    assert answer.status == 200, answer.raw

    async def ended() -> Any:
        state = (await shop.get("/shopify")).body
        return state if state["progress"]["status"] == "done" else None

    return await until(ended, what="the end of the sync", timeout_s=90)


async def tell(nobody: Api, shopify: ShopifyStandin, store: Store, topic: str, body: Json) -> None:
    raw = json.dumps(body).encode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": store.shop,
        "X-Shopify-Webhook-Id": f"webhook-{next(_numbers)}",
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Hmac-Sha256": sign_body(raw, shopify.login.api_secret),
    }
    answer = await nobody.post("/webhooks/shopify", data=raw, headers=headers)
    assert answer.status == 200, answer.raw


async def found(shop: Shop, query: str) -> str | None:
    """The name of what is found first."""
    hits = (await shop.post("/search", {"query": query})).body["hits"]
    return hits[0]["product"]["name"] if hits else None


async def test_a_store_comes_in_by_bulk_and_what_changes_there_is_found(
    shop: Shop, shopify: ShopifyStandin, nobody: Api
) -> None:
    store = shopify.store("corner-shop.myshopify.com")
    fill(store, 300)
    number = store.put_product("Heather cape")
    state = await connected(shop, store)
    assert (state["status"], state["progress"]["done"]) == ("connected", 301)
    assert await found(shop, "heather cape") == "Heather cape"

    news: list[tuple[str, Json]] = []
    store.told.append(lambda topic, body: news.append((topic, body)))
    store.change_product(number, title="Saffron cape")
    gone = store.put_product("Ochre poncho")
    for topic, body in news:
        await tell(nobody, shopify, store, topic, body)

    async def followed() -> bool:
        names = [await found(shop, query) for query in ("saffron cape", "ochre poncho")]
        return names == ["Saffron cape", "Ochre poncho"]

    await until(followed, what="what webhooks named")
    store.delete_product(gone)
    assert (await shop.post("/shopify/sync")).status == 202

    async def compared() -> bool:
        return (await shop.get(f"/products/shopify-{gone}")).status == 404

    await until(compared, what="the removal of what the store does not have any more", timeout_s=60)


async def test_a_store_is_followed_from_its_connection_until_its_merchant_removes_the_app(
    shop: Shop, shopify: ShopifyStandin, nobody: Api
) -> None:
    store = shopify.store("linden-and-lark.myshopify.com")
    coat = store.put_product("Heron coat", variants=[{"price": "120.00"}, {"price": None}])
    store.put_product("Silk scarf", variants=[{"price": "30.00"}])
    state = await connected(shop, store)
    assert state["last_sync_at"]
    assert TOKEN not in json.dumps(state)
    log = (await shop.get("/shopify/log")).body["items"]
    assert ("price", str(coat)) in {(line["field"], line["product_id"]) for line in log}
    assert any("log" in warning for warning in state["warnings"])

    async def price(query: str) -> int | None:
        hits = (await shop.post("/search", {"query": query})).body["hits"]
        prices = [hit["variant"]["price_minor"] for hit in hits if hit["product"]["name"] == query]
        return prices[0] if prices else None

    assert await price("Heron coat") == 12000
    store.change_variant(coat, price="99.00")
    await tell(nobody, shopify, store, "products/update", {"id": coat})

    async def cheaper() -> bool:
        return await price("Heron coat") == 9900

    await until(cheaper, what="the new price in a search")
    store.delete_product(coat)
    await tell(nobody, shopify, store, "products/delete", {"id": coat})

    async def gone() -> bool:
        return await price("Heron coat") is None

    await until(gone, what="a search without what is gone")
    await tell(nobody, shopify, store, "app/uninstalled", {"myshopify_domain": store.shop})
    state = (await shop.get("/shopify")).body
    assert (state["status"], state["reason"]) == ("disconnected", "the app was removed at Shopify")
    assert await price("Silk scarf") == 3000
