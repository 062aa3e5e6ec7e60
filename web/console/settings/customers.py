"""A customer's data: found, handed out, erased."""

import json
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse

from store import customers
from store.database import autocommit
from web.auditing import changed
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.customers import erase_customer, export
from web.deletion_page import page_of
from web.storable import Storable

router = APIRouter()
HERE = "settings/customers"
_SHOWN = 20


@router.get("/customers")
async def found(desk: TheDesk, q: str = "") -> HTMLResponse:
    """By the beginning of an id; without one those who wrote last."""
    asked = q.strip()[:256]
    async with autocommit(desk.here.engine) as connection:
        people = await customers.find(connection, desk.shop.id, asked, _SHOWN)
    return settings_page(desk, "customers", part="customers", asked=asked, people=people)


@router.get("/customers/one")
async def one(desk: TheDesk, id: str) -> HTMLResponse:  # noqa: A002 - what the address says
    return await _shown(desk, id)


@router.get("/customers/export")
async def exported(desk: TheDesk, id: str) -> Response:  # noqa: A002 - same
    """All that is held, as a file."""
    held = await export(desk.shop, id, desk.here)
    return Response(
        json.dumps(held, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="customer.json"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.post("/customers/erase")
async def erased(
    desk: TheDesk,
    id: Annotated[Storable, Form()] = "",  # noqa: A002 - same
    typed: Annotated[str, Form()] = "",
) -> Response:
    """For good: it takes the id, typed once more."""
    if typed.strip() != id:
        return await _shown(desk, id, typed=typed, wrong=True)
    code = await erase_customer(desk.here, desk.shop.id, id)
    changed(desk.request, target=code)
    return desk.moved(desk.url(HERE), said="settings_customers.erased", page=page_of(desk.here, code))


async def _shown(desk: Desk, customer_id: str, *, typed: str = "", wrong: bool = False) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        held = await customers.held(connection, desk.shop.id, customer_id)
    return settings_page(
        desk,
        "customer",
        status=422 if wrong else 200,
        part="customers",
        customer_id=customer_id,
        held=held,
        typed=typed,
        wrong=wrong,
    )
