"""What webhooks bring goes into the inbox together, and only as much waits as can be answered in time."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from actors.grouping import Grouped
from models.errors import Unavailable
from models.message import InboundEvent
from store.database import is_away

log = logging.getLogger(__name__)

# Events of one statement: it takes some 50 ms.
MOST_AT_ONCE = 500
# Of the bodies whose events wait; in memory they are some three times that.
MOST_WAITING_BYTES = 16 * 1024 * 1024
# Whoever comes while another has waited longer than this is sent away at once.
MOST_WAITING_S = 0.5
# Meta gives a webhook some seconds and then sends it again: an answer must come before.
ANSWER_S = 2.0
# Longer than this a statement only takes where the database is gone without a word.
STATEMENT_S = 10.0

Store = Callable[[Sequence[InboundEvent]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Load:
    """Of one webhook."""

    events: tuple[InboundEvent, ...]
    bytes: int
    since: float


class Intake:
    """One statement at a time: what comes while it is under way is taken together by the next.

    `store` puts events into the inbox, new ones once; it may be repeated.
    """

    def __init__(self, store: Store, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._grouped: Grouped[Load, None] = Grouped(
            self._take, size=lambda load: len(load.events), most=MOST_AT_ONCE
        )
        # In the order they came, which is that in which they are taken.
        self._waiting: deque[Load] = deque()
        self._bytes = 0

    def full(self) -> str | None:
        """Why no more can be taken now."""
        if self._bytes >= MOST_WAITING_BYTES:
            return "more events are waiting here than there is room for; please send them again"
        if self._waiting and self._monotonic() - self._waiting[0].since > MOST_WAITING_S:
            return "more events come than can be kept; please send them again"
        return None

    async def take(self, events: tuple[InboundEvent, ...], size: int) -> None:
        """Returns once they are in the inbox. `size`: bytes of the body they came in.

        Unavailable when that cannot be said in time: they may get in yet, and may come again.
        """
        load = Load(events, size, self._monotonic())
        self._waiting.append(load)
        self._bytes += size
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._grouped.call(load)
        except TimeoutError:
            raise Unavailable("the events could not be kept in time; please send them again") from None

    async def _take(self, loads: Sequence[Load]) -> list[Exception | None]:
        try:
            error = await self._tried(loads)
            if error is None or isinstance(error, Unavailable) or len(loads) == 1:
                return [error] * len(loads)
            # One of them is at fault: the others shall not pay for it.
            return [await self._tried([load]) for load in loads]
        finally:
            for _ in loads:
                self._bytes -= self._waiting.popleft().bytes

    async def _tried(self, loads: Sequence[Load]) -> Exception | None:
        try:
            async with asyncio.timeout(STATEMENT_S):
                await self._store([event for load in loads for event in load.events])
        except Exception as error:  # noqa: BLE001 - it is the callers'
            if not is_away(error):
                return error
            log.warning("the database did not take events: %s", error)
            return Unavailable("the database does not answer; please send the events again")
        return None
