"""The shape of a catalogue against a slow, obvious count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from models.errors import Invalid
from models.product import PriceRange, Product
from models.search import NO_FILTERS, Filters
from models.shape import Counted, Section
from tests.indexes.reference import catalogues, filters_of_all_kinds, offered
from tests.indexes.shop import entry, product, shop, variant


def section(products: Sequence[Product], path: tuple[str, ...], filters: Filters) -> Section:
    within = [item for item in products if item.category[: len(path)] == path]
    sold = {item.id: offered(item, replace(filters, in_stock=True)) for item in within}
    every = {item.id: offered(item, replace(filters, in_stock=filters.in_stock or False)) for item in within}
    met = every if filters.in_stock is False else sold
    prices = [(one.price_minor, product_id) for product_id, variants in met.items() for one in variants]
    return Section(
        path=path,
        products=sum(bool(variants) for variants in every.values()),
        in_stock=sum(bool(variants) for variants in sold.values()),
        prices=PriceRange(min_minor=min(prices)[0], max_minor=max(prices)[0]) if prices else None,
        colors=counted({one.color for one in variants} for variants in met.values()),
        sizes=counted({one.size for one in variants} for variants in met.values()),
        brands=counted({item.brand} for item in within if met[item.id]),
        cheapest=min(prices)[1] if prices else None,
        dearest=min((-price, product_id) for price, product_id in prices)[1] if prices else None,
    )


def counted(values: Iterable[set[str | None]]) -> tuple[Counted, ...]:
    counts = Counter(one for some in values for one in some if one)
    return tuple(
        Counted(value=value, count=count)
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


@settings(max_examples=200, derandomize=True, deadline=None)
@given(catalogues(), filters_of_all_kinds)
def test_every_level_is_counted_as_one_by_one(products: list[Product], filters: Filters) -> None:
    found = shop(*products).shape(filters)

    paths = {item.category[:depth] for item in products for depth in range(1, len(item.category) + 1)}
    expected = [section(products, path, filters) for path in paths]
    assert found.whole == section(products, (), filters)
    assert list(found.categories) == sorted(
        (one for one in expected if one.products), key=lambda one: (-one.products, len(one.path), one.path)
    )


@settings(max_examples=30, derandomize=True, deadline=None)
@given(catalogues())
def test_what_is_counted_in_a_table_is_counted_alike_by_sorting(products: list[Product]) -> None:
    index = shop(*products)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexes.shape._TABLE", 0)
        sorted_ = index.shape(Filters(in_stock=False))
    assert index.shape(Filters(in_stock=False)) == sorted_


def test_a_shape_is_counted_anew_only_after_a_change() -> None:
    index = shop(product("1", "Hat", variant(color="Red"), category=("Hats",)))
    before = index.shape()
    assert index.shape() is before

    index.apply([entry(product("2", "Cap", variant(price=500, color="Blue"), category=("Hats", "Caps")))])

    hats, caps = index.shape().categories
    assert (hats.path, hats.products, hats.cheapest, hats.dearest) == (("Hats",), 2, "2", "1")
    assert (caps.path, caps.colors) == (("Hats", "Caps"), (Counted(value="Blue", count=1),))


def test_what_is_sold_out_counts_as_a_product_that_is_not_in_stock() -> None:
    index = shop(product("1", "Hat", variant(stock=0), category=("Hats",)))
    whole = index.shape().whole
    assert (whole.products, whole.in_stock, whole.prices, whole.cheapest) == (1, 0, None, None)
    assert index.shape(Filters(in_stock=False)).whole.cheapest == "1"
    assert index.shape(Filters(in_stock=True)).whole.products == 0


def test_an_empty_shop_has_a_shape_too() -> None:
    shape = shop().shape(NO_FILTERS)
    assert (shape.whole.products, shape.categories) == (0, ())


def test_a_price_range_that_is_none_names_the_field() -> None:
    with pytest.raises(Invalid) as raised:
        shop().shape(Filters(price_min=2, price_max=1))
    assert raised.value.field == "filters.price_min"
