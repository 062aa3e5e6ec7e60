"""What a query asks for, in the words of this shop."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from indexes.spelling import Spelling
from indexes.synonyms import Phrase, Synonyms
from indexes.words import content_words, stem

# What may stand for one asked word: any of these phrases, with all of its terms.
Word = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Per asked word what may stand for it.

    `typed`: the words as they were typed; `asked`: as they are written when spelt right; `terms`: their
    stems.
    """

    typed: tuple[str, ...]
    asked: tuple[str, ...]
    terms: tuple[str, ...]
    words: tuple[Word, ...]


def worded(query: str, known: Callable[[str], bool], spelling: Spelling, synonyms: Synonyms) -> Wording:
    """`known`: whether any product holds this term."""
    asked: dict[Phrase, tuple[str, str]] = {}
    for word in content_words(query):
        right = _right(word, known, spelling, synonyms)
        asked.setdefault(tuple(map(stem, right)), (word, " ".join(right)))
    phrases = list(asked)
    terms = [" ".join(phrase) for phrase in phrases]
    words = [[phrase] for phrase in phrases]
    for places, others in synonyms.found(terms):
        for place in places:
            words[place] += others
    for place, (one, other) in enumerate(pairwise(terms)):
        # "Head set" is also written "headset".
        if known(one + other):
            words[place].append((one + other,))
            words[place + 1].append((one + other,))
    return Wording(
        typed=tuple(typed for typed, _ in asked.values()),
        asked=tuple(right for _, right in asked.values()),
        terms=tuple(term for phrase in phrases for term in phrase),
        words=tuple(map(tuple, words)),
    )


def _right(
    word: str, known: Callable[[str], bool], spelling: Spelling, synonyms: Synonyms
) -> tuple[str, ...]:
    term = stem(word)
    if known(term) or term in synonyms:
        return (word,)
    if corrected := spelling.corrected(word):
        return (corrected,)
    return spelling.apart(word) or (word,)
