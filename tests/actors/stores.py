"""A merchant with a Shopify store, and a catalogue that may break down."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Products, Puts
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from actors.shopify_products import SyncedProducts
from actors.shopify_sync import ShopifySync
from models.errors import Invalid, ShopkeepError
from models.merchant import Merchant
from models.product import Product
from sources.shopify.client import Client
from sources.shopify.mapping import Rules, our_id
from sources.shopify.pages import Pages
from store import jobs, merchants, product_listing, shopify_log, shopify_stores
from store.jobs import Progress
from store.product_listing import Wanted
from store.shopify_stores import Tokens
from tests.actors.wares import delete
from tests.sources.shopify.reading import Door, Waits, client_of
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SHOP, Store

LEASE_S = 30.0


class Shelves:
    """The gateway's part: a catalogue that may break down after so many puts, or hear of others' changes."""

    def __init__(self, catalogue: OwnedCatalogue) -> None:
        self.catalogue = catalogue
        self.puts_left: int | None = None
        self.refused = ""
        self.put_ids: list[str] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.puts_left is not None:
            self.puts_left -= 1
            if self.puts_left < 0:
                raise ConnectionError("the process is gone")
        if self.refused in {one.id for one in puts}:
            raise Invalid("it cannot be stored")
        self.put_ids += [one.id for one in puts]
        (answer,) = await self.catalogue.change([Puts(puts=tuple(puts), currency=merchant.currency)])
        if isinstance(answer, ShopkeepError):
            raise answer
        return answer

    async def delete(self, _: str, product_id: str, expected_version: int | None) -> None:
        await delete(self.catalogue, product_id, expected_version)


class StoreOwner:
    """One with a store, and what a test asks of both."""

    def __init__(self, engine: AsyncEngine, shelves: Shelves, shopify: ShopifyStandin, session: Any) -> None:
        self.engine = engine
        self.shelves = shelves
        self.shopify = shopify
        self.waits = Waits()
        self.door = Door()
        self.client = client_of(shopify, session, self.waits, self.door)
        self.pages = Pages(self.client)
        self._jobs = 0

    @property
    def store(self) -> Store:
        return self.shopify.store()

    def of(self, _merchant_id: str, _shop: str) -> Client:
        return self.client

    async def sync(self, mode: str = "full", *, bulk_from: int = 10_000, **options: Any) -> Progress:
        async with self.engine.begin() as connection:
            self._jobs += 1
            job_id = f"job-{self._jobs}"
            await jobs.start_sync(
                connection, job_id=job_id, merchant_id="m1", options={"mode": mode, **options}
            )
        return await self.go_on(bulk_from=bulk_from)

    async def go_on(self, *, bulk_from: int = 10_000) -> Progress:
        """Whoever finds the job, or finds it left behind."""
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE jobs SET lease_until = NULL"))
            job = await jobs.lease(connection, LEASE_S)
        assert job
        await ShopifySync(
            self.engine, self.shelves, job, self.client, lease_s=LEASE_S, bulk_from=bulk_from, clock=self.now
        ).run()
        async with self.engine.begin() as connection:
            return await jobs.progress(connection, "m1", job.id)

    def now(self) -> datetime:
        return self.store.now

    async def writer(self) -> SyncedProducts:
        async with self.engine.begin() as connection:
            merchant = await merchants.get(connection, "m1")
            store = await shopify_stores.get(connection, "m1")
        rules = Rules(shop=SHOP, currency=merchant.currency, options=store.options)
        return SyncedProducts(self.engine, self.shelves, merchant, rules)

    async def products(self) -> dict[str, Product]:
        async with self.engine.begin() as connection:
            found = await product_listing.page(connection, "m1", Wanted(), limit=10_000)
        return {product.id: product for product in found.products}

    async def log(self) -> list[tuple[str, str | None, str]]:
        async with self.engine.begin() as connection:
            lines = await shopify_log.listing(connection, "m1", before=None, limit=200)
        return [(line.note.kind.value, line.note.product_id, line.note.detail) for line in lines]

    async def equals(self) -> None:
        """As another reading of the whole store would have it."""
        ours = await self.products()
        assert set(ours) == {our_id(number) for number in self.store.products}
        for number, theirs in self.store.products.items():
            product = ours[our_id(number)]
            assert product.name == theirs["title"]
            assert product.brand == theirs["vendor"]
            assert product.metadata["shopify_updated_at"] == theirs["updatedAt"]
            assert [
                (variant.id, variant.price_minor, variant.stock, variant.available)
                for variant in product.variants
            ] == [
                (
                    our_id(int(variant["legacyResourceId"])),
                    round(float(variant["price"]) * 100),
                    variant["inventoryQuantity"],
                    variant["availableForSale"],
                )
                for variant in theirs["variants"]
            ]


@asynccontextmanager
async def opened(engine: AsyncEngine, catalogue: OwnedCatalogue) -> AsyncIterator[StoreOwner]:
    async with engine.begin() as connection:
        await shopify_stores.connect(
            connection,
            merchant_id="m1",
            shop=SHOP,
            tokens=Tokens(access=b"sealed"),
            scopes=["read_products"],
        )
    async with ShopifyStandin() as shopify, aiohttp.ClientSession() as session:
        shopify.store().currency = "EUR"
        yield StoreOwner(engine, Shelves(catalogue), shopify, session)
