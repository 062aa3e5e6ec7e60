"""What a rate may be, and how two of them may differ, given how few were counted: 95 % intervals.

Wilson's score interval and, from it, Newcombe's hybrid score interval for a difference, without continuity
correction: R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872 (method 3) and 873-890 (method 10).
They hold for few and for none. A mean has no such: its interval is that of many, and not told of few.
"""

from math import hypot, sqrt

from models.record import record

_Z = 1.959964  # 95 % of a normal distribution, on both sides
# So many people make a mean nearly normal, unless few of them are far from all others.
ENOUGH = 30


@record
class Interval:
    """`value` is what was counted; the truth lies from `low` to `high` in 95 of 100 cases."""

    value: float
    low: float
    high: float

    @property
    def without_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def rate(part: int, whole: int) -> Interval | None:
    """None where nothing was counted."""
    if not whole:
        return None
    value, z2 = part / whole, _Z * _Z
    middle = (part + z2 / 2) / (whole + z2)
    reach = _Z / (whole + z2) * sqrt(part * (1 - value) + z2 / 4)
    # What is nothing or all ends there, whatever was rounded.
    low, high = (0.0 if part == 0 else middle - reach), (1.0 if part == whole else middle + reach)
    return Interval(value=value, low=low, high=high)


def mean(value: float, deviation: float, count: int) -> Interval | None:
    """Of what was measured of so many people, with its standard deviation. None: too few to say."""
    if count < ENOUGH:
        return None
    reach = _Z * deviation / sqrt(count)
    return Interval(value=value, low=value - reach, high=value + reach)


def difference(one: Interval, other: Interval) -> Interval:
    """Of two rates, or two means, of different people: `one` less `other`."""
    value = one.value - other.value
    return Interval(
        value=value,
        low=value - hypot(one.value - one.low, other.high - other.value),
        high=value + hypot(one.high - one.value, other.value - other.low),
    )
