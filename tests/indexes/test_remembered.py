"""An answer that is remembered is the one a search would give now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex
from indexes.lookups import Lookups
from models.product import Product
from models.search import NO_FILTERS, Filters, Order, QueryRule, Weights
from tests.indexes.shop import DIMENSION, NOW, embedded, entry, product, variant

NAMES = ["red hat", "red shoe", "blue hat", "green scarf", "wool sock"]
QUERIES = ["red hat", "shoe", "", "hat", "tuxedo", "scarve", "the"]
FILTERS = [NO_FILTERS, Filters(price_max=30), Filters(categories=("Hats",)), Filters(colors=("red",))]


@dataclass(frozen=True)
class Pair:
    """Two indexes of the same products, one of which remembers."""

    remembering: CatalogueIndex
    forgetful: CatalogueIndex

    def __iter__(self) -> Any:
        return iter((self.remembering, self.forgetful))

    def put(self, item: Product) -> None:
        for index in self:
            index.apply([entry(item)])

    def drop(self, product_id: str) -> None:
        for index in self:
            index.apply([], [product_id])

    def curate(self, rule: QueryRule) -> None:
        for index in self:
            index.set_rules([rule])

    def search(self, query: str, filters: Filters, order: Order, *, relax: bool) -> None:
        vector = embedded(query) if query else None
        here, there = (
            index.search(query, vector, filters, 3, order=order, relax=relax, now=NOW) for index in self
        )
        assert replace(here, took_ms=0, remembered=False) == replace(there, took_ms=0)


def pair() -> Pair:
    return Pair(CatalogueIndex("words", DIMENSION), CatalogueIndex("words", DIMENSION, remembered=0))


@st.composite
def wares(draw: st.DrawFn) -> Product:
    name = draw(st.sampled_from(NAMES))
    variants = [
        variant(
            str(number), draw(st.integers(1, 6)) * 10, stock=draw(st.integers(0, 1)), color=name.split()[0]
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    category = ("Hats",) if "hat" in name else ("Other",)
    return product(draw(st.sampled_from("abcdef")), name, *variants, category=category)


searches = st.tuples(
    st.sampled_from(QUERIES), st.sampled_from(FILTERS), st.sampled_from(list(Order)), st.booleans()
)
some_ids = st.lists(st.sampled_from("abcdef"), max_size=2).map(tuple)
rules = st.builds(QueryRule, query=st.sampled_from(QUERIES[:4]), pinned=some_ids, buried=some_ids)
steps = st.lists(st.one_of(wares(), st.sampled_from("abcdef"), searches, rules), min_size=5, max_size=40)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(steps)
def test_after_any_changes_it_is_what_a_search_would_find(steps: list[Any]) -> None:
    both = pair()
    for step in steps:
        match step:
            case Product():
                both.put(step)
            case str():
                both.drop(step)
            case QueryRule():
                both.curate(step)
            case query, filters, order, relax:
                both.search(query, filters, order, relax=relax)
    for query in QUERIES:
        for filters in FILTERS:
            both.search(query, filters, Order.RELEVANCE, relax=True)


def shop() -> CatalogueIndex:
    index = CatalogueIndex("words", DIMENSION)
    index.apply([entry(product("1", "Red hat")), entry(product("2", "Wool sock"))])
    return index


def ask(index: CatalogueIndex, query: str, **more: Any) -> bool:
    """Whether it was answered from memory."""
    before = index.lookups.hits
    index.search(query, embedded(query), **{"now": NOW, **more})
    return index.lookups.hits > before


def test_a_search_that_comes_again_is_answered_from_memory() -> None:
    index = shop()
    assert [ask(index, "hat"), ask(index, "hat"), ask(index, "sock")] == [False, True, False]
    assert index.lookups == Lookups(hits=1, misses=2)


@pytest.mark.parametrize(
    "more", [{"limit": 3}, {"filters": Filters(price_max=5)}, {"order": Order.CHEAPEST}, {"relax": True}]
)
def test_another_search_for_the_same_words_is_another(more: dict[str, Any]) -> None:
    index = shop()
    ask(index, "hat")
    assert not ask(index, "hat", **more)


def test_an_answer_is_remembered_for_an_hour() -> None:
    index = shop()
    ask(index, "hat")
    assert ask(index, "hat", now=NOW + timedelta(minutes=59))
    assert not ask(index, "hat", now=NOW + timedelta(minutes=61))


def test_a_price_touches_only_the_searches_its_product_may_be_in() -> None:
    index = shop()
    ask(index, "hat"), ask(index, "sock")

    index.apply([entry(product("1", "Red hat", variant(price=5)))])

    assert [ask(index, "hat"), ask(index, "sock")] == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index.set_weights(Weights(keyword=1)),
        lambda index: index.set_synonyms([["hat", "cap"]]),
        lambda index: index.set_rules([QueryRule(query="tie", pinned=("1",))]),
        lambda index: index.set_popularity({"1": 3.0}),
        lambda index: index.apply([entry(product("3", "Silk tie"))]),
        lambda index: index.apply([], ["2"]),
    ],
)
def test_what_ranks_all_products_anew_is_forgotten_whole(change: Callable[[CatalogueIndex], None]) -> None:
    index = shop()
    ask(index, "hat")
    change(index)
    assert not ask(index, "hat")


def test_the_search_not_asked_for_longest_gives_way() -> None:
    index = CatalogueIndex("words", DIMENSION, remembered=2)
    for query in ("hat", "sock", "hat", "tie"):
        ask(index, query)
    assert [ask(index, "hat"), ask(index, "sock")] == [True, False]
