"""A merchant's figures over a period: counts added up, and the rates that follow from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.histogram import percentile
from models.period import Period
from store import merchant_days, product_days, turn_facts, uptime
from store.merchant_days import COLUMNS, Counts, MerchantDay, TurnGroup, bounds
from store.product_days import ProductCount
from store.turn_facts import MissedQuery
from store.uptime import Uptime

# So many products and queries stand on a page.
MOST = 12


def added(days: Sequence[Counts]) -> Counts:
    if len(days) == 1:
        return days[0]
    total: dict[str, float | Counter[str]] = {}
    for name in COLUMNS:
        values = [getattr(day, name) for day in days]
        if isinstance(getattr(Counts(), name), Mapping):
            total[name] = sum((Counter(value) for value in values), Counter())
        else:
            total[name] = sum(values)
    return Counts(**total)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """None where nothing is there to be divided by."""

    response_ms: float | None
    response_p50_ms: float | None
    response_p95_ms: float | None
    response_p99_ms: float | None
    error_rate: float | None
    success_rate: float | None
    fallback_rate: float | None
    confidence: float | None
    products_per_response: float | None
    search_ms: float | None
    results_per_search: float | None
    zero_result_rate: float | None
    cache_hit_rate: float | None
    messages_per_conversation: float | None
    conversion_rate: float | None
    resolved_rate: float | None
    handover_rate: float | None


def rates_of(counts: Counts) -> Rates:
    said = counts.customer_messages + counts.assistant_messages + counts.person_messages
    failed = _share(counts.fell_back, counts.answered)
    return Rates(
        response_ms=_share(counts.response_ms, counts.responses),
        response_p50_ms=percentile(counts.response_times, 0.5),
        response_p95_ms=percentile(counts.response_times, 0.95),
        response_p99_ms=percentile(counts.response_times, 0.99),
        error_rate=_share(counts.erroneous, counts.answered),
        success_rate=None if failed is None else 1 - failed,
        fallback_rate=failed,
        confidence=_share(counts.confidence, counts.answered),
        products_per_response=_share(counts.products, counts.answered),
        search_ms=_share(counts.search_ms, counts.searches),
        results_per_search=_share(counts.results, counts.searches),
        zero_result_rate=_share(counts.missed, counts.searches),
        cache_hit_rate=_share(counts.remembered, counts.searches),
        messages_per_conversation=_share(said, counts.conversations),
        conversion_rate=_share(counts.buyers, counts.conversations),
        resolved_rate=_share(counts.resolved, counts.conversations),
        handover_rate=_share(counts.handed_over, counts.conversations),
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Microdollars, by the day in UTC, as budgets are. `days`: those of the period that cost something."""

    today: int
    month: int
    period: int
    before: int
    days: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`days`: those of the period on which something happened. `before` is the period right before it."""

    period: Period
    days: Sequence[MerchantDay]
    total: Counts
    before: Counts
    groups: Sequence[TurnGroup]
    costs: Costs
    uptime: Uptime
    uptime_before: Uptime

    @property
    def rates(self) -> Rates:
        return rates_of(self.total)

    @property
    def rates_before(self) -> Rates:
        return rates_of(self.before)

    @property
    def cost_per_conversation(self) -> float | None:
        return _share(self.costs.period, self.total.conversations)


async def over(connection: AsyncConnection, merchant_id: str, period: Period, now: datetime) -> Figures:
    before = period.before
    both = await merchant_days.between(connection, merchant_id, before.first, period.last)
    days = [day for day in both if day.day in period]
    return Figures(
        period=period,
        days=days,
        total=added([day.counts for day in days]),
        before=added([day.counts for day in both if day.day not in period]),
        groups=await merchant_days.by_rung_and_intent(connection, merchant_id, period.first, period.last),
        costs=await _costs(connection, merchant_id, period, now.date()),
        uptime=await uptime.between(connection, period.first, period.last, now),
        uptime_before=await uptime.between(connection, before.first, before.last, now),
    )


async def _costs(connection: AsyncConnection, merchant_id: str, period: Period, today: date) -> Costs:
    first = min(period.before.first, today.replace(day=1))
    found = await connection.execute(
        text("SELECT day, microdollars FROM spending WHERE merchant_id = :merchant_id AND day >= :first"),
        {"merchant_id": merchant_id, "first": first},
    )
    spent = {row.day: row.microdollars for row in found}
    month = [one for day, one in spent.items() if today.replace(day=1) <= day <= today]
    days = {day: one for day, one in sorted(spent.items()) if day in period}
    return Costs(
        today=spent.get(today, 0),
        month=sum(month),
        period=sum(days.values()),
        before=sum(one for day, one in spent.items() if day in period.before),
        days=days,
    )


async def products(connection: AsyncConnection, merchant_id: str, period: Period) -> Sequence[ProductCount]:
    """Most recommended first. Days in UTC."""
    return await product_days.most_recommended(
        connection, merchant_id, since=period.first, until=period.last, limit=MOST
    )


async def queries(
    connection: AsyncConnection, merchant_id: str, period: Period, zone: ZoneInfo
) -> Sequence[MissedQuery]:
    """Those that nothing fitted."""
    since, until = span(period, zone)
    return await turn_facts.missed_queries(connection, merchant_id, since, until, limit=MOST)


def span(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return bounds(period.first, zone)[0], bounds(period.last, zone)[1]
