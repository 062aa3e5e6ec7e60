"""Days one after another, and those before them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before these."""
        return Period(first=self.first - self.days * _DAY, last=self.first - _DAY)

    def __iter__(self) -> Iterator[date]:
        return (self.first + number * _DAY for number in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def last_days(count: int, today: date) -> Period:
    return Period(first=today - (count - 1) * _DAY, last=today)
