"""Colours, sizes, brands and categories taken out of a message."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agent.language import Language
from agent.rules.shelf import Shelf
from agent.words import Phrase, Words

# "Not in black": how many words may stand between an exclusion and its colour.
_GAP = 1
# How far behind a colour its product stands: "a pink summer dress".
_BESIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The kind of product: the shop's categories for it, the words to search with, and where they stood."""

    categories: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where the message names the kind of product, and which of its words say nothing about it.

    `story`: it is long. `corrected`: where it last takes something back ("in white, no wait, black"), or -1.
    """

    kind: tuple[int, ...] = ()
    quiet: frozenset[int] = frozenset()
    corrected: int = -1
    story: bool = False


def take_whole_sizes(words: Words, shelf: Shelf) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shelf.whole_sizes[phrase] for _, phrase in words.take_all(shelf.whole_sizes)))


def take_brands(words: Words, shelf: Shelf) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shelf.brands[phrase] for _, phrase in words.take_all(shelf.brands)))


def take_kind(words: Words, shelf: Shelf, language: Language) -> Kind:
    """What is refused ("no dresses, skirts") is taken and forgotten."""
    categories: list[str] = []
    nouns: list[tuple[int, str]] = []
    end, before = -1, None
    for start, phrase in words.mapped(shelf.stem).take_all(shelf.kinds):
        if _refused(words, start, language, gap=0):
            continue
        beside, concept = start == end, language.concept_stems.get(phrase)
        end = start + len(phrase)
        if beside and concept and concept == before:
            continue  # a "tote bag" is a tote, and no other bag
        before = concept
        categories += shelf.categories.get(phrase, ())
        nouns.append((start, shelf.search_word(phrase)))
    return Kind(
        categories=tuple(dict.fromkeys(categories)),
        noun=tuple(dict.fromkeys(noun for _, noun in nouns)),
        at=tuple(at for at, _ in nouns),
    )


def take_colors(words: Words, shelf: Shelf, language: Language, told: Told) -> tuple[str, ...]:
    """Colours wanted; when some are only refused, every other colour of the shop.

    Where no variant has a colour it stands in names and texts: a word like any other.
    """
    if not shelf.facets.colors:
        return ()
    found, refused, end = [], set(), -1
    for start, phrase in words.take_all(shelf.colors):
        if _refused(words, start, language, gap=_GAP) or _joined(words, end, start, language):
            refused.add(shelf.colors[phrase])
            end = start + len(phrase)
        else:
            found.append((start, shelf.colors[phrase]))
    found = [one for one in found if one[0] > told.corrected] or found
    if told.story:
        # Of a story the colour beside the product counts: "all they had was black, I'd love a pink dress".
        found = [one for one in found if any(0 <= at - one[0] <= _BESIDE for at in told.kind)] or found
    wanted = [color for _, color in found if color not in refused]
    if refused and not wanted:
        refused |= {shade for color in refused for shade in _shades().get(color, ())}
        wanted = [color for color in shelf.own_colors if refused.isdisjoint({color, *color.split()})]
    # "Something green, in forest green": the narrower is meant.
    return tuple(one for one in dict.fromkeys(wanted) if not _has_narrower(one, wanted))


@cache
def _shades() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent.parent / "shades.toml").read_text(encoding="utf-8"))


def _has_narrower(color: str, wanted: list[str]) -> bool:
    return any(other != color and color in other.split() for other in wanted)


def refused_colors(text: str, shelf: Shelf, language: Language) -> tuple[str, ...]:
    """As in "I don't like red any more"."""
    words = Words(text)
    found = words.take_all(shelf.colors)
    return tuple(shelf.colors[one] for start, one in found if _refused(words, start, language, gap=_GAP))


def _refused(words: Words, start: int, language: Language, *, gap: int) -> bool:
    return any(
        words.tokens[max(0, end - len(phrase)) : end] == phrase
        for phrase in language.signs["exclude"]
        for end in range(max(0, start - gap), start + 1)
        if words.breaks.isdisjoint(range(end, start + 1))
    )


def _joined(words: Words, end: int, start: int, language: Language) -> bool:
    """What is refused up to `end` goes on: "not in brown or tan"."""
    joints = {phrase for sign in ("either", "nor", "and") for phrase in language.signs[sign]}
    return end >= 0 and words.tokens[end:start] in joints and words.breaks.isdisjoint(range(end, start + 1))


def take_sizes(words: Words, shelf: Shelf, language: Language, told: Told) -> tuple[str, ...]:
    announced = {start + len(phrase) for start, phrase in words.find(language.signs["size_before"])}
    called = {start + len(phrase) for start, phrase in words.find(language.signs["size_word"])}
    found = _numbered(words, language)
    for start, phrase in words.find(shelf.sizes):
        alone = (
            _number_alone(words, start, language, told) if phrase[0][0].isdigit() else _is_size(phrase, shelf)
        )
        if (
            words.at(phrase, start)
            and (start in announced or alone)
            and not _is_of_gift(words, start, phrase, language)
        ):
            words.take(start, len(phrase))
            found.append((start, shelf.sizes[phrase]))
    last = [one for one in found if one[0] > told.corrected] or found
    # "In a size L, I used to be an M": who calls a size by that word means it.
    sure = [one for one in last if one[0] in called] or last
    return tuple(dict.fromkeys(size for _, size in sorted(sure)))


def _is_of_gift(words: Words, start: int, phrase: Phrase, language: Language) -> bool:
    """A small present is none in size S."""
    after = words.tokens[start + len(phrase) : start + len(phrase) + 1]
    return len(phrase[0]) > 1 and bool(after) and after in language.signs["vague"]


def _is_size(phrase: Phrase, shelf: Shelf) -> bool:
    """A word, or a letter where the shop has such sizes."""
    return len(phrase) > 1 or shelf.sizes[phrase] in shelf.letter_sizes


def _number_alone(words: Words, start: int, language: Language, told: Told) -> bool:
    """A bare number after the kind of product ("boots 39"), or where nothing else is said ("I meant 40")."""
    if any(at < start for at in told.kind) and start + 1 not in told.kind:
        return True
    said = {at for at, token in words.rest if at not in told.quiet and token not in language.filler}
    return said <= {start}


def _numbered(words: Words, language: Language) -> list[tuple[int, str]]:
    """A wish such as "size 8", whether the shop has it or not."""
    found = []
    for start, phrase in words.find(language.signs["size_word"]):
        at = start + len(phrase)
        if at < len(words.tokens) and words.free[at] and words.tokens[at][0].isdigit():
            words.take(at)
            found.append((at, words.tokens[at]))
    return found
