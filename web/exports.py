"""A shop's products as a file, streamed: however many there are, a page of them is in memory."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from models.merchant import Merchant
from sources.exports import EXPORTS, HEADERS, MEDIA_TYPES
from store import product_listing
from store.database import autocommit
from store.product_listing import Place, Sort, Wanted
from web.deps import Here, Shopkeep, TheMerchant
from web.product_filters import ProductFilters

router = APIRouter(prefix="/merchants/{m}/export")

PAGE = 500


class ExportQuery(ProductFilters):
    format: Literal["csv", "jsonl"] = "csv"


@router.get("", responses={200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}})
async def export(
    merchant: TheMerchant, here: Here, query: Annotated[ExportQuery, Query()]
) -> StreamingResponse:
    """Every product, inactive ones too, or those the filters of the list choose; an import of it changes
    nothing.
    """
    return exported(here, merchant, query.format, query.wanted())


def exported(here: Shopkeep, merchant: Merchant, kind: str, wanted: Wanted) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="products.{kind}"',
        "X-Content-Type-Options": "nosniff",
    }
    lines = _lines(here, merchant.id, kind, wanted)
    return StreamingResponse(lines, media_type=MEDIA_TYPES[kind], headers=headers)


async def _lines(here: Shopkeep, merchant_id: str, kind: str, wanted: Wanted) -> AsyncIterator[str]:
    yield HEADERS[kind]
    at: Place | None = None
    while True:
        async with autocommit(here.engine) as connection:
            page = await product_listing.page(
                connection, merchant_id, wanted, sort=Sort.ID, limit=PAGE, at=at
            )
        yield EXPORTS[kind](page.products)
        at = page.after
        if at is None:
            return
