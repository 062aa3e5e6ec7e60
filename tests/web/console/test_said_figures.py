import pytest

from web.console import said_figures as said
from web.console.said_figures import change


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (0, "0%"),
        (1, "100%"),
        (0.973, "97.3%"),
        (0.99971, "99.971%"),
        (0.0001, "0.010%"),
        (1.667, "166.7%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float | None, words: str) -> None:
    assert said.share(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (0, "0 ms"),
        (187.4, "187 ms"),
        (3200, "3.2 s"),
        (119_000, "119.0 s"),
        (240_000, "4 min"),
        (9e6, "2.5 h"),
    ],
)
def test_a_duration_has_the_unit_that_says_most(value: float | None, words: str) -> None:
    assert said.duration(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0, "$0.00"), (12_340_000, "$12.34"), (11_000, "$0.0110"), (2e9, "$2,000.00")],
)
def test_money_for_models_is_dollars(value: float | None, words: str) -> None:
    assert said.dollars(value) == words


def test_a_change_says_where_to_and_whether_that_is_good() -> None:
    faster = change(3, 4, better="down")
    assert faster
    assert (faster.said, faster.way, faster.tone) == ("25%", "down", "good")
    worse = change(0.05, 0.02, better="down", points=True)
    assert worse
    assert (worse.said, worse.way, worse.tone) == ("3.0", "up", "bad")
    more = change(10, 5)
    assert more
    assert (more.way, more.tone) == ("up", "")


def test_what_hardly_changed_is_the_same_and_nothing_has_no_before() -> None:
    same = change(1000, 1001, better="up")
    assert same
    assert (same.way, same.tone) == ("same", "")
    assert change(1, 0) is None
    assert change(None, 1) is None
