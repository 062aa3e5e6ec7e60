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
    """A token bucket. Tokens may be taken ahead of time: whoever takes one waits until it is due."""

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

    def reserve(self) -> float:
        """Take a token; the seconds until it may be used."""
        now = self._clock()
        due_at = max(self._next_at, now - self._saved_s)
        self._next_at = due_at + self._interval_s
        return max(0.0, due_at - now)

    async def acquire(self) -> None:
        """Return when one call may be made."""
        await self._sleep(self.reserve())
