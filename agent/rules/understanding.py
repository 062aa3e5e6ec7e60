"""What one message says: its wish, its filters, the signs in it and the products it points to."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.language import Language
from agent.rules.attributes import (
    Told,
    take_brands,
    take_colors,
    take_kind,
    take_sizes,
    take_whole_sizes,
)
from agent.rules.budget import take_budget, take_lone
from agent.rules.pointing import NOTHING, Pointing, take_names, take_pointing
from agent.rules.shelf import RECIPIENTS, Shelf
from agent.rules.stories import is_story, without_asides
from agent.words import SIGN, Phrase, Words
from models.product import Product
from models.search import NO_FILTERS, Filters

# Signs whose words may describe a product: "a gift".
_DESCRIBING = frozenset({"vague", "problem"})
_TAKEN_BACK = frozenset({"any_price", "any_color", "any_size"})
_MOST_WORDS = 8
_MOST_SPELT = 80
# How far behind "for" its person stands: "for my little brother".
_FOR_WHOM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """`noun`: the kind of product as search words; `words`: what else is said about it, in order.

    `adds`: "also in red", "or red", "in red too" come beside what was asked before.
    """

    text: str
    signs: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    noun: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    pointing: Pointing = NOTHING
    adds: bool = False

    def has(self, *signs: str) -> bool:
        return not self.signs.isdisjoint(signs)

    @property
    def has_wish(self) -> bool:
        return bool(self.noun or self.words) or self.filters != NO_FILTERS


def understand(
    text: str,
    focus: Sequence[Product],
    shelf: Shelf,
    language: Language,
    currency: str,
    *,
    shown: Sequence[str] = (),
) -> Understanding:
    """`focus` are the products that may be meant, `shown` the ids of those in the order they were seen."""
    words = _read(without_asides(text, shelf, language), shelf, language)
    if words.tokens and all(token.startswith(SIGN) and (token,) in shelf.colors for token in words.tokens):
        # Hearts and nothing else ask for no colour.
        return Understanding(text=text, signs=frozenset({"thanks"}))
    take_names(words, focus)
    plain = words.without(language.particles)
    signs = [one for one in words.named(language.sign_index) if words.at(one[2], one[0])]
    policies = [one for one in words.named(language.policy_index) if words.at(one[2], one[0])]
    quiet = frozenset(at for start, _, phrase in signs for at in range(start, start + len(phrase)))
    pointing = take_pointing(words, focus, shelf, language, shown=shown)
    whole = take_whole_sizes(words, shelf)
    budget = take_budget(words, language, currency)
    brands = take_brands(words, shelf)
    words.take_all(language.signs["homonyms"])
    kind = take_kind(words, shelf, language)
    corrected = max((at for at, name, _ in signs if name == "correction"), default=-1)
    colors = take_colors(
        words, shelf, language, Told(kind=kind.at, corrected=corrected, story=is_story(text))
    )
    sizes = take_sizes(words, shelf, language, Told(kind=kind.at, quiet=quiet, corrected=corrected))
    budget = budget or take_lone(words, language, currency, quiet)
    for start, name, phrase in signs:
        if name not in _DESCRIBING:
            words.take(start, len(phrase))
    return Understanding(
        text=text,
        signs=_names(signs) | _names(plain.named(language.sign_index)),
        policies=_names(policies) | _names(plain.named(language.policy_index)),
        noun=kind.noun,
        # "Any size is fine" says nothing but that.
        words=() if _names(signs) & _TAKEN_BACK and not kind.noun else _said(words, kind.at, shelf, language),
        filters=Filters(
            price_min=budget.low if budget else None,
            price_max=budget.high if budget else None,
            colors=colors,
            sizes=tuple(dict.fromkeys((*whole, *sizes))),
            categories=kind.categories,
            brands=brands,
        ),
        pointing=pointing,
        adds=any(name == "too" and at in {0, len(words.tokens) - len(phrase)} for at, name, phrase in signs),
    )


def _read(text: str, shelf: Shelf, language: Language) -> Words:
    words = Words(language.opened(text, shelf.own_words))
    # Looking a word up takes half a millisecond; a pasted novel is full of words we do not know.
    return words.mapped(shelf.corrected) if len(words.tokens) <= _MOST_SPELT else words


def _names(found: Sequence[tuple[int, str, Phrase]]) -> frozenset[str]:
    return frozenset(name for _, name, _ in found)


def _said(words: Words, kind: tuple[int, ...], shelf: Shelf, language: Language) -> tuple[str, ...]:
    """Whom it is for and what it is like, as the shop writes it."""
    return (*_recipients(words, language), *map(shelf.shop_word, _nearest(words, kind, language)))


def _recipients(words: Words, language: Language) -> tuple[str, ...]:
    """Whom a present is for: "for my dad's birthday". Of a story's people only those after "for" count."""
    after = {
        at + gap
        for phrase in language.signs["for"]
        for at in words.starts(phrase)
        for gap in range(1, _FOR_WHOM + 1)
    }
    people = [at for at, token in words.rest if language.qualities.get(token) in RECIPIENTS]
    for at in people:
        words.take(at)
    found = (language.qualities[words.tokens[at]] for at in people if at in after)
    return tuple(dict.fromkeys(found))


def _nearest(words: Words, nouns: tuple[int, ...], language: Language) -> tuple[str, ...]:
    """Of a long story only what stands near the product: more words find less."""
    rest = [(at, token) for at, token in words.rest if _says_something(token, language)]
    near = sorted(rest, key=lambda one: min((abs(one[0] - noun) for noun in nouns), default=one[0]))
    return tuple(dict.fromkeys(token.removeprefix(SIGN) for _, token in sorted(near[:_MOST_WORDS])))


def _says_something(token: str, language: Language) -> bool:
    return len(token) > 1 and any(letter.isalpha() for letter in token) and token not in language.filler
