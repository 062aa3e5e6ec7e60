"""What an import would do, found out before it does it."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.import_file import Rows, put_id, put_of, rows_of
from actors.import_plan import Planned, plan
from models.errors import Invalid, NotFound
from models.imports import Fault, Import, Preview, Shown
from models.merchant import Merchant
from sources.rows import ProductRow, RowError
from store import imported_products, imports, jobs, merchants, products
from store.database import autocommit
from store.files import Files
from store.jobs import Job

KIND = "import_check"
BATCH = 500
SHOWN = 20
FAULTS = 100


class ImportCheck:
    def __init__(self, engine: AsyncEngine, files: Files, job: Job, *, lease_s: float) -> None:
        self._engine = engine
        self._files = files
        self._job = job
        self._lease_s = lease_s

    async def run(self) -> None:
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, self._job.merchant_id)
            the_import = await imports.get(connection, merchant.id, self._job.options["import"])
        try:
            rows = await rows_of(self._files, the_import, merchant)
        except (Invalid, NotFound) as error:
            await self._failed(the_import, Fault(row=0, field=error.field or "file", detail=error.detail))
            return
        preview = await self._preview(the_import, merchant, rows)
        async with self._engine.begin() as connection:
            await imports.checked(connection, merchant.id, the_import.id, preview, job_id=self._job.id)
            await jobs.finish(connection, self._job.id, "done")

    async def _preview(self, the_import: Import, merchant: Merchant, rows: Rows) -> Preview:
        async with self._engine.begin() as connection:
            await jobs.set_total(connection, self._job.id, len(rows))
        counts: Counter[str] = Counter()
        shown: list[Shown] = []
        for start in range(0, len(rows), BATCH):
            good = [row for row in rows[start : start + BATCH] if isinstance(row, ProductRow)]
            planned = await self._planned(the_import, merchant, good)
            counts.update(each.change for each in planned)
            shown += [_shown(row, each) for row, each in zip(good, planned, strict=True)][
                : SHOWN - len(shown)
            ]
            await self._advance(start + BATCH, len(rows))
        faults = [row for row in rows if isinstance(row, RowError)]
        return Preview(
            new=counts["created"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            bad=len({fault.row for fault in faults}),
            missing=len(await missing(self._engine, the_import, rows)),
            shown=tuple(shown),
            faults=tuple(Fault(row=f.row, field=f.field, detail=f.detail) for f in faults[:FAULTS]),
        )

    async def _planned(
        self, the_import: Import, merchant: Merchant, rows: Sequence[ProductRow]
    ) -> list[Planned]:
        puts = [put_of(the_import, row) for row in rows]
        async with autocommit(self._engine) as connection:
            stored = await products.get_many(connection, merchant.id, [put.id for put in puts])
        return await asyncio.to_thread(plan, puts, stored, merchant.currency)

    async def _advance(self, done: int, total: int) -> None:
        done = min(done, total)
        async with self._engine.begin() as connection:
            await jobs.advance(
                connection, self._job.id, cursor=0, done=done, faults=(), lease_s=self._lease_s
            )

    async def _failed(self, the_import: Import, fault: Fault) -> None:
        async with self._engine.begin() as connection:
            await imports.failed(
                connection, the_import.merchant_id, the_import.id, fault, job_id=self._job.id
            )
            await jobs.finish(connection, self._job.id, "failed")


async def missing(engine: AsyncEngine, the_import: Import, rows: Rows) -> list[str]:
    """Active products the file does not name. One that is named in a bad row is in the file all the same;
    one of a connected Shopify store is that store's to switch off.
    """
    named = {put_id(the_import, row) if isinstance(row, ProductRow) else row.product_id for row in rows} - {
        None
    }
    async with autocommit(engine) as connection:
        return await imported_products.active_elsewhere(
            connection, the_import.merchant_id, [name for name in named if name]
        )


def _shown(row: ProductRow, planned: Planned) -> Shown:
    product = planned.after
    return Shown(
        row=row.row,
        id=row.draft.id,
        name=product.name,
        change="new" if planned.change == "created" else planned.change,
        price_min_minor=product.price_range.min_minor,
        price_max_minor=product.price_range.max_minor,
        variants=len(product.variants),
        image=product.main_image,
    )
