"""Words of the shop's own titles: what a mistyped word may have been."""

from collections import Counter
from collections.abc import Iterable, Iterator

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A shorter word with one letter changed is another word: boots are not books.
_SHORTEST_MISSPELT, _SHORTEST_CHANGED, _SHORTEST_JOINED = 5, 6, 5


class Spelling:
    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def add(self, words: Iterable[str]) -> None:
        self._times.update(words)

    def remove(self, words: Iterable[str]) -> None:
        for word in words:
            self._times[word] -= 1
            if not self._times[word]:
                del self._times[word]

    def corrected(self, word: str) -> str | None:
        """The commonest word one slip away: a letter left out, added, swapped with the next or changed."""
        if len(word) < _SHORTEST_MISSPELT or not word.isalpha():
            return None
        # People get the first letter right.
        near = {word[0] + rest for rest in _slips(word[1:], changed=len(word) >= _SHORTEST_CHANGED)}
        return max(sorted(near & self._times.keys()), key=self._times.__getitem__, default=None)

    def apart(self, word: str) -> tuple[str, str] | None:
        """The two words it was written together from: "earbuds" where the shop says "ear buds"."""
        if len(word) < _SHORTEST_JOINED:
            return None
        pairs = ((word[:at], word[at:]) for at in range(1, len(word)))
        known = [pair for pair in pairs if pair[0] in self._times and pair[1] in self._times]
        return max(known, key=lambda pair: min(self._times[part] for part in pair), default=None)


def _slips(text: str, *, changed: bool) -> Iterator[str]:
    for at in range(len(text) + 1):
        head, tail = text[:at], text[at:]
        yield from (head + letter + tail for letter in _LETTERS)
        if tail:
            yield head + tail[1:]
            yield head + tail[1:2] + tail[0] + tail[2:]
            if changed:
                yield from (head + letter + tail[1:] for letter in _LETTERS)
