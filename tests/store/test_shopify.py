"""Stores, what waits to be read again, and the log."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Conflict, NotFound
from store import shopify_changes, shopify_log, shopify_stores
from store.shopify_changes import Change
from store.shopify_log import Note
from store.shopify_stores import Status, Store, Tokens
from tests.store.rows import open_shop

SHOP = "demo-shop.myshopify.com"
NOW = datetime.now(UTC)
OLD = Tokens(access=b"a1", refresh=b"r1", expires_at=NOW)
NEW = Tokens(access=b"a2", refresh=b"r2", expires_at=NOW + timedelta(hours=1))


async def connect(
    engine: AsyncEngine, merchant_id: str = "m1", shop: str = SHOP, tokens: Tokens = OLD
) -> None:
    async with engine.begin() as connection:
        await shopify_stores.connect(
            connection, merchant_id=merchant_id, shop=shop, tokens=tokens, scopes=["read_products"]
        )


async def store_of(engine: AsyncEngine, merchant_id: str = "m1") -> Store:
    async with engine.begin() as connection:
        return await shopify_stores.get(connection, merchant_id)


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await open_shop(engine, "m2")


async def test_a_store_belongs_to_one_merchant_and_a_merchant_has_one_store(engine: AsyncEngine) -> None:
    await connect(engine)
    with pytest.raises(Conflict, match="another merchant"):
        await connect(engine, "m2")
    with pytest.raises(Conflict, match="disconnect it before"):
        await connect(engine, "m1", "other.myshopify.com")
    await connect(engine, tokens=NEW)
    store = await store_of(engine)
    assert (store.shop, store.status, store.tokens, store.scopes) == (
        SHOP,
        Status.CONNECTED,
        NEW,
        ("read_products",),
    )


async def test_of_two_merchants_who_connect_a_shop_at_once_one_gets_it(engine: AsyncEngine) -> None:
    ends = await asyncio.gather(connect(engine, "m1"), connect(engine, "m2"), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "NoneType"]


async def test_who_disconnects_keeps_the_settings_and_frees_the_shop(engine: AsyncEngine) -> None:
    await connect(engine)
    async with engine.begin() as connection:
        await shopify_stores.set_options(connection, "m1", automatic=False, options={"Ton": "color"})
        await shopify_stores.disconnect(connection, "m1", "by the merchant")
        with pytest.raises(NotFound):
            await shopify_stores.disconnect(connection, "m1", "again")
    await connect(engine, "m2")
    await connect(engine, "m1", "other.myshopify.com")
    store = await store_of(engine)
    assert (store.shop, store.automatic, store.options) == ("other.myshopify.com", False, {"Ton": "color"})


async def test_tokens_are_renewed_only_instead_of_those_they_came_from(engine: AsyncEngine) -> None:
    await connect(engine)
    async with engine.begin() as connection:
        assert await shopify_stores.renew(connection, "m1", NEW, instead_of=OLD)
        assert not await shopify_stores.renew(connection, "m1", OLD, instead_of=OLD)
    assert (await store_of(engine)).tokens == NEW


async def test_a_store_with_other_tokens_by_now_is_not_parked(engine: AsyncEngine) -> None:
    await connect(engine, tokens=NEW)
    async with engine.begin() as connection:
        await shopify_stores.park(connection, "m1", Status.RECONNECT, "revoked", tokens=OLD)
    assert (await store_of(engine)).status == Status.CONNECTED
    async with engine.begin() as connection:
        await shopify_stores.park(connection, "m1", Status.PAUSED, "frozen", tokens=NEW)
    assert (await store_of(engine)).reason == "frozen"
    async with engine.begin() as connection:
        await shopify_stores.resume(connection, "m1")
    assert (await store_of(engine)).status == Status.CONNECTED


async def test_many_webhooks_of_a_product_are_one_reading_with_the_newest_time(engine: AsyncEngine) -> None:
    await connect(engine)
    async with engine.begin() as connection:
        for hours in (1, 3, 2):
            at = NOW + timedelta(hours=hours)
            await shopify_changes.note(
                connection, "m1", Change(kind=shopify_changes.Kind.PRODUCT, external_id="7", changed_at=at)
            )
        assert await shopify_changes.merchants_waiting(connection) == ["m1"]
        (taken,) = await shopify_changes.take(connection, "m1", limit=10, lease_s=60)
        assert await shopify_changes.take(connection, "m1", limit=10, lease_s=60) == []
    assert (taken.change.changed_at, taken.version, taken.attempts) == (NOW + timedelta(hours=3), 3, 1)


async def test_what_changes_while_it_is_read_is_read_again(engine: AsyncEngine) -> None:
    await connect(engine)
    change = Change(kind=shopify_changes.Kind.PRODUCT, external_id="7")
    async with engine.begin() as connection:
        await shopify_changes.note(connection, "m1", change)
        first = await shopify_changes.take(connection, "m1", limit=10, lease_s=60)
    async with engine.begin() as connection:
        await shopify_changes.note(connection, "m1", change)
        await shopify_changes.put_off(connection, "m1", first, 60)
        await shopify_changes.done(connection, "m1", first)
    async with engine.begin() as connection:
        second = await shopify_changes.take(connection, "m1", limit=10, lease_s=60)
        assert [one.version for one in second] == [2]
        await shopify_changes.done(connection, "m1", second)
        assert await shopify_changes.merchants_waiting(connection) == []


async def test_of_a_store_that_is_not_connected_nothing_waits(engine: AsyncEngine) -> None:
    await connect(engine)
    async with engine.begin() as connection:
        await shopify_changes.note(
            connection, "m1", Change(kind=shopify_changes.Kind.COLLECTION, external_id="7")
        )
        await shopify_stores.park(connection, "m1", Status.RECONNECT, "revoked", tokens=OLD)
        assert await shopify_changes.merchants_waiting(connection) == []


async def test_the_log_holds_what_was_said_of_a_product_when_it_was_last_read(engine: AsyncEngine) -> None:
    def said(detail: str, product_id: str | None) -> Note:
        return Note(
            kind=shopify_log.Kind.WARNING, field="variants.0.price", detail=detail, product_id=product_id
        )

    async with engine.begin() as connection:
        await shopify_log.note(
            connection, "m1", [said("of before", "7"), said("of 8", "8"), said("all", None)]
        )
        await shopify_log.note(connection, "m1", [said("of now", "7")], of_products=["7"])
        lines = await shopify_log.listing(connection, "m1", before=None, limit=10)
        assert [line.note.detail for line in lines] == ["of now", "all", "of 8"]
        older = await shopify_log.listing(connection, "m1", before=lines[0].id, limit=1)
        assert [line.note.detail for line in older] == ["all"]
        assert await shopify_log.listing(connection, "m2", before=None, limit=10) == []


async def test_warnings_of_a_store_are_those_of_the_last_look(engine: AsyncEngine) -> None:
    warning = Note(kind=shopify_log.Kind.WARNING, field="webhooks", detail="not taken")
    event = Note(kind=shopify_log.Kind.EVENT, field="webhooks", detail="subscribed")
    async with engine.begin() as connection:
        await shopify_log.note(connection, "m1", [warning, event])
        await shopify_log.look(connection, "m1", "webhooks", [warning])
        lines = await shopify_log.listing(connection, "m1", before=None, limit=10)
        assert [line.note for line in lines] == [warning, event]
