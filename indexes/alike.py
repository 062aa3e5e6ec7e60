"""Products that resemble one of the shop's own, and cheaper ones of its kind."""

from dataclasses import replace

import numpy as np

from indexes.candidates import Candidates, largest, positive, unscored
from indexes.columns import Places
from indexes.ranking import Profile
from indexes.search import CANDIDATES, Parts, check_prices, passing_slots
from indexes.shortlist import Shortlist, best
from indexes.variants import FREE
from models.search import Filters, Hit


def find_similar(parts: Parts, profile: Profile, slot: int, filters: Filters, limit: int) -> tuple[Hit, ...]:
    """What is nearest to the product at `slot` by category, meaning and price; new is no better.

    No words are asked: the keyword score says how much of the product's category is shared.
    """
    passing = passing_slots(parts, filters)
    others = passing[passing != slot]
    kin = parts.shelf.kinship(slot)[parts.shelf.category[others]]
    near = parts.vectors.nearest(parts.vectors.at(slot), others, max(CANDIDATES, 2 * limit))
    slots = np.union1d(near.slots, others[kin == 1])
    alike = replace(_compared(parts, slot, slots), keyword=kin[np.searchsorted(others, slots)])
    price = parts.shelf[slot].price_range.min_minor
    shortlist = replace(_shortlist(parts, alike, filters, limit), price=price)
    return best(parts.shelf, parts.variants, profile.weights, shortlist)


def find_cheaper(parts: Parts, profile: Profile, slot: int, filters: Filters, limit: int) -> tuple[Hit, ...]:
    """Of the same narrowest category, for less than the product at `slot` costs in what is asked; rising.

    Of a product without a category the most alike are its kind.
    """
    check_prices(filters)
    in_any_price = replace(filters, price_min=None, price_max=None)
    bought = parts.variants.nearest(np.array([slot]), in_any_price, FREE)
    below = int(parts.variants.price[bought[0]]) - 1
    most = below if filters.price_max is None else min(below, filters.price_max)
    if most < (filters.price_min or 0):
        return ()
    less = replace(filters, price_max=most)
    slots = np.intersect1d(passing_slots(parts, less), _kind(parts, slot), assume_unique=True)
    shortlist = replace(_shortlist(parts, _compared(parts, slot, slots), less, limit), towards=FREE)
    return best(parts.shelf, parts.variants, profile.weights, shortlist)


def _kind(parts: Parts, slot: int) -> Places:
    """The slots of the product's kind, rising."""
    shelf = parts.shelf
    if shelf.category[slot]:
        return np.flatnonzero(shelf.kinship(slot)[shelf.category[: shelf.size]] == 1)
    others = shelf.meeting((), ())
    near = parts.vectors.nearest(parts.vectors.at(slot), others[others != slot], CANDIDATES)
    return np.sort(near.slots[largest(positive(near.cosines), CANDIDATES)])


def _compared(parts: Parts, slot: int, slots: Places) -> Candidates:
    return replace(unscored(slots), semantic=positive(parts.vectors.cosines(parts.vectors.at(slot), slots)))


def _shortlist(parts: Parts, candidates: Candidates, filters: Filters, limit: int) -> Shortlist:
    return Shortlist(
        candidates=candidates,
        popularity=parts.shelf.popular(candidates.slots),
        recency=np.zeros(len(candidates), np.float32),
        filters=filters,
        limit=limit,
    )
