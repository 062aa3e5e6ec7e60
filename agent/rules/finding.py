"""A search that never ends with nothing while the shop has something near."""

from dataclasses import dataclass, replace

from agent.desk import Desk
from agent.rules.shelf import Shelf
from agent.words import Phrase, Words, tokens_of
from models.product import searchable_text
from models.search import Filters, Hit, Order
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


async def find(desk: Desk, wish: Wish, shelf: Shelf, order: Order = Order.RELEVANCE) -> Found:
    """By price the kind of product is what its categories say; the words beside it are searched."""
    query = wish.query if order is Order.RELEVANCE else _beside_kind(wish, shelf)
    result = await desk.nearest(query, wish.filters, order=order)
    found = Found(
        hits=result.hits,
        filters=wish.filters.without(result.relaxed),
        left_out=tuple(part for part in result.relaxed if part != "query"),
    )
    return _judged(found, wish, shelf)


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
        far=bool(words) and not found.filters.categories and not anywhere,
    )


def _matched(words: Phrase, hit: Hit, shelf: Shelf) -> set[str]:
    own = shelf.stems(tokens_of(searchable_text(hit.product)))
    return set(own).intersection(words)


def cheapest_first(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.variant.price_minor))


def _beside_kind(wish: Wish, shelf: Shelf) -> str:
    if not wish.filters.categories:
        return wish.query
    words = Words(wish.query)
    words.mapped(shelf.stem).take_all(shelf.kinds)
    return " ".join(token for _, token in words.rest)
