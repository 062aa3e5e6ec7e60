from datetime import timedelta

import pytest

from indexes.catalogue import CatalogueIndex
from models.search import Filters
from tests.indexes.shop import DIMENSION, NOW, by_words, embedded, entry, found, product, shop, variant


@pytest.fixture
def sofas() -> CatalogueIndex:
    return shop(
        product("1", "Oslo sofa", variant(sku="OS-100"), description="Three seats in grey wool"),
        product("2", "Oslo sofa bed", variant(sku="OS-200"), description="Sleeps two. Like the Oslo sofa"),
        product("3", "Rome armchair", variant(sku="RM 7"), description="Leather, goes with every sofa"),
    )


def test_the_words_of_the_title_count_most(sofas: CatalogueIndex) -> None:
    assert by_words(sofas, "sofa")[-1] == "3"


def test_words_are_found_in_any_form_case_and_accent(sofas: CatalogueIndex) -> None:
    assert by_words(sofas, "ARMCHAIRS") == ["3"]
    assert by_words(sofas, "róme") == ["3"]


@pytest.mark.parametrize(
    ("query", "first"), [("os-200", "2"), ("OS 200", "2"), ("rm 7", "3"), ("Oslo Sofa", "1")]
)
def test_a_sku_or_an_exact_name_comes_first(sofas: CatalogueIndex, query: str, first: str) -> None:
    assert found(sofas, query)[0] == first
    assert by_words(sofas, query)[0] == first


def test_an_exact_name_still_has_to_meet_the_filters(sofas: CatalogueIndex) -> None:
    assert "1" not in found(sofas, "Oslo sofa", Filters(price_max=1))


def test_a_query_unlike_anything_finds_nothing(sofas: CatalogueIndex) -> None:
    assert by_words(sofas, "purple polka dot tuxedo") == []
    assert found(sofas, "purple polka dot tuxedo") == []


def test_a_query_is_answered_by_meaning_alone_when_no_word_is_known(sofas: CatalogueIndex) -> None:
    hits = sofas.search("couch", embedded("oslo sofa"), now=NOW).hits
    assert {hit.product.id for hit in hits[:2]} == {"1", "2"}


@pytest.mark.parametrize("query", ["", " \n", "\x00", "👗", "do you have any", '"*:()^~', "\ud800"])
def test_a_query_without_a_word_to_look_for_browses(sofas: CatalogueIndex, query: str) -> None:
    assert sorted(by_words(sofas, query)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "query",
    ["sofa AND (", 'sofa "', "sofa *", "title:sofa", "sofa\x00", "sofa 👗", "sofa -oslo ^9 ~", "[a TO sofa"],
)
def test_no_sign_in_a_query_has_a_meaning(sofas: CatalogueIndex, query: str) -> None:
    assert {"1", "2", "3"} == set(by_words(sofas, query))


def test_a_query_of_ten_thousand_characters_is_answered(sofas: CatalogueIndex) -> None:
    assert by_words(sofas, "armchair " + "x" * 10_000) == ["3"]


def test_scores_lie_between_0_and_1_and_sum_up_by_weight(sofas: CatalogueIndex) -> None:
    sofas.apply([entry(product("4", "Oslo sofa", variant(stock=2), created_at=NOW - timedelta(days=60)))])
    sofas.set_popularity({"4": 9})

    for hit in sofas.search("oslo sofa", embedded("oslo sofa"), now=NOW).hits:
        scores = hit.scores
        parts = (scores.semantic, scores.keyword, scores.popularity)
        rest = (scores.availability, scores.price_match, scores.recency)
        assert all(0 <= score <= 1 for score in (*parts, *rest))
        weighted = sum(
            score * weight
            for score, weight in zip(parts + rest, (0.4, 0.2, 0.15, 0.1, 0.1, 0.05), strict=True)
        )
        assert hit.score == pytest.approx(weighted, abs=1e-5)
        if hit.product.id == "4":
            assert (scores.popularity, scores.availability, scores.recency) == pytest.approx((1, 0.5, 0.5))


def test_browsing_starts_with_what_is_popular_then_newest_then_id() -> None:
    index = shop(product("b"), product("a"), product("new", created_at=NOW + timedelta(days=1)))
    index.apply([entry(product("old", created_at=NOW - timedelta(days=900)))])
    index.set_popularity({"old": 3})
    assert found(index) == ["old", "a", "b", "new"]


def test_the_variant_shown_is_the_cheapest_that_can_be_bought() -> None:
    index = shop(
        product("1", "Hat", variant("dear", 900), variant("gone", 100, stock=0), variant("cheap", 500))
    )

    assert index.search("hat", None, now=NOW).hits[0].variant.id == "cheap"
    assert index.search("hat", None, Filters(in_stock=False), now=NOW).hits[0].variant.id == "cheap"
    assert (
        index.search("hat", None, Filters(in_stock=False, price_max=200), now=NOW).hits[0].variant.id
        == "gone"
    )


def test_without_a_vector_the_words_alone_still_answer(sofas: CatalogueIndex) -> None:
    hits = sofas.search("leather", None, now=NOW).hits
    assert [(hit.product.id, hit.scores.semantic) for hit in hits] == [("3", 0)]


def test_an_empty_query_vector_is_no_error() -> None:
    index = CatalogueIndex("words", DIMENSION)
    index.apply([entry(product("1", "👗"))])
    assert found(index, "hat") == []
