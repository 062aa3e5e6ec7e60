"""The daily figures: counted again as the day goes on, and a last time a day and an hour after it ended.

By then who fell silent has been silent for a day, and what could not be sent has failed.
"""

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.open_days import DAY, OpenDays
from store import merchant_days, merchants, product_days, turn_facts, variant_days
from store.database import autocommit
from store.product_days import end_of, start_of

log = logging.getLogger(__name__)

CLOSE_AFTER = merchant_days.QUIET + timedelta(hours=1)


class FigureRollUps:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._days = OpenDays(self, close_after=CLOSE_AFTER)

    async def run(self, now: datetime) -> None:
        await self._days.run(now)

    async def first_open(self, today: date) -> date:
        async with autocommit(self._engine) as connection:
            closed = await merchant_days.last_closed(connection)
            if closed is not None:
                return closed + DAY
            return await product_days.first_day(connection) or today

    async def count(self, day: date, since: datetime, now: datetime) -> bool:
        """Of every merchant something happened to."""
        async with autocommit(self._engine) as connection:
            found = set(await merchant_days.active(connection, since, end_of(day)))
            found |= set(await turn_facts.unsettled(connection, start_of(day), end_of(day)))
        return all([await self._count_one(merchant_id, day, now) for merchant_id in sorted(found)])

    async def close(self, day: date) -> None:
        async with autocommit(self._engine) as connection:
            await merchant_days.close(connection, day)

    async def _count_one(self, merchant_id: str, day: date, now: datetime) -> bool:
        try:
            async with autocommit(self._engine) as connection:
                zone = ZoneInfo((await merchants.get(connection, merchant_id)).time_zone)
                for local in local_days(day, zone):
                    await merchant_days.roll_up(connection, merchant_id, local, zone, now)
                    await variant_days.roll_up(connection, merchant_id, local, zone)
        except Exception:
            log.exception(
                "merchant %s: figures of %s could not be counted; it is tried again", merchant_id, day
            )
            return False
        return True


def local_days(day: date, zone: ZoneInfo) -> list[date]:
    """The days in the zone that share a moment with this one in UTC."""
    first = start_of(day).astimezone(zone).date()
    last = (end_of(day) - timedelta(microseconds=1)).astimezone(zone).date()
    return [first] if first == last else [first, last]
