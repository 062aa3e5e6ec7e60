"""Products that may answer a query, with how well each does by meaning and by words."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes.columns import Mask, Places
from indexes.ranking import Column


@dataclass(frozen=True, slots=True)
class Candidates:
    """Column by column, slots rising where nothing else is said. `exact`: the query is this name or SKU.

    `lift`: above 0 what the merchant has pinned for the query, the first highest; below 0 what is buried.
    """

    slots: Places
    semantic: Column
    keyword: Column
    exact: Mask
    lift: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.slots)

    def at(self, places: Places | Mask) -> "Candidates":
        return Candidates(
            self.slots[places],
            self.semantic[places],
            self.keyword[places],
            self.exact[places],
            self.lift[places],
        )

    def places(self, slots: Iterable[int]) -> list[int]:
        """Where those of the slots that are among these stand."""
        found = ((slot, int(np.searchsorted(self.slots, slot))) for slot in slots)
        return [place for slot, place in found if place < len(self) and self.slots[place] == slot]


def unscored(slots: Places) -> Candidates:
    nothing = np.zeros(len(slots), np.float32)
    none, level = np.zeros(len(slots), np.bool_), np.zeros(len(slots), np.int32)
    return Candidates(slots, nothing, nothing, none, level)


def positive(cosines: Column) -> Column:
    """As scores: unlike is as bad as unrelated, and rounding must not lift one above 1."""
    return np.minimum(np.maximum(cosines, 0), 1)


def largest(scores: Column, count: int) -> Places:
    """Where the `count` largest scores above 0 stand."""
    found = np.flatnonzero(scores)
    if len(found) <= count:
        return found
    return found[np.argpartition(scores[found], -count)[-count:]]
