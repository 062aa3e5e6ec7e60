"""What merchants keep no longer goes: conversations nobody takes up, the log of turns, what imports left."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.merchant import Merchant
from store import merchants, product_days, retention
from store.database import autocommit
from store.product_days import end_of

log = logging.getLogger(__name__)

BATCH = 200
# Between two batches, so that turns have the database to themselves most of the time.
BREATH_S = 0.1

Delete = Callable[[AsyncConnection, str, datetime, int], Awaitable[int]]


class RetentionJob:
    def __init__(self, engine: AsyncEngine, *, batch: int = BATCH, breath_s: float = BREATH_S) -> None:
        self._engine = engine
        self._batch = batch
        self._breath_s = breath_s

    async def run(self, now: datetime) -> None:
        async with autocommit(self._engine) as connection:
            shops = await merchants.listing(connection)
            closed = await product_days.last_closed(connection)
        # What the daily figures have not been counted from yet stays.
        counted = end_of(closed) if closed else None
        for shop in shops:
            try:
                await self._clear(shop, now, counted)
            except Exception:
                log.exception("merchant %s: what is too old was not deleted; it is tried again", shop.id)

    async def _clear(self, shop: Merchant, now: datetime, counted: datetime | None) -> None:
        keeps = shop.retention
        for delete, days in (
            (retention.delete_executions, keeps.executions_days),
            (retention.delete_conversations, keeps.conversations_days),
        ):
            if days is not None and counted is not None:
                await self._delete(delete, shop.id, min(now - timedelta(days=days), counted))
        if keeps.uploads_days is not None:
            await self._delete(retention.delete_imports, shop.id, now - timedelta(days=keeps.uploads_days))

    async def _delete(self, delete: Delete, merchant_id: str, before: datetime) -> None:
        gone = self._batch
        while gone == self._batch:
            async with autocommit(self._engine) as connection:
                gone = await delete(connection, merchant_id, before, self._batch)
            await asyncio.sleep(self._breath_s)
