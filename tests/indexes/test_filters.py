"""Filters against a slow, obvious reading of what they mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import Invalid
from models.product import Product
from models.search import Filters
from tests.indexes.reference import bought, catalogues, filters_of_all_kinds
from tests.indexes.shop import found, product, shop, variant


@settings(max_examples=150, derandomize=True, deadline=None)
@given(catalogues(), filters_of_all_kinds, st.sampled_from(["", "thing"]))
def test_a_search_shows_exactly_the_products_one_variant_of_which_meets_every_filter(
    products: list[Product], filters: Filters, query: str
) -> None:
    index = shop(*products)

    hits = index.search(query, None, filters, 200, now=products[0].created_at).hits

    expected = {item.id: chosen for item in products if (chosen := bought(item, filters))}
    assert {hit.product.id: hit.variant for hit in hits} == expected


def test_a_wish_for_blue_and_medium_is_met_by_one_variant() -> None:
    torn = product("torn", "Shirt", variant("a", color="Blue", size="S"), variant("b", color="Red", size="M"))
    whole = product("whole", "Shirt", variant("a", color="Blue", size="M"))

    assert found(shop(torn, whole), "shirt", Filters(colors=("blue",), sizes=("medium",))) == ["whole"]


def test_an_unknown_color_finds_nothing_and_is_no_error() -> None:
    assert found(shop(product("1")), "", Filters(colors=("\x00", "blurple"))) == []


def test_a_lowest_price_above_the_highest_names_the_field() -> None:
    with pytest.raises(Invalid) as raised:
        found(shop(product("1")), "", Filters(price_min=2, price_max=1))
    assert raised.value.field == "filters.price_min"


def test_a_wish_remembered_before_a_new_color_arrived_is_met_by_it_afterwards() -> None:
    index = shop(product("1", "Hat", variant(color="Red")))
    assert found(index, "", Filters(colors=("blue",))) == []

    index.apply([*index.entries(), *shop(product("2", "Hat", variant(color="Navy"))).entries()])

    assert found(index, "", Filters(colors=("blue",))) == ["2"]
