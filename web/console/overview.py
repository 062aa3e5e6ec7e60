"""The first page: the shops of this installation, and a new one."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from web.console.desk import Desk, InstallationDesk
from web.console.sign_in import may_set_up
from web.principal import limits_itself
from web.profile import MerchantBody
from web.profile_changes import create_merchant

router = APIRouter()


@router.get("/")
@limits_itself
async def overview(desk: InstallationDesk) -> Response:
    if not desk.who.is_operator and len(desk.shops) == 1:
        return desk.moved(desk.url("conversations", desk.shops[0]))
    return await _page(desk)


@router.post("/shops")
async def new_shop(
    desk: InstallationDesk, name: Annotated[str, Form()] = "", currency: Annotated[str, Form()] = "USD"
) -> Response:
    typed = {"name": name, "currency": currency}
    try:
        body = MerchantBody.model_validate({"name": name.strip(), "currency": currency.strip().upper()})
    except ValidationError as error:
        errors = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        return await _page(desk, status=422, typed=typed, errors=errors)
    shop = await create_merchant(desk.here, body)
    return desk.moved(desk.url("products", shop), said="console.overview.created", name=shop.name)


async def _page(desk: Desk, *, status: int = 200, **context: object) -> HTMLResponse:
    given: dict[str, object] = {"typed": {}, "errors": {}, **context}
    return desk.page(
        "overview.html", status=status, may_set_up=await may_set_up(desk.here, desk.who), **given
    )
