"""Times in buckets that grow by a twentieth: days can be added up, and percentiles are still right.

Bucket `n` holds what is above 1.05^(n-1) and up to 1.05^n milliseconds; bucket 0 holds up to one millisecond.
A percentile is said as the middle of its bucket and so is at most 2.5 % off.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, log
from typing import Final

GROWTH: Final = 1.05
ERROR: Final = (GROWTH - 1) / (GROWTH + 1)


def bucket(milliseconds: float) -> int:
    if milliseconds <= 1:
        return 0
    # Rounded: the logarithm of a bound itself may come out a little above.
    return ceil(round(log(milliseconds) / log(GROWTH), 9))


def middle(number: int) -> float:
    """The milliseconds that are nowhere in the bucket further off than ERROR."""
    return 2 * GROWTH**number / (GROWTH + 1) if number else 1.0


def merged(histograms: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return dict(total)


def percentile(histogram: Mapping[str, int], share: float) -> float | None:
    """Milliseconds that `share` of the times do not exceed. None where there are none."""
    wanted = share * sum(histogram.values())
    seen = 0
    for number, count in sorted((int(name), count) for name, count in histogram.items()):
        seen += count
        if seen >= wanted:
            return middle(number)
    return None
