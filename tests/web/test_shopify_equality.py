"""However webhooks get lost and syncs crash: after the next look at the store the catalogue is what it is."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from actors.shopify_clients import ShopifyClients
from actors.shopify_rereads import ShopifyRereads
from actors.shopify_sync import Mode, ShopifySync
from indexes.query_vectors import QueryVectors
from models.merchant import Merchant
from models.product import Product
from settings import Settings
from sources.shopify.signatures import sign_body
from store import jobs, product_listing, shopify_stores
from store.database import autocommit
from store.product_listing import Sort, Wanted
from store.shopify_stores import Tokens
from store.vault import Vault
from tests.actors.wares import CountingEmbedder, delete, save
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_judge import differences
from tests.standins.shopify_login import API_SECRET
from tests.standins.shopify_store import SCOPES, SHOP, TOKEN, Bucket, Store
from tests.standins.shopify_traffic import Delivery, Post, Traffic
from tests.store.rows import open_shop

LEASE_S = 30.0
BULK_FROM = 20
PRODUCTS_AT_FIRST = 60


class Crash(Exception):
    """The process is gone."""


class Catalogue:
    """As the gateway shows it."""

    def __init__(self, owned: OwnedCatalogue) -> None:
        self.owned = owned

    async def put(self, _: Merchant, puts: Sequence[Put]) -> tuple[Product, ...]:
        return tuple(await save(self.owned, *puts))

    async def delete(self, _: str, product_id: str, expected_version: int | None) -> None:
        await delete(self.owned, product_id, expected_version)


class Crashing(Catalogue):
    """Its process is gone as soon as something is written."""

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> tuple[Product, ...]:
        await super().put(merchant, puts)
        raise Crash


@dataclass(slots=True, kw_only=True)
class World:
    """A store, what happens in it, and an installation that follows. Its clock is the store's."""

    engine: AsyncEngine
    store: Store
    catalogue: Catalogue
    clients: ShopifyClients
    browser: httpx.AsyncClient
    traffic: Traffic
    post: Post
    reader: ShopifyRereads

    def clock(self) -> datetime:
        return self.store.now

    async def sync(self, mode: Mode, *, crash: bool = False) -> None:
        """As the job actor does it. After a crash another one goes on."""
        async with self.engine.begin() as connection:
            options = {"mode": mode}
            await jobs.start_sync(connection, job_id=uuid4().hex, merchant_id="m1", options=options)
        if crash:
            with pytest.raises(Crash):
                await self._go_on(Crashing(self.catalogue.owned))
        await self._go_on(self.catalogue)

    async def _go_on(self, catalogue: Catalogue) -> None:
        """Whoever had the lease is taken to be gone."""
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE jobs SET lease_until = NULL"))
            job = await jobs.lease(connection, LEASE_S)
        assert job
        client = self.clients.of("m1", SHOP)
        sync = ShopifySync(
            self.engine, catalogue, job, client, lease_s=LEASE_S, bulk_from=BULK_FROM, clock=self.clock
        )
        await sync.run()

    async def differences(self) -> list[str]:
        """Of the table; and where the index, in which searches look, differs from that."""
        async with autocommit(self.engine) as connection:
            page = await product_listing.page(connection, "m1", Wanted(), sort=Sort.ID, limit=10_000)
        kept = page.products
        sold = [product for product in kept if product.is_active]
        owned = self.catalogue.owned
        indexed = owned.products([product.id for product in sold])
        wrong = differences(self.store, kept)
        if list(indexed) != sold or owned.size != len(sold):
            wrong.append("the index holds something else than the table")
        return wrong

    async def happens(self, changes: int) -> None:
        """As webhooks come in, they are read. At the end none is on its way."""
        reading = asyncio.create_task(self._reading())
        for _ in range(changes):
            self.traffic.step()
            for delivery in self.post.arrived():
                await self.posted(delivery)
        for delivery in self.post.rest():
            await self.posted(delivery)
        reading.cancel()
        await asyncio.wait([reading])
        await self.reader.run()

    async def _reading(self) -> None:
        while True:
            await self.reader.run()
            await asyncio.sleep(0.01)

    async def posted(self, delivery: Delivery) -> None:
        body = json.dumps(delivery.body).encode()
        headers = {
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-Sha256": sign_body(body, API_SECRET),
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Webhook-Id": delivery.id,
        }
        answer = await self.browser.post("/webhooks/shopify", content=body, headers=headers)
        assert answer.status_code == 200


@pytest.fixture(autouse=True)
async def merchant(engine: AsyncEngine) -> None:
    await open_shop(engine)


@pytest.fixture
async def catalogue(engine: AsyncEngine, tmp_path: Path) -> Catalogue:
    embedder = CountingEmbedder()
    owned = await OwnedCatalogue.open(
        engine=engine,
        merchant_id="m1",
        actor="catalog-0",
        embedder=embedder,
        queries=QueryVectors(embedder, time.monotonic),
        folder=tmp_path,
    )
    return Catalogue(owned)


@pytest.fixture
def store(shopify: ShopifyStandin) -> Store:
    """With points without end: how they are kept is tried elsewhere."""
    store = shopify.store()
    store.currency = "EUR"
    store.bucket = Bucket(maximum=1e9, available=1e9)
    return store


@pytest.fixture
async def clients(engine: AsyncEngine, configuration: Settings) -> AsyncIterator[ShopifyClients]:
    vault = Vault(["a key of this test"])
    tokens = Tokens(access=vault.seal(TOKEN))
    async with engine.begin() as connection:
        await shopify_stores.connect(connection, merchant_id="m1", shop=SHOP, tokens=tokens, scopes=SCOPES)
    async with aiohttp.ClientSession() as session:
        yield ShopifyClients(engine, vault, session, configuration)


@pytest.fixture
def world_of(
    engine: AsyncEngine,
    store: Store,
    catalogue: Catalogue,
    clients: ShopifyClients,
    browser: httpx.AsyncClient,
) -> Callable[[int], World]:
    def made(seed: int) -> World:
        draw = random.Random(seed)  # noqa: S311 - a seed, to be repeated
        return World(
            engine=engine,
            store=store,
            catalogue=catalogue,
            clients=clients,
            browser=browser,
            traffic=Traffic(store=store, draw=draw),
            post=Post(draw=random.Random(seed)),  # noqa: S311 - a seed, to be repeated
            reader=ShopifyRereads(engine, catalogue, clients),
        )

    return made


async def an_hour(world: World, changes: int) -> None:
    """The sync that reads the store for the first time dies meanwhile; another goes on."""
    for _ in range(PRODUCTS_AT_FIRST):
        world.traffic.create()
    world.traffic.pace = timedelta(hours=1) / changes
    world.store.told.append(world.post.tell)
    async with asyncio.TaskGroup() as group:
        group.create_task(world.sync(Mode.FULL, crash=True))
        group.create_task(world.happens(changes))
    assert world.post.lost
    assert world.post.doubled


async def test_after_an_hour_of_lost_webhooks_and_a_crash_the_next_look_makes_the_catalogue_equal(
    world_of: Callable[[int], World],
) -> None:
    world = world_of(2)
    await an_hour(world, 150)
    assert await world.differences() != []
    await world.sync(Mode.CHANGES)
    assert await world.differences() == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(10, 16))
async def test_the_same_with_more_changes_and_other_luck(world_of: Callable[[int], World], seed: int) -> None:
    world = world_of(seed)
    await an_hour(world, 600)
    await world.sync(Mode.CHANGES)
    assert await world.differences() == []


async def test_a_store_of_which_every_webhook_comes_needs_no_look(world_of: Callable[[int], World]) -> None:
    world = world_of(1)
    world.post.lost_share = 0.0
    world.store.told.append(world.post.tell)
    await world.happens(40)
    assert await world.differences() == []
