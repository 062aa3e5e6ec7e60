"""Days that are counted again as they go on, and a last time when nothing can change them any more.

Whatever is cut off is done again: counting twice changes nothing.
"""

from datetime import date, datetime, timedelta
from typing import Final, Protocol

from store.product_days import end_of, start_of

DAY: Final = timedelta(days=1)
# What began before the last look and was on record only after it.
LATE: Final = timedelta(minutes=1)


class Counting(Protocol):
    async def first_open(self, today: date) -> date:
        """The first day that is not closed."""
        ...

    async def count(self, day: date, since: datetime, now: datetime) -> bool:
        """All that happened on the day since then. False: not all could be counted, try again."""
        ...

    async def close(self, day: date) -> None: ...


class OpenDays:
    def __init__(self, counting: Counting, *, close_after: timedelta) -> None:
        """`close_after` its end a day is counted for the last time."""
        self._counting = counting
        self._close_after = close_after
        # Before this, all that happened has been counted. None: look at whole days.
        self._since: datetime | None = None

    async def run(self, now: datetime) -> None:
        """All days that are not closed, today's last."""
        complete = True
        day = await self._counting.first_open(now.date())
        while day <= now.date():
            over = end_of(day) + self._close_after <= now
            since = start_of(day) if over or self._since is None else max(start_of(day), self._since)
            complete = await self._counting.count(day, since, now) and complete
            if over and complete:
                await self._counting.close(day)
            day += DAY
        if complete:
            self._since = now - LATE
