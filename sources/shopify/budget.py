"""A store's points, as its answers tell them: what is in the bucket, and how fast it fills."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from sources.shopify.answers import Throttle

# Stores tell whole points and keep fractions: to the point is now and then too early.
_SPARE = 1.0
_NOTHING = 0.001


class Budget:
    """Shared by everyone who asks one store. Whoever comes first is served first."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._known: Throttle | None = None
        self._left = 0.0
        self._at = 0.0
        self._on_the_way = 0.0

    async def reserve(self, points: float) -> None:
        """Return once so many are there. Before the first answer nothing is known, and nothing waits."""
        async with self._turn:
            while (wait_s := self.wait_s(points)) > 0:
                await self._sleep(wait_s)
            self._left = self._now() - points
            self._on_the_way += points

    def settle(self, points: float, throttle: Throttle | None) -> None:
        """The query that had reserved them is answered. Others on the way may not be counted there yet."""
        self._on_the_way -= points
        if throttle is not None:
            self._known = throttle
            self._left = throttle.available - self._on_the_way
            self._at = self._clock()

    def wait_s(self, points: float) -> float:
        """Seconds until so many points are there; a full bucket is all there ever is."""
        if self._known is None or self._known.restore_rate <= 0:
            return 0.0
        missing = min(points + _SPARE, self._known.maximum) - self._now()
        return missing / self._known.restore_rate if missing > _NOTHING else 0.0

    def _now(self) -> float:
        if self._known is None:
            return self._left
        now = self._clock()
        gained = (now - self._at) * self._known.restore_rate
        # What is on the way is still in the bucket, perhaps, and a bucket takes no more than it holds.
        most = self._known.maximum - self._on_the_way
        self._left, self._at = min(most, self._left + gained), now
        return self._left
