"""Which products hold which words: an inverted index in numpy.

Scores are exact for whatever passes the filters, with BM25 parameters of our own, and a change holds at once.
A search engine's best hundred of what a filter of 2 % lets through are among its best five thousand: asking
for those took ten times the time, and three times the memory (tantivy, 20,000 products).
"""

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places, grown
from indexes.split import SplitProducts
from indexes.synonyms import Phrase
from indexes.wording import Word

# A posting is one uint32: 20 bits slot, 4 bits times in the title, 8 bits times in the text.
_SLOT_SHIFT, _TITLE_SHIFT = 12, 8
_TITLE_MOST, _TEXT_MOST = 0xF, 0xFF
_TITLE_BITS = _TITLE_MOST << _TITLE_SHIFT
MOST_PRODUCTS: Final = 1 << 20

_NOTHING = array("I")

# A float32 sum of shares that make up 1 may end below it.
_ALMOST = 0.999

# BM25's usual; lower ones, often advised for titles, measured no better.
_K1, _B = 1.2, 0.75

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mix:
    """How the keyword score is composed of parts from 0 to 1. The values sum to 1.

    `share`: of the query's words, by rarity, found anywhere. `title`, `text`: BM25 in each. `phrase`: the
    title holds the query as it is. Tuned on half of 116 judged queries, held against the other half.
    """

    share: float = 0.5
    title: float = 0.4
    text: float = 0.06
    phrase: float = 0.04


class Postings:
    def __init__(self, mix: Mix = Mix()) -> None:
        self._mix = mix
        self._terms: dict[str, array[int]] = {}
        self._titles: dict[int, str] = {}
        self._title_words = np.zeros(0, np.float32)
        self._text_words = np.zeros(0, np.float32)
        self._words_in_titles = self._words_in_texts = 0

    @classmethod
    def of(cls, products: SplitProducts) -> "Postings":
        """As `add` of each to the slots from 0 on, in a tenth of the time."""
        made, slots = cls(), np.arange(len(products))
        starts = np.cumsum(products.lengths) - products.lengths
        owners = np.repeat(slots, products.lengths)
        place = np.arange(len(owners)) - starts[owners]
        in_title = place < products.title_lengths[owners]
        # A key for each word of each product, sorted by word.
        keys, key_of = np.unique(products.codes * MOST_PRODUCTS + owners, return_inverse=True)
        title_times = np.bincount(key_of[in_title], minlength=len(keys)).clip(max=_TITLE_MOST)
        text_times = np.bincount(key_of[~in_title], minlength=len(keys)).clip(max=_TEXT_MOST)
        words, holders = np.divmod(keys, MOST_PRODUCTS)
        postings = (holders << _SLOT_SHIFT | title_times << _TITLE_SHIFT | text_times).astype(np.uint32)
        ends = np.searchsorted(words, np.arange(len(products.terms)), side="right").tolist()
        start = 0
        for term, end in zip(products.terms, ends, strict=True):
            made._terms[sys.intern(term)] = array("I", postings[start:end].tobytes())
            start = end
        made._describe(products, starts)
        return made

    def _describe(self, products: SplitProducts, starts: Places) -> None:
        """Titles and lengths."""
        self._title_words = products.title_lengths.astype(np.float32)
        self._text_words = (products.lengths - products.title_lengths).astype(np.float32)
        self._words_in_titles = int(products.title_lengths.sum())
        self._words_in_texts = int(products.lengths.sum()) - self._words_in_titles
        codes = products.codes.tolist()
        ends = (starts + products.title_lengths).tolist()
        for slot, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
            self._titles[slot] = _as_phrase(products.terms[code] for code in codes[start:end])

    def __len__(self) -> int:
        return len(self._titles)

    def add(self, slot: int, title: Sequence[str], text: Sequence[str]) -> None:
        in_title, in_text = Counter(title), Counter(text)
        for term in in_title.keys() | in_text.keys():
            title_times, text_times = min(in_title[term], _TITLE_MOST), min(in_text[term], _TEXT_MOST)
            posting = slot << _SLOT_SHIFT | title_times << _TITLE_SHIFT | text_times
            # Shops share most of their words.
            self._terms.setdefault(sys.intern(term), array("I")).append(posting)
        self._titles[slot] = _as_phrase(title)
        self._title_words = grown(self._title_words, slot + 1)
        self._text_words = grown(self._text_words, slot + 1)
        self._title_words[slot], self._text_words[slot] = len(title), len(text)
        self._words_in_titles += len(title)
        self._words_in_texts += len(text)

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
        self._words_in_titles -= len(title)
        self._words_in_texts -= len(text)

    def __contains__(self, term: str) -> bool:
        return term in self._terms

    def score(self, words: Sequence[Word], slots: Places, size: int) -> Scores:
        """The keyword score of the slots, all below `size`, without its phrase part: 0 where no word is."""
        held = [self._holding(word) for word in words]
        idfs = np.array([self._idf(len(products)) for products in held], np.float32)
        # All words at once: a numpy call costs more than the few numbers it works on.
        postings = np.concatenate(held)
        weights = np.repeat(idfs / idfs.sum(), [len(products) for products in held])
        place_of = np.full(size, -1, np.int32)
        place_of[slots] = np.arange(len(slots), dtype=np.int32)
        places = place_of.take(postings >> _SLOT_SHIFT)
        asked = np.flatnonzero(places >= 0)
        places, postings = places[asked], postings[asked]
        weights = weights[asked] * self._weights(postings, slots[places])
        return np.bincount(places, weights, len(slots)).astype(np.float32)

    def phrase(self, terms: Sequence[str], slots: Places, score: Scores) -> Scores:
        """The phrase part for slots of this score: where the title holds the terms side by side, in order."""
        part = np.zeros(len(slots), np.float32)
        if len(terms) > 1:
            wanted = _as_phrase(terms)
            # Only with all words found can they stand in the title.
            for place in np.flatnonzero(score >= self._mix.share * _ALMOST).tolist():
                if wanted in self._titles[int(slots[place])]:
                    part[place] = self._mix.phrase
        return part

    def _weights(self, postings: NDArray[np.uint32], slots: Places) -> Scores:
        """How much of a word's weight each product earns: the share for holding it, the rest by BM25."""
        mix, count = self._mix, max(len(self), 1)
        title = _saturated(
            postings >> _TITLE_SHIFT & _TITLE_MOST, self._title_words[slots], self._words_in_titles / count
        )
        text = _saturated(postings & _TEXT_MOST, self._text_words[slots], self._words_in_texts / count)
        return np.float32(mix.share) + np.float32(mix.title) * title + np.float32(mix.text) * text

    def _holding(self, word: Word) -> NDArray[np.uint32]:
        """Postings of the products that hold any of the word's phrases, each product once."""
        phrases = [self._holding_all(phrase) for phrase in word]
        if len(phrases) == 1:
            return phrases[0]
        # The largest posting of a product stands last: the one most often in the title.
        postings = np.sort(np.concatenate(phrases))
        slots = postings >> _SLOT_SHIFT
        last = np.append(slots[1:] != slots[:-1], np.ones(len(slots[:1]), np.bool_))
        once: NDArray[np.uint32] = postings[last]
        return once

    def _holding_all(self, phrase: Phrase) -> NDArray[np.uint32]:
        """Postings of the products that hold every term, as often as the rarest of them."""
        first, *others = (_unpacked(self._terms.get(term, _NOTHING)) for term in phrase)
        for other in others:
            _, here, there = np.intersect1d(first >> _SLOT_SHIFT, other >> _SLOT_SHIFT, return_indices=True)
            in_title = np.minimum(first[here] & _TITLE_BITS, other[there] & _TITLE_BITS)
            in_text = np.minimum(first[here] & _TEXT_MOST, other[there] & _TEXT_MOST)
            first = first[here] >> _SLOT_SHIFT << _SLOT_SHIFT | in_title | in_text
        return first

    def _idf(self, having: int) -> float:
        return math.log1p((len(self) - having + 0.5) / (having + 0.5))


def _as_phrase(terms: Iterable[str]) -> str:
    """Between spaces, so that only whole words are found in it."""
    return f" {' '.join(terms)} "


def _saturated(times: NDArray[np.integer[Any]], length: Scores, average: float) -> Scores:
    """BM25's term part, scaled to end below 1."""
    norm = length * np.float32(_K1 * _B / max(average, 1)) + np.float32(_K1 * (1 - _B))
    saturated: Scores = times.astype(np.float32)
    saturated /= saturated + norm
    return saturated


def _unpacked(postings: "array[int]") -> NDArray[np.uint32]:
    """A view: it must be gone before the array changes its length."""
    return np.frombuffer(postings, np.uint32)
