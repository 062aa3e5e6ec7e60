"""What a customer liked before moves products up and chooses among their variants; it never hides one.

Only what the wish leaves open counts: who asks for red is not shown blue for liking it. What was said lately
and often weighs most, and all of them together move a product up by a few places.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from agent.likings import KINDS, weight
from models.product import Product, Variant
from models.search import Filters, Hit
from models.turn import Liking, Preferences

# Places a product moves up for each liking it meets; for one said once and just now, half of them.
_PLACES = 4.0

# By kind: the words of each liking, and its share of those places.
Taste = Mapping[str, list[tuple[frozenset[str], float]]]


def liked_first(hits: tuple[Hit, ...], wish: Filters, liked: Preferences, now: datetime) -> tuple[Hit, ...]:
    taste = _taste(wish, liked, now)
    chosen = [_in_liked_variant(hit, wish, taste) for hit in hits]
    weights = [_weight(hit.product, hit.variant, taste) for hit in chosen]
    order = sorted(range(len(chosen)), key=lambda at: (at - _PLACES * weights[at], at))
    return tuple(chosen[at] for at in order)


def _taste(wish: Filters, liked: Preferences, now: datetime) -> Taste:
    return {kind: [] if getattr(wish, kind) else _shares(getattr(liked, kind), now) for kind in KINDS}


def _shares(likings: Iterable[Liking], now: datetime) -> list[tuple[frozenset[str], float]]:
    weighed = [(frozenset(one.value.casefold().split()), weight(one, now)) for one in likings]
    return [(words, heavy / (1 + heavy)) for words, heavy in weighed if words]


def _in_liked_variant(hit: Hit, wish: Filters, taste: Taste) -> Hit:
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
    best = max(fitting, key=lambda one: _weight(hit.product, one, taste), default=found)
    better = _weight(hit.product, best, taste) > _weight(hit.product, found, taste)
    return replace(hit, variant=best) if better else hit


def _weight(product: Product, variant: Variant, taste: Taste) -> float:
    """From 0 to 4: the likings met."""
    return (
        _met(taste["colors"], variant.color)
        + _met(taste["sizes"], variant.size)
        + _met(taste["brands"], product.brand)
        + max(_met(taste["categories"], one) for one in ("", *product.category))
    )


def _met(liked: list[tuple[frozenset[str], float]], value: str | None) -> float:
    """The strongest liking whose words are all in it."""
    if not liked or not value:
        return 0.0
    own = set(value.casefold().split())
    return max((share for words, share in liked if words <= own), default=0.0)
