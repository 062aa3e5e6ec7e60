"""Colours, sizes, brands and categories taken out of a message."""

from dataclasses import dataclass

from agent.language import Language
from agent.rules.shelf import Shelf
from agent.words import Phrase, Words

# "Not in black": how many words may stand between an exclusion and its colour.
_GAP = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The kind of product: the shop's categories for it, the words to search with, and where they stood."""

    categories: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    at: tuple[int, ...] = ()


def take_brands(words: Words, shelf: Shelf) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shelf.brands[phrase] for _, phrase in words.take_all(shelf.brands)))


def take_kind(words: Words, shelf: Shelf, language: Language) -> Kind:
    """What is refused ("no dresses, skirts") is taken and forgotten."""
    categories: list[str] = []
    nouns: list[tuple[int, str]] = []
    for start, phrase in words.mapped(shelf.stem).take_all(shelf.kinds):
        if _refused(words, start, language, gap=0):
            continue
        categories += shelf.categories.get(phrase, ())
        nouns.append((start, shelf.search_word(phrase)))
    return Kind(
        categories=tuple(dict.fromkeys(categories)),
        noun=tuple(dict.fromkeys(noun for _, noun in nouns)),
        at=tuple(at for at, _ in nouns),
    )


def take_colors(words: Words, shelf: Shelf, language: Language) -> tuple[str, ...]:
    """Colours wanted; when some are only refused, every other colour of the shop."""
    wanted, refused = [], set()
    for start, phrase in words.take_all(shelf.colors):
        if _refused(words, start, language, gap=_GAP):
            refused.add(shelf.colors[phrase])
        else:
            wanted.append(shelf.colors[phrase])
    if refused and not wanted:
        wanted = [color for color in shelf.own_colors if refused.isdisjoint({color, *color.split()})]
    return tuple(dict.fromkeys(wanted))


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


def take_sizes(words: Words, shelf: Shelf, language: Language) -> tuple[str, ...]:
    announced = {start + len(phrase) for start, phrase in words.find(language.signs["size_before"])}
    found = _numbered(words, language)
    for start, phrase in words.find(shelf.sizes):
        if words.at(phrase, start) and (start in announced or _stands_alone(words, phrase, shelf)):
            words.take(start, len(phrase))
            found.append((start, shelf.sizes[phrase]))
    return tuple(dict.fromkeys(size for _, size in sorted(found)))


def _stands_alone(words: Words, phrase: Phrase, shelf: Shelf) -> bool:
    """A letter or word size where the shop has such sizes; a bare number only as the whole message."""
    if phrase[0][0].isdigit():
        return len(words.tokens) <= len(phrase) + 1
    return len(phrase) > 1 or shelf.sizes[phrase] in shelf.letter_sizes


def _numbered(words: Words, language: Language) -> list[tuple[int, str]]:
    """A wish such as "size 8", whether the shop has it or not."""
    found = []
    for start, phrase in words.find(language.signs["size_word"]):
        at = start + len(phrase)
        if at < len(words.tokens) and words.free[at] and words.tokens[at][0].isdigit():
            words.take(at)
            found.append((at, words.tokens[at]))
    return found
