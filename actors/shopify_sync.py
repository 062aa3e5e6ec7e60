"""One sync of a Shopify store into the catalogue: everything, what changed, or what differs. Resumable."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_products import Catalogue, SyncedProducts, Written
from models.errors import Invalid
from models.merchant import Merchant
from sources.shopify.answers import Json
from sources.shopify.bulk import BrokenOff, BulkFailed, BulkRead
from sources.shopify.client import Client
from sources.shopify.errors import Refused, StoreAway
from sources.shopify.mapping import Rules
from sources.shopify.pages import Pages, number_of
from store import jobs, merchants, shopify_log, shopify_stores, synced_products
from store.database import autocommit
from store.jobs import Job, RowFault
from store.shopify_log import Kind, Note
from store.shopify_stores import Store

log = logging.getLogger(__name__)

KIND = "shopify_sync"
# From so many products on Shopify writes a file: pages would take longer.
BULK_FROM = 250
DOWNLOADS = 3
# Written at once, whichever comes first.
BATCH = 50
BATCH_VARIANTS = 2000
# Our clock and Shopify's differ, and its search knows of a change a little later.
OVERLAP = timedelta(minutes=5)
# So many may be gone at once before we ask whether that can be.
FEW_GONE = 20


class Mode(StrEnum):
    FULL = "full"  # every product is read
    CHANGES = "changes"  # those that changed since the last sync; all are compared if some must be gone
    COMPARE = "compare"  # every product's time of change, and those that differ


class ShopifySync:
    """The job's options: `mode`; `remove_many`: a person knows that most products are gone.

    Its cursor: of a file the products done, of pages the last product's number.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        catalogue: Catalogue,
        job: Job,
        client: Client,
        *,
        lease_s: float,
        bulk_from: int = BULK_FROM,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._job = job
        self._pages = Pages(client)
        self._bulk = BulkRead(client)
        self._lease_s = lease_s
        self._bulk_from = bulk_from
        self._clock = clock
        self._cursor = job.cursor
        self._done = job.done
        self._state: dict[str, Any] = {"began_at": clock().isoformat(), **job.state}
        self._written = Written()

    async def run(self) -> None:
        """What Shopify refuses, or a store that is away, ends it. Anything else, and it goes on later."""
        async with self._alive():
            try:
                await self._sync()
            except (Refused, StoreAway) as error:
                await self._end("failed", RowFault(row=0, field="store", detail=error.detail))
            except Invalid as error:
                await self._end("failed", RowFault(row=0, field=error.field or "store", detail=error.detail))
            else:
                await self._end("done")

    async def _sync(self) -> None:
        await self._keep()
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, self._job.merchant_id)
            store = await shopify_stores.get(connection, self._job.merchant_id)
        shop = await self._pages.shop()
        _require_currency(shop.currency, merchant)
        rules = Rules(shop=store.shop, currency=merchant.currency, options=store.options)
        writer = SyncedProducts(self._engine, self._catalogue, merchant, rules, clock=self._clock)
        mode = Mode(self._job.options["mode"])
        if mode is Mode.CHANGES and store.last_sync_at is not None:
            await self._changes(writer, self._since(store.last_sync_at))
            if not await self._too_many(store):
                return
        elif mode is not Mode.COMPARE:
            await self._total(shop.products)
            await self._everything(writer, shop.products)
        await self._compare(writer, store)

    # Everything

    async def _everything(self, writer: SyncedProducts, expected: int) -> None:
        """By a file where there is much, by pages where there is little or no file to be had."""
        if self._state.get("read"):
            return
        if expected >= self._bulk_from and not self._state.get("no_bulk"):
            try:
                await self._by_bulk(writer)
            except BulkFailed as error:
                log.warning("no bulk for %s: %s", self._job.merchant_id, error.detail)
                await self._event("bulk", f"{error.detail}; read by pages instead")
                self._cursor, self._done = 0, 0
                self._state["no_bulk"] = True
            else:
                self._state["read"] = True
        if not self._state.get("read"):
            await self._by_pages(writer)
            self._state["read"] = True
        await self._keep()

    async def _by_bulk(self, writer: SyncedProducts) -> None:
        if "bulk" not in self._state:
            self._state["bulk"] = await self._bulk.start()
            await self._keep()
        done = await self._bulk.ended(self._state["bulk"])
        for download in range(1, DOWNLOADS + 1):
            try:
                skip = self._cursor
                number = 0
                async for batch in _batches(self._bulk.products(done)):
                    fresh = batch[max(0, skip - number) :]
                    number += len(batch)
                    if fresh:
                        await self._write(writer, fresh, cursor=number)
            except BrokenOff:
                if download == DOWNLOADS:
                    raise
            else:
                return

    async def _by_pages(self, writer: SyncedProducts) -> None:
        async for batch in _batches(_each(self._pages.all(after=self._cursor))):
            await self._write(writer, batch, cursor=number_of(batch[-1]))

    # What changed, what differs

    def _since(self, last_sync_at: datetime) -> str:
        if since := self._state.get("since"):
            return str(since)
        return (last_sync_at - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def _changes(self, writer: SyncedProducts, since: str) -> None:
        async for batch in _batches(_each(self._pages.changed(since))):
            self._state["since"] = batch[-1]["updatedAt"]
            await self._total(self._done + len(batch))
            await self._write(writer, batch, cursor=0)

    async def _too_many(self, store: Store) -> bool:
        """What is gone shows in no list of changes; but then there are more here than in the store."""
        shop = await self._pages.shop()
        async with autocommit(self._engine) as connection:
            known = await synced_products.of_shop(connection, store.merchant_id, store.shop)
        return shop.exact and len(known) > shop.products

    async def _compare(self, writer: SyncedProducts, store: Store) -> None:
        """Of every product only when it changed; those that differ are read, those that are gone go."""
        listed: dict[int, str] = {}
        async for page in self._pages.listed():
            listed |= page
        async with autocommit(self._engine) as connection:
            known = await synced_products.of_shop(connection, store.merchant_id, store.shop)
        differ = [number for number, updated_at in listed.items() if known.get(number) != updated_at]
        await self._total(self._done + len(differ))
        for start in range(0, len(differ), BATCH):
            numbers = differ[start : start + BATCH]
            self._written += await writer.read_again(self._pages, numbers)
            self._done += len(numbers)
            await self._keep()
        await self._remove(writer, set(known) - set(listed), known=len(known), listed=len(listed))

    async def _remove(self, writer: SyncedProducts, missing: set[int], *, known: int, listed: int) -> None:
        """A store that suddenly has next to nothing is more often a mistake than a wish."""
        if not missing:
            return
        many = len(missing) > FEW_GONE and 2 * len(missing) > known
        if (listed == 0 or many) and not self._job.options.get("remove_many"):
            detail = (
                f"the store names {listed} products, and of the {known} that are here {len(missing)} not; "
                "none was removed. If that is right, start a sync with remove_many"
            )
            await self._note(Note(kind=Kind.WARNING, field="products", detail=detail))
            return
        gone = await self._pages.missing(sorted(missing))
        self._written += Written(changed=await writer.remove(sorted(gone)))

    # The job's row

    async def _write(self, writer: SyncedProducts, batch: list[Json], *, cursor: int) -> None:
        self._written += await writer.write(batch)
        self._cursor, self._done = cursor, self._done + len(batch)
        await self._keep()

    async def _keep(self) -> None:
        async with self._engine.begin() as connection:
            await jobs.advance(
                connection,
                self._job.id,
                cursor=self._cursor,
                done=self._done,
                faults=(),
                lease_s=self._lease_s,
                state=self._state,
            )

    async def _total(self, total: int) -> None:
        async with self._engine.begin() as connection:
            await jobs.set_total(connection, self._job.id, total)

    async def _end(self, status: str, *faults: RowFault) -> None:
        mode = self._job.options["mode"]
        counts = f"{self._written.changed} products changed, {self._written.refused} could not be taken"
        said = "; ".join(fault.detail for fault in faults) or counts
        note = Note(kind=Kind.EVENT, field="sync", detail=f"{mode}, {status}: {said}")
        began_at = datetime.fromisoformat(self._state["began_at"])
        async with self._engine.begin() as connection:
            await jobs.finish(connection, self._job.id, status, faults)
            await shopify_log.note(connection, self._job.merchant_id, [note])
            if status == "done":
                await shopify_stores.note_synced(connection, self._job.merchant_id, began_at)

    async def _event(self, field: str, detail: str) -> None:
        await self._note(Note(kind=Kind.EVENT, field=field, detail=detail))

    async def _note(self, note: Note) -> None:
        async with self._engine.begin() as connection:
            await shopify_log.note(connection, self._job.merchant_id, [note])

    @asynccontextmanager
    async def _alive(self) -> AsyncIterator[None]:
        """The lease is held as long as this process lives: waiting for points or a file takes minutes."""

        async def hold() -> None:
            while True:
                await asyncio.sleep(self._lease_s / 3)
                async with self._engine.begin() as connection:
                    await jobs.renew(connection, self._job.id, self._lease_s)

        holding = asyncio.create_task(hold())
        try:
            yield
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)


def _require_currency(currency: str, merchant: Merchant) -> None:
    if currency != merchant.currency:
        raise Invalid(
            f"the store sells in {currency}, the shop profile says {merchant.currency}: change one of them",
            field="currency",
        )


async def _each(pages: AsyncIterator[list[Json]]) -> AsyncIterator[Json]:
    async for page in pages:
        for product in page:
            yield product


async def _batches(found: AsyncIterator[Json]) -> AsyncIterator[list[Json]]:
    """However many variants products have, a batch stays small."""
    batch: list[Json] = []
    variants = 0
    async for product in found:
        batch.append(product)
        variants += len(product["variants"])
        if len(batch) >= BATCH or variants >= BATCH_VARIANTS:
            yield batch
            batch, variants = [], 0
    if batch:
        yield batch
