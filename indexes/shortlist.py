"""From scored candidates to the hits shown: which variant, the six scores, the order."""

from dataclasses import dataclass

import numpy as np

from indexes import ranking
from indexes.candidates import Candidates
from indexes.columns import Places
from indexes.ranking import Column, Weights
from indexes.shelf import Shelf
from indexes.variants import Variants
from models.search import Filters, Hit, Scores

# Scores are compared with five digits.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """`price`: minor units of the product they are to be similar to."""

    candidates: Candidates
    popularity: Column
    recency: Column
    filters: Filters
    limit: int
    price: int | None = None


def best(shelf: Shelf, variants: Variants, weights: Weights, shortlist: Shortlist) -> tuple[Hit, ...]:
    """An exact match first, then by score; equal scores by id, so that an answer never depends on history."""
    places = _contenders(weights, shortlist)
    candidates = shortlist.candidates.at(places)
    rows = variants.cheapest(candidates.slots, shortlist.filters)
    scores = np.stack(
        [
            candidates.semantic,
            candidates.keyword,
            shortlist.popularity[places],
            variants.availability[rows],
            _price_match(variants, rows, shortlist.price),
            shortlist.recency[places],
        ]
    )
    total = weights.column @ scores
    # Rounded: two equal products can differ in the last bit by where they stand in a matrix.
    order = np.round(total, 5) + 2 * candidates.exact
    first = _first(shelf, candidates.slots, order, shortlist.limit)
    shown = zip(
        candidates.slots[first].tolist(),
        rows[first].tolist(),
        total[first].tolist(),
        scores[:, first].T.tolist(),
        strict=True,
    )
    return tuple(
        Hit(
            product=shelf[slot],
            variant=shelf[slot].variants[variants.place(slot, row)],
            score=score,
            scores=_scores(*parts),
        )
        for slot, row, score, parts in shown
    )


def _contenders(weights: Weights, shortlist: Shortlist) -> Places:
    """Where those stand that may be among the first once a variant is chosen: choosing one costs most."""
    candidates, limit = shortlist.candidates, shortlist.limit
    if len(candidates) <= limit:
        return np.arange(len(candidates))
    known = 2 * candidates.exact + np.float32(weights.popularity) * shortlist.popularity
    known += np.float32(weights.semantic) * candidates.semantic
    known += np.float32(weights.keyword) * candidates.keyword
    known += np.float32(weights.recency) * shortlist.recency
    unknown = weights.availability + (0 if shortlist.price is None else weights.price_match)
    return np.flatnonzero(known >= np.partition(known, -limit)[-limit] - unknown - _ROUNDING)


def _price_match(variants: Variants, rows: Places, price: int | None) -> Column:
    """A budget is a filter: without a price to be near to, all that is left fits."""
    if price is None:
        return np.ones(len(rows), np.float32)
    return ranking.closeness(variants.price[rows], price)


def _first(shelf: Shelf, slots: Places, order: Column, limit: int) -> list[int]:
    places = np.arange(len(order))
    if len(order) > limit:
        places = np.flatnonzero(order >= np.partition(order, -limit)[-limit])
    ids = (shelf[slot].id for slot in slots[places].tolist())
    ordered = sorted(zip((-order[places]).tolist(), ids, places.tolist(), strict=True))
    return [place for _, _, place in ordered[:limit]]


def _scores(*parts: float) -> Scores:
    semantic, keyword, popularity, availability, price_match, recency = parts
    return Scores(
        semantic=semantic,
        keyword=keyword,
        popularity=popularity,
        availability=availability,
        price_match=price_match,
        recency=recency,
    )
