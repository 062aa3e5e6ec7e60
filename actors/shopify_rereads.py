"""What webhooks named is read again: the product as the store has it now, whatever the webhook said."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_products import Catalogue, SyncedProducts
from models.errors import ShopkeepError
from sources.shopify.client import Client
from sources.shopify.errors import ShopifyError
from sources.shopify.mapping import Rules
from sources.shopify.pages import Pages
from store import merchants, shopify_changes, shopify_stores
from store.database import autocommit
from store.shopify_changes import Kind, Taken

log = logging.getLogger(__name__)

AT_ONCE = 50
LEASE_S = 120.0
# By how often it failed; after that the next sync finds it.
WAITS_S = (5.0, 15.0, 60.0, 300.0, 900.0)


class Clients(Protocol):
    """How stores are asked: actors/shopify_clients.py."""

    def of(self, merchant_id: str, shop: str) -> Client: ...


class ShopifyRereads:
    """Of all stores, each by itself: one that is slow keeps no other waiting."""

    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, clients: Clients) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._clients = clients
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._news: set[str] = set()  # merchants whose store told more while it was read

    async def run(self) -> None:
        """Until nothing is due."""
        await self.begin()
        await asyncio.gather(*self._reading.values())

    async def begin(self) -> None:
        """Wherever something is due and nobody reads yet; whoever does goes on with it."""
        async with autocommit(self._engine) as connection:
            waiting = await shopify_changes.merchants_waiting(connection)
        self._reading = {each: task for each, task in self._reading.items() if not task.done()}
        self._news.update(waiting)
        for merchant_id in waiting:
            if merchant_id not in self._reading:
                self._reading[merchant_id] = asyncio.create_task(self._of(merchant_id))

    async def _of(self, merchant_id: str) -> None:
        while merchant_id in self._news:
            self._news.discard(merchant_id)
            try:
                while await self._some(merchant_id):
                    pass
            except Exception:
                log.exception("changes of merchant %s are read when their lease ends", merchant_id)

    async def _some(self, merchant_id: str) -> bool:
        """False when nothing is due any more, or cannot be read now."""
        async with self._engine.begin() as connection:
            taken = await shopify_changes.take(connection, merchant_id, limit=AT_ONCE, lease_s=LEASE_S)
        if not taken:
            return False
        try:
            await self._read(merchant_id, taken)
        except (ShopifyError, ShopkeepError) as error:
            log.warning("changes of merchant %s wait: %s", merchant_id, error)
            await self._put_off(merchant_id, taken)
            return False
        async with self._engine.begin() as connection:
            await shopify_changes.done(connection, merchant_id, taken)
        return True

    async def _read(self, merchant_id: str, taken: Sequence[Taken]) -> None:
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, merchant_id)
            store = await shopify_stores.get(connection, merchant_id)
        pages = Pages(self._clients.of(merchant_id, store.shop))
        rules = Rules(shop=store.shop, currency=merchant.currency, options=store.options)
        writer = SyncedProducts(self._engine, self._catalogue, merchant, rules)
        async for numbers in _products(pages, taken):
            await writer.read_again(pages, numbers)
            # A collection may have thousands.
            await self._keep(merchant_id, taken, LEASE_S)

    async def _put_off(self, merchant_id: str, taken: Sequence[Taken]) -> None:
        for failed in {one.attempts for one in taken}:
            same = [one for one in taken if one.attempts == failed]
            await self._keep(merchant_id, same, WAITS_S[min(failed, len(WAITS_S)) - 1])

    async def _keep(self, merchant_id: str, taken: Sequence[Taken], seconds: float) -> None:
        async with self._engine.begin() as connection:
            await shopify_changes.put_off(connection, merchant_id, taken, seconds)


async def _products(pages: Pages, taken: Sequence[Taken]) -> AsyncIterator[list[int]]:
    """The numbers of the products that are named, or meant by an inventory item or a collection."""
    numbers = {kind: _numbers(taken, kind) for kind in Kind}
    items = numbers[Kind.INVENTORY_ITEM]
    named = {*numbers[Kind.PRODUCT], *(await pages.of_items(items) if items else ())}
    yield sorted(named)
    for collection in numbers[Kind.COLLECTION]:
        async for page in pages.of_collection(collection):
            yield page


def _numbers(taken: Sequence[Taken], kind: Kind) -> list[int]:
    return [int(one.change.external_id) for one in taken if one.change.kind is kind]
