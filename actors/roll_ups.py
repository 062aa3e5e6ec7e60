"""The daily roll-ups: today's counted again as it goes on, a day that is over counted once more and closed.

One merchant's day is one statement. Whatever is cut off is done again: counting twice changes nothing.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from store import links, product_days
from store.database import autocommit
from store.product_days import end_of, start_of

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)
# A turn that began before midnight is on record by then, whatever it waited for.
CLOSE_AFTER = timedelta(hours=1)
# What began before the last look and was on record only after it.
LATE = timedelta(minutes=1)
KEEP_LINKS = timedelta(days=365)


class RollUps:
    """`counted` is told each merchant whose day was counted."""

    def __init__(self, engine: AsyncEngine, counted: Callable[[str], Awaitable[None]]) -> None:
        self._engine = engine
        self._counted = counted
        # Before this, all that happened today has been counted. None: look at the whole day.
        self._since: datetime | None = None

    async def run(self, now: datetime) -> None:
        """All days that are not closed, today's last."""
        complete = True
        day = await self._first_open(now.date())
        while day <= now.date():
            over = end_of(day) + CLOSE_AFTER <= now
            since = start_of(day) if over or self._since is None else max(start_of(day), self._since)
            complete = await self._count(day, since) and complete
            if over and complete:
                await self._close(day)
            day += _DAY
        if complete:
            self._since = now - LATE

    async def _first_open(self, today: date) -> date:
        async with autocommit(self._engine) as connection:
            closed = await product_days.last_closed(connection)
            if closed is not None:
                return closed + _DAY
            return await product_days.first_day(connection) or today

    async def _count(self, day: date, since: datetime) -> bool:
        """Of every merchant something happened to. False: not all could be counted, try again."""
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

    async def _close(self, day: date) -> None:
        async with autocommit(self._engine) as connection:
            await product_days.close(connection, day)
            await links.expire(connection, start_of(day) - KEEP_LINKS)
