"""Instruments that remember what they were told."""

from collections import Counter, defaultdict

Labels = frozenset[tuple[str, str]]


class Recorded:
    def __init__(self) -> None:
        self.counted: defaultdict[str, Counter[Labels]] = defaultdict(Counter)
        self.gauges: dict[tuple[str, Labels], float] = {}
        self.observed: defaultdict[tuple[str, Labels], list[float]] = defaultdict(list)

    def count(self, name: str, more: float = 1.0, **labels: str) -> None:
        self.counted[name][frozenset(labels.items())] += more  # type: ignore[assignment]

    def set(self, name: str, value: float, **labels: str) -> None:
        self.gauges[name, frozenset(labels.items())] = value

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.observed[name, frozenset(labels.items())].append(value)

    def counts(self, name: str, label: str) -> dict[str, float]:
        """By the values of one label."""
        return {dict(labels)[label]: number for labels, number in self.counted[name].items() if number}
