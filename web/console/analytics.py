"""A shop in figures: boxes, charts with their tables, and the turns behind each figure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from models.errors import Invalid, NotFound
from models.period import Period, last_days
from models.turn import Intent
from store import figures, merchant_days, shopify_sales, turn_facts
from store.database import autocommit
from store.figures import span
from store.turn_facts import OUTCOMES, Wanted
from web import analytics as api
from web.analytics import From, To, period_of, zone_of
from web.analytics_tables import TABLES
from web.console import said_figures as said
from web.console.charts import CHARTS, THEMES, draw, points, step_days, steps
from web.console.desk import Desk, TheDesk
from web.console.figure_boxes import boxes, business, concerns, turns
from web.pages import texts
from web.paging import from_cursor, strange_cursor, to_cursor

router = APIRouter(prefix="/{m}/analytics")
USUAL = (1, 7, 30, 90)
RUNGS = ("model", "model_short", "rules", "apology")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """`fault`: what was wrong with the days that were asked for; then the usual ones are shown."""

    period: Period
    today: date
    fault: str = ""

    @property
    def query(self) -> str:
        return urlencode({"from": self.period.first, "to": self.period.last})

    @property
    def usual(self) -> int | None:
        """How many days up to today, if it is one of the usual choices."""
        return self.period.days if self.period.last == self.today and self.period.days in USUAL else None


def _chosen(desk: Desk, first: str, last: str) -> Chosen:
    today = datetime.now(UTC).astimezone(zone_of(desk.shop)).date()
    try:
        period = period_of(_day(first, "from"), _day(last, "to"), desk.shop)
    except Invalid as error:
        return Chosen(last_days(30, today), today, str(error))
    return Chosen(period, today)


def _day(written: str, field: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(texts("en")["analytics"]["no_day"], field=field) from error


Written = Annotated[str, Query(max_length=40)]
FromWritten = Annotated[str, Query(alias="from", max_length=40)]
ToWritten = Annotated[str, Query(alias="to", max_length=40)]


@router.get("")
async def overview(desk: TheDesk, first: FromWritten = "", last: ToWritten = "") -> HTMLResponse:
    chosen, shop = _chosen(desk, first, last), desk.shop
    period, now, zone = chosen.period, datetime.now(UTC), zone_of(shop)
    since, until = span(period, zone)
    async with autocommit(desk.here.engine) as connection:
        found = await figures.over(connection, shop.id, period, now)
        shown = await figures.products(connection, shop.id, period)
        missed = await figures.queries(connection, shop.id, period, zone)
        sales = await shopify_sales.between(connection, shop.id, since, until)
        week = await merchant_days.between(
            connection, shop.id, chosen.today - timedelta(days=6), chosen.today
        )
        ever = bool(found.days) or await merchant_days.first_day(connection, shop.id) is not None
    shown_steps = steps(found)
    today = sum(one.counts.conversations for one in week if one.day == chosen.today)
    return desk.page(
        "analytics/overview.html",
        chosen=chosen,
        usual=[(count, _usual(desk, count, chosen.today)) for count in USUAL],
        zone=zone.key,
        found=found,
        ever=ever,
        concerns=concerns(found, shop),
        boxes=boxes(found, shop),
        business=business(found, today, sum(one.counts.conversations for one in week)),
        weekly=step_days(period) > 1,
        charts={name: (chart.series, points(name, shown_steps)) for name, chart in CHARTS.items()},
        shown=shown,
        missed=missed,
        sales=sales,
        turns=turns,
        said=said,
        tables=TABLES,
    )


def _usual(desk: Desk, count: int, today: date) -> str:
    period = last_days(count, today)
    return desk.url("analytics?" + urlencode({"from": period.first, "to": period.last}))


@router.get("/charts/{name}.svg")
async def chart(
    desk: TheDesk, name: str, first: From = None, last: To = None, theme: Written = "light"
) -> Response:
    if name not in CHARTS or theme not in THEMES:
        raise NotFound("no such chart")
    period = period_of(first, last, desk.shop)
    async with autocommit(desk.here.engine) as connection:
        found = await figures.over(connection, desk.shop.id, period, datetime.now(UTC))
    return draw(name, found, texts("en")["analytics"]["series"], THEMES[theme])


@router.get("/export/{table}.csv")
async def export(desk: TheDesk, table: str, first: From = None, last: To = None) -> Response:
    return await api.exported(desk.here, desk.shop, table, period_of(first, last, desk.shop))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """As it was typed; what makes no sense is left out."""

    intent: str = ""
    rung: str = ""
    experiment: str = ""
    variant: str = ""
    outcome: str = ""
    silence: str = ""
    searched: bool = False
    missed: bool = False
    query: str = ""
    slower: str = ""

    def wanted(self, since: datetime, until: datetime) -> Wanted:
        return Wanted(
            since=since,
            until=until,
            intent=self.intent or None,
            rung=self.rung or None,
            experiment=self.experiment or None,
            variant=self.variant or None,
            outcome=self.outcome if self.outcome in OUTCOMES else None,
            silence=self.silence or None,
            searched=self.searched,
            missed=self.missed,
            query=self.query or None,
            slower_ms=int(self.slower) if self.slower.isdecimal() and len(self.slower) < 10 else None,  # noqa: PLR2004 - a number a database holds
        )

    @property
    def given(self) -> dict[str, Any]:
        """As the address of the page has it."""
        names = ("intent", "rung", "experiment", "variant", "outcome", "silence", "query", "slower")
        given = {name: value for name in names if (value := getattr(self, name))}
        return given | {name: 1 for name in ("searched", "missed") if getattr(self, name)}


@router.get("/turns")
async def listing(  # noqa: PLR0917 - as the address has them
    desk: TheDesk,
    first: FromWritten = "",
    last: ToWritten = "",
    intent: Written = "",
    rung: Written = "",
    experiment: Written = "",
    variant: Written = "",
    outcome: Written = "",
    silence: Annotated[str, Query(max_length=100)] = "",
    searched: bool = False,
    missed: bool = False,
    query: Annotated[str, Query(max_length=200)] = "",
    slower: Written = "",
    cursor: Annotated[str, Query(max_length=300)] = "",
) -> HTMLResponse:
    chosen = _chosen(desk, first, last)
    wished = Filter(
        intent=intent,
        rung=rung,
        experiment=experiment,
        variant=variant,
        outcome=outcome,
        silence=silence,
        searched=searched,
        missed=missed,
        query=query,
        slower=slower,
    )
    since, until = span(chosen.period, zone_of(desk.shop))
    async with autocommit(desk.here.engine) as connection:
        page = await turn_facts.listing(
            connection, desk.shop.id, wished.wanted(since, until), limit=PAGE + 1, after=_after(cursor)
        )
    here = desk.url("analytics/" + turns(chosen.period, **wished.given))
    more = page[:PAGE][-1] if len(page) > PAGE else None
    return desk.page(
        "analytics/turns.html",
        chosen=chosen,
        wished=wished,
        turns=page[:PAGE],
        first=here if cursor else None,
        next=f"{here}&cursor={to_cursor(f'{more.at.isoformat()} {more.execution_id}')}" if more else None,
        intents=[one.value for one in Intent],
        rungs=RUNGS,
        outcomes=OUTCOMES,
        said=said,
    )


def _after(cursor: str) -> tuple[datetime, str] | None:
    last = from_cursor(cursor or None)
    if last is None:
        return None
    at, _, execution_id = last.partition(" ")
    try:
        return datetime.fromisoformat(at), execution_id
    except ValueError as error:
        raise strange_cursor() from error
