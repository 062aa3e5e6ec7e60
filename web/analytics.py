"""What a shop's customers were shown and took to."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from store import product_days, shopify_sales
from store.database import autocommit
from store.product_days import ProductCount, start_of
from web.deps import Here, TheMerchant
from web.numbers import whole_number
from web.paging import Limit, from_cursor, strange_cursor, to_cursor

router = APIRouter(prefix="/merchants/{m}/analytics")

Days = Annotated[int, Query(ge=1, le=366)]


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
