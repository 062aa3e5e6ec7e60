"""How parts of replies ended."""

from actors.metrics import names
from actors.metrics.instruments import Instruments


class DeliveryMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._tell = instruments

    def sent(self, channel: str) -> None:
        self._tell.count(names.DELIVERIES, channel=channel, end="sent", reason="")

    def failed(self, channel: str, reason: str) -> None:
        """For good."""
        self._tell.count(names.DELIVERIES, channel=channel, end="failed", reason=reason)

    def refused(self, channel: str, reason: str) -> None:
        """Once; it may be sent again."""
        self._tell.count(names.DELIVERY_ERRORS, channel=channel, reason=reason)
