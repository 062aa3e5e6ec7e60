"""Which variant a customer has: always the same, by the shares, and as few move as can be."""

from collections import Counter
from dataclasses import replace

import pytest

from models.experiment import Experiment, Variant
from models.merchant import Merchant
from models.search import SearchSettings, Weights

CUSTOMERS = [f"1789{number:012}" for number in range(10_000)]


def experiment(name: str = "model", **shares: int) -> Experiment:
    return Experiment(
        name=name, variants=tuple(Variant(name=each, share=share) for each, share in shares.items())
    )


def drawn(one: Experiment, merchant: str = "m1") -> list[str]:
    return [one.variant_of(merchant, customer).name for customer in CUSTOMERS]


def moves(before: Experiment, after: Experiment) -> set[tuple[str, str]]:
    pairs = zip(drawn(before), drawn(after), strict=True)
    return {(was, is_now) for was, is_now in pairs if was != is_now}


def test_a_customer_has_the_same_variant_each_time_in_every_process() -> None:
    half = experiment(rules=50, model=50)
    assert drawn(half) == drawn(experiment(rules=50, model=50))
    # Written down once: another release draws the same.
    assert [half.variant_of("m1", customer).name for customer in ("a", "b", "c", "ü", "")] == [
        "rules",
        "model",
        "rules",
        "model",
        "model",
    ]


@pytest.mark.parametrize(
    "shares", [{"a": 90, "b": 10}, {"a": 33, "b": 33, "c": 34}, {"a": 1, "b": 49, "c": 50}]
)
def test_of_ten_thousand_customers_each_variant_has_its_share(shares: dict[str, int]) -> None:
    counts = Counter(drawn(experiment("model", **shares)))
    for name, share in shares.items():
        # Four standard deviations.
        assert abs(counts[name] / 100 - share) < 4 * (share * (100 - share) / len(CUSTOMERS)) ** 0.5, counts


def test_nobody_has_a_variant_without_a_share() -> None:
    assert set(drawn(experiment(a=0, b=100))) == {"b"}


def test_who_has_a_share_that_grows_keeps_it() -> None:
    assert moves(experiment(rules=90, model=10), experiment(rules=80, model=20)) == {("rules", "model")}
    assert moves(experiment(rules=80, model=20), experiment(rules=0, model=100)) == {("rules", "model")}


def test_two_shares_that_grow_alike_take_from_the_third_alone() -> None:
    before, after = experiment(a=80, b=10, c=10), experiment(a=60, b=20, c=20)
    assert moves(before, after) == {("a", "b"), ("a", "c")}


def test_a_new_variant_takes_customers_and_moves_no_others() -> None:
    before, after = experiment(a=50, b=50), experiment(a=40, b=40, c=20)
    assert moves(before, after) == {("a", "c"), ("b", "c")}


def test_the_order_of_the_variants_does_not_matter() -> None:
    assert drawn(experiment(a=30, b=70)) == drawn(experiment(b=70, a=30))


@pytest.mark.parametrize("other", [("next", "m1"), ("model", "m2")])
def test_another_experiment_and_another_shop_draw_anew(other: tuple[str, str]) -> None:
    name, merchant = other
    first, second = drawn(experiment(a=50, b=50)), drawn(experiment(name, a=50, b=50), merchant)
    both = Counter(zip(first, second, strict=True))
    assert all(2300 < count < 2700 for count in both.values()), both


def test_what_a_variant_leaves_out_is_as_the_profile_has_it() -> None:
    own, other = Weights(), replace(Weights(), recency=1.0)
    shop = Merchant(
        id="m1", name="Shop", voice="luxury", search=SearchSettings(weights={"local": own, "x": own})
    )
    assert shop.varied(Variant(name="as it is", share=50)) == shop
    varied = shop.varied(
        Variant(name="new", share=50, use_model=False, voice="Short.", weights={"local": other})
    )
    assert (varied.use_model, varied.voice) == (False, "Short.")
    assert varied.search.weights == {"local": other, "x": own}
