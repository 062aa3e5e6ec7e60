"""From a query to ranked hits: filter, gather candidates by meaning and by words, score, rank."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from indexes import ranking
from indexes.columns import Mask, Places
from indexes.postings import Postings
from indexes.ranking import Column, Columns, Profile
from indexes.shelf import Shelf
from indexes.variants import Variants
from indexes.vectors import Vector, Vectors
from indexes.words import query_stems
from models.errors import Invalid
from models.search import Filters, Hit

# So many at least are taken from each of the two searches before ranking.
_CANDIDATES = 100


@dataclass(slots=True, kw_only=True)
class Parts:
    """The same products seen four ways, joined by slot."""

    vectors: Vectors
    shelf: Shelf = field(default_factory=Shelf)
    variants: Variants = field(default_factory=Variants)
    postings: Postings = field(default_factory=Postings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    query: str
    vector: Vector | None
    filters: Filters
    limit: int
    now: datetime


@dataclass(frozen=True, slots=True)
class _Passing:
    """What the filters let through: products by slot, their variants by row."""

    products: Mask
    rows: Mask


@dataclass(frozen=True, slots=True)
class _Candidates:
    """`exact`: the query is this product's name or SKU."""

    slots: Places
    semantic: Column
    keyword: Column
    exact: Mask


def find(parts: Parts, profile: Profile, question: Question) -> tuple[Hit, ...]:
    passing = _passing(parts, question.filters)
    terms = query_stems(question.query)
    if terms:
        candidates = _matching(parts, profile.floor, passing.products, terms, question)
    else:
        candidates = _all(np.flatnonzero(passing.products))
    rows = parts.variants.cheapest(candidates.slots, passing.rows)
    columns = Columns(
        semantic=candidates.semantic,
        keyword=candidates.keyword,
        popularity=parts.shelf.popular(candidates.slots),
        availability=parts.variants.availability[rows],
        # A budget is a filter: whatever is left here lies within it.
        price_match=np.ones(len(rows), np.float32),
        recency=ranking.recency(parts.shelf.created[candidates.slots], question.now),
    )
    return _best(parts, profile, _Ranked(candidates, rows, columns), question.limit)


def find_similar(parts: Parts, profile: Profile, slot: int, filters: Filters, limit: int) -> tuple[Hit, ...]:
    """What is nearest to the product at `slot` by meaning and price; no words are asked, new is no better."""
    passing = _passing(parts, filters)
    passing.products[slot] = False
    vector = parts.vectors.at(slot)
    slots = parts.vectors.nearest(vector, passing.products, max(_CANDIDATES, limit))
    rows = parts.variants.cheapest(slots, passing.rows)
    nothing = np.zeros(len(slots), np.float32)
    candidates = _Candidates(slots, parts.vectors.cosines(vector, slots), nothing, nothing.astype(np.bool_))
    columns = Columns(
        semantic=np.clip(candidates.semantic, 0, 1),
        keyword=nothing,
        popularity=parts.shelf.popular(slots),
        availability=parts.variants.availability[rows],
        price_match=ranking.closeness(parts.variants.price[rows], parts.shelf[slot].price_range.min_minor),
        recency=nothing,
    )
    return _best(parts, profile, _Ranked(candidates, rows, columns), limit)


def _passing(parts: Parts, filters: Filters) -> _Passing:
    low, high = filters.price_min, filters.price_max
    if low is not None and high is not None and low > high:
        raise Invalid("the lowest price is above the highest", field="filters.price_min")
    rows = parts.variants.meeting(filters)
    products = np.zeros(parts.shelf.size, np.bool_)
    products[parts.variants.slot[: parts.variants.rows][rows]] = True
    products &= parts.shelf.meeting(filters.categories, filters.brands)
    return _Passing(products, rows)


def _all(slots: Places) -> _Candidates:
    nothing = np.zeros(len(slots), np.float32)
    return _Candidates(slots, nothing, nothing, nothing.astype(np.bool_))


def _matching(
    parts: Parts, floor: float, allowed: Mask, terms: Sequence[str], question: Question
) -> _Candidates:
    """Products holding a word of the query, or near enough in meaning."""
    count = max(_CANDIDATES, question.limit)
    keyword = parts.postings.score(terms, len(allowed))
    keyword[~allowed] = 0
    chosen = np.zeros(len(allowed), np.bool_)
    chosen[_largest(keyword, count)] = True
    if question.vector is not None:
        chosen[parts.vectors.nearest(question.vector, allowed, count)] = True
    exact = np.zeros(len(allowed), np.bool_)
    exact[list(parts.shelf.named(question.query))] = True
    exact &= allowed
    slots = np.flatnonzero(chosen | exact)
    semantic = np.zeros(len(slots), np.float32)
    if question.vector is not None:
        semantic = np.clip(parts.vectors.cosines(question.vector, slots), 0, 1)
    near = (keyword[slots] > 0) | exact[slots] | (semantic >= floor)
    slots, semantic = slots[near], semantic[near]
    in_words = keyword[slots] + parts.postings.phrase(terms, slots)
    return _Candidates(slots, semantic, np.where(exact[slots], np.float32(1), in_words), exact[slots])


def _largest(scores: Column, count: int) -> Places:
    """Where the `count` largest scores above 0 stand."""
    found = np.flatnonzero(scores)
    if len(found) <= count:
        return found
    return found[np.argpartition(scores[found], -count)[-count:]]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Candidates with the row that would be bought and their six scores."""

    candidates: _Candidates
    rows: Places
    columns: Columns


def _best(parts: Parts, profile: Profile, ranked: _Ranked, limit: int) -> tuple[Hit, ...]:
    """An exact match first, then by score; equal scores by id, so that an answer never depends on history."""
    slots = ranked.candidates.slots
    total = ranked.columns.weighted(profile.weights)
    # Rounded: two equal products can differ in the last bit by where they stand in a matrix.
    order = np.round(total, 5) + 2 * ranked.candidates.exact
    places = np.arange(len(order))
    if len(order) > limit:
        places = np.flatnonzero(order >= np.partition(order, -limit)[-limit])
    ids = {place: parts.shelf[int(slots[place])].id for place in places.tolist()}
    first = sorted(ids, key=lambda place: (-float(order[place]), ids[place]))[:limit]
    return tuple(_hit(parts, ranked, place, float(total[place])) for place in first)


def _hit(parts: Parts, ranked: _Ranked, place: int, score: float) -> Hit:
    slot, row = int(ranked.candidates.slots[place]), int(ranked.rows[place])
    product = parts.shelf[slot]
    variant = product.variants[parts.variants.place(slot, row)]
    return Hit(product=product, variant=variant, score=score, scores=ranked.columns.scores(place))
