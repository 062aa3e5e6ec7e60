"""Answers to popular searches, and which of them a change may touch.

A product can only enter, leave or change in an answer if it holds a word of the query, is near it in meaning,
or if nothing was asked by words. A change of texts changes what every word weighs, so that it touches all.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from indexes.lookups import Lookups
from indexes.vectors import Vector
from indexes.wording import Wording
from models.search import Filters, Order, SearchResult, Weights

MOST_REMEMBERED: Final = 256
_FOR = timedelta(hours=1)
# A cosine of two products of rounded numbers may end this much lower.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that decides an answer beside the products."""

    query: str
    with_vector: bool
    filters: Filters
    limit: int
    order: Order
    relax: bool
    weights: Weights | None


@dataclass(slots=True)
class _Remembered:
    answer: SearchResult
    vector: Vector | None
    until: datetime
    terms: frozenset[str] | None = None  # looked up when a change first asks for them


class Answers:
    """Not safe to share between threads: the index that owns it has a lock."""

    def __init__(self, most: int, floor: float, wording: Callable[[str], Wording]) -> None:
        """`floor`: the cosine from which on a product without a word of the query is found."""
        self._most = most
        self._floor = floor - _ROUNDING
        self._wording = wording
        self._answers: OrderedDict[Asked, _Remembered] = OrderedDict()
        self.lookups = Lookups()

    def get(self, asked: Asked, now: datetime) -> SearchResult | None:
        known = self._answers.get(asked)
        if known is None or known.until < now:
            self.lookups.misses += 1
            return None
        self.lookups.hits += 1
        self._answers.move_to_end(asked)
        return known.answer

    def keep(self, asked: Asked, vector: Vector | None, answer: SearchResult, now: datetime) -> None:
        """In place of the one that was not asked for longest, once there are so many."""
        if not self._most:
            return
        self._answers[asked] = _Remembered(answer, vector, now + _FOR)
        self._answers.move_to_end(asked)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def forget(self) -> None:
        self._answers.clear()

    def touched(self, words: Callable[[], Iterable[str]], vector: Vector) -> None:
        """A product changed, but not the `words` it is found by or its vector: forget what it may be in."""
        if not self._answers:
            return
        held = frozenset(words())
        near = self._near(vector)
        for place, (asked, known) in enumerate(list(self._answers.items())):
            if near[place] or self._by_words(asked, known, held):
                del self._answers[asked]

    def _near(self, vector: Vector) -> list[bool]:
        nothing = np.zeros(len(vector), np.float32)
        vectors = [nothing if known.vector is None else known.vector for known in self._answers.values()]
        near: list[bool] = (np.stack(vectors) @ vector >= self._floor).tolist()
        return near

    def _by_words(self, asked: Asked, known: _Remembered, held: frozenset[str]) -> bool:
        if asked.relax and (known.answer.relaxed or not known.answer.hits):
            return True  # what fits instead may be found without a word
        if known.terms is None:
            words = self._wording(asked.query).words
            known.terms = frozenset(term for word in words for phrase in word for term in phrase)
        return not known.terms or not known.terms.isdisjoint(held)
