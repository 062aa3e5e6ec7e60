"""From a query to ranked hits: filter, gather candidates by meaning and by words, rank."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import numpy as np

from indexes import ranking
from indexes.candidates import Candidates, largest, positive, unscored
from indexes.columns import Places
from indexes.curation import Curation
from indexes.postings import Postings
from indexes.ranking import Profile
from indexes.shelf import Shelf
from indexes.shortlist import Shortlist, best
from indexes.spelling import Spelling
from indexes.synonyms import Synonyms
from indexes.variants import Variants
from indexes.vectors import Vector, Vectors
from indexes.wording import Wording, worded
from models.errors import Invalid
from models.search import Filters, Hit, Order, QueryRule

# Where not all can be scored, so many at least are taken from each of the two searches.
CANDIDATES: Final = 50


@dataclass(slots=True, kw_only=True)
class Parts:
    """The same products seen four ways, joined by slot, and the words to ask for them."""

    vectors: Vectors
    shelf: Shelf = field(default_factory=Shelf)
    variants: Variants = field(default_factory=Variants)
    postings: Postings = field(default_factory=Postings)
    spelling: Spelling = field(default_factory=Spelling)
    synonyms: Synonyms = field(default_factory=Synonyms)
    curation: Curation = field(default_factory=Curation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    query: str
    vector: Vector | None
    filters: Filters
    limit: int
    order: Order
    now: datetime


def find(parts: Parts, profile: Profile, question: Question) -> tuple[Hit, ...]:
    candidates = unscored(passing_slots(parts, question.filters))
    wording = wording_of(parts, question.query)
    if wording.terms:
        candidates = curated(parts, candidates, rule_of(parts, question.query, wording))
        candidates = _matching(parts, profile.floor, candidates, wording, question)
    return best(parts.shelf, parts.variants, profile.weights, shortlisted(parts, candidates, question))


def wording_of(parts: Parts, query: str) -> Wording:
    return worded(query, parts.postings.__contains__, parts.spelling, parts.synonyms)


def rule_of(parts: Parts, query: str, wording: Wording) -> QueryRule | None:
    return parts.curation.rule(query, wording.terms) if wording.terms else None


def curated(parts: Parts, passing: Candidates, rule: QueryRule | None) -> Candidates:
    """What is pinned and what is buried among those that meet the filters."""
    if rule is None:
        return passing
    lift = passing.lift.copy()
    lift[_places(parts, passing, rule.buried)] = -1
    for height, product_id in enumerate(reversed(rule.pinned), start=1):
        lift[_places(parts, passing, (product_id,))] = height
    return replace(passing, lift=lift)


def _places(parts: Parts, passing: Candidates, product_ids: Iterable[str]) -> list[int]:
    slots = map(parts.shelf.slot, product_ids)
    return passing.places(slot for slot in slots if slot is not None)


def shortlisted(parts: Parts, candidates: Candidates, question: Question) -> Shortlist:
    return Shortlist(
        candidates=candidates,
        popularity=parts.shelf.popular(candidates.slots),
        recency=ranking.recency(parts.shelf.created[candidates.slots], question.now),
        filters=question.filters,
        limit=question.limit,
    )


def check_prices(filters: Filters) -> None:
    low, high = filters.price_min, filters.price_max
    if low is not None and high is not None and low > high:
        raise Invalid("the lowest price is above the highest", field="filters.price_min")


def passing_slots(parts: Parts, filters: Filters) -> Places:
    check_prices(filters)
    return parts.variants.passing(filters, parts.shelf.meeting(filters.categories, filters.brands))


def _matching(
    parts: Parts, floor: float, passing: Candidates, wording: Wording, question: Question
) -> Candidates:
    """Products holding a word of the query, near enough in meaning, or pinned."""
    found = with_words(parts, passing, wording, question.query)
    if question.vector is not None:
        found = _with_meaning(parts, found, question.vector, max(CANDIDATES, 2 * question.limit))
    meant = (found.keyword > 0) | (found.semantic >= floor) | found.exact | (found.lift > 0)
    return with_phrase(parts, found.at(meant), wording)


def with_words(parts: Parts, passing: Candidates, wording: Wording, query: str) -> Candidates:
    keyword = parts.postings.score(wording.words, passing.slots, parts.shelf.size)
    found = replace(passing, keyword=keyword)
    found.exact[found.places(parts.shelf.named(query))] = True
    return found


def with_phrase(parts: Parts, found: Candidates, wording: Wording) -> Candidates:
    keyword = found.keyword + parts.postings.phrase(wording.terms, found.slots, found.keyword)
    keyword[found.exact] = 1
    return replace(found, keyword=keyword)


def _with_meaning(parts: Parts, found: Candidates, vector: Vector, count: int) -> Candidates:
    """All of them where that is cheap, else the best by meaning and the best by words."""
    near = parts.vectors.nearest(vector, found.slots, count)
    if near.slots is found.slots:
        return replace(found, semantic=positive(near.cosines))
    by_meaning = np.searchsorted(found.slots, near.slots)
    chosen = found.exact | (found.lift > 0)
    chosen[largest(found.keyword, count)] = True
    chosen[by_meaning] = False
    by_words = np.flatnonzero(chosen)
    cosines = np.concatenate([near.cosines, parts.vectors.cosines(vector, found.slots[by_words])])
    return replace(found.at(np.concatenate([by_meaning, by_words])), semantic=positive(cosines))
