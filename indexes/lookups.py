"""How often a cache knew the answer."""

from dataclasses import dataclass


@dataclass(slots=True)
class Lookups:
    hits: int = 0
    misses: int = 0

    def __add__(self, other: "Lookups") -> "Lookups":
        return Lookups(self.hits + other.hits, self.misses + other.misses)
