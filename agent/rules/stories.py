"""A long message is read for its wish: most of its clauses name things nobody asked for."""

import re

from agent.language import Language
from agent.rules.attributes import take_kind
from agent.rules.shelf import Shelf
from agent.words import Words

# Who writes fewer words tells no story.
_LONG = 50
_CLAUSE = re.compile(r"(?<=[.!?;,…])\s+|\n+")


def is_story(text: str) -> bool:
    return len(text.split()) > _LONG


def without_asides(text: str, shelf: Shelf, language: Language) -> str:
    """Of a story that asks for a kind of product: the clauses that ask, and those with colours or numbers."""
    if not is_story(text):
        return text
    clauses = _CLAUSE.split(text)
    asked = {noun for one in clauses if _asks(one, language) for noun in _kinds(one, shelf, language)}
    if not asked:
        return text
    return "\n".join(one for one in clauses if _tells(one, asked, shelf, language))


def _asks(clause: str, language: Language) -> bool:
    return Words(clause).has(language.signs["ask"])


def _kinds(clause: str, shelf: Shelf, language: Language) -> set[str]:
    return set(take_kind(Words(language.opened(clause, shelf.own_words)), shelf, language).noun)


def _tells(clause: str, asked: set[str], shelf: Shelf, language: Language) -> bool:
    """Whether it names what is asked for, or, naming no product, a colour, a size or a number."""
    if kinds := _kinds(clause, shelf, language):
        return kinds <= asked
    words = Words(language.opened(clause, shelf.own_words))
    told = words.has(shelf.colors) or words.has(language.signs["size_word"])
    return told or any(token[0].isdigit() for token in words.tokens)
