"""Filters against a slow, obvious reading of what they mean."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import Invalid
from models.product import Product, Variant
from models.search import Filters
from tests.indexes.shop import found, product, shop, variant

# What is written, and the wishes it meets.
COLORS = {
    "Blue": {"blue"},
    "Navy / White": {"blue", "navy", "white"},
    "Burgundy": {"red", "burgundy"},
    "Red": {"red"},
}
SIZES = {
    "S": {"s", "small"},
    "Medium": {"m", "medium"},
    "M/L": {"m", "l", "medium"},
    "36-38": {"36", "37", "38"},
}
PATHS = [(), ("Clothing",), ("Clothing", "Dresses"), ("Clothing", "Shoes"), ("Accessories", "Shoes")]
BRANDS = [None, "Levi's", "Équipe"]

variants = st.builds(
    variant,
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 5) | st.just(10**12),
    color=st.sampled_from([None, *COLORS]),
    size=st.sampled_from([None, *SIZES]),
    stock=st.sampled_from([None, 0, 1, 9]),
    available=st.booleans(),
    oversell=st.booleans(),
)


@st.composite
def catalogues(draw: st.DrawFn) -> list[Product]:
    count = draw(st.integers(1, 6))
    return [
        product(
            str(number),
            "Thing",
            *draw(st.lists(variants, min_size=1, max_size=4, unique_by=lambda made: made.id)),
            category=draw(st.sampled_from(PATHS)),
            brand=draw(st.sampled_from(BRANDS)),
            is_active=draw(st.sampled_from([True, True, True, False])),
        )
        for number in range(count)
    ]


def some(values: Iterable[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=2).map(tuple)


filters_of_all_kinds = st.builds(
    Filters,
    price_min=st.none() | st.integers(0, 3),
    price_max=st.none() | st.integers(3, 10**13),
    colors=some(["blue", "navy", "white", "red", "burgundy", "mauve"]),
    sizes=some(["s", "small", "m", "medium", "l", "36", "37", "xl"]),
    categories=some(["clothing", "DRESS", "shoe", "Clothing > Shoes", "accessory", "hats"]),
    brands=some(["levis", "EQUIPE", "nobody"]),
    in_stock=st.sampled_from([None, True, False]),
)

CATEGORY_WORDS: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "clothing": lambda path: "Clothing" in path,
    "DRESS": lambda path: "Dresses" in path,
    "shoe": lambda path: "Shoes" in path,
    "Clothing > Shoes": lambda path: path == ("Clothing", "Shoes"),
    "accessory": lambda path: "Accessories" in path,
    "hats": lambda _: False,
}
BRAND_WORDS = {"levis": "Levi's", "EQUIPE": "Équipe", "nobody": "nobody"}


def bought(item: Product, filters: Filters) -> Variant | None:
    """The variant a customer with these wishes would be shown, decided without any index."""
    if not item.is_active:
        return None
    if filters.categories and not any(CATEGORY_WORDS[wish](item.category) for wish in filters.categories):
        return None
    if filters.brands and item.brand not in [BRAND_WORDS[wish] for wish in filters.brands]:
        return None
    met = [one for one in item.variants if _meets(one, filters)]
    return min(met, key=lambda one: (not one.sellable, one.price_minor), default=None)


def _meets(one: Variant, filters: Filters) -> bool:
    return (
        (filters.in_stock is False or one.sellable)
        and (filters.price_min is None or one.price_minor >= filters.price_min)
        and (filters.price_max is None or one.price_minor <= filters.price_max)
        and (not filters.colors or bool(COLORS.get(one.color or "", set()) & set(filters.colors)))
        and (not filters.sizes or bool(SIZES.get(one.size or "", set()) & set(filters.sizes)))
    )


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
