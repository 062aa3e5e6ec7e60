from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.histogram import ERROR, bucket, merged, middle, percentile

times = st.lists(st.integers(1, 10**8), min_size=1, max_size=200)
shares = st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0])


def of(milliseconds: list[int]) -> dict[str, int]:
    return dict(Counter(str(bucket(one)) for one in milliseconds))


@given(times, shares)
def test_a_percentile_is_as_near_as_it_says(milliseconds: list[int], share: float) -> None:
    wanted = share * len(milliseconds)
    right = next(one for at, one in enumerate(sorted(milliseconds), start=1) if at >= wanted)
    assert percentile(of(milliseconds), share) == pytest.approx(right, rel=ERROR + 1e-9)


@given(times, times, shares)
def test_days_add_up(one: list[int], other: list[int], share: float) -> None:
    assert merged([of(one), of(other)]) == of(one + other)
    assert percentile(merged([of(one), of(other)]), share) == percentile(of(one + other), share)


def test_where_there_is_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.95) is None


def test_a_bucket_begins_above_its_bound() -> None:
    assert [bucket(one) for one in (0, 1, 1.05, 1.050001)] == [0, 0, 1, 2]
    assert middle(0) == 1
