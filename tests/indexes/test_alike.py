"""Products like another one, and cheaper ones of its kind."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex
from models.errors import Invalid, NotFound
from models.product import Product
from models.search import NO_FILTERS, Filters
from tests.indexes.reference import catalogues, filters_of_all_kinds, meets, offered
from tests.indexes.shop import product, shop, variant


def cheaper(index: CatalogueIndex, product_id: str, filters: Filters = NO_FILTERS) -> list[str]:
    return [hit.product.id for hit in index.cheaper(product_id, filters).hits]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(catalogues(), filters_of_all_kinds, st.integers(1, 4))
def test_cheaper_ones_are_of_the_category_and_cost_less_than_the_product_in_what_is_asked(
    products: list[Product], filters: Filters, limit: int
) -> None:
    own = products[0]
    assume(own.is_active and own.category)
    asked = replace(filters, price_min=None, price_max=None)
    usual = min(own.variants, key=lambda one: (not meets(one, asked), not one.sellable, one.price_minor))

    hits = shop(*products).cheaper(own.id, filters, limit).hits

    expected = []
    for item in products:
        less = [one for one in offered(item, filters) if one.price_minor < usual.price_minor]
        if less and item.category[: len(own.category)] == own.category:
            chosen = min(less, key=lambda one: (not one.sellable, one.price_minor))
            expected.append((chosen.price_minor, item.id, chosen))
    prices = sorted(price for price, _, _ in expected)
    assert [hit.variant.price_minor for hit in hits] == prices[:limit]
    assert {(hit.product.id, hit.variant) for hit in hits} <= {(one, chosen) for _, one, chosen in expected}
    assert own.id not in {hit.product.id for hit in hits}


def test_of_a_product_without_a_category_the_most_alike_are_its_kind() -> None:
    index = shop(
        product("1", "wool scarf", variant(price=500)),
        product("2", "wool scarf fringed", variant(price=300)),
        product("3", "wool scarf plain", variant(price=200)),
    )
    assert cheaper(index, "1") == ["3", "2"]
    assert cheaper(index, "3") == []


def test_nothing_is_cheaper_than_what_is_free_or_below_the_price_asked_for() -> None:
    index = shop(product("1", "Hat", variant(price=0)), product("2", "Hat", variant(price=50)))
    assert cheaper(index, "1") == []
    assert cheaper(index, "2", Filters(price_min=60)) == []


def test_what_is_wrong_with_a_question_for_cheaper_ones_is_said() -> None:
    index = shop(product("1", "Hat"))
    with pytest.raises(NotFound):
        cheaper(index, "9")
    with pytest.raises(Invalid, match="lowest price"):
        cheaper(index, "1", Filters(price_min=3, price_max=2))


def test_similar_products_are_nearest_first_and_never_the_product_itself() -> None:
    index = shop(
        product("1", "green wool scarf"),
        product("2", "green wool hat"),
        product("3", "steel kettle"),
        product("4", "green wool sock", variant(stock=0)),
    )

    assert [hit.product.id for hit in index.similar("1").hits] == ["2", "3"]
    with pytest.raises(NotFound):
        index.similar("9")


def test_of_two_products_equally_alike_the_one_of_the_nearer_category_comes_first() -> None:
    index = shop(
        product("boot", "brown leather", category=("Shoes", "Boots")),
        product("belt", "brown leather", category=("Belts",)),
        product("loafer", "brown leather", category=("shoe", "Flats")),
        product("other", "brown leather", category=("Shoes", "Boot")),
    )

    hits = index.similar("boot").hits

    assert [hit.product.id for hit in hits] == ["other", "loafer", "belt"]
    assert [hit.scores.keyword for hit in hits] == [1, 0.5, 0]
