"""Intervals are those of Newcombe's tables (Statistics in Medicine 17, 1998)."""

import pytest

from models.intervals import ENOUGH, Interval, difference, mean, rate


def rated(part: int, whole: int) -> Interval:
    found = rate(part, whole)
    assert found
    return found


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_rate_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = rated(part, whole)
    assert (found.value, found.low, found.high) == pytest.approx((part / whole, low, high), abs=5e-5)
    other = rated(whole - part, whole)
    assert (1 - other.high, 1 - other.low) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(rated(*one), rated(*other))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.without_zero == (low > 0)
    back = difference(rated(*other), rated(*one))
    assert (back.value, back.low, back.high) == pytest.approx((-found.value, -high, -low), abs=5e-5)


def test_a_mean_is_as_sure_as_many_make_it() -> None:
    # 100 people with a deviation of 5: a standard error of 0.5. Those of two are added as squares.
    few, many = mean(10, 5, 100), mean(12, 5, 100)
    assert few
    assert many
    assert (few.low, few.high) == pytest.approx((9.02, 10.98), abs=1e-4)
    apart = difference(many, few)
    assert (apart.low, apart.high) == pytest.approx((0.6141, 3.3859), abs=1e-4)
    assert mean(10, 5, ENOUGH - 1) is None


def test_nothing_counted_has_no_rate() -> None:
    assert rate(0, 0) is None
