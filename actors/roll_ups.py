"""The daily roll-ups: today's counted again as it goes on, a day that is over counted once more and closed.

One merchant's day is one statement.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.open_days import DAY, OpenDays
from store import links, product_days
from store.database import autocommit
from store.product_days import end_of, start_of

log = logging.getLogger(__name__)

# A turn that began before midnight is on record by then, whatever it waited for.
CLOSE_AFTER = timedelta(hours=1)
KEEP_LINKS = timedelta(days=365)


class RollUps:
    """`counted` is told each merchant whose day was counted."""

    def __init__(self, engine: AsyncEngine, counted: Callable[[str], Awaitable[None]]) -> None:
        self._engine = engine
        self._counted = counted
        self._days = OpenDays(self, close_after=CLOSE_AFTER)

    async def run(self, now: datetime) -> None:
        await self._days.run(now)

    async def first_open(self, today: date) -> date:
        async with autocommit(self._engine) as connection:
            closed = await product_days.last_closed(connection)
            if closed is not None:
                return closed + DAY
            return await product_days.first_day(connection) or today

    async def count(self, day: date, since: datetime, now: datetime) -> bool:  # noqa: ARG002 - of all that counts days
        """Of every merchant something happened to."""
        async with autocommit(self._engine) as connection:
            merchants = await product_days.active(connection, since, end_of(day))
        return all([await self._count_one(merchant_id, day) for merchant_id in merchants])

    async def _count_one(self, merchant_id: str, day: date) -> bool:
        try:
            async with autocommit(self._engine) as connection:
                await product_days.roll_up(connection, merchant_id, day)
            await self._counted(merchant_id)
        except Exception:
            log.exception("merchant %s: %s could not be counted; it is tried again", merchant_id, day)
            return False
        return True

    async def close(self, day: date) -> None:
        async with autocommit(self._engine) as connection:
            await product_days.close(connection, day)
            await links.expire(connection, start_of(day) - KEEP_LINKS)
