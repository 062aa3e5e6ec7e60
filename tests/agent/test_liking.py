from dataclasses import replace
from datetime import timedelta

from agent.likings import HALF_LIFE
from agent.rules.liking import liked_first
from models.search import NO_FILTERS, Filters, Hit, Scores
from models.turn import Liking, Preferences
from tests.agent.shop import NOW, PRODUCTS

_SCORES = Scores(semantic=0, keyword=0, popularity=0, availability=0, price_match=0, recency=0)
DRESSES = tuple(Hit(product=one, variant=one.variants[0], score=1.0, scores=_SCORES) for one in PRODUCTS[:6])
BLACK_IN_M = Preferences(
    colors=(Liking(value="black", weight=1, at=NOW),), sizes=(Liking(value="M", weight=1, at=NOW),)
)


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.product.id for hit in hits]


def place_of_black(*, times: float = 1, age: timedelta = timedelta(0)) -> int:
    """Where the one black dress stands for who likes black."""
    liked = Preferences(colors=(Liking(value="black", weight=times, at=NOW - age),))
    return ids(liked_first(DRESSES, NO_FILTERS, liked, NOW)).index("d5")


def test_without_likings_nothing_moves() -> None:
    assert liked_first(DRESSES, NO_FILTERS, Preferences(), NOW) == DRESSES


def test_a_liked_colour_moves_up_but_hides_nothing() -> None:
    hits = liked_first(DRESSES, NO_FILTERS, BLACK_IN_M, NOW)
    assert ids(hits).index("d5") < ids(DRESSES).index("d5")
    assert sorted(ids(hits)) == sorted(ids(DRESSES))


def test_a_product_is_shown_in_the_size_liked() -> None:
    hits = liked_first(DRESSES, NO_FILTERS, BLACK_IN_M, NOW)
    assert all(hit.variant.size == "M" for hit in hits)


def test_what_is_asked_for_is_not_overruled() -> None:
    asked = Filters(colors=("blue",), sizes=("S",))
    assert liked_first(DRESSES, asked, BLACK_IN_M, NOW) == DRESSES


def test_a_liked_variant_lies_within_the_price() -> None:
    product = replace(
        PRODUCTS[0],
        variants=(PRODUCTS[0].variants[0], replace(PRODUCTS[0].variants[1], price_minor=4000)),
    )
    hit = replace(DRESSES[0], product=product)
    (shown,) = liked_first((hit,), Filters(price_min=5000), BLACK_IN_M, NOW)
    assert shown.variant.price_minor == 6500


def test_what_was_said_often_weighs_more() -> None:
    assert place_of_black(times=4) < place_of_black(times=1) < ids(DRESSES).index("d5")


def test_what_was_said_long_ago_weighs_nothing() -> None:
    assert place_of_black(age=10 * HALF_LIFE) == ids(DRESSES).index("d5")
