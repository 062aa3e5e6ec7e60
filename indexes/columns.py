"""Numpy columns that grow, and the merchant's own words as codes in them."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Number = TypeVar("Number", bound=np.generic)
Value = TypeVar("Value")

# Wishes remembered per column: customers of one shop ask for the same few.
_REMEMBERED = 256


def grown(column: NDArray[Number], size: int) -> NDArray[Number]:
    """The column with room for `size` rows, zero-filled. A quarter to spare keeps appending cheap."""
    if size <= len(column):
        return column
    wider = np.zeros((max(size, len(column) * 5 // 4), *column.shape[1:]), column.dtype)
    wider[: len(column)] = column
    return wider


class Vocabulary(Generic[Value]):
    """Each distinct written value has a code; a wish is compared once with each value, not with each row.

    Code 0 stands for nothing written and meets no wish.
    """

    def __init__(self, meets: Callable[[str, Value], bool]) -> None:
        self._meets = meets
        self._codes: dict[Value, int] = {}
        self._values: list[Value] = []
        self._tables: dict[tuple[str, ...], Mask] = {}

    def code(self, value: Value | None) -> int:
        if not value:
            return 0
        if (known := self._codes.get(value)) is not None:
            return known
        self._values.append(value)
        # Tables made before the value existed don't know whether it meets their wish.
        self._tables.clear()
        return self._codes.setdefault(value, len(self._values))

    def meeting(self, wanted: tuple[str, ...]) -> Mask:
        """Per code, whether any of the wishes is met."""
        table = self._tables.get(wanted)
        if table is None:
            if len(self._tables) >= _REMEMBERED:
                self._tables.clear()
            met = [any(self._meets(wish, value) for wish in wanted) for value in self._values]
            table = self._tables[wanted] = np.array([False, *met], dtype=np.bool_)
        return table

    def __len__(self) -> int:
        """How many codes there are, 0 among them."""
        return len(self._values) + 1

    def value(self, code: int) -> Value | None:
        return self._values[code - 1] if code else None

    def scored(self, score: Callable[[Value], float]) -> NDArray[np.float32]:
        """Per code what the function says of its value, 0 for nothing written."""
        return np.array([0.0, *map(score, self._values)], np.float32)

    def counted(self, codes: NDArray[np.integer[Any]]) -> Iterable[tuple[Value, int]]:
        """Values that occur among the codes, with how often."""
        counts = np.bincount(codes, minlength=len(self._values) + 1)[1:]
        return ((value, int(count)) for value, count in zip(self._values, counts, strict=True) if count)
