from dataclasses import replace

from agent.rules.liking import liked_first
from models.search import NO_FILTERS, Filters, Hit, Scores
from models.turn import Preferences
from tests.agent.shop import PRODUCTS

_SCORES = Scores(semantic=0, keyword=0, popularity=0, availability=0, price_match=0, recency=0)
DRESSES = tuple(Hit(product=one, variant=one.variants[0], score=1.0, scores=_SCORES) for one in PRODUCTS[:6])


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.product.id for hit in hits]


def test_without_likings_nothing_moves() -> None:
    assert liked_first(DRESSES, NO_FILTERS, Preferences()) == DRESSES


def test_a_liked_colour_moves_up_but_hides_nothing() -> None:
    hits = liked_first(DRESSES, NO_FILTERS, Preferences(colors=("black",), sizes=("M",)))
    assert ids(hits).index("d5") < ids(DRESSES).index("d5")
    assert sorted(ids(hits)) == sorted(ids(DRESSES))


def test_a_product_is_shown_in_the_size_liked() -> None:
    hits = liked_first(DRESSES, NO_FILTERS, Preferences(sizes=("M",)))
    assert all(hit.variant.size == "M" for hit in hits)


def test_what_is_asked_for_is_not_overruled() -> None:
    asked = Filters(colors=("blue",), sizes=("S",))
    assert liked_first(DRESSES, asked, Preferences(colors=("red",), sizes=("M",))) == DRESSES


def test_a_liked_variant_lies_within_the_price() -> None:
    product = replace(
        PRODUCTS[0],
        variants=(PRODUCTS[0].variants[0], replace(PRODUCTS[0].variants[1], price_minor=4000)),
    )
    hit = replace(DRESSES[0], product=product)
    (shown,) = liked_first((hit,), Filters(price_min=5000), Preferences(sizes=("M",)))
    assert shown.variant.price_minor == 6500


def test_the_newest_liking_weighs_most() -> None:
    older = ids(liked_first(DRESSES, NO_FILTERS, Preferences(colors=("yellow", "black"))))
    newer = ids(liked_first(DRESSES, NO_FILTERS, Preferences(colors=("black", "yellow"))))
    assert newer.index("d6") <= older.index("d6")
    assert older.index("d5") <= newer.index("d5")
