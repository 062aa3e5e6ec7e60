"""An import taken back: what it made goes, what it changed is as it was.

A product that somebody changed since is left as it is, and counted.
"""

import asyncio
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.merging import Put
from actors.shopify_products import Catalogue
from models.errors import NotFound, Stale
from models.merchant import Merchant
from sources.drafts import draft_of
from store import imported_products, imports, jobs, merchants, products
from store.database import autocommit
from store.imported_products import Imported
from store.jobs import Job
from store.products import ProductRow as Stored

KIND = "import_undo"
BATCH = 100


class ImportUndo:
    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, job: Job, *, lease_s: float) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._job = job
        self._import_id: str = job.options["import"]
        self._lease_s = lease_s

    async def run(self) -> None:
        merchant, total = await self._begin()
        after: str = self._job.state.get("after", "")
        kept: int = self._job.state.get("kept", 0)
        done = self._job.done
        while made := await self._page(merchant, after):
            kept += await self._undo(merchant, made)
            after, done = made[-1].product_id, min(done + len(made), total)
            async with self._engine.begin() as connection:
                await jobs.advance(
                    connection,
                    self._job.id,
                    cursor=0,
                    done=done,
                    faults=(),
                    lease_s=self._lease_s,
                    state={"after": after, "kept": kept},
                )
        async with self._engine.begin() as connection:
            await imports.undone(connection, merchant.id, self._import_id, kept=kept)
            await jobs.finish(connection, self._job.id, "done")

    async def _begin(self) -> tuple[Merchant, int]:
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, self._job.merchant_id)
            by_import = await imported_products.counts(connection, merchant.id, [self._import_id])
            counts = by_import[self._import_id]
            total = counts.created + counts.changed + counts.deactivated
            await jobs.set_total(connection, self._job.id, total)
        return merchant, total

    async def _page(self, merchant: Merchant, after: str) -> list[Imported]:
        async with autocommit(self._engine) as connection:
            return await imported_products.page(
                connection, merchant.id, self._import_id, after=after, limit=BATCH
            )

    async def _undo(self, merchant: Merchant, made: list[Imported]) -> int:
        """How many were left as they are."""
        async with autocommit(self._engine) as connection:
            stored = await products.get_many(connection, merchant.id, [each.product_id for each in made])
        # Together: what is under way at once leaves in one call.
        undone = await asyncio.gather(
            *(self._undo_one(merchant, each, stored.get(each.product_id)) for each in made)
        )
        return undone.count(False)

    async def _undo_one(self, merchant: Merchant, made: Imported, now: Stored | None) -> bool:
        if now is None or _is_undone(made, now):
            return True
        try:
            if made.before is None:
                await self._catalogue.delete(merchant.id, made.product_id, made.version)
            else:
                put = Put(
                    id=made.product_id,
                    draft=draft_of(made.before),
                    source=made.before.source,
                    expected_version=made.version,
                )
                await self._catalogue.put(merchant, [put])
        except Stale:
            return False
        except NotFound:
            return True
        return True


def _is_undone(made: Imported, now: Stored) -> bool:
    """By a first try of this batch, or by somebody."""
    if made.before is None:
        return now.deleted
    return not now.deleted and now.product == replace(made.before, version=now.product.version)
