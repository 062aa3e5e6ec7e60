"""What a merchant pins or buries for a query."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex
from indexes.curation import key
from models.search import NO_FILTERS, Curated, Filters, Hit, Order, QueryRule, Weights
from tests.indexes.shop import NOW, by_words, embedded, found, product, shop, variant

HATS = [
    product(each, f"Red hat {each}", variant(price=price))
    for each, price in zip("abcd", (9, 8, 7, 6), strict=True)
]
SOCK = product("sock", "Wool sock", variant(price=5, stock=0))
TIE = product("tie", "Silk tie", variant(price=50))


@pytest.fixture
def index() -> CatalogueIndex:
    return shop(*HATS, SOCK, TIE)


def hits(index: CatalogueIndex, query: str = "red hat", limit: int = 200, **more: object) -> list[Hit]:
    filters = more.pop("filters", NO_FILTERS)
    assert isinstance(filters, Filters)
    return list(index.search(query, embedded(query), filters, limit, now=NOW, **more).hits)  # type: ignore[arg-type]


def pinned(*ids: str, query: str = "red hat") -> QueryRule:
    return QueryRule(query=query, pinned=ids)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_what_is_pinned_comes_first_in_the_merchants_order(index: CatalogueIndex, limit: int) -> None:
    index.set_rules([pinned("d", "tie", "b")])
    shown = hits(index, limit=limit)
    assert [hit.product.id for hit in shown][:3] == ["d", "tie", "b"][:limit]
    assert [hit.curated for hit in shown[:3]] == [Curated.PINNED] * min(limit, 3)
    assert all(hit.curated is None for hit in shown[3:])


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_what_is_buried_comes_last_and_is_still_found(index: CatalogueIndex, limit: int) -> None:
    first, *others = [hit.product.id for hit in hits(index)]
    index.set_rules([QueryRule(query="red hat", buried=(first,))])
    shown = [hit.product.id for hit in hits(index, limit=limit)]
    assert shown == [*others, first][:limit]
    assert hits(index)[-1].curated is Curated.BURIED


def test_a_pinned_product_keeps_its_scores(index: CatalogueIndex) -> None:
    before = {hit.product.id: hit for hit in hits(index)}
    index.set_rules([pinned("d")])
    assert replace(hits(index)[0], curated=None) == before["d"]


def test_a_pinned_product_that_does_not_meet_the_filters_is_not_shown(index: CatalogueIndex) -> None:
    index.set_rules([pinned("tie", "sock", "d", "gone")])
    assert next(hit.product.id for hit in hits(index, filters=Filters(price_max=8))) == "d"
    both = [hit.product.id for hit in hits(index, filters=Filters(price_max=8, in_stock=False))]
    assert both[:2] == ["sock", "d"]


@pytest.mark.parametrize("query", ["red hat", "RED HATS!", "hats, red", "do you have any red hats?"])
def test_the_same_words_in_any_form_are_the_same_query(index: CatalogueIndex, query: str) -> None:
    index.set_rules([pinned("tie")])
    assert found(index, query)[0] == "tie"


@pytest.mark.parametrize("query", ["hat", "red wool hat", "", "do you have any"])
def test_another_query_has_no_rule(index: CatalogueIndex, query: str) -> None:
    index.set_rules([pinned("tie"), pinned("tie", query="any")])
    assert "tie" not in found(index, query)[:1]


def test_a_mistyped_query_finds_the_rule_of_the_right_one() -> None:
    index = shop(product("1", "Leather wallet"), TIE)
    index.set_rules([pinned("tie", query="wallets")])
    assert by_words(index, "walet") == ["tie", "1"]


def test_no_weight_lifts_anything_above_what_is_pinned(index: CatalogueIndex) -> None:
    index.set_weights(Weights(keyword=1000, semantic=1000))
    index.set_rules([QueryRule(query="red hat a", pinned=("tie",), buried=("a",))])
    shown = [hit.product.id for hit in hits(index, "red hat a")]
    assert (shown[0], shown[-1]) == ("tie", "a")


def test_who_asks_for_the_cheapest_is_shown_the_cheapest(index: CatalogueIndex) -> None:
    index.set_rules([QueryRule(query="hat", pinned=("a",), buried=("d",))])
    assert [hit.product.id for hit in hits(index, "hat", order=Order.CHEAPEST)] == ["d", "c", "b", "a"]


def test_nothing_is_given_up_where_something_is_pinned(index: CatalogueIndex) -> None:
    index.set_rules([pinned("tie", query="gift")])
    answer = index.search("gift", embedded("gift"), Filters(price_min=40), relax=True, now=NOW)
    assert ([hit.product.id for hit in answer.hits], answer.relaxed) == (["tie"], ())


def test_what_is_pinned_and_buried_is_pinned(index: CatalogueIndex) -> None:
    index.set_rules([QueryRule(query="red hat", pinned=("c",), buried=("c",))])
    assert hits(index)[0].product.id == "c"


def test_keys_are_sorted_stems() -> None:
    assert key("The blue DRESSES!") == key("dress blue") == ("blue", "dress")
    assert key("do you have any") == ()


ids = st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True).map(tuple)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(pins=ids, buries=ids, limit=st.integers(1, 9), most=st.integers(1, 8))
def test_rules_only_move_what_passes(
    pins: tuple[str, ...], buries: tuple[str, ...], limit: int, most: int
) -> None:
    """Against the slow way: all that would be found, then moved."""
    index = shop(*(product(each, "Hat", variant(price=at)) for at, each in enumerate("abcdef", start=1)))
    filters = Filters(price_max=most)
    plain = found(index, "hat", filters)
    index.set_rules([QueryRule(query="hat", pinned=pins, buried=buries)])
    first = [each for each in pins if each in plain]
    last = [each for each in plain if each in buries and each not in first]
    between = [each for each in plain if each not in first and each not in last]
    assert found(index, "hat", filters, limit) == [*first, *between, *last][:limit]
