"""What is given up when nothing fits, against a slow, obvious reading of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex
from models.errors import Invalid
from models.product import Product, Variant
from models.search import NO_FILTERS, Filters, Order
from tests.indexes.reference import catalogues, filters_of_all_kinds, offered
from tests.indexes.shop import NOW, embedded, product, shop, variant

STEPS = [
    [],
    ["price"],
    ["color"],
    ["price", "color"],
    ["size"],
    ["price", "color", "size"],
    ["price", "color", "size", "brand"],
    ["category"],
    ["price", "color", "size", "brand", "category"],
]


def given_of(filters: Filters) -> list[str]:
    return [part for part in STEPS[-1] if filters.without([part]) != filters]


def steps(filters: Filters) -> Iterator[list[str]]:
    given = given_of(filters)
    for step in STEPS:
        yield [part for part in step if part in given]
        if "category" in given and "category" not in step:
            yield [*(part for part in step if part in given), "query"]
    yield [*given, "query"]


def fitting(
    products: Sequence[Product], query: str, asked: Filters, given_up: Sequence[str]
) -> dict[str, list[Variant]]:
    named = [item for item in products if "query" in given_up or query in item.name]
    offers = {item.id: offered(item, asked.without(given_up)) for item in named}
    return {product_id: variants for product_id, variants in offers.items() if variants}


def distance(price: int, asked: Filters) -> int:
    low, high = asked.price_min or 0, asked.price_max
    return max(low - price, 0 if high is None else price - high, 0)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    catalogues(),
    filters_of_all_kinds,
    st.sampled_from(["hat", "scarf", "tuxedo"]),
    st.lists(st.sampled_from(["hat", "scarf"]), min_size=6, max_size=6),
)
def test_the_first_step_that_finds_something_is_taken_and_the_price_stays_as_near_as_can_be(
    products: list[Product], filters: Filters, query: str, names: list[str]
) -> None:
    products = [replace(item, name=name) for item, name in zip(products, names, strict=False)]

    result = shop(*products).search(query, None, filters, 200, relax=True, now=NOW)

    taken = next((one for one in steps(filters) if fitting(products, query, filters, one)), None)
    expected = fitting(products, query, filters, taken) if taken is not None else {}
    assert {hit.product.id for hit in result.hits} == expected.keys()
    if taken is None:
        return
    assert list(result.relaxed) == taken
    assert all(hit.variant in expected[hit.product.id] for hit in result.hits)
    if "price" in taken:
        far = [distance(hit.variant.price_minor, filters) for hit in result.hits]
        assert far == sorted(far)
        for hit in result.hits:
            sold = [one for one in expected[hit.product.id] if one.sellable >= hit.variant.sellable]
            assert distance(hit.variant.price_minor, filters) == min(
                distance(one.price_minor, filters) for one in sold
            )


@pytest.fixture
def clothes() -> CatalogueIndex:
    return shop(
        product("gown", "Gown", variant(price=9000, color="Navy"), category=("Dresses",)),
        product("day", "Day dress", variant(price=6000, color="Blue"), category=("Dresses",)),
        product("red", "Red dress", variant(price=1500, color="Red"), category=("Dresses",)),
        product("knit", "Cable pullover", variant(price=5000, color="Grey"), category=("Knitwear",)),
    )


def relaxed(
    index: CatalogueIndex, query: str, filters: Filters, order: Order = Order.RELEVANCE
) -> tuple[list[str], tuple[str, ...]]:
    result = index.search(query, embedded(query), filters, order=order, relax=True, now=NOW)
    return [hit.product.id for hit in result.hits], result.relaxed


def test_what_fits_is_found_as_without_relaxing(clothes: CatalogueIndex) -> None:
    asked = Filters(colors=("blue",), price_max=7000)
    assert relaxed(clothes, "dress", asked) == (["day"], ())


def test_above_a_budget_nothing_meets_the_nearest_to_it_comes_first(clothes: CatalogueIndex) -> None:
    asked = Filters(colors=("blue",), categories=("Dresses",), price_max=2000)
    assert relaxed(clothes, "dress", asked) == (["day", "gown"], ("price",))
    assert relaxed(clothes, "dress", asked, Order.DEAREST) == (["day", "gown"], ("price",))


def test_below_a_lowest_price_the_dearest_comes_first(clothes: CatalogueIndex) -> None:
    asked = Filters(categories=("Dresses",), price_min=20_000)
    assert relaxed(clothes, "", asked) == (["gown", "day", "red"], ("price",))


def test_a_color_nobody_sells_is_given_up_before_the_category(clothes: CatalogueIndex) -> None:
    asked = Filters(categories=("Dresses",), colors=("purple",), price_max=2000)
    assert relaxed(clothes, "dress", asked) == (["red"], ("color",))


def test_the_category_says_what_is_wanted_where_the_shop_has_another_word_for_it(
    clothes: CatalogueIndex,
) -> None:
    asked = Filters(categories=("Knitwear",))
    assert clothes.search("jumper", None, asked, now=NOW).hits == ()
    assert relaxed(clothes, "jumper", asked) == (["knit"], ("query",))


def test_a_hit_by_meaning_alone_gives_way_to_the_word_itself(clothes: CatalogueIndex) -> None:
    near = embedded("day dress")
    cheap = clothes.search("pullover", near, Filters(price_max=2000), relax=True, now=NOW)
    assert ([hit.product.id for hit in cheap.hits], cheap.relaxed) == (["knit"], ("price",))
    unknown = clothes.search("frock", near, Filters(price_max=2000), relax=True, now=NOW)
    assert ([hit.product.id for hit in unknown.hits], unknown.relaxed) == (["red"], ())


def test_where_nothing_comes_near_what_the_shop_sells_is_shown(clothes: CatalogueIndex) -> None:
    found, given_up = relaxed(clothes, "unicycle", Filters(colors=("purple",)))
    assert (sorted(found), given_up) == (["day", "gown", "knit", "red"], ("color", "query"))


def test_a_query_of_stop_words_gives_nothing_up(clothes: CatalogueIndex) -> None:
    assert relaxed(clothes, "do you have any", Filters(categories=("Knitwear",))) == (["knit"], ())


def test_where_nothing_can_be_bought_nothing_is_found() -> None:
    gone = shop(product("1", "Hat", variant(stock=0)))
    assert relaxed(gone, "hat", NO_FILTERS) == ([], ())
    assert relaxed(shop(), "hat", Filters(price_max=5)) == ([], ())


def test_a_price_range_that_is_none_is_not_relaxed(clothes: CatalogueIndex) -> None:
    with pytest.raises(Invalid, match="lowest price"):
        relaxed(clothes, "dress", Filters(price_min=2, price_max=1))
