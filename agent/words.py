"""A message as tokens. What a reader of it has understood is taken; the rest is left for the search."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

Phrase = tuple[str, ...]

# "l'article", "d'une", "dell'abito": the article says nothing, and a lone "l" or "m" would read as a size.
_ELISION = re.compile(r"\b(?:[ldjntc]|qu|all|dell|nell|sull|quell|un)'(?=\w{2})")
# A price, a code such as 2xl, a word with its apostrophe, a currency sign or a numbered reference.
_TOKEN = re.compile(r"\d+(?:[.,']\d+)*(?:[^\W\d_]+)?|[^\W\d_]+(?:'[^\W\d_]+)*\d*|[$€£¥%#]|(?<= )-(?= )")
# "30-80" is a range, "t-shirt" two words.
_RANGE = re.compile(r"(?<=[\d$€£])\s*[-–—]\s*(?=[$€£]?\d)")
_POSSESSIVE = re.compile(r"(?<=\w\w)'s$")


@cache
def _emoji() -> dict[int, str]:
    table: dict[str, str] = tomllib.loads((Path(__file__).parent / "emoji.toml").read_text(encoding="utf-8"))
    return str.maketrans({sign: f" {word} " for sign, word in table.items()})


def fold(text: str) -> str:
    """Without case, accents and typographic signs; emoji become the words they stand for."""
    text = text.translate(_emoji()).replace("’", "'").replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def tokens_of(text: str) -> tuple[str, ...]:
    folded = _RANGE.sub(" - ", _ELISION.sub("", fold(text)))
    return tuple(_POSSESSIVE.sub("", token) for token in _TOKEN.findall(folded))


@cache
def _phrase(text: str) -> Phrase:
    return tokens_of(text)


def phrases_of(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Longest first, so that "no more than" is found before "more than"."""
    return tuple(sorted((_phrase(text) for text in texts), key=len, reverse=True))


class Words:
    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.free = [True] * len(self.tokens)

    def at(self, phrase: Phrase, start: int) -> bool:
        """Whether the phrase stands there, in words nobody has taken."""
        end = start + len(phrase)
        return bool(phrase) and self.tokens[start:end] == phrase and all(self.free[start:end])

    def find(self, phrases: Iterable[Phrase]) -> list[tuple[int, Phrase]]:
        found: list[tuple[int, Phrase]] = []
        for phrase in phrases:
            found += [(start, phrase) for start in range(len(self.tokens)) if self.at(phrase, start)]
        return sorted(found)

    def has(self, phrases: Iterable[Phrase]) -> bool:
        return any(self.tokens[i : i + len(p)] == p for p in phrases for i in range(len(self.tokens)) if p)

    def take(self, start: int, count: int = 1) -> None:
        self.free[start : start + count] = [False] * count

    def take_all(self, phrases: Iterable[Phrase]) -> list[int]:
        """Positions of what was found and taken; a longer phrase hides the shorter ones inside it."""
        starts = []
        for phrase in phrases:
            for start in range(len(self.tokens)):
                if self.at(phrase, start):
                    self.take(start, len(phrase))
                    starts.append(start)
        return sorted(starts)

    @property
    def rest(self) -> list[tuple[int, str]]:
        """Positions and tokens that nobody has taken."""
        return [(at, token) for at, token in enumerate(self.tokens) if self.free[at]]
