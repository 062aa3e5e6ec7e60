"""Why a search answers what it answers, and how it would answer with other settings."""

from typing import Any

import pytest

from indexes.catalogue import CatalogueIndex
from indexes.search import Question
from models.search import (
    NO_FILTERS,
    CandidateCounts,
    Explanation,
    Filters,
    Order,
    QueryRule,
    Trial,
    UnderstoodWord,
    Weights,
)
from tests.indexes.shop import NOW, embedded, found, product, shop, variant

NOTHING = dict.fromkeys(("semantic", "keyword", "popularity", "availability", "price_match", "recency"), 0.0)


@pytest.fixture
def index() -> CatalogueIndex:
    return shop(
        product("1", "Leather wallet", variant(price=20)),
        product("2", "Canvas wallet", variant(price=10)),
        product("3", "Oslo sofa", variant(price=900)),
    )


def explained(index: CatalogueIndex, query: str, filters: Filters = NO_FILTERS, **more: Any) -> Explanation:
    question = Question(
        query=query, vector=embedded(query), filters=filters, limit=5, order=Order.RELEVANCE, now=NOW
    )
    return index.explain(question, **more)


def ids(explanation: Explanation) -> list[str]:
    return [hit.product.id for hit in explanation.result.hits]


def test_what_was_typed_wrong_is_told(index: CatalogueIndex) -> None:
    assert explained(index, "a lether walet").words == (
        UnderstoodWord(typed="lether", word="leather"),
        UnderstoodWord(typed="walet", word="wallet"),
    )


def test_synonyms_are_tried_without_being_kept(index: CatalogueIndex) -> None:
    trial = Trial(synonyms=(("purse", "wallet"),))
    tried = explained(index, "purse", trial=trial)
    assert tried.words == (UnderstoodWord(typed="purse", word="purse", instead=("wallet",)),)
    assert sorted(ids(tried)) == ["1", "2"]
    assert found(index, "purse") == ids(explained(index, "purse")) == []


def test_weights_are_tried_without_being_kept(index: CatalogueIndex) -> None:
    index.set_popularity({"2": 5.0})
    by_popularity = Weights(**{**NOTHING, "popularity": 1})
    by_words = Weights(**{**NOTHING, "keyword": 1})
    assert ids(explained(index, "nice leather wallet", trial=Trial(weights=by_words)))[0] == "1"
    tried = explained(index, "nice leather wallet", trial=Trial(weights=by_popularity))
    assert ids(tried)[0] == "2"
    assert tried.weights == by_popularity
    assert explained(index, "nice leather wallet").weights != by_popularity


def test_rules_are_tried_without_being_kept(index: CatalogueIndex) -> None:
    rule = QueryRule(query="wallet", pinned=("3",))
    tried = explained(index, "wallets", trial=Trial(rules=(rule,)))
    assert (ids(tried)[0], tried.rule) == ("3", rule)
    assert explained(index, "wallets").rule is None


def test_it_tells_where_candidates_came_from(index: CatalogueIndex) -> None:
    counts = explained(index, "wallet", Filters(price_max=100)).candidates
    assert counts == CandidateCounts(passing=2, by_words=2, by_meaning=2, both=2)
    browsing = explained(index, "").candidates
    assert browsing == CandidateCounts(passing=3, by_words=0, by_meaning=0, both=0)


def test_candidates_are_those_of_what_was_left_of_the_filters(index: CatalogueIndex) -> None:
    tried = explained(index, "wallet", Filters(price_max=5), relax=True)
    assert tried.result.relaxed == ("price",)
    assert tried.candidates.passing == 3


def test_it_answers_as_the_search_does(index: CatalogueIndex) -> None:
    for query in ("wallet", "sofa", "", "nothing like it"):
        assert ids(explained(index, query)) == found(index, query, limit=5)
