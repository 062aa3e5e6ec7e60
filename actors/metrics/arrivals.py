"""What came in, and what was answered to whoever brought it."""

from collections import Counter
from collections.abc import Sequence

from actors.metrics import names
from actors.metrics.instruments import Instruments
from store.inbox import Taken


class ArrivalMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._tell = instruments

    def webhook(self, source: str, status: int) -> None:
        """`source` is instagram or shopify."""
        self._tell.count(names.WEBHOOKS, source=source, status=str(status))

    def taken(self, events: Sequence[Taken]) -> None:
        for kind, number in Counter(event.kind.value for event in events).items():
            self._tell.count(names.EVENTS, number, kind=kind)
