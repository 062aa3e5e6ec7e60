"""What every rival does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from indexes.vectors import Vector

# Each half of a hybrid search brings so many; the halves are fused by reciprocal rank.
DEPTH = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A product as a table has it. `number` is its id."""

    number: int
    title: str
    text: str
    category: str
    price: int  # minor units
    in_stock: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """In the category, at a price between the two, in stock."""

    category: str
    price_min: int
    price_max: int


class Rival(Protocol):
    def load(self, rows: Sequence[Row], vectors: Vector) -> None:
        """All rows, indexed the way its documentation says."""
        ...

    def hybrid(self, words: Sequence[str], vector: Vector, wanted: Wanted, limit: int) -> list[int]: ...

    def nearest(self, vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        """By the vector alone."""
        ...

    def update(self, row: Row) -> None:
        """New price and stock, visible to the next search."""
        ...

    def close(self) -> None: ...
