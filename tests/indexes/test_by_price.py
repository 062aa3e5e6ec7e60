"""Order by price against a slow, obvious reading of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex
from indexes.variants import availability
from models.product import Product, Variant
from models.search import NO_FILTERS, Filters, Order
from tests.indexes.reference import catalogues, filters_of_all_kinds, offered
from tests.indexes.shop import NOW, embedded, product, shop, variant

PRICED = st.sampled_from([Order.CHEAPEST, Order.DEAREST])


def ids(index: CatalogueIndex, query: str, order: Order, filters: Filters = NO_FILTERS) -> list[str]:
    hits = index.search(query, embedded(query), filters, 200, order=order, now=NOW).hits
    return [hit.product.id for hit in hits]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(catalogues(), filters_of_all_kinds, PRICED, st.integers(1, 3))
def test_the_first_are_the_cheapest_or_dearest_of_all_that_pass_equal_ones_by_stock_and_id(
    products: list[Product], filters: Filters, order: Order, limit: int
) -> None:
    hits = shop(*products).search("", None, filters, limit, order=order, now=NOW).hits

    def rank(one: Variant) -> int:
        return one.price_minor if order is Order.CHEAPEST else -one.price_minor

    chosen = {
        item.id: min(met, key=lambda one: (not one.sellable, rank(one)))
        for item in products
        if (met := offered(item, filters))
    }
    expected = sorted(chosen.items(), key=lambda pair: (rank(pair[1]), -availability(pair[1]), pair[0]))
    assert [(hit.product.id, hit.variant) for hit in hits] == expected[:limit]


WORDS = ["red", "wool", "hat", "scarf"]
texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.tuples(texts, texts, st.integers(1, 5)), min_size=1, max_size=6), texts, PRICED)
def test_only_products_with_most_of_the_words_are_compared(
    made: list[tuple[str, str, int]], query: str, order: Order
) -> None:
    products = [
        product(str(number), name, variant(price=price), description=text)
        for number, (name, text, price) in enumerate(made)
    ]
    index = shop(*products)

    hits = index.search(query, None, limit=200, order=order, now=NOW).hits

    asked = set(query.split())
    held = {item.id: len(asked & set(f"{item.name} {item.description}".split())) for item in products}
    most = max(held.values())
    fitting = {one for one in held if held[one] == most} if most or not asked else set()
    assert {hit.product.id for hit in hits} == fitting
    prices = [hit.variant.price_minor for hit in hits]
    assert prices == sorted(prices, reverse=order is Order.DEAREST)


@pytest.fixture
def clothes() -> CatalogueIndex:
    return shop(
        product("tote", "Market tote", variant(price=500), category=("Bags", "Totes"), tags=("leather",)),
        product("clutch", "Clutch", variant(price=300), category=("Bags",)),
        product("coat", "Coat", variant(price=100), category=("Coats",), description="Comes in a bag"),
        product("cream", "Cream", variant(price=50), category=("Body care",)),
    )


def test_a_word_that_names_a_category_means_the_products_in_it(clothes: CatalogueIndex) -> None:
    assert ids(clothes, "bag", Order.CHEAPEST) == ["clutch", "tote"]
    assert ids(clothes, "body care", Order.DEAREST) == ["cream"]
    assert ids(clothes, "leather bag", Order.CHEAPEST) == ["tote"]
    assert ids(clothes, "suede bag", Order.CHEAPEST) == ["clutch", "tote"]


def test_without_a_word_found_only_what_is_as_near_in_meaning_as_the_nearest_is_compared(
    clothes: CatalogueIndex,
) -> None:
    hits = clothes.search("handbag", embedded("clutch"), order=Order.CHEAPEST, now=NOW).hits
    assert [hit.product.id for hit in hits] == ["clutch"]
    assert ids(clothes, "purple tuxedo", Order.CHEAPEST) == []


def test_the_dearest_is_shown_in_the_variant_that_costs_so_much() -> None:
    index = shop(product("1", "Hat", variant("a", 10), variant("b", 90), variant("c", 99, stock=0)))
    assert index.search("", None, order=Order.DEAREST, now=NOW).hits[0].variant.id == "b"


def test_among_equal_prices_the_better_match_is_first() -> None:
    index = shop(product("a", "Hat", description="wool"), product("b", "Wool hat"))
    assert ids(index, "wool hat", Order.CHEAPEST) == ["b", "a"]
