"""How fast one account may send."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """No second sees more than `per_s + burst` calls."""

    per_s: float
    burst: int = 1


class Pace:
    """A token bucket for callers who wait in a queue:

        async with pace.queue:
            await pace.due()
            pace.take()

    A token is used up when it is taken, not when it was waited for: however late a caller wakes up, and
    whatever it does before it takes the token, no second sees more.
    """

    def __init__(
        self,
        rate: Rate,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval_s = 1 / rate.per_s
        self._saved_s = (rate.burst - 1) * self._interval_s
        self._clock = clock
        self._sleep = sleep
        self._next_at = float("-inf")
        self.queue = asyncio.Lock()

    async def due(self) -> None:
        """Return when a token is there."""
        await self._sleep(max(0.0, self._next_at - self._clock()))

    def take(self) -> None:
        self._next_at = max(self._next_at, self._clock() - self._saved_s) + self._interval_s
