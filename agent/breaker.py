"""A circuit breaker: an endpoint that is down is asked again after a while, not by every turn."""

from agent.trace import Monotonic

FAILURES = 3
COOLING_S = 20.0


class Breaker:
    """Opens after three failures in a row; after 20 s one call tries, and its outcome decides."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._opened_at: float | None = None

    def lets_through(self) -> bool:
        """True after the cooling for one caller only: the others wait for what becomes of its trial."""
        if self._opened_at is None:
            return True
        now = self._monotonic()
        if now - self._opened_at < COOLING_S:
            return False
        self._opened_at = now
        return True

    def succeeded(self) -> None:
        self._failures = 0
        self._opened_at = None

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._opened_at = self._monotonic()
