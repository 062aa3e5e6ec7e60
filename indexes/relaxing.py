"""When nothing fits: what of a search is given up, first what a customer misses least."""

from collections.abc import Iterator
from dataclasses import replace

from indexes.by_price import WANTED, find_by_price
from indexes.ranking import Profile
from indexes.search import Parts, Question, find, wording_of
from models.money import MAX_MINOR
from models.product import PriceRange
from models.search import Curated, Hit, Order

# The plan's order: price, then colour, then category; sizes and brands where they stand between.
_STEPS: tuple[tuple[str, ...], ...] = (
    (),
    ("price",),
    ("color",),
    ("price", "color"),
    ("size",),
    ("price", "color", "size"),
    ("price", "color", "size", "brand"),
    ("category",),
    ("price", "color", "size", "brand", "category"),
)


def find_in_order(parts: Parts, profile: Profile, question: Question) -> tuple[Hit, ...]:
    if question.order is Order.RELEVANCE:
        return find(parts, profile, question)
    return find_by_price(parts, profile, question, WANTED[question.order])


def find_relaxed(
    parts: Parts, profile: Profile, question: Question
) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """What fits once the parts named beside it are given up. Nothing only where nothing can be bought.

    A hit by meaning alone counts where no step finds a word of the query, its category, or what is pinned.
    """
    if not wording_of(parts, question.query).terms:
        question = replace(question, query="", vector=None)
    near = None
    for given_up in _steps(question):
        hits = _without(parts, profile, question, given_up)
        if hits and _sure(question, given_up, hits):
            return hits, given_up
        near = near or ((hits, given_up) if hits else None)
    if near:
        return near
    everything = (*_given(question), "query") if question.query else _given(question)
    hits = _without(parts, profile, question, everything)
    return hits, everything if hits else ()


def _steps(question: Question) -> Iterator[tuple[str, ...]]:
    """Each once. Where the category is kept it says what is wanted, so that the words may go."""
    given, seen = _given(question), set()
    for step in _STEPS:
        given_up = tuple(part for part in step if part in given)
        if given_up in seen:
            continue
        seen.add(given_up)
        yield given_up
        if question.query and "category" in given and "category" not in given_up:
            yield (*given_up, "query")


def _given(question: Question) -> tuple[str, ...]:
    return tuple(part for part in _STEPS[-1] if question.filters.without((part,)) != question.filters)


def _without(
    parts: Parts, profile: Profile, question: Question, given_up: tuple[str, ...]
) -> tuple[Hit, ...]:
    """Of a price that is given up what is nearest comes first."""
    asked = question.filters
    question = replace(question, filters=asked.without(given_up))
    if "query" in given_up:
        question = replace(question, query="", vector=None)
    if "price" not in given_up:
        return find_in_order(parts, profile, question)
    low = 0 if asked.price_min is None else asked.price_min
    high = MAX_MINOR if asked.price_max is None else asked.price_max
    return find_by_price(parts, profile, question, PriceRange(min_minor=low, max_minor=high))


def _sure(question: Question, given_up: tuple[str, ...], hits: tuple[Hit, ...]) -> bool:
    kept = question.filters.without(given_up)
    meant = (hit.scores.keyword or hit.curated is Curated.PINNED for hit in hits)
    return bool(kept.categories) or not question.query or any(meant)
