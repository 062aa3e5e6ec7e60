"""A shop in figures: what its customers asked, were shown and took to, how well and for how much."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from models.budget import share_of
from models.codec import to_jsonable
from models.errors import Invalid, NotFound
from models.merchant import Merchant
from models.period import LONGEST_DAYS, Period, last_days
from store import figures, product_days, shopify_sales
from store.database import autocommit
from store.figures import Figures
from store.product_days import ProductCount, start_of
from web.analytics_tables import TABLES
from web.csv_export import as_csv
from web.deps import Here, Shopkeep, TheMerchant
from web.numbers import whole_number
from web.paging import Limit, from_cursor, strange_cursor, to_cursor

router = APIRouter(prefix="/merchants/{m}/analytics")

Days = Annotated[int, Query(ge=1, le=366)]


From = Annotated[date | None, Query(alias="from")]
To = Annotated[date | None, Query(alias="to")]
USUAL_DAYS = 30
# No shop of ours was there before.
_EARLIEST = date(2000, 1, 1)


def zone_of(merchant: Merchant) -> ZoneInfo:
    return ZoneInfo(merchant.time_zone)


def period_of(first: date | None, last: date | None, merchant: Merchant) -> Period:
    """The last 30 days where nothing is said, today's in the shop's time zone included."""
    today = datetime.now(UTC).astimezone(zone_of(merchant)).date()
    last = min(last or today, today)
    if last < _EARLIEST:
        raise Invalid("was before there were shops", field="to")
    first = first or last_days(USUAL_DAYS, last).first
    if first > last:
        raise Invalid("is after the last day", field="from")
    if first < _EARLIEST or (last - first).days >= LONGEST_DAYS:
        raise Invalid(f"a period has at most {LONGEST_DAYS} days", field="from")
    return Period(first=first, last=last)


@router.get("")
async def overall(merchant: TheMerchant, here: Here, first: From = None, last: To = None) -> dict[str, Any]:
    """Every figure of the days from `from` to `to`, and of as many before."""
    period, zone = period_of(first, last, merchant), zone_of(merchant)
    async with autocommit(here.engine) as connection:
        found = await figures.over(connection, merchant.id, period, datetime.now(UTC))
        shown = await figures.products(connection, merchant.id, period)
        missed = await figures.queries(connection, merchant.id, period, zone)
    return {
        "from": period.first,
        "to": period.last,
        "time_zone": zone.key,
        "counts": to_jsonable(found.total),
        "rates": to_jsonable(found.rates),
        "before": {"counts": to_jsonable(found.before), "rates": to_jsonable(found.rates_before)},
        "uptime": found.uptime.share,
        "cost": _cost(found, merchant),
        "days": [{"day": one.day, **to_jsonable(one.counts)} for one in found.days],
        "groups": to_jsonable(found.groups),
        "products": [_item(count) for count in shown],
        "missed_queries": to_jsonable(missed),
    }


@router.get("/{table}.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export(
    merchant: TheMerchant, table: str, here: Here, first: From = None, last: To = None
) -> Response:
    """`table` is days, groups, deliveries, silences, cost, products or missed_queries."""
    return await exported(here, merchant, table, period_of(first, last, merchant))


async def exported(here: Shopkeep, merchant: Merchant, table: str, period: Period) -> Response:
    if table not in TABLES:
        raise NotFound(f"no such table; there are {', '.join(TABLES)}")
    async with autocommit(here.engine) as connection:
        found = await figures.over(connection, merchant.id, period, datetime.now(UTC))
        shown = await figures.products(connection, merchant.id, period)
        missed = await figures.queries(connection, merchant.id, period, zone_of(merchant))
    head, rows = TABLES[table](found, shown, missed)
    return as_csv(f"{table}-{period.first}-{period.last}", head, rows)


def _cost(found: Figures, merchant: Merchant) -> dict[str, Any]:
    costs = found.costs
    return {
        "today_microdollars": costs.today,
        "month_microdollars": costs.month,
        "microdollars": costs.period,
        "microdollars_before": costs.before,
        "microdollars_per_conversation": found.cost_per_conversation,
        "budget_share_today": share_of(merchant.model_budget_per_day, costs.today),
    }


@router.get("/products")
async def products(
    merchant: TheMerchant, here: Here, days: Days = 30, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """Most recommended first, over so many days in UTC, today's so far included."""
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    async with autocommit(here.engine) as connection:
        page = await product_days.most_recommended(
            connection, merchant.id, since=since, limit=limit + 1, after=_after(cursor)
        )
    more = len(page) > limit
    page = page[:limit]
    return {
        "items": [_item(count) for count in page],
        "next_cursor": to_cursor(f"{page[-1].recommendations} {page[-1].product_id}") if more else None,
    }


@router.get("/sales")
async def sales(merchant: TheMerchant, here: Here, days: Days = 30) -> dict[str, Any]:
    """Orders that links of replies led to, over so many days in UTC, by currency. Only where granted."""
    since = start_of(datetime.now(UTC).date() - timedelta(days=days - 1))
    async with autocommit(here.engine) as connection:
        counted = await shopify_sales.since(connection, merchant.id, since)
    return {"items": [asdict(one) for one in counted], "next_cursor": None}


def _after(cursor: str | None) -> tuple[int, str] | None:
    last = from_cursor(cursor)
    if last is None:
        return None
    written, _, product_id = last.partition(" ")
    recommendations = whole_number(written)
    if recommendations is None:
        raise strange_cursor()
    return recommendations, product_id


def _item(count: ProductCount) -> dict[str, Any]:
    return {
        "id": count.product_id,
        "name": count.name,
        "recommendations": count.recommendations,
        "clicks": count.clicks,
    }
