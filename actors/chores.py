"""What is done again and again, whatever becomes of it once."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

log = logging.getLogger(__name__)

POLL_S: Final = 15.0
# Counting takes one part in so many of the time, however much there is to count.
COUNTING_SHARE: Final = 20


@dataclass(frozen=True, slots=True)
class Chore:
    """`complaint` is written down when `work` fails; `pause` lasts until it is time again."""

    work: Callable[[], Awaitable[object]]
    complaint: str
    pause: Callable[[], Awaitable[object]]

    async def keep_doing(self) -> None:
        """For ever."""
        while True:
            try:
                await self.work()
            except Exception:
                log.exception(self.complaint)
            await self.pause()


async def happened(event: asyncio.Event) -> None:
    """Or it is time for another look."""
    try:
        async with asyncio.timeout(POLL_S):
            await event.wait()
    except TimeoutError:
        pass
    event.clear()


async def sparingly(count: Callable[[datetime], Awaitable[None]]) -> None:
    """With a rest after it, on top of the usual pause."""
    began = time.monotonic()
    try:
        await count(datetime.now(UTC))
    finally:
        await asyncio.sleep(max(0.0, COUNTING_SHARE * (time.monotonic() - began) - POLL_S))
