"""Wishes and products in words."""

import re
from collections.abc import Sequence

from agent.cards import price, stock
from agent.desk import Desk
from agent.rules.shelf import RECIPIENTS
from agent.words import tokens_of
from models.product import PriceRange, Product, Variant
from models.search import Filters
from models.turn import Wish

_COLORS = 3
# A label of more words says nothing clearly: then the kind of product alone.
_WORDS = 4
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def label(desk: Desk, wish: Wish) -> str:
    """What was understood: "dresses, blue, size M, up to $80"."""
    filters = wish.filters
    sizes = (desk.say("label_size", size=size) for size in filters.sizes)
    # More colours than these were not asked for: they are what is left when one is refused.
    colors = filters.colors if len(filters.colors) <= _COLORS else ()
    colors = tuple(desk.language.color_word(color) for color in colors)
    parts = (_kind(desk, wish), *colors, *sizes, *filters.brands, budget(desk, filters))
    return ", ".join(part for part in parts if part)


def _kind(desk: Desk, wish: Wish) -> str:
    """The shop's "dresses" for the "dress" that was searched."""
    stem = desk.shop_language.stem
    own = {stem(category.casefold()): category.casefold() for category in wish.filters.categories}
    words = [own.get(stem(word), word) for word in wish.query.split() if word not in RECIPIENTS]
    if desk.turn.surface == "comment":
        # In public nothing is repeated that only a stranger says.
        known = desk.language.vocabulary | desk.shop_language.vocabulary | {*own.values()}
        words = [word for word in words if word in known]
    if len(words) > _WORDS:
        words = words[-1:]
    return " ".join(words) or ", ".join(own.values())


def budget(desk: Desk, filters: Filters) -> str:
    currency, parts = desk.turn.merchant.currency, []
    if filters.price_min is not None:
        parts.append(desk.say("label_min", price=price(filters.price_min, currency, desk.language)))
    if filters.price_max is not None:
        parts.append(desk.say("label_max", price=price(filters.price_max, currency, desk.language)))
    return " ".join(parts)


def joined(desk: Desk, words: list[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one or none need no "and"
        return "".join(words)
    return f"{', '.join(words[:-1])} {desk.say('and')} {words[-1]}"


def variant_facts(desk: Desk, product: Product, variant: Variant) -> str:
    now = price(variant.price_minor, product.currency, desk.language)
    return ", ".join(one for one in (variant.color, variant.size, now, stock(variant, desk.language)) if one)


def product_price(desk: Desk, product: Product) -> str:
    return price_range(desk, product.price_range)


def price_range(desk: Desk, prices: PriceRange) -> str:
    low, high = (
        price(minor, desk.turn.merchant.currency, desk.language)
        for minor in (prices.min_minor, prices.max_minor)
    )
    return low if low == high else desk.say("price_range", low=low, high=high)


def in_order(desk: Desk, sizes: Sequence[str]) -> list[str]:
    """As they grow: letters, then numbers, then words as they stand."""
    letters = {phrase: at for at, phrases in enumerate(desk.language.sizes.values()) for phrase in phrases}

    def place(size: str) -> tuple[int, float]:
        tokens = tokens_of(size)
        number = next((float(token) for token in tokens if _NUMBER.fullmatch(token)), None)
        if tokens in letters:
            return 0, letters[tokens]
        return (2, 0) if number is None else (1, number)

    return sorted(sizes, key=place)


def distinct(values: list[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def colors_of(product: Product) -> list[str]:
    return distinct([one.color for one in product.variants if one.sellable])


def sizes_of(product: Product) -> list[str]:
    return distinct([one.size for one in product.variants if one.sellable])
