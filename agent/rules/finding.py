"""A search that never ends with nothing while the shop has something near."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.desk import Desk
from agent.rules.shelf import RECIPIENTS, Shelf
from agent.words import Phrase, tokens_of
from models.product import searchable_text
from models.search import Curated, Filters, Hit, Order
from models.turn import Wish

# Of more words hardly a product has all.
_FEW = 3
# Nobody names more: they are what is left of the shop's colours when one is refused.
_MOST_COLORS = 8


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
    """With the customer's words; where nothing fits them, with the common ones: "cardigan" for "cardi"."""
    found = await _find(desk, wish, shelf, order)
    common = replace(wish, query=shelf.in_common_words(wish.query))
    if common == wish or not (found.far or found.left_out):
        return found
    again = await _find(desk, common, shelf, order)
    if again.far or len(again.left_out) > len(found.left_out):
        desk.seen.add_hits(found.hits)
        return found
    return again


async def _find(desk: Desk, wish: Wish, shelf: Shelf, order: Order) -> Found:
    """By price the kind of product is what its categories say; the words beside it are searched."""
    query = wish.query if order is Order.RELEVANCE else beside_kind(wish, shelf)
    result = await desk.nearest(query, wish.filters, order=order)
    found = Found(
        hits=result.hits,
        filters=wish.filters.without(result.relaxed),
        left_out=tuple(part for part in result.relaxed if part != "query"),
    )
    if len(found.filters.colors) > _MOST_COLORS:
        found = replace(found, hits=tuple(_in_colors_left(found, shelf)))
        desk.seen.add_hits(found.hits)
    if "color" in found.left_out and (called := await _called_so(desk, query, wish, order)):
        found = replace(found, hits=called, left_out=(), filters=wish.filters.without(("color",)))
    return _judged(found, wish, shelf)


def _in_colors_left(found: Found, shelf: Shelf) -> Iterator[Hit]:
    """Of the colours left when one is refused no families count: gold is no kind of yellow here."""
    filters, left = found.filters, frozenset(found.filters.colors)
    low, high = filters.price_min or 0, filters.price_max
    for hit in found.hits:
        fitting = (
            one
            for one in (hit.variant, *hit.product.variants)
            if one.color is None or shelf.color_name(one.color) in left
            if one.sellable and low <= one.price_minor and (high is None or one.price_minor <= high)
            if not filters.sizes or one.size == hit.variant.size
        )
        if variant := next(fitting, None):
            yield replace(hit, variant=variant)


async def _called_so(desk: Desk, query: str, wish: Wish, order: Order) -> tuple[Hit, ...]:
    """Of a colour that no variant has as its own, but its product in its name: a "Yellow Watering Can"."""
    colors = wish.filters.colors
    result = await desk.nearest(f"{' '.join(colors)} {query}", wish.filters.without(("color",)), order=order)
    if result.relaxed:
        return ()
    words = {word for color in colors for word in color.split()}
    return tuple(
        hit
        for hit in result.hits
        if hit.variant.color is None and words & set(tokens_of(hit.product.name)) and hit.scores.keyword
    )


def _judged(found: Found, wish: Wish, shelf: Shelf) -> Found:
    """How well the words of the wish, which no filter checks, are met."""
    pinned = tuple(hit for hit in found.hits if hit.curated is Curated.PINNED)
    words = shelf.stems(tokens_of(wish.query))
    matched = {hit.product.id: _matched(words, hit, shelf) for hit in found.hits}
    strict = {word for word in words if word in shelf.materials or shelf.is_audience(word)}
    partly = False
    if not found.filters.categories and len(words) <= _FEW:
        # No category holds the kind of product: where products have every word, those with some are others.
        whole = tuple(hit for hit in found.hits if set(words) - RECIPIENTS <= matched[hit.product.id])
        partly = not whole
        found = replace(found, hits=_named_so(words, whole, shelf) or found.hits)
    elif narrow := shelf.narrower(words, found.filters.categories):
        called = (hit for hit in found.hits if _is_one_of(narrow, hit, shelf))
        found = replace(found, hits=tuple(called) or found.hits)
    beside = set(shelf.stems(tokens_of(shelf.without_kinds(wish.query)))) - RECIPIENTS
    if found.filters.categories and beside:
        called_so = tuple(hit for hit in found.hits if beside <= _facts(hit, shelf))
        found = replace(found, hits=called_so if len(called_so) >= _FEW else found.hits)
    fitting = tuple(hit for hit in found.hits if strict <= matched[hit.product.id])
    fitting = _made_of(strict & shelf.materials, fitting, shelf) or fitting
    anywhere = set().union(*matched.values())
    unnamed = not found.filters.categories and not any(_named(words, hit, shelf) for hit in found.hits)
    unsold = any((word,) in shelf.kinds for word in words)
    hits = fitting or found.hits
    return replace(
        found,
        # Whatever it is called: the merchant has said that it comes first here.
        hits=(*pinned, *(hit for hit in hits if hit not in pinned)) if pinned else hits,
        missing=() if fitting else tuple(word for word in words if word in strict),
        # A bag that holds a laptop is near, where one is asked for.
        near=bool(beside) and (partly or unnamed or not beside & anywhere),
        far=bool(words) and not found.filters.categories and (not anywhere or (unnamed and unsold)),
    )


def _named_so(words: Phrase, hits: tuple[Hit, ...], shelf: Shelf) -> tuple[Hit, ...]:
    """Those that are called a shirt before those that go well with one."""
    kinds = {word for word in words if (word,) in shelf.kinds}
    called = (hit for hit in hits if kinds <= set(shelf.stems(tokens_of(hit.product.name))))
    return (tuple(called) if kinds else ()) or hits


def _is_one_of(concepts: set[str], hit: Hit, shelf: Shelf) -> bool:
    """By its name and tags: of the tops a shirt is one, where shirts are asked for."""
    one = hit.product
    return any(concepts & shelf.concepts_in(text) for text in (one.name, *one.tags))


def _made_of(materials: set[str], hits: tuple[Hit, ...], shelf: Shelf) -> tuple[Hit, ...]:
    """Those of leather before those with leather handles."""
    return tuple(hit for hit in hits if materials <= set(shelf.stems(tokens_of(hit.variant.material or ""))))


def _named(words: Phrase, hit: Hit, shelf: Shelf) -> bool:
    return not _facts(hit, shelf).isdisjoint(words)


def _facts(hit: Hit, shelf: Shelf) -> set[str]:
    """The words where a product says what it is, not only in its description."""
    one = hit.product
    facts = (one.name, *one.category, *one.tags, *(variant.material or "" for variant in one.variants))
    return set(shelf.stems(tokens_of(" ".join(facts))))


def _matched(words: Phrase, hit: Hit, shelf: Shelf) -> set[str]:
    own = shelf.stems(tokens_of(searchable_text(hit.product)))
    return set(own).intersection(words)


def cheapest_first(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.variant.price_minor))


def beside_kind(wish: Wish, shelf: Shelf) -> str:
    """The words that the categories of the wish leave to be searched."""
    return shelf.without_kinds(wish.query) if wish.filters.categories else wish.query
