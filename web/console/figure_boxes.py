"""The boxes of the analytics page: which figure stands where, and where each leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from models.budget import share_of
from models.merchant import Merchant
from models.period import Period, last_days
from store.figures import Figures
from web.console import said_figures as said
from web.console.said_figures import Change, change

# As in the plan: what deserves a look, and what cannot wait.
ERRORS_WARN, ERRORS_BAD = 0.05, 0.10
SLOW_MS = 10_000
ZERO_RESULTS = 0.20
BUDGET = 0.80
UPTIME = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`name` is its text. `leads` is where its conversations are, below the analytics page."""

    name: str
    value: str
    change: Change | None = None
    leads: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    name: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """`name` is its sentence, `value` fills it; tone is warn or bad."""

    name: str
    value: str
    tone: str
    leads: str | None = None


def turns(period: Period, **wanted: object) -> str:
    """Of the period, those that are meant."""
    return "turns?" + urlencode({"from": period.first, "to": period.last, **wanted})


def boxes(found: Figures, merchant: Merchant) -> Sequence[Box]:
    return (_health(found), _agent(found), _matching(found), _cost(found, merchant))


def _health(found: Figures) -> Box:
    now, before, total = found.rates, found.rates_before, found.total
    up, was_up = found.uptime.share, found.uptime_before.share
    return Box(
        name="health",
        figures=(
            Figure(name="uptime", value=said.share(up), change=change(up, was_up, better="up", points=True)),
            Figure(
                name="response",
                value=said.duration(now.response_ms),
                change=change(now.response_ms, before.response_ms, better="down"),
                note=said.duration(now.response_p95_ms) if now.response_p95_ms is not None else "",
                leads=turns(found.period, slower=int((now.response_p95_ms or 0) * 0.95)),
            ),
            Figure(
                name="errors",
                value=said.share(now.error_rate),
                change=change(now.error_rate, before.error_rate, better="down", points=True),
                leads=turns(found.period, outcome="failed"),
            ),
            Figure(
                name="active",
                value=said.count(total.conversations),
                change=change(total.conversations, found.before.conversations),
                leads=turns(found.period),
            ),
        ),
    )


def _agent(found: Figures) -> Box:
    now, before = found.rates, found.rates_before
    return Box(
        name="agent",
        figures=(
            Figure(
                name="success",
                value=said.share(now.success_rate),
                change=change(now.success_rate, before.success_rate, better="up", points=True),
                leads=turns(found.period, outcome="answered"),
            ),
            Figure(
                name="confidence",
                value=said.confidence(now.confidence),
                change=change(now.confidence, before.confidence, better="up"),
                leads=turns(found.period, outcome="answered"),
            ),
            Figure(
                name="products",
                value=said.average(now.products_per_response),
                change=change(now.products_per_response, before.products_per_response),
                leads=turns(found.period, outcome="answered"),
            ),
            Figure(
                name="fallback",
                value=said.share(now.fallback_rate),
                change=change(now.fallback_rate, before.fallback_rate, better="down", points=True),
                leads=turns(found.period, outcome="fell_back"),
            ),
        ),
    )


def _matching(found: Figures) -> Box:
    now, before = found.rates, found.rates_before
    return Box(
        name="matching",
        figures=(
            Figure(
                name="search",
                value=said.duration(now.search_ms),
                change=change(now.search_ms, before.search_ms, better="down"),
                leads=turns(found.period, searched=1),
            ),
            Figure(
                name="results",
                value=said.average(now.results_per_search),
                change=change(now.results_per_search, before.results_per_search),
                leads=turns(found.period, searched=1),
            ),
            Figure(
                name="zero",
                value=said.share(now.zero_result_rate),
                change=change(now.zero_result_rate, before.zero_result_rate, better="down", points=True),
                leads=turns(found.period, missed=1),
            ),
            Figure(
                name="cache",
                value=said.share(now.cache_hit_rate),
                change=change(now.cache_hit_rate, before.cache_hit_rate, better="up", points=True),
                leads=turns(found.period, searched=1),
            ),
        ),
    )


def _cost(found: Figures, merchant: Merchant) -> Box:
    costs, budget = found.costs, merchant.model_budget_per_day
    today = datetime.now(UTC).date()
    return Box(
        name="cost",
        figures=(
            Figure(name="today", value=said.dollars(costs.today), leads=turns(last_days(1, today))),
            Figure(
                name="month",
                value=said.dollars(costs.month),
                leads=turns(Period(first=today.replace(day=1), last=today)),
            ),
            Figure(
                name="conversation",
                value=said.dollars(found.cost_per_conversation),
                leads=turns(found.period),
            ),
            Figure(name="budget", value=said.share(share_of(budget, costs.today))),
        ),
    )


def business(found: Figures, today: int, week: int) -> Box:
    now, before, total = found.rates, found.rates_before, found.total
    return Box(
        name="conversations",
        figures=(
            Figure(name="conversations_today", value=said.count(today)),
            Figure(name="conversations_week", value=said.count(week)),
            Figure(
                name="started",
                value=said.count(total.started),
                change=change(total.started, found.before.started, better="up"),
                leads=turns(found.period),
            ),
            Figure(
                name="messages",
                value=said.average(now.messages_per_conversation),
                change=change(now.messages_per_conversation, before.messages_per_conversation),
                leads=turns(found.period),
            ),
            Figure(
                name="conversion",
                value=said.share(now.conversion_rate),
                change=change(now.conversion_rate, before.conversion_rate, better="up", points=True),
            ),
            Figure(
                name="clicks",
                value=said.count(total.clicks),
                change=change(total.clicks, found.before.clicks, better="up"),
            ),
        ),
    )


def concerns(found: Figures, merchant: Merchant) -> Sequence[Concern]:
    """What deserves a look, the worst first."""
    rates, period, up = found.rates, found.period, found.uptime.share
    spent = share_of(merchant.model_budget_per_day, found.costs.today)
    p95 = rates.response_p95_ms
    noticed = (
        _above("budget", spent, warn=BUDGET, bad=1.0, say=said.share),
        _above(
            "errors",
            rates.error_rate,
            warn=ERRORS_WARN,
            bad=ERRORS_BAD,
            say=said.share,
            leads=turns(period, outcome="failed"),
        ),
        _above("slow", p95, warn=SLOW_MS, say=said.duration, leads=turns(period, slower=SLOW_MS)),
        _above(
            "zero",
            rates.zero_result_rate,
            warn=ZERO_RESULTS,
            say=said.share,
            leads=turns(period, missed=1),
        ),
    )
    down = Concern(name="uptime", value=said.share(up), tone="bad") if (up or 1) < UPTIME else None
    return sorted((one for one in (down, *noticed) if one), key=lambda one: one.tone)


def _above(
    name: str,
    value: float | None,
    *,
    warn: float,
    say: Callable[[float | None], str],
    bad: float | None = None,
    leads: str | None = None,
) -> Concern | None:
    if value is None or value <= warn:
        return None
    tone = "bad" if bad is not None and value >= bad else "warn"
    return Concern(name=name, value=say(value), tone=tone, leads=leads)
