"""All of a merchant goes, in small batches: it left, and nobody finds it any more (store/leaving.py)."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.imports import bad_rows_name, file_name
from sources.bad_rows import EXTENSIONS as BAD_ROWS
from sources.pictures import SIZES
from store import deletions, jobs, leaving
from store.database import autocommit
from store.files import Files
from store.jobs import Job
from store.media import file_name as picture_name

BATCH = 200
# Between two batches, so that turns have the database to themselves most of the time.
BREATH_S = 0.05

Step = Callable[[AsyncConnection], Awaitable[int]]


class MerchantErasure:
    """The job's options: `code` of the deletion. It begins anew wherever it ended: what is gone is gone."""

    def __init__(
        self,
        engine: AsyncEngine,
        files: Files,
        job: Job,
        *,
        lease_s: float,
        batch: int = BATCH,
        breath_s: float = BREATH_S,
    ) -> None:
        self._engine = engine
        self._files = files
        self._job = job
        self._lease_s = lease_s
        self._batch = batch
        self._breath_s = breath_s

    async def run(self) -> None:
        merchant_id = self._job.merchant_id
        steps: list[Step] = [
            self._pictures,
            *(partial(self._rows, table) for table in leaving.TABLES),
            self._imports,
            self._log,
        ]
        for step in steps:
            await self._until_none_is_left(step)
        async with self._engine.begin() as connection:
            await leaving.end(connection, merchant_id)
            await deletions.finish(connection, self._job.options["code"])

    async def _until_none_is_left(self, step: Step) -> None:
        while True:
            async with self._engine.begin() as connection:
                gone = await step(connection)
            if not gone:
                return
            async with autocommit(self._engine) as connection:
                await jobs.renew(connection, self._job.id, self._lease_s)
            await asyncio.sleep(self._breath_s)

    async def _rows(self, table: str, connection: AsyncConnection) -> int:
        return await leaving.delete_rows(connection, table, self._job.merchant_id, self._batch)

    async def _pictures(self, connection: AsyncConnection) -> int:
        gone = await leaving.take_pictures(connection, self._job.merchant_id, self._batch)
        await self._files.erase(
            picture_name(key, size, extension) for key, extension in gone for size in SIZES
        )
        return len(gone)

    async def _imports(self, connection: AsyncConnection) -> int:
        gone = await leaving.take_imports(connection, self._job.merchant_id, self._batch)
        for import_id in gone:
            bad = (bad_rows_name(import_id, extension) for extension in BAD_ROWS)
            await self._files.erase([file_name(import_id), *bad])
        return len(gone)

    async def _log(self, connection: AsyncConnection) -> int:
        return await leaving.blank_log(connection, self._job.merchant_id, self._batch)
