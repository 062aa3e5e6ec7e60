"""Queries: within the store's points, with a good token, and once more where that helps."""

import asyncio

import aiohttp
import pytest

from sources.shopify import queries
from sources.shopify.client import PAUSES_S, Client
from sources.shopify.errors import Refused, StoreAway, TokenInvalid, Unreachable
from sources.shopify.queries import Query
from tests.sources.shopify.reading import Door, Waits, client_of
from tests.standins.faults import FOREVER, Fault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SHOP, Store
from tests.standins.shopify_wares import fill


async def test_a_query_waits_until_the_store_has_its_points(
    client: Client, store: Store, waits: Waits
) -> None:
    fill(store, 10)
    for _ in range(12):
        await client.run(queries.PAGE, key="ID")
    assert store.bucket.refused == 0
    assert waits.waited


async def test_several_queries_at_once_share_the_points(client: Client, store: Store) -> None:
    fill(store, 10)
    await client.run(queries.PAGE, key="ID")
    await asyncio.gather(*(client.run(queries.PAGE, key="ID") for _ in range(8)))
    assert store.bucket.refused == 0


@pytest.mark.parametrize("by_status", [False, True])
async def test_a_refusal_for_want_of_points_is_waited_out(
    client: Client, shopify: ShopifyStandin, store: Store, waits: Waits, by_status: bool
) -> None:
    shopify.throttle_by_status = by_status
    store.put_product()
    store.bucket.available = 10
    assert (await client.run(queries.PAGE, key="ID"))["products"]["nodes"]
    assert store.bucket.refused >= 1
    assert min(waits.waited) >= 1


async def test_most_of_what_the_store_restores_is_used(client: Client, store: Store, waits: Waits) -> None:
    fill(store, 10)
    began = waits.clock.now
    for _ in range(60):
        await client.run(queries.PAGE, key="ID")
    restored = (waits.clock.now - began) * store.bucket.restore_rate
    assert store.bucket.spent >= 0.9 * (restored + store.bucket.maximum - store.bucket.available)


async def test_every_query_stays_below_what_one_may_ask_for(client: Client, store: Store) -> None:
    number = store.put_product()
    product = store.products[number]["id"]
    for query in (queries.PAGE, queries.IDS):
        await client.run(query, key="ID")
    ids = [product] * 250
    await client.run(queries.BY_ID, ids=ids[: queries.PRODUCTS_BY_ID])
    await client.run(queries.EXIST, ids=ids)
    await client.run(queries.OF_ITEMS, ids=ids)
    for rest in queries.REST.values():
        await client.run(rest, id=product)


async def test_a_query_that_asks_for_too_much_is_not_tried_again(client: Client, waits: Waits) -> None:
    dear = Query(
        name="dear", text="{ products(first: 250) { nodes { variants(first: 100) { nodes { id } } } } }"
    )
    with pytest.raises(Refused, match="exceeds"):
        await client.run(dear)
    assert waits.waited == []


async def test_a_token_is_renewed_once(
    shopify: ShopifyStandin, session: aiohttp.ClientSession, waits: Waits, store: Store
) -> None:
    store.tokens = {"new"}
    door = Door(token="old", spare="new")
    assert await client_of(shopify, session, waits, door).run(queries.SHOP)
    with pytest.raises(TokenInvalid):
        await client_of(shopify, session, waits, Door(token="old")).run(queries.SHOP)


async def test_the_token_of_another_store_is_not_used(
    shopify: ShopifyStandin, session: aiohttp.ClientSession, waits: Waits
) -> None:
    door = Door(shop="other.myshopify.com")
    with pytest.raises(Refused, match="instead of"):
        await client_of(shopify, session, waits, door).run(queries.SHOP)
    assert shopify.calls == []


@pytest.mark.parametrize("status", [402, 403, 404, 423])
async def test_a_frozen_or_closed_store_is_away(
    client: Client, shopify: ShopifyStandin, waits: Waits, status: int
) -> None:
    shopify.answers[SHOP] = status
    with pytest.raises(StoreAway):
        await client.run(queries.SHOP)
    assert waits.waited == []


@pytest.mark.parametrize(
    "fault", [Fault(do="answer", status=502), Fault(do="cut_before"), Fault(do="garble")]
)
async def test_what_may_pass_is_tried_again(client: Client, shopify: ShopifyStandin, fault: Fault) -> None:
    shopify.faults.add(fault, fault)
    assert (await client.run(queries.SHOP))["shop"]["currencyCode"] == "USD"


async def test_what_does_not_pass_is_told_after_a_while(
    client: Client, shopify: ShopifyStandin, waits: Waits
) -> None:
    shopify.faults.add(Fault(do="answer", status=500, times=FOREVER))
    with pytest.raises(Unreachable):
        await client.run(queries.SHOP)
    assert waits.waited == list(PAUSES_S)


async def test_another_version_than_ours_is_logged(
    client: Client, shopify: ShopifyStandin, caplog: pytest.LogCaptureFixture
) -> None:
    shopify.api_version = "2027-01"
    await client.run(queries.SHOP)
    await client.run(queries.SHOP)
    assert caplog.text.count("2027-01") == 1
