"""What the agent knows of a language: one TOML file each, words to understand and phrases to answer with."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from agent.numerals import Numerals
from agent.spelling import corrected
from agent.words import SIGN, Phrase, Words, fold, index_of, phrases_of, tokens_of
from models.codec import from_jsonable

FOLDER = Path(__file__).parent / "languages"
DEFAULT = "en"
# "a", "or" and "m" are words of too many languages.
_SHORTEST = 2
# The fewest letters that an ending leaves.
_STEM = 3
# The fewest letters of the two halves of a compound.
_HEAD, _TAIL = 3, 4
# What having been spoken so far is worth.
_LOYALTY = 1
# The fewest letters of a mistyped colour: "blak".
_COLOR = 4


# Several words with capitals in a row, and the small ones between them: "Jumpsuit or Full Romper Heart".
_NAME = re.compile(r"\b[A-Z][\w'’-]*[a-z][\w'’-]*(?:\s(?:(?:or|and|of|the|with|in|for)\s)?[A-Z][\w'’-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFile:
    """`common` tells the language apart, `filler` says nothing about a product.

    `particles` may stand inside a phrase: "the price is really no problem".
    `names_are_capitalised`: only names are, unlike German nouns. `compounds`: words join to new ones.
    """

    code: str
    name: str
    weekdays: tuple[str, ...]  # from Monday
    names_are_capitalised: bool
    compounds: bool
    common: str
    filler: str
    particles: str
    endings: tuple[tuple[str, str], ...]
    colors: dict[str, list[str]]
    sizes: dict[str, list[str]]
    concepts: dict[str, list[str]]
    qualities: dict[str, list[str]]
    numbers: dict[str, list[str]]
    numerals: dict[str, list[str]]
    budget: dict[str, list[str]]
    claims: dict[str, list[str]]
    signs: dict[str, list[str]]
    policies: dict[str, list[str]]
    phrases: dict[str, list[str]]


class Language:
    """A language file, ready for use."""

    def __init__(self, file: LanguageFile) -> None:
        self.code = file.code
        self.name = file.name
        self.weekdays = file.weekdays
        self.names_are_capitalised = file.names_are_capitalised
        self._compounds = file.compounds
        self.common = frozenset(tokens_of(file.common))
        self.filler = frozenset(tokens_of(file.filler)) | self.common
        self.particles = frozenset(tokens_of(file.particles))
        self._endings = file.endings
        self.stem = lru_cache(maxsize=20_000)(self._stem)
        self.colors = _with_emoji(_table(file.colors))
        self.sizes = _table(file.sizes)
        self._color_words = {name: words[0] for name, words in file.colors.items()}
        self.concepts = _with_emoji(_table(file.concepts))
        self.qualities = {
            token: name for name, words in file.qualities.items() for token in tokens_of(" ".join(words))
        }
        self._qualities = file.qualities
        self.concept_stems = {
            self.stems(phrase): concept for concept, phrases in self.concepts.items() for phrase in phrases
        }
        # "t-shirt" reads better than its tokens.
        self.written = {
            self.stems(tokens_of(text)): text
            for texts in file.concepts.values()
            for text in texts
            if "-" in text
        }
        self._first = {concept: tokens_of(words[0]) for concept, words in file.concepts.items()}
        self.numbers = {int(number): phrases_of(words) for number, words in file.numbers.items()}
        self._numerals = Numerals(
            {int(number): map(fold, words) for number, words in file.numerals.items()},
            map(fold, file.signs["and"]),
        )
        self.budget = _table(file.budget)
        self.claims = _table(file.claims)
        self.signs = _with_emoji(_table(file.signs))
        self.policies = _table(file.policies)
        self.sign_index, self.policy_index = index_of(self.signs), index_of(self.policies)
        said = (*self.colors.values(), *self.concepts.values(), *self.signs.values())
        words = {token for phrases in said for phrase in phrases for token in phrase}
        self.vocabulary = self.filler | {word for word in words if len(word) > _SHORTEST}
        self.phrases: Mapping[str, list[str]] = file.phrases
        self._spelt = self._checked_words()
        self._main_colors = frozenset(fold(word) for word in self._color_words.values())

    def stems(self, phrase: Phrase) -> Phrase:
        return tuple(self.stem(token) for token in phrase)

    def _stem(self, word: str) -> str:
        """Good enough to join singular and plural; both sides of a comparison go through it."""
        for ending, singular in self._endings:
            if word.endswith(ending) and len(word) - len(ending) >= _STEM:
                return word[: len(word) - len(ending)] + singular
        return word

    def _checked_words(self) -> frozenset[str]:
        """What a mistyped word may have been: what a product is, what it is like, and what is asked."""
        tables = (self.concepts, self.colors, self.sizes, self.budget, self.signs, self.policies)
        words = {
            token for table in tables for phrases in table.values() for phrase in phrases for token in phrase
        }
        return frozenset(words | self.qualities.keys())

    def corrected(self, token: str) -> str:
        """As it was meant to be spelt, where we know no such word and one that is a slip away."""
        if self.knows(token) or token in self._spelt:
            return token
        return corrected(token, self._spelt) or corrected(token, self._main_colors, shortest=_COLOR) or token

    def knows(self, token: str) -> bool:
        return token in self.vocabulary or (self.stem(token),) in self.concept_stems

    def opened(self, text: str, whole: Collection[str] = ()) -> str:
        """Numbers in digits, and compounds as two words: a Sommerkleid is a Kleid.

        `whole` are a shop's own words: its "earrings" are no ear and no rings.
        """
        text = self._numerals.in_digits(fold(text))
        return " ".join(self._open(word, whole) for word in text.split(" ")) if self._compounds else text

    def _open(self, word: str, whole: Collection[str]) -> str:
        folded = fold(word).strip(".,;:!?")
        if folded in whole:
            return word
        for length in range(len(folded) - _HEAD, _TAIL - 1, -1):
            tail, compound = self.stem(folded[-length:]), self.stem(folded)
            if (tail,) in self.concept_stems and (compound,) not in self.concept_stems:
                return f"{folded[:-length]} {folded[-length:]}"
        return word

    def words_of(self, concept: str) -> Phrase:
        """The first word a file gives for it is the one to search with."""
        return self._first.get(concept, (concept,))

    def word_for(self, quality: str) -> str:
        return self._qualities.get(quality, [quality])[0]

    def color_word(self, color: str) -> str:
        return self._color_words.get(color, color)

    def say(self, key: str, seed: str, **values: object) -> str:
        """One of the phrases for `key`: the same turn always says the same."""
        choices = self.phrases[key]
        return choices[crc32(f"{seed} {key}".encode()) % len(choices)].format(**values)


def _table(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[Phrase, ...]]:
    return {key: phrases_of(words) for key, words in table.items()}


def _with_emoji(table: dict[str, tuple[Phrase, ...]]) -> dict[str, tuple[Phrase, ...]]:
    return {name: (*phrases, (SIGN + name,)) for name, phrases in table.items()}


@cache
def languages() -> Mapping[str, Language]:
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml")))
    return {file.code: Language(file) for file in (from_jsonable(LanguageFile, data) for data in files)}


def language(code: str) -> Language:
    """Of the nearest language known: "de-AT" is "de", an unknown one English."""
    known = languages()
    return known.get(code.replace("_", "-").split("-")[0].lower(), known[DEFAULT])


def detect(text: str, last: str, spoken: tuple[str, ...]) -> str:
    """The language of a message; without a clear sign the one spoken so far, else the shop's first.

    Function words count twice, since "le" says more than "top"; a tie stays with the language spoken.
    """
    # A product is called the same in every language.
    tokens = Words(_NAME.sub(" ", text)).tokens or Words(text).tokens
    scores = {
        code: sum((token in known.common) + known.knows(token) for token in tokens)
        + (_LOYALTY if code == last else 0)
        for code, known in languages().items()
    }
    best = [code for code, score in scores.items() if score == max(scores.values())]
    usual = [code for code in (last, *spoken, DEFAULT) if code]
    return next((code for code in usual if code in best), best[0])
