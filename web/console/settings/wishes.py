"""Customers who wait for something to be back."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from store import restock
from store.database import autocommit
from web.console.desk import TheDesk
from web.console.settings.parts import settings_page
from web.paging import number_from, to_cursor

router = APIRouter()
_SHOWN = 50


@router.get("/wishes")
async def listing(desk: TheDesk, product_id: str | None = None, cursor: str | None = None) -> HTMLResponse:
    """Newest first."""
    async with autocommit(desk.here.engine) as connection:
        waiting = await restock.listing(
            connection,
            desk.shop.id,
            limit=_SHOWN + 1,
            before=number_from(cursor),
            product_id=product_id or None,
        )
    page = waiting[:_SHOWN]
    return settings_page(
        desk,
        "wishes",
        part="wishes",
        waiting=page,
        product_id=product_id,
        first=cursor is not None,
        next_cursor=to_cursor(str(page[-1].id)) if len(waiting) > _SHOWN else None,
    )
