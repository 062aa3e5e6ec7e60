"""Numbers written out as digits: "under a hundred and thirty" is under 130."""

import re
from collections.abc import Iterable, Mapping

_HUNDRED = 100
# "Two mugs" and "the second one" are no prices.
_LEAST = 10


class Numerals:
    def __init__(self, words: Mapping[int, Iterable[str]], joints: Iterable[str]) -> None:
        """`words`: folded words of each number; `joints`: what may stand between them, "and"."""
        self._values = {word: number for number, own in words.items() for word in own}
        one = "|".join(re.escape(word) for word in sorted(self._values, key=len, reverse=True))
        joint = "|".join(map(re.escape, joints))
        self._one = re.compile(rf"\b(?:{one})\b")
        self._number = re.compile(rf"\b(?:{one})\b(?:[\s-]+(?:(?:{joint})\s+)?(?:{one})\b)*")

    def in_digits(self, folded: str) -> str:
        return self._number.sub(lambda match: self._written(match[0]), folded)

    def _written(self, words: str) -> str:
        total, end, before = 0, 0, ""
        for match in self._one.finditer(words):
            value, joint = self._values[match[0]], words[end : match.start()].strip(" -")
            if joint and _LEAST <= total < _HUNDRED:
                # "Between twenty and forty"; a German five-and-twenty is one number.
                before, total = f"{before}{total} {joint} ", 0
            end = match.end()
            # "Two hundred", but "a hundred and thirty".
            total = max(total, 1) * _HUNDRED if value == _HUNDRED else total + value
        return f"{before}{total}" if before or total >= _LEAST else words
