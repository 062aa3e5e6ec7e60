"""A shop that leaves: everything handed out, then erased once its name was typed. For operators."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from web.auditing import changed
from web.console.desk import ROOT, Desk, TheDesk
from web.console.settings.parts import settings_page
from web.deletion_page import page_of
from web.merchant_leaving import erase_merchant

router = APIRouter()


@router.get("/erasure")
async def asked(desk: TheDesk) -> HTMLResponse:
    desk.who.require_operator()
    return _shown(desk)


@router.post("/erasure")
async def erased(desk: TheDesk, typed: Annotated[str, Form()] = "") -> Response:
    """For good: it takes the shop's name, typed."""
    desk.who.require_operator()
    if typed.strip() != desk.shop.name.strip():
        return _shown(desk, typed=typed, wrong=True)
    code = await erase_merchant(desk.here, desk.shop.id)
    changed(desk.request, target=code)
    page = page_of(desk.here, code)
    return desk.moved(f"{ROOT}/", said="settings_erasure.erased", name=desk.shop.name, page=page)


def _shown(desk: Desk, *, typed: str = "", wrong: bool = False) -> HTMLResponse:
    status = 422 if wrong else 200
    return settings_page(desk, "erasure", part="erasure", status=status, typed=typed, wrong=wrong)
