"""Counters, gauges and histograms of Ray, whose names and labels say what they count."""

from collections.abc import Mapping
from typing import Protocol

from ray.util.metrics import Counter, Gauge, Histogram

# Seconds, from a search to a model that is asked twice.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)


class Instruments(Protocol):
    """Where numbers go. Names as on Ray's endpoint, without its `ray_`."""

    def count(self, name: str, more: float = 1.0, **labels: str) -> None: ...

    def set(self, name: str, value: float, **labels: str) -> None: ...

    def observe(self, name: str, value: float, **labels: str) -> None: ...


class Unheard:
    """Where nobody watches."""

    def count(self, name: str, more: float = 1.0, **labels: str) -> None:
        pass

    def set(self, name: str, value: float, **labels: str) -> None:
        pass

    def observe(self, name: str, value: float, **labels: str) -> None:
        pass


class RayInstruments:
    """Made on first use: a process offers what it has something to say about."""

    def __init__(self, descriptions: Mapping[str, str]) -> None:
        """What each name means; others are refused."""
        self._descriptions = descriptions
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}

    def count(self, name: str, more: float = 1.0, **labels: str) -> None:
        if more <= 0:  # Ray counts nothing but what is above zero
            return
        if name not in self._counters:
            self._counters[name] = Counter(name, self._descriptions[name], tag_keys=tuple(labels))
        self._counters[name].inc(more, tags=labels)

    def set(self, name: str, value: float, **labels: str) -> None:
        if name not in self._gauges:
            self._gauges[name] = Gauge(name, self._descriptions[name], tag_keys=tuple(labels))
        self._gauges[name].set(value, tags=labels)

    def observe(self, name: str, value: float, **labels: str) -> None:
        if name not in self._histograms:
            self._histograms[name] = Histogram(
                name, self._descriptions[name], boundaries=list(SECONDS), tag_keys=tuple(labels)
            )
        self._histograms[name].observe(value, tags=labels)
