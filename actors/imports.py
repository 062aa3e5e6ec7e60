"""One import: a file's rows into products, in batches, resumable, with an error for each bad row."""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from actors.merging import Put
from models.errors import Invalid
from models.merchant import Merchant
from models.product import Source
from sources.reading import read
from sources.rows import ProductRow, RowError
from store import jobs, merchants
from store.database import autocommit
from store.jobs import Job, RowFault

log = logging.getLogger(__name__)

BATCH = 100


class ImportJob:
    """Repeating a batch changes nothing but versions: a row's id comes from the file or from job and row."""

    def __init__(self, engine: AsyncEngine, gateway: Gateway, job: Job, *, lease_s: float) -> None:
        self._engine = engine
        self._gateway = gateway
        self._job = job
        self._lease_s = lease_s

    async def run(self) -> None:
        async with autocommit(self._engine) as connection:
            merchant = await merchants.get(connection, self._job.merchant_id)
        try:
            rows = await asyncio.to_thread(self._rows, merchant)
        except Invalid as error:
            await self._finish("failed", [RowFault(row=0, field=error.field or "file", detail=error.detail)])
            return
        async with self._engine.begin() as connection:
            await jobs.set_total(connection, self._job.id, len(rows))
        for start in range(self._job.cursor, len(rows), BATCH):
            await self._batch(merchant, rows[start : start + BATCH], start)
        await self._finish("done")

    def _rows(self, merchant: Merchant) -> list[ProductRow | RowError]:
        return list(read(self._job.options["format"], self._job.upload, merchant.currency))

    async def _batch(self, merchant: Merchant, rows: Sequence[ProductRow | RowError], start: int) -> None:
        puts = [
            Put(id=row.draft.id or self._made_id(row), draft=row.draft, source=Source.IMPORT)
            for row in rows
            if isinstance(row, ProductRow)
        ]
        if puts:
            await self._gateway.put(merchant, puts)
        faults = [
            RowFault(row=row.row, field=row.field, detail=row.detail)
            for row in rows
            if isinstance(row, RowError)
        ]
        end = start + len(rows)
        async with self._engine.begin() as connection:
            await jobs.advance(
                connection, self._job.id, cursor=end, done=end, faults=faults, lease_s=self._lease_s
            )

    def _made_id(self, row: ProductRow) -> str:
        return f"{self._job.id}-{row.row}"

    async def _finish(self, status: str, faults: Sequence[RowFault] = ()) -> None:
        async with self._engine.begin() as connection:
            await jobs.finish(connection, self._job.id, status, faults)
