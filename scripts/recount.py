"""Days counted anew from what is on record of them: `python -m scripts.recount 2026-11-01 2026-11-07`

The daily figures and the counts of products, of every shop, while the installation runs or not. A day of
which turns have been deleted already is refused: what was counted then is more than could be now.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from actors.open_days import DAY
from actors.roll_ups import RollUps
from scripts.backups.errors import BackupFailed
from scripts.backups.server import database
from settings import Settings, settings
from store import merchants
from store.database import autocommit, connect
from store.product_days import start_of

# A shop's own day may have begun so long before the one in UTC.
ZONES = timedelta(days=2)


class NotCounted(Exception):
    pass


async def recount(engine: AsyncEngine, first: date, last: date, now: datetime) -> int:
    """Of both days and all between. How many days; NotCounted before anything was, or for what failed."""
    if first > last or last > now.date():
        raise NotCounted(f"{first} to {last} is no span of days up to today")
    whole = await _whole_since(engine, now)
    if whole is not None and first < whole:
        raise NotCounted(f"turns of before {whole} are deleted already; begin with that day")
    days = [first + number * DAY for number in range((last - first).days + 1)]
    for day in days:
        for counting in (FigureRollUps(engine), RollUps(engine, _nobody)):
            if not await counting.count(day, start_of(day), now):
                raise NotCounted(f"{day} could not be counted; the log says why")
    return len(days)


async def _whole_since(engine: AsyncEngine, now: datetime) -> date | None:
    """From here on everything of every shop is on record. None: all of it is."""
    async with autocommit(engine) as connection:
        shops = await merchants.listing(connection)
    kept = [
        days
        for shop in shops
        for days in (shop.retention.executions_days, shop.retention.conversations_days)
        if days is not None
    ]
    return (now - timedelta(days=min(kept)) + ZONES).date() if kept else None


async def _nobody(_: str) -> None:
    """Popularity follows with the next count of a day that goes on."""


async def _run(database_url: str, first: date, last: date) -> int:
    engine = connect(database_url)
    try:
        return await recount(engine, first, last, datetime.now(UTC))
    finally:
        await engine.dispose()


def main(arguments: Sequence[str] | None = None, configuration: Settings | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("first", type=date.fromisoformat, help="a day in UTC, as 2026-11-01")
    parser.add_argument("last", type=date.fromisoformat, nargs="?", help="the last one; without it the same")
    asked = parser.parse_args(arguments)
    try:
        with database(configuration or settings()) as url:
            counted = asyncio.run(_run(url, asked.first, asked.last or asked.first))
    except (BackupFailed, NotCounted) as error:
        print(f"Not counted: {error}", file=sys.stderr)
        return 1
    print(f"{counted} days counted anew.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
