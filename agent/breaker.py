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

    @property
    def open(self) -> bool:
        """Asking after the cooling claims the one trial, so that others keep out of its way."""
        if self._opened_at is None:
            return False
        now = self._monotonic()
        if now - self._opened_at < COOLING_S:
            return True
        self._opened_at = now
        return False

    def succeeded(self) -> None:
        self._failures = 0
        self._opened_at = None

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._opened_at = self._monotonic()
