"""The first page: the shops of this installation, and a new one."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from web.console.desk import InstallationDesk
from web.principal import limits_itself
from web.profile import MerchantBody
from web.profile_changes import create_merchant

router = APIRouter()


@router.get("/")
@limits_itself
async def overview(desk: InstallationDesk) -> HTMLResponse:
    return desk.page("overview.html", typed={}, errors={})


@router.post("/shops")
async def new_shop(
    desk: InstallationDesk, name: Annotated[str, Form()] = "", currency: Annotated[str, Form()] = "USD"
) -> Response:
    typed = {"name": name, "currency": currency}
    try:
        body = MerchantBody.model_validate({"name": name.strip(), "currency": currency.strip().upper()})
    except ValidationError as error:
        errors = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        return desk.page("overview.html", status=422, typed=typed, errors=errors)
    shop = await create_merchant(desk.here, body)
    return desk.moved(desk.url("products", shop), said="console.overview.created", name=shop.name)
