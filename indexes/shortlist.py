"""From scored candidates to the hits shown: which variant, the six scores, the order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import ranking
from indexes.candidates import Candidates
from indexes.columns import Places
from indexes.ranking import Column
from indexes.shelf import Shelf
from indexes.variants import Variants
from models.product import PriceRange
from models.search import Curated, Filters, Hit, Scores, Weights

# Scores are compared with five digits.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """`price`: minor units of the product they are to be similar to.

    `towards`: those whose price is nearest to this range come first, equally near ones by score.
    """

    candidates: Candidates
    popularity: Column
    recency: Column
    filters: Filters
    limit: int
    price: int | None = None
    towards: PriceRange | None = None


def best(shelf: Shelf, variants: Variants, weights: Weights, shortlist: Shortlist) -> tuple[Hit, ...]:
    """What is pinned first, what is buried last; else an exact match first, then by score.

    Equal scores by id, so that an answer never depends on history.
    """
    places = _contenders(weights, shortlist)
    candidates = shortlist.candidates.at(places)
    rows = _chosen(variants, candidates.slots, shortlist)
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
    total = ranking.column(weights) @ scores
    # Rounded: two equal products can differ in the last bit by where they stand in a matrix.
    order = np.round(total, 5) + 2 * candidates.exact
    far = _far(variants, rows, shortlist.towards)
    first = _first(shelf, candidates, far, order, shortlist.limit)
    shown = zip(
        candidates.slots[first].tolist(),
        rows[first].tolist(),
        total[first].tolist(),
        scores[:, first].T.tolist(),
        candidates.lift[first].tolist(),
        strict=True,
    )
    return tuple(
        Hit(
            product=shelf[slot],
            variant=shelf[slot].variants[variants.place(slot, row)],
            score=score,
            scores=_scores(*parts),
            curated=_curated(lift),
        )
        for slot, row, score, parts, lift in shown
    )


def _curated(lift: int) -> Curated | None:
    if lift:
        return Curated.PINNED if lift > 0 else Curated.BURIED
    return None


def _contenders(weights: Weights, shortlist: Shortlist) -> Places:
    """Where those stand that may be among the first once a variant is chosen: choosing one costs most."""
    candidates, limit = shortlist.candidates, shortlist.limit
    if len(candidates) <= limit or shortlist.towards:
        return np.arange(len(candidates))
    known = 2 * candidates.exact + np.float32(weights.popularity) * shortlist.popularity
    known += np.float32(weights.semantic) * candidates.semantic
    known += np.float32(weights.keyword) * candidates.keyword
    known += np.float32(weights.recency) * shortlist.recency
    known[candidates.lift > 0] = np.inf
    known[candidates.lift < 0] = -np.inf
    unknown = weights.availability + (0 if shortlist.price is None else weights.price_match)
    return np.flatnonzero(known >= np.partition(known, -limit)[-limit] - unknown - _ROUNDING)


def _price_match(variants: Variants, rows: Places, price: int | None) -> Column:
    """A budget is a filter: without a price to be near to, all that is left fits."""
    if price is None:
        return np.ones(len(rows), np.float32)
    return ranking.closeness(variants.price[rows], price)


def _chosen(variants: Variants, slots: Places, shortlist: Shortlist) -> Places:
    if shortlist.towards is None:
        return variants.cheapest(slots, shortlist.filters)
    return variants.nearest(slots, shortlist.filters, shortlist.towards)


def _far(variants: Variants, rows: Places, towards: PriceRange | None) -> NDArray[np.int64]:
    if towards is None:
        return np.zeros(len(rows), np.int64)
    return ranking.distance(variants.price[rows], towards)


def _first(
    shelf: Shelf, candidates: Candidates, far: NDArray[np.int64], order: Column, limit: int
) -> list[int]:
    places, low = np.arange(len(order)), -candidates.lift
    if len(order) > limit:
        last = np.lexsort((-order, low, far))[limit - 1]
        equal = (low < low[last]) | ((low == low[last]) & (order >= order[last]))
        places = np.flatnonzero((far < far[last]) | ((far == far[last]) & equal))
    ids = (shelf.id(slot) for slot in candidates.slots[places].tolist())
    columns = (far[places].tolist(), low[places].tolist(), (-order[places]).tolist())
    ordered = sorted(zip(*columns, ids, places.tolist(), strict=True))
    return [place for *_, place in ordered[:limit]]


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
