"""What a customer liked before moves products up and chooses among their variants; it never hides one.

Only what the wish leaves open counts: who asks for red is not shown blue for liking it. The newest liking
weighs most, and all of them together move a product up by a few places.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.product import Product, Variant
from models.search import Filters, Hit
from models.turn import Preferences

# Places a product moves up for each liking it meets.
_PLACES = 2.0


def liked_first(hits: tuple[Hit, ...], wish: Filters, liked: Preferences) -> tuple[Hit, ...]:
    chosen = [_in_liked_variant(hit, wish, liked) for hit in hits]
    weights = [_weight(hit.product, hit.variant, wish, liked) for hit in chosen]
    order = sorted(range(len(chosen)), key=lambda at: (at - _PLACES * weights[at], at))
    return tuple(chosen[at] for at in order)


def _in_liked_variant(hit: Hit, wish: Filters, liked: Preferences) -> Hit:
    """In the size or colour liked, where the wish names none: met, sold, and no dearer than the one found."""
    if wish.colors and wish.sizes:
        return hit
    found = hit.variant
    fitting = [
        one
        for one in hit.product.variants
        if one.sellable
        and (wish.price_min or 0) <= one.price_minor <= found.price_minor
        and (not wish.colors or one.color == found.color)
        and (not wish.sizes or one.size == found.size)
    ]
    best = max(fitting, key=lambda one: _weight(hit.product, one, wish, liked), default=found)
    better = _weight(hit.product, best, wish, liked) > _weight(hit.product, found, wish, liked)
    return replace(hit, variant=best) if better else hit


def _weight(product: Product, variant: Variant, wish: Filters, liked: Preferences) -> float:
    """From 0 to 4: the likings met, old ones counting less."""
    categories = max(_newest_most(liked.categories, one) for one in ("", *product.category))
    return (
        (0.0 if wish.colors else _newest_most(liked.colors, variant.color))
        + (0.0 if wish.sizes else _newest_most(liked.sizes, variant.size))
        + (0.0 if wish.brands else _newest_most(liked.brands, product.brand))
        + (0.0 if wish.categories else categories)
    )


def _newest_most(liked: Sequence[str], value: str | None) -> float:
    """1 for what was liked last, less for what was liked before it."""
    words = set((value or "").casefold().split())
    matches = [
        at
        for at, one in enumerate(liked, start=1)
        if one.casefold().split() and set(one.casefold().split()) <= words
    ]
    return max(matches) / len(liked) if matches else 0.0
