"""Of all that fit a query, the products whose price is nearest to the one asked for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexes.candidates import Candidates, positive, unscored
from indexes.columns import Mask, Places
from indexes.ranking import Profile
from indexes.search import (
    Parts,
    Question,
    passing_slots,
    shortlisted,
    with_phrase,
    with_words,
    wording_of,
)
from indexes.shelf import Shelf
from indexes.shortlist import best
from indexes.variants import FREE
from indexes.wording import Wording
from models.money import MAX_MINOR
from models.product import PriceRange
from models.search import Hit, Order

# The price each order looks for.
WANTED: Final = {
    Order.CHEAPEST: FREE,
    Order.DEAREST: PriceRange(min_minor=MAX_MINOR, max_minor=MAX_MINOR),
}
# Where no word is found, what is at least so near in meaning as the nearest is meant, too.
_AS_NEAR = 0.9
# Words of a category's name: "Health & Body Care".
_LONGEST_NAME = 4


def find_by_price(parts: Parts, profile: Profile, question: Question, wanted: PriceRange) -> tuple[Hit, ...]:
    """Nearest to the price first, equally near ones by their score."""
    candidates = unscored(passing_slots(parts, question.filters))
    wording = wording_of(parts, question.query)
    if wording.terms:
        candidates = _fitting(parts, profile.floor, candidates, wording, question)
    shortlist = replace(shortlisted(parts, candidates, question), towards=wanted)
    return best(parts.shelf, parts.variants, profile.weights, shortlist)


def _fitting(
    parts: Parts, floor: float, passing: Candidates, wording: Wording, question: Question
) -> Candidates:
    """Those holding most of the words: by price alone, what has little to do with the query may be first."""
    found = with_words(parts, passing, wording, question.query)
    if question.vector is not None:
        found = replace(found, semantic=positive(parts.vectors.cosines(question.vector, found.slots)))
    held = _held(parts, found.slots, wording)
    if held.any():
        fitting = held == held.max()
    else:
        fitting = found.semantic >= max(floor, _AS_NEAR * found.semantic.max(initial=0))
    return with_phrase(parts, found.at(fitting), wording)


def _held(parts: Parts, slots: Places, wording: Wording) -> NDArray[np.int32]:
    """How many of the asked words each product meets. A category's own name means the category."""
    held = np.zeros(len(slots), np.int32)
    kinds = _kinds(parts.shelf, wording.asked)
    for place, word in enumerate(wording.words):
        if place in kinds:
            held += kinds[place].take(parts.shelf.category[slots])
        else:
            held += parts.postings.score([word], slots, parts.shelf.size) > 0
    return held


def _kinds(shelf: Shelf, asked: Sequence[str]) -> dict[int, Mask]:
    """Where words name a category, the longest names first: which category codes they mean."""
    kinds: dict[int, Mask] = {}
    for length in range(min(len(asked), _LONGEST_NAME), 0, -1):
        for start in range(len(asked) - length + 1):
            places = range(start, start + length)
            meeting = shelf.categories.meeting((" ".join(asked[start : start + length]),))
            if meeting.any() and kinds.keys().isdisjoint(places):
                kinds |= dict.fromkeys(places, meeting)
    return kinds
