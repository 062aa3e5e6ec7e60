"""A merchant's own word lists: sofa, couch and settee are one thing here."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from indexes.words import stems

Phrase = tuple[str, ...]


class Synonyms:
    """Groups of words or phrases that mean the same. Stemmed, so "sofas" are couches too."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._others: dict[Phrase, list[Phrase]] = {}
        for group in groups:
            phrases = dict.fromkeys(phrase for phrase in (tuple(stems(text)) for text in group) if phrase)
            for one, other in permutations(phrases, 2):
                self._others.setdefault(one, []).append(other)
        self._longest = max((len(phrase) for phrase in self._others), default=0)

    def __contains__(self, term: str) -> bool:
        return (term,) in self._others

    def found(self, terms: Sequence[str]) -> Iterator[tuple[range, list[Phrase]]]:
        """Each phrase standing among the terms: where, and what else it may be called."""
        for length in range(1, self._longest + 1):
            for at in range(len(terms) - length + 1):
                if others := self._others.get(tuple(terms[at : at + length])):
                    yield range(at, at + length), others
