"""One import: a file's rows into products, in batches, resumable, with an error for each bad row.

Before a batch is put, what it does is written down; so it can be counted, and undone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.import_check import missing
from actors.import_file import Rows, mapping_of, put_of, rows_of
from actors.import_plan import plan
from actors.merging import Put
from actors.shopify_products import Catalogue
from models.errors import Invalid, NotFound
from models.imports import Fault, Import, bad_rows_name
from models.merchant import Merchant
from models.product import Source
from sources.bad_rows import bad_rows
from sources.drafts import draft_of
from sources.rows import ProductRow, RowError
from store import imported_products, imports, jobs, merchants, products
from store.database import autocommit
from store.files import Files
from store.imported_products import Imported
from store.jobs import Job, RowFault

KIND = "import"
BATCH = 100


class ImportJob:
    """Repeating a batch changes nothing: a row's id comes from the file or from import and row."""

    def __init__(
        self, engine: AsyncEngine, catalogue: Catalogue, files: Files, job: Job, *, lease_s: float
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._files = files
        self._job = job
        self._lease_s = lease_s

    async def run(self) -> None:
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, self._job.merchant_id)
            the_import = await imports.get(connection, merchant.id, self._job.id)
        try:
            rows = await rows_of(self._files, the_import, merchant)
        except (Invalid, NotFound) as error:
            await self._failed(the_import, error.field or "file", error.detail)
            return
        async with self._engine.begin() as connection:
            await jobs.set_total(connection, self._job.id, len(rows))
        for start in range(self._job.cursor, len(rows), BATCH):
            if not await self._batch(the_import, merchant, rows[start : start + BATCH], start):
                await self._stopped(the_import, rows[: start + BATCH])
                return
        if the_import.missing == "deactivate":
            await self._deactivate(merchant, await missing(self._engine, the_import, rows))
        await self._report(the_import, rows)
        async with self._engine.begin() as connection:
            await jobs.finish(connection, self._job.id, "done")

    async def _batch(self, the_import: Import, merchant: Merchant, rows: Rows, start: int) -> bool:
        """False: somebody stopped it. What it is at is done first."""
        good = [row for row in rows if isinstance(row, ProductRow)]
        refused = await self._put(merchant, [(row, put_of(the_import, row)) for row in good])
        faults = [
            RowFault(row=row.row, field=row.field, detail=row.detail)
            for row in [*rows, *refused]
            if isinstance(row, RowError)
        ]
        end = start + len(rows)
        async with self._engine.begin() as connection:
            return await jobs.advance(
                connection, self._job.id, cursor=end, done=end, faults=faults, lease_s=self._lease_s
            )

    async def _put(self, merchant: Merchant, puts: Sequence[tuple[ProductRow, Put]]) -> list[RowError]:
        """Those that change something. Why some of them could not be stored."""
        async with self._engine.begin() as connection:
            stored = await products.get_many(connection, merchant.id, [put.id for _, put in puts])
            planned = await asyncio.to_thread(plan, [put for _, put in puts], stored, merchant.currency)
            records = [record for each in planned if (record := each.record)]
            await imported_products.record(connection, merchant.id, self._job.id, records)
        wanted = [
            (row, each.put)
            for (row, _), each in zip(puts, planned, strict=True)
            if each.change != "unchanged"
        ]
        try:
            if wanted:
                await self._catalogue.put(merchant, [put for _, put in wanted])
        except Invalid:
            return await self._put_one_by_one(merchant, wanted)
        return []

    async def _put_one_by_one(
        self, merchant: Merchant, wanted: Sequence[tuple[ProductRow, Put]]
    ) -> list[RowError]:
        """After a batch was refused for one of them."""
        refused = {}
        for row, put in wanted:
            try:
                await self._catalogue.put(merchant, [put])
            except Invalid as error:
                field = error.field or "row"
                refused[put.id] = RowError(row=row.row, field=field, detail=error.detail, product_id=put.id)
        async with self._engine.begin() as connection:
            await imported_products.forget(connection, merchant.id, self._job.id, list(refused))
        return list(refused.values())

    async def _deactivate(self, merchant: Merchant, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), BATCH):
            async with self._engine.begin() as connection:
                stored = await products.get_many(connection, merchant.id, ids[start : start + BATCH])
                before = [row.product for row in stored.values() if not row.deleted]
                records = [
                    Imported(product_id=p.id, change="deactivated", before=p, version=p.version + 1)
                    for p in before
                ]
                await imported_products.record(connection, merchant.id, self._job.id, records)
                await jobs.renew(connection, self._job.id, self._lease_s)
            off = [
                Put(id=p.id, draft=draft_of(replace(p, is_active=False)), source=Source.IMPORT)
                for p in before
            ]
            if off:
                await self._catalogue.put(merchant, off)

    async def _stopped(self, the_import: Import, rows: Rows) -> None:
        await self._report(the_import, rows)
        async with self._engine.begin() as connection:
            await jobs.let_go(connection, self._job.id)

    async def _report(self, the_import: Import, rows: Rows) -> None:
        """Of the rows so far: how many were bad, which they are, and how many changed nothing."""
        errors = await self._errors(the_import, rows)
        if errors:
            await self._keep_bad_rows(the_import, errors)
        async with self._engine.begin() as connection:
            made = (await imported_products.counts(connection, the_import.merchant_id, [the_import.id]))[
                the_import.id
            ]
            good = sum(isinstance(row, ProductRow) for row in rows)
            refused = len(errors) - (len(rows) - good)
            await imports.ended(
                connection,
                the_import.merchant_id,
                the_import.id,
                made,
                bad=len({error.row for error in errors}),
                unchanged=max(good - refused - made.created - made.changed, 0),
            )

    async def _errors(self, the_import: Import, rows: Rows) -> list[RowError]:
        """Of the file, and of what could not be stored: that is on record, whoever worked on it."""
        errors = [row for row in rows if isinstance(row, RowError)]
        known = {error.row for error in errors}
        async with autocommit(self._engine) as connection:
            progress = await jobs.progress(connection, the_import.merchant_id, self._job.id)
        refused = [fault for fault in progress.errors if fault.row not in known]
        return errors + [RowError(row=f.row, field=f.field, detail=f.detail) for f in refused]

    async def _keep_bad_rows(self, the_import: Import, errors: Sequence[RowError]) -> None:
        mapping = mapping_of(the_import)
        reading = the_import.reading
        listed = await asyncio.to_thread(
            bad_rows,
            reading.format,
            await self._files.read(the_import.file),
            errors,
            encoding=reading.encoding,
            key=mapping.key if mapping else None,
        )
        for extension, text in listed.items():
            await self._files.write(bad_rows_name(the_import.id, extension), text.encode())

    async def _failed(self, the_import: Import, field: str, detail: str) -> None:
        fault = Fault(row=0, field=field, detail=detail)
        async with self._engine.begin() as connection:
            await imports.failed(
                connection, the_import.merchant_id, the_import.id, fault, job_id=self._job.id
            )
            await jobs.finish(
                connection, self._job.id, "failed", [RowFault(row=0, field=field, detail=detail)]
            )
