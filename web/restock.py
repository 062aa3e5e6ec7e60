"""Customers who want to know when something is back."""

from typing import Any

from fastapi import APIRouter

from models.codec import to_jsonable
from store import restock
from store.database import autocommit
from web.deps import Here, TheMerchant
from web.paging import Limit, number_from, to_cursor
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}")


@router.get("/restock-wishes")
async def listing(
    merchant: TheMerchant,
    here: Here,
    product_id: Storable | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first. `variant_ids` empty: any variant of the product will do."""
    async with autocommit(here.engine) as connection:
        page = await restock.listing(
            connection, merchant.id, limit=limit + 1, before=number_from(cursor), product_id=product_id
        )
    more, page = len(page) > limit, page[:limit]
    return {"items": to_jsonable(page), "next_cursor": to_cursor(str(page[-1].id)) if more else None}
