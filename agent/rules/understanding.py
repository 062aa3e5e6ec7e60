"""What one message says: its wish, its filters, the signs in it and the products it points to."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.language import Language
from agent.rules.attributes import take_brands, take_colors, take_kind, take_sizes
from agent.rules.budget import take_budget, take_lone
from agent.rules.pointing import NOTHING, Pointing, take_pointing
from agent.rules.shelf import Shelf
from agent.words import SIGN, Words
from models.product import Product
from models.search import NO_FILTERS, Filters

# Signs whose words may describe a product: "a gift".
_DESCRIBING = frozenset({"vague", "problem"})
_MOST_WORDS = 8


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
    words = Words(language.opened(text))
    signs = words.named(language.sign_index)
    pointing = take_pointing(words, focus, shelf, language, shown=shown)
    budget = take_budget(words, language, currency)
    brands = take_brands(words, shelf)
    kind = take_kind(words, shelf, language)
    colors = take_colors(words, shelf, language)
    sizes = take_sizes(words, shelf, language)
    budget = budget or take_lone(words, language, currency)
    for start, name, phrase in signs:
        if name not in _DESCRIBING:
            words.take(start, len(phrase))
    return Understanding(
        text=text,
        signs=frozenset(name for _, name, _ in signs),
        policies=frozenset(name for _, name, _ in words.named(language.policy_index)),
        noun=kind.noun,
        words=tuple(map(shelf.shop_word, _nearest(words, kind.at, language))),
        filters=Filters(
            price_min=budget.low if budget else None,
            price_max=budget.high if budget else None,
            colors=colors,
            sizes=sizes,
            categories=kind.categories,
            brands=brands,
        ),
        pointing=pointing,
        adds=any(name == "too" and at in {0, len(words.tokens) - len(phrase)} for at, name, phrase in signs),
    )


def _nearest(words: Words, nouns: tuple[int, ...], language: Language) -> tuple[str, ...]:
    """Of a long story only what stands near the product: more words find less."""
    rest = [(at, token) for at, token in words.rest if _says_something(token, language)]
    near = sorted(rest, key=lambda one: min((abs(one[0] - noun) for noun in nouns), default=one[0]))
    return tuple(dict.fromkeys(token.removeprefix(SIGN) for _, token in sorted(near[:_MOST_WORDS])))


def _says_something(token: str, language: Language) -> bool:
    return len(token) > 1 and any(letter.isalpha() for letter in token) and token not in language.filler
