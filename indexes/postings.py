"""Which products hold which words: an inverted index in numpy.

Scores are exact under any mask, with BM25 parameters of our own, and a change is visible at once: no commit,
no writer threads, no second copy of the text.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places, grown

# A posting is one uint32: 20 bits slot, 4 bits times in the title, 8 bits times in the text.
_SLOT_SHIFT, _TITLE_SHIFT = 12, 8
_TITLE_MOST, _TEXT_MOST = 0xF, 0xFF
MOST_PRODUCTS: Final = 1 << 20

# Product titles are short lists of names: repeats say little (k1), long ones are no worse (b).
_K1, _B = 0.6, 0.5

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """How the keyword score is composed of parts from 0 to 1. The values sum to 1."""

    share: float = 0.4
    phrase: float = 0.1
    title: float = 0.3
    text: float = 0.2


class Postings:
    def __init__(self, mix: Mix = Mix()) -> None:
        self._mix = mix
        self._terms: dict[str, array[int]] = {}
        self._titles: dict[int, str] = {}
        self._title_words = np.zeros(0, np.int32)
        self._text_words = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._titles)

    def add(self, slot: int, title: Sequence[str], text: Sequence[str]) -> None:
        in_title, in_text = Counter(title), Counter(text)
        for term in in_title.keys() | in_text.keys():
            title_times, text_times = min(in_title[term], _TITLE_MOST), min(in_text[term], _TEXT_MOST)
            posting = slot << _SLOT_SHIFT | title_times << _TITLE_SHIFT | text_times
            self._terms.setdefault(term, array("I")).append(posting)
        self._titles[slot] = f" {' '.join(title)} "
        self._title_words, self._text_words = (
            grown(self._title_words, slot + 1),
            grown(self._text_words, slot + 1),
        )
        self._title_words[slot], self._text_words[slot] = len(title), len(text)

    def remove(self, slot: int, title: Sequence[str], text: Sequence[str]) -> None:
        """The same words `add` was given: only their postings are looked through."""
        for term in {*title, *text}:
            postings = self._terms[term]
            place = int(np.flatnonzero(_unpacked(postings) >> _SLOT_SHIFT == slot)[0])
            postings[place] = postings[-1]
            postings.pop()
            if not postings:
                del self._terms[term]
        del self._titles[slot]
        self._title_words[slot] = self._text_words[slot] = 0

    def score(self, terms: Sequence[str], slots: int) -> Scores:
        """Per slot below `slots` the keyword score without its phrase part: 0 where no word is found."""
        share, title, text = (np.zeros(slots, np.float32) for _ in range(3))
        total = 0.0
        for term in terms:
            idf = self._idf(term)
            total += idf
            if (postings := self._terms.get(term)) is not None:
                self._accumulate(_unpacked(postings), idf, share, title, text)
        if not total:
            return share
        mix = self._mix
        # BM25 of one word is at most idf * (k1 + 1).
        in_words = mix.share * share + (mix.title * title + mix.text * text) / np.float32(_K1 + 1)
        return (in_words / total).astype(np.float32)

    def phrase(self, terms: Sequence[str], slots: Places) -> Scores:
        """1 where the title holds the terms side by side and in order."""
        if len(terms) < 2:  # noqa: PLR2004 - one word is no phrase
            return np.zeros(len(slots), np.float32)
        wanted = f" {' '.join(terms)} "
        found = (wanted in self._titles[slot] for slot in slots.tolist())
        return np.float32(self._mix.phrase) * np.fromiter(found, np.float32, len(slots))

    def _accumulate(
        self, postings: NDArray[np.uint32], idf: float, share: Scores, title: Scores, text: Scores
    ) -> None:
        slots = (postings >> _SLOT_SHIFT).astype(np.intp)
        # One posting per slot and term: plain indexing adds each once.
        share[slots] += idf
        title[slots] += idf * self._saturated(
            postings >> _TITLE_SHIFT & _TITLE_MOST, self._title_words, slots
        )
        text[slots] += idf * self._saturated(postings & _TEXT_MOST, self._text_words, slots)

    def _saturated(
        self, times: NDArray[np.integer[Any]], lengths: NDArray[np.int32], slots: Places
    ) -> Scores:
        """BM25's term part, at most k1 + 1."""
        average = max(lengths.sum() / max(len(self), 1), 1.0)
        norm = _K1 * (1 - _B + _B / average * lengths[slots])
        weight: Scores = (times * (_K1 + 1) / (times + norm)).astype(np.float32)
        return weight

    def _idf(self, term: str) -> float:
        having = len(self._terms.get(term, ()))
        return float(np.log1p((len(self) - having + 0.5) / (having + 0.5)))


def _unpacked(postings: "array[int]") -> NDArray[np.uint32]:
    """A view: it must be gone before the array changes its length."""
    return np.frombuffer(postings, np.uint32)
