"""Stores are read in time, tell us what happens, are noticed when they are back, and kept alive."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_clients import ShopifyClients
from actors.shopify_upkeep import ShopifyUpkeep
from settings import Settings
from sources.shopify.subscriptions import SALES, TOPICS
from store import shopify_schedule, shopify_stores
from store.shopify_stores import Status, Tokens
from store.vault import Vault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SCOPES, SHOP, TOKEN
from tests.store.rows import open_shop, select

ADDRESS = "https://shop.example/webhooks/shopify"
VAULT = Vault(["key"])


@pytest.fixture
async def shopify() -> AsyncIterator[ShopifyStandin]:
    async with ShopifyStandin() as running:
        yield running


@pytest.fixture
async def clients(shopify: ShopifyStandin, engine: AsyncEngine) -> AsyncIterator[ShopifyClients]:
    given: dict[str, Any] = {
        "shopify_admin_url": shopify.admin_url,
        "shopify_api_key": shopify.login.api_key,
        "shopify_api_secret": shopify.login.api_secret,
    }
    async with aiohttp.ClientSession() as session:
        yield ShopifyClients(engine, VAULT, session, Settings(_env_file=None, **given))


@pytest.fixture
async def upkeep(clients: ShopifyClients, engine: AsyncEngine) -> ShopifyUpkeep:
    """Of a store that was just connected."""
    await open_shop(engine)
    await connect(engine, Tokens(access=VAULT.seal(TOKEN)))
    return ShopifyUpkeep(engine, clients, address=ADDRESS)


async def connect(engine: AsyncEngine, tokens: Tokens) -> None:
    async with engine.begin() as connection:
        await shopify_stores.connect(connection, merchant_id="m1", shop=SHOP, tokens=tokens, scopes=SCOPES)


async def status(engine: AsyncEngine) -> tuple[str, str | None]:
    (row,) = await select(engine, "status, reason FROM shopify_stores")
    return row.status, row.reason


async def later(engine: AsyncEngine, changes: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE shopify_stores SET {changes}"))  # noqa: S608 - of this file


async def an_hour_passes(engine: AsyncEngine) -> None:
    hour = "interval '61 minutes'"
    await later(engine, f"checked_at = checked_at - {hour}, recent_due_at = recent_due_at - {hour}")


async def modes(engine: AsyncEngine) -> list[str]:
    """Of the syncs that were begun since they were last asked for."""
    async with engine.begin() as connection:
        found = await connection.execute(text("DELETE FROM jobs RETURNING options->>'mode'"))
        return list(found.scalars())


async def test_a_new_store_is_read_at_once_then_hourly_and_compared_every_night(
    upkeep: ShopifyUpkeep, engine: AsyncEngine
) -> None:
    assert await upkeep.run()
    assert await modes(engine) == ["full"]
    assert not await upkeep.run()
    await later(engine, "last_sync_at = now()")
    await an_hour_passes(engine)
    await upkeep.run()
    assert await modes(engine) == ["changes"]
    (row,) = await select(
        engine,
        "extract(hour FROM full_due_at AT TIME ZONE 'UTC') AS hour, "
        "full_due_at - now() BETWEEN interval '1 hour' AND interval '28 hours' AS next FROM shopify_stores",
    )
    assert 1 <= row.hour < 4
    assert row.next
    await later(engine, "full_due_at = now()")
    await upkeep.run()
    assert await modes(engine) == ["compare"]
    await upkeep.run()
    assert await modes(engine) == []


@pytest.mark.parametrize("change", ["status = 'reconnect'", "status = 'paused'", "status = 'disconnected'"])
async def test_a_store_that_cannot_be_read_is_not_read(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin, change: str
) -> None:
    shopify.answers[SHOP] = 402
    await later(engine, change)
    assert not await upkeep.run()
    assert await modes(engine) == []


async def test_without_automatic_sync_a_store_is_read_once(
    upkeep: ShopifyUpkeep, engine: AsyncEngine
) -> None:
    await later(engine, "automatic = false")
    assert await upkeep.run()
    await later(engine, "last_sync_at = now(), full_due_at = now(), recent_due_at = now()")
    assert not await upkeep.run()


async def test_every_topic_is_asked_for_and_what_shopify_forgot_again(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    def topics() -> list[str]:
        return sorted(one["topic"] for one in shopify.store().subscriptions.values())

    await upkeep.run()
    assert topics() == sorted(TOPICS)
    assert {one["uri"] for one in shopify.store().subscriptions.values()} == {ADDRESS}
    forgotten = next(iter(shopify.store().subscriptions))
    del shopify.store().subscriptions[forgotten]
    await upkeep.run()
    assert len(topics()) == len(TOPICS) - 1
    await an_hour_passes(engine)
    await upkeep.run()
    assert topics() == sorted(TOPICS)
    details = [row.detail for row in await select(engine, "detail FROM shopify_log ORDER BY id")]
    assert details[-1].startswith("subscribed: ")
    assert "," not in details[-1]


async def test_sales_are_told_only_where_they_may_be_counted(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    shopify.store().scopes = (*SCOPES, "read_orders")
    await upkeep.run()
    assert SALES in {one["topic"] for one in shopify.store().subscriptions.values()}
    (row,) = await select(engine, "scopes FROM shopify_stores")
    assert "read_orders" in row.scopes


async def test_nothing_is_asked_for_while_nobody_can_reach_us(
    upkeep: ShopifyUpkeep, clients: ShopifyClients, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    assert upkeep
    await ShopifyUpkeep(engine, clients, address=None).run()
    assert shopify.store().subscriptions == {}


@pytest.mark.parametrize("http_status", [402, 403, 404, 423])
async def test_a_frozen_store_is_paused_and_back_within_the_hour_with_a_comparison(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin, http_status: int
) -> None:
    shopify.answers[SHOP] = http_status
    await upkeep.run()
    state, reason = await status(engine)
    assert state == Status.PAUSED
    assert f"HTTP {http_status}" in (reason or "")
    await modes(engine)
    del shopify.answers[SHOP]
    await later(engine, "last_sync_at = now()")
    await an_hour_passes(engine)
    await upkeep.run()
    assert await status(engine) == (Status.CONNECTED, None)
    await upkeep.run()
    assert await modes(engine) == ["compare"]


async def test_a_revoked_token_asks_for_a_new_connection(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    shopify.login.revoke(SHOP)
    await upkeep.run()
    assert (await status(engine))[0] == Status.RECONNECT
    await an_hour_passes(engine)
    calls = len(shopify.calls)
    await upkeep.run()
    assert len(shopify.calls) == calls


async def test_a_scope_that_is_gone_asks_for_a_new_connection(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    shopify.store().scopes = ("read_products",)
    await upkeep.run()
    assert await status(engine) == (Status.RECONNECT, "not granted any more: read_inventory")


async def test_tokens_of_a_store_nobody_uses_are_renewed_every_week(
    upkeep: ShopifyUpkeep, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    issued = shopify.login.issue(SHOP, expiring=True)
    await connect(
        engine,
        Tokens(access=VAULT.seal(issued["access_token"]), refresh=VAULT.seal(issued["refresh_token"])),
    )
    await upkeep.run()
    assert shopify.login.refreshed == 0
    await later(engine, "token_at = now() - interval '8 days'")
    await an_hour_passes(engine)
    await upkeep.run()
    assert shopify.login.refreshed == 1


async def test_two_who_look_at_once_do_not_begin_the_same(upkeep: ShopifyUpkeep, engine: AsyncEngine) -> None:
    assert upkeep
    async with engine.begin() as first, engine.begin() as second:
        assert await shopify_schedule.begin_due(first, lambda: "job-1") == [("m1", "full")]
        assert await shopify_schedule.begin_due(second, lambda: "job-2") == []
    async with engine.begin() as third:
        assert await shopify_schedule.begin_due(third, lambda: "job-3") == []
