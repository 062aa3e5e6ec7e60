"""Text to words: one way of splitting for what is indexed, asked and filtered."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST_WORD = 64
# "What's", "women's", "don't": what is left of these is no word, while "vitamin D" and "size S" are.
_CONTRACTED = re.compile(r"['’](s|t|m|d|ll|re|ve)\b", re.IGNORECASE)
# Enough for the names of categories: "accessories", "dresses", "shoes", but not "glass", "bus" or "iris".
_PLURALS = (
    (re.compile(r"(?<=\w\w)ies$"), "y"),
    (re.compile(r"(?<=ss|sh|ch)es$|(?<=x)es$"), ""),
    (re.compile(r"(?<=\w\w)(?<![siu])s$"), ""),
)

STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").split())


def _analyzer() -> TextAnalyzerBuilder:
    simple = TextAnalyzerBuilder(Tokenizer.simple())
    return (
        simple.filter(Filter.remove_long(_LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
    )


_plain: TextAnalyzer = _analyzer().build()
_stemming: TextAnalyzer = _analyzer().filter(Filter.stemmer("English")).build()


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be encoded; full-width and ligature letters become plain ones."""
    return unicodedata.normalize("NFKC", text.replace("½", ".5")).encode("utf-8", "replace").decode()


def words(text: str) -> list[str]:
    """Lower case, without accents: "Crème/Navy" is creme, navy."""
    return _plain.analyze(_clean(text))


def stems(text: str) -> list[str]:
    """Words cut to their stem, so that "dresses" finds "dress"."""
    return _stemming.analyze(_clean(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    return "".join(_stemming.analyze(word))


def content_words(query: str) -> list[str]:
    """Each word worth looking for once, in the order asked. Empty when there is none."""
    whole = _CONTRACTED.sub("", query)
    return [word for word in dict.fromkeys(words(whole)) if word not in STOP_WORDS]


def singular(word: str) -> str:
    for ending, instead in _PLURALS:
        if ending.search(word):
            return ending.sub(instead, word)
    return word


@lru_cache(maxsize=8192)
def folded(text: str) -> tuple[str, ...]:
    """What two spellings of one name have in common: case, accents, punctuation and plural gone."""
    return tuple(singular(word) for word in words(text.replace("'", "").replace("’", "")))
