"""A store's products go when Shopify asks for all that is held about it to be erased."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_products import Catalogue
from models.errors import NotFound
from sources.shopify.mapping import our_id
from store import deletions, jobs, shopify_stores, synced_products
from store.database import autocommit
from store.jobs import Job

BATCH = 100


class ShopifyErasure:
    """The job's options: `shop`, and `code` of the deletion. It begins anew wherever it ended: what is gone
    is not there any more.
    """

    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, job: Job, *, lease_s: float) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._job = job
        self._lease_s = lease_s

    async def run(self) -> None:
        """A store that somebody has connected again keeps its products."""
        shop = self._job.options["shop"]
        async with autocommit(self._engine) as connection:
            back = await shopify_stores.by_shop(connection, shop)
            left = [*await synced_products.of_shop(connection, self._job.merchant_id, shop)]
        if back is None or back.merchant_id != self._job.merchant_id:
            for start in range(0, len(left), BATCH):
                await asyncio.gather(*(self._erase(number) for number in left[start : start + BATCH]))
                async with autocommit(self._engine) as connection:
                    await jobs.renew(connection, self._job.id, self._lease_s)
        async with self._engine.begin() as connection:
            await jobs.finish(connection, self._job.id, "done")
            await deletions.finish(connection, self._job.options.get("code", ""))  # of older code: none

    async def _erase(self, number: int) -> None:
        try:
            await self._catalogue.delete(self._job.merchant_id, our_id(number), None)
        except NotFound:
            return
