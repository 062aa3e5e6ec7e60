"""When a size a merchant wrote is one a customer asked for.

A written size is one or more choices ("S/M", "US 8 / EU 41"), each a letter size, a number with or without a
unit, a range of either, or plain words. Letters lie on a scale, so that "S-L" is met by M.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from indexes.words import words

_SMALL, _MEDIUM, _LARGE = -1, 0, 1

_ONE_SIZE = re.compile(
    r"(one ?size( fits (all|most))?|onesize|os|osfa|o/s|free ?size|universal|einheitsgr(o|oe)sse)"
)
_EXTRA = r"(?:(?P<times>\d{1,2}) ?x[ -]?|(?P<exes>x+)[ -]?|(?P<extra>(?:extra[ -]?)+))?"
_LETTER = re.compile(_EXTRA + r"(?P<size>small|medium|large|s|m|l)")
_NUMBER = re.compile(r"(?P<before>[a-z]{0,12}) ?(?P<number>\d{1,6}(?:\.\d{1,3})?) ?(?P<after>[a-z\"]{0,12})")
# A hyphen between two sizes is a range, one after an x ("x-large") is not.
_RANGE = re.compile(r"(?<!x)(?<!extra) ?(?:-|–| to | bis ) ?")
_CHOICES = re.compile(r" ?[/|,;()] ?")
_AGES = frozenset({"months", "years", "year", "yrs", "yr", "y"})
_SAYS_NOTHING = frozenset(
    {"size", "sz", "taille", "talla", "taglia", "tamanho", "groesse", "grosse", "grösse", "gr"}
)
# Jeans say waist and length, baby clothes months, each in several ways.
_WAIST_LENGTH = re.compile(r"\bw ?(\d{2}) ?[/x,]? ?l ?(\d{2})\b")
_MONTHS = re.compile(r"(?<=\d) ?(?:m|months?|mths?|mos?|monate?|mois|mes(?:es)?|mesi)\b")


@dataclass(frozen=True, slots=True)
class _Choice:
    """From `low` to `high` on the scale of `unit`: "letter", "eu", "cm", ... or "" for a bare number."""

    unit: str
    low: float
    high: float

    def same_scale(self, other: "_Choice") -> bool:
        units = {self.unit, other.unit}
        return len(units) == 1 or ("" in units and "letter" not in units)

    def meets(self, other: "_Choice") -> bool:
        if not self.same_scale(other):
            return False
        if _AGES & {self.unit, other.unit} and self.low < self.high and other.low < other.high:
            # A child of 12 to 18 months has grown out of "6-12 months", though both say 12.
            return self.low < other.high and other.low < self.high
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class _Size:
    text: str
    choices: tuple[_Choice, ...]


def size_meets(wanted: str, written: str) -> bool:
    """Medium by "M", "S-L" and "M / 38"; 37 by "36-38"; "32/34" only by a size that has both."""
    asked, have = _parsed(wanted), _parsed(written)
    if not asked.text or asked.text == have.text:
        return bool(asked.text)
    if not asked.choices:
        return False
    return all(any(choice.meets(other) for other in have.choices) for choice in asked.choices)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> _Size:
    lowered = " ".join(text.casefold().replace("½", ".5").replace("ß", "ss").split())
    lowered = re.sub(r"(?<=\d),(?=\d)", ".", lowered)
    lowered = _MONTHS.sub(" months", _WAIST_LENGTH.sub(r"\1/\2", lowered))
    if _ONE_SIZE.fullmatch(lowered):
        return _Size("one size", ())
    choices = [_choice(part) for part in _CHOICES.split(lowered) if part]
    known = tuple(choice for choice in choices if choice)
    # With one part not understood ("M Tall / Long") the parts understood are still choices.
    return _Size(" ".join(words(lowered)), known)


def _choice(text: str) -> _Choice | None:
    bare = " ".join(word for word in text.split() if word not in _SAYS_NOTHING)
    if (single := _point(bare)) is not None:
        return single
    ends = [_point(end) for end in _RANGE.split(bare)]
    match ends:
        case [_Choice() as low, _Choice() as high] if low.same_scale(high) and low.low <= high.high:
            return _Choice(low.unit or high.unit, low.low, high.high)
    return None


def _point(text: str) -> _Choice | None:
    if letter := _LETTER.fullmatch(text):
        return _letter(letter)
    if number := _NUMBER.fullmatch(text):
        value = float(number["number"])
        return _Choice(number["before"] or number["after"], value, value)
    return None


def _letter(match: re.Match[str]) -> _Choice:
    times = int(match["times"] or 0) or len(match["exes"] or "") or (match["extra"] or "").count("extra")
    side = {"s": _SMALL, "m": _MEDIUM, "l": _LARGE}[match["size"][0]]
    place = float(side * (1 + times))
    return _Choice("letter", place, place)
