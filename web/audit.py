"""What was changed, by whom: read here, written by web/auditing.py."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from models.codec import to_jsonable
from store import audit
from store.audit import Wanted
from store.database import autocommit
from web.deps import Here, Shopkeep, TheMerchant
from web.paging import Limit, number_from, to_cursor
from web.storable import Storable

router = APIRouter()


async def _wanted(actor_id: Storable | None = None, action: Storable | None = None) -> Wanted:
    return Wanted(actor_id=actor_id, action=action)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/merchants/{m}/audit")
async def of_merchant(
    merchant: TheMerchant,
    here: Here,
    asked: Asked,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first."""
    return await _page(here, replace(asked, merchants=[merchant.id]), cursor, limit)


@router.get("/audit")
async def of_installation(
    here: Here,
    asked: Asked,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first, of every merchant and of the installation itself."""
    return await _page(here, asked, cursor, limit)


async def _page(here: Shopkeep, wanted: Wanted, cursor: str | None, limit: int) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        page = await audit.listing(connection, wanted, limit=limit + 1, before=number_from(cursor))
    more, page = len(page) > limit, page[:limit]
    return {"items": to_jsonable(page), "next_cursor": to_cursor(str(page[-1].id)) if more else None}
