"""Whether an account's provider takes anything just now. Who finds out is one part, not all that wait."""

from collections.abc import Callable

FIRST_WAIT_S = 1.0
# How late the rest may begin to follow once the provider is back.
LONGEST_WAIT_S = 30.0
# A part that keeps failing while others got through in this time fails for a reason of its own.
WORKED_LATELY_S = 900.0


class Circuit:
    """Closed while sends get through. Open, nothing leaves for a while; then one part tries, and how
    that ends decides for all.

    A limit opens it at once. A failure does when another conversation has failed too and nothing got
    through between them: one alone may have a reason that is its own, such as a customer who blocked
    the shop.
    """

    def __init__(self, *, clock: Callable[[], float], jitter: Callable[[], float] = lambda: 1.0) -> None:
        """`jitter`: a factor about 1, so that many accounts do not try at the same moment."""
        self._clock = clock
        self._jitter = jitter
        self._failing: set[int] = set()
        self._until: float | None = None
        self._next_wait_s = FIRST_WAIT_S
        self._trying: int | None = None
        self._worked_at = float("-inf")

    @property
    def closed(self) -> bool:
        return self._until is None

    @property
    def wants_one(self) -> bool:
        """One part may try now."""
        return self._until is not None and self._trying is None and self._clock() >= self._until

    @property
    def worked_lately(self) -> bool:
        return self._clock() - self._worked_at < WORKED_LATELY_S

    def let_try(self, part_id: int) -> None:
        self._trying = part_id

    def admits(self, part_id: int) -> bool:
        return self.closed or self._trying == part_id

    def worked(self, part_id: int, *, rest_s: float = 0.0) -> None:
        """The provider dealt with the part. `rest_s`: after it the account had better wait."""
        self._worked_at = self._clock()
        self._failing.clear()
        if self._trying == part_id:
            self._until = None
            self._next_wait_s = FIRST_WAIT_S
        if rest_s:
            self.limited(rest_s)

    def limited(self, wait_s: float) -> None:
        """Nothing may leave for so long. It never shortens a wait."""
        self._until = max(self._until or 0.0, self._clock() + wait_s)

    def failed(self, part_id: int, conversation_id: int) -> None:
        if self.closed:
            self._failing.add(conversation_id)
        if self._trying == part_id or len(self._failing) > 1:
            self._failing.clear()
            self.limited(self._next_wait_s * self._jitter())
            self._next_wait_s = min(LONGEST_WAIT_S, 2 * self._next_wait_s)

    def ended(self, part_id: int) -> None:
        """However it ended: if it was the one that tried, the next may."""
        if self._trying == part_id:
            self._trying = None
