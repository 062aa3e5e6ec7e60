"""A message as tokens. What a reader of it has understood is taken; the rest is left for the search."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

Phrase = tuple[str, ...]
# Marks a word that an emoji stood for, so that it reads the same in every language.
SIGN = "§"

# "l'article", "d'une", "dell'abito": the article says nothing, and a lone "l" or "m" would read as a size.
_ELISION = re.compile(r"\b(?:[ldjntc]|qu|all|dell|nell|sull|quell|un)'(?=\w{2})")
# A price, a code such as 2xl, a word with its apostrophe, a currency sign or a numbered reference.
_TOKEN = re.compile(
    r"\d+(?:[.,']\d+)*(?:[^\W\d_]+)?|[^\W\d_]+(?:'[^\W\d_]+)*\d*|[$€£¥%#]|§[\w-]+|(?<!\S)-(?!\S)"
)
# "30-80" is a range, "t-shirt" two words.
_RANGE = re.compile(r"(?<=[\d$€£])\s*[-–—]\s*(?=[$€£]?\d)")
# An address says nothing about a product, and its parts read as words.
_LINK = re.compile(r"https?://\S+|\bwww\.\S+")
# Joiners, marks of direction, soft hyphens: they stand inside of words and change nothing.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# No word and no price is longer.
_LONGEST = 60
# "*silver" on a line of its own puts right what was written before.
_STAR = re.compile(r"^\*(?=\w+\b\W*$)", re.MULTILINE)
_PAUSE = re.compile(r"[,.;:!?\n]")
_POSSESSIVE = re.compile(r"(?<=\w\w)'s$")


@cache
def _emoji() -> dict[int, str]:
    table: dict[str, str] = tomllib.loads((Path(__file__).parent / "emoji.toml").read_text(encoding="utf-8"))
    return str.maketrans({sign: f" {SIGN}{word} " for sign, word in table.items()})


def fold(text: str) -> str:
    """Without case, accents, typographic and invisible signs; emoji become marked words."""
    text = (
        _STAR.sub(f"{SIGN}correction ", _INVISIBLE.sub("", text))
        .translate(_emoji())
        .replace("’", "'")
        .replace("`", "'")
    )
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def tokens_of(text: str) -> Phrase:
    return _read(text)[0]


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[Phrase, frozenset[int]]:
    """The tokens, and which of them begin a new clause: "no, black" wants black, "no black" does not.

    Cached: the texts of products are read again in every turn that finds them.
    """
    tokens: list[str] = []
    breaks, end = set(), 0
    folded = _RANGE.sub(" - ", _ELISION.sub("", _LINK.sub(" ", fold(text))))
    for match in _TOKEN.finditer(folded):
        if _PAUSE.search(folded, end, match.start()):
            breaks.add(len(tokens))
        if len(match.group()) <= _LONGEST:
            tokens.append(_POSSESSIVE.sub("", match.group()))
        end = match.end()
    return tuple(tokens), frozenset(breaks)


@cache
def _phrase(text: str) -> Phrase:
    return tokens_of(text)


def phrases_of(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Longest first, so that "no more than" is found before "more than"."""
    return tuple(sorted((_phrase(text) for text in texts), key=len, reverse=True))


def index_of(table: Mapping[str, Iterable[Phrase]]) -> dict[str, list[tuple[str, Phrase]]]:
    """By first word: hundreds of phrases are looked for in every message, and few begin with a word of it."""
    index: dict[str, list[tuple[str, Phrase]]] = {}
    for name, phrases in table.items():
        for phrase in phrases:
            index.setdefault(phrase[0], []).append((name, phrase))
    return index


def _places(tokens: Phrase) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        places.setdefault(token, []).append(at)
    return places


class Words:
    def __init__(self, text: str) -> None:
        self.tokens, self.breaks = _read(text)
        self.free = [True] * len(self.tokens)
        self._places = _places(self.tokens)

    def mapped(self, change: Callable[[str], str]) -> "Words":
        """The same words in another form; what is taken of one is taken of the other."""
        other = Words("")
        other.tokens, other.breaks, other.free = tuple(map(change, self.tokens)), self.breaks, self.free
        other._places = _places(other.tokens)
        return other

    def without(self, some: Collection[str]) -> "Words":
        """What nobody has taken, as if these words were not there: to look for what they interrupt."""
        other = Words("")
        other.tokens = tuple(token for _, token in self.rest if token not in some)
        other.free = [True] * len(other.tokens)
        other._places = _places(other.tokens)
        return other

    def at(self, phrase: Phrase, start: int) -> bool:
        """Whether the phrase stands there, in words nobody has taken."""
        end = start + len(phrase)
        return bool(phrase) and self.tokens[start:end] == phrase and all(self.free[start:end])

    def starts(self, phrase: Phrase) -> list[int]:
        """Where the phrase stands, taken or not."""
        places = self._places.get(phrase[0], ()) if phrase else ()
        return [start for start in places if self.tokens[start : start + len(phrase)] == phrase]

    def _begun(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        """Those whose first word is there: a handful of the hundreds that are looked for."""
        places = self._places
        return [phrase for phrase in phrases if phrase and phrase[0] in places]

    def has(self, phrases: Iterable[Phrase]) -> bool:
        return any(self.starts(phrase) for phrase in self._begun(phrases))

    def find(self, phrases: Iterable[Phrase]) -> list[tuple[int, Phrase]]:
        begun = self._begun(phrases)
        return sorted((start, one) for one in begun for start in self.starts(one) if self.at(one, start))

    def take(self, start: int, count: int = 1) -> None:
        self.free[start : start + count] = [False] * count

    def take_all(self, phrases: Iterable[Phrase]) -> list[tuple[int, Phrase]]:
        """What was found and taken, in order of the message; give the longest phrases first."""
        found = []
        for phrase in self._begun(phrases):
            for start in self.starts(phrase):
                if self.at(phrase, start):
                    self.take(start, len(phrase))
                    found.append((start, phrase))
        return sorted(found)

    def named(self, index: Mapping[str, Sequence[tuple[str, Phrase]]]) -> list[tuple[int, str, Phrase]]:
        """What an index of names knows of it, longest phrase first: (start, name, phrase)."""
        found = [
            (start, name, phrase)
            for start, token in enumerate(self.tokens)
            for name, phrase in index.get(token, ())
            if self.tokens[start : start + len(phrase)] == phrase
        ]
        return sorted(found, key=lambda one: -len(one[2]))

    @property
    def rest(self) -> list[tuple[int, str]]:
        """Positions and tokens that nobody has taken."""
        return [(at, token) for at, token in enumerate(self.tokens) if self.free[at]]


def says(text: str, keyword: str) -> bool:
    """As a word of its own; an emoji anywhere."""
    tokens = tokens_of(keyword)
    return Words(text).has([tokens]) if tokens else keyword in text
