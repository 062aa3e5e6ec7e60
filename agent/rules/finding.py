"""A search that never ends with nothing while the shop has something near."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.desk import Desk
from agent.rules.shelf import Shelf
from agent.words import Phrase, Words, tokens_of
from models.product import searchable_text
from models.search import Filters, Hit
from models.turn import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`left_out`: parts of the wish that had to go. `missing`: material or audience no product has.

    `near`: none of the words beside the kind of product was found; `far`: not even the kind.
    """

    hits: tuple[Hit, ...]
    filters: Filters
    left_out: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    near: bool = False
    far: bool = False


_PARTS = ("price", "color", "size", "brand", "category")
# What is given up first costs the customer least.
_ORDER = (
    ("price",),
    ("color",),
    ("price", "color"),
    ("size",),
    ("price", "color", "size"),
    ("price", "color", "size", "brand"),
    ("category",),
    ("price", "color", "size", "brand", "category"),
)


async def find(desk: Desk, wish: Wish, shelf: Shelf) -> Found:
    hits = await desk.search(wish.query, wish.filters)
    first = _judged(Found(hits=hits, filters=wish.filters), wish, shelf)
    if hits and not first.far:
        return first
    looser = list(_looser(wish.filters))
    results = await asyncio.gather(*(desk.search(wish.query, filters) for _, filters in looser))
    found = [
        _judged(Found(hits=hits, filters=filters, left_out=left_out), wish, shelf)
        for (left_out, filters), hits in zip(looser, results, strict=True)
        if hits
    ]
    best = next((one for one in found if not one.far), None) or (first if hits else next(iter(found), None))
    if best:
        # Side by side the searches ended in any order: the variants shown are those of this one.
        desk.seen.add_hits(best.hits)
        return best
    kind = Filters(categories=wish.filters.categories)
    return Found(hits=await desk.search("", kind), filters=kind, far=True)


def _looser(filters: Filters) -> Iterator[tuple[tuple[str, ...], Filters]]:
    given = {part for part in _PARTS if without(filters, (part,)) != filters}
    seen = set()
    for parts in _ORDER:
        left_out = tuple(part for part in parts if part in given)
        if left_out and left_out not in seen:
            seen.add(left_out)
            yield left_out, without(filters, left_out)


def without(filters: Filters, parts: tuple[str, ...]) -> Filters:
    if "price" in parts:
        filters = replace(filters, price_min=None, price_max=None)
    return replace(
        filters,
        colors=() if "color" in parts else filters.colors,
        sizes=() if "size" in parts else filters.sizes,
        brands=() if "brand" in parts else filters.brands,
        categories=() if "category" in parts else filters.categories,
    )


def _judged(found: Found, wish: Wish, shelf: Shelf) -> Found:
    """How well the words of the wish, which no filter checks, are met."""
    words = shelf.stems(tokens_of(wish.query))
    matched = {hit.product.id: _matched(words, hit, shelf) for hit in found.hits}
    strict = {word for word in words if word in shelf.materials or shelf.is_audience(word)}
    fitting = tuple(hit for hit in found.hits if strict <= matched[hit.product.id])
    anywhere = set().union(*matched.values())
    beside = {word for word in words if (word,) not in shelf.kinds}
    return replace(
        found,
        hits=fitting or found.hits,
        missing=() if fitting else tuple(word for word in words if word in strict),
        near=bool(beside) and not beside & anywhere,
        far=bool(words) and not wish.filters.categories and not anywhere,
    )


def _matched(words: Phrase, hit: Hit, shelf: Shelf) -> set[str]:
    own = shelf.stems(tokens_of(searchable_text(hit.product)))
    return set(own).intersection(words)


def cheapest_first(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.variant.price_minor))


def beside_kind(wish: Wish, shelf: Shelf) -> str:
    """The words of the wish without those that its categories stand for."""
    if not wish.filters.categories:
        return wish.query
    words = Words(wish.query)
    words.mapped(shelf.stem).take_all(shelf.kinds)
    return " ".join(token for _, token in words.rest)
