"""The figures as tables, to be exported."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from store.figures import Figures, rates_of
from store.merchant_days import COLUMNS
from store.product_days import ProductCount
from store.turn_facts import MissedQuery
from web.csv_export import Cell

Rows = tuple[Sequence[str], Iterable[Sequence[Cell]]]
Table = Callable[[Figures, Sequence[ProductCount], Sequence[MissedQuery]], Rows]

_MAPPINGS = frozenset({"response_times", "silences", "deliveries", "revenue"})
_SUMS = tuple(name for name in COLUMNS if name not in _MAPPINGS)
_RATES = (
    "response_p50_ms",
    "response_p95_ms",
    "response_p99_ms",
    "error_rate",
    "fallback_rate",
    "zero_result_rate",
)
_GROUP = ("rung", "intent", "turns", "handed_over", "erroneous", "confidence", "products", "microdollars")


def _days(found: Figures, *_: object) -> Rows:
    head = ("day", *_SUMS, *_RATES, "microdollars", "revenue")
    return head, (
        (
            one.day.isoformat(),
            *(getattr(one.counts, name) for name in _SUMS),
            *(getattr(rates_of(one.counts), name) for name in _RATES),
            found.costs.days.get(one.day, 0),
            " ".join(f"{minor} {currency}" for currency, minor in sorted(one.counts.revenue.items())),
        )
        for one in found.days
    )


def _groups(found: Figures, *_: object) -> Rows:
    return _GROUP, (tuple(getattr(one, name) for name in _GROUP) for one in found.groups)


def _deliveries(found: Figures, *_: object) -> Rows:
    ends = [(*end.partition("/"), parts) for end, parts in sorted(found.total.deliveries.items())]
    return ("status", "reason", "parts"), [(status, reason, parts) for status, _, reason, parts in ends]


def _silences(found: Figures, *_: object) -> Rows:
    return ("reason", "turns"), sorted(found.total.silences.items())


def _cost(found: Figures, *_: object) -> Rows:
    return ("day", "microdollars"), ((day.isoformat(), spent) for day, spent in found.costs.days.items())


def _products(_: Figures, shown: Sequence[ProductCount], __: object) -> Rows:
    head = ("id", "name", "recommendations", "clicks")
    return head, ((one.product_id, one.name, one.recommendations, one.clicks) for one in shown)


def _missed(_: Figures, __: object, missed: Sequence[MissedQuery]) -> Rows:
    return ("query", "turns"), ((one.query, one.turns) for one in missed)


TABLES: Final[dict[str, Table]] = {
    "days": _days,
    "groups": _groups,
    "deliveries": _deliveries,
    "silences": _silences,
    "cost": _cost,
    "products": _products,
    "missed_queries": _missed,
}
