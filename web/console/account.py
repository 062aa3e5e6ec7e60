"""One's own account: the name, the password, and where one is signed in."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from models.errors import ShopkeepError
from store import sessions, users
from store.database import autocommit
from web import accounts
from web.access import Access
from web.accounts import Name
from web.console.desk import Desk, InstallationDesk
from web.console.faults import faults_of
from web.console.guests import HOME
from web.console.sign_in import may_set_up
from web.principal import limits_itself

router = APIRouter()
Typed = Annotated[str, Form()]
_NAME: TypeAdapter[str] = TypeAdapter(Name)


@router.get("/account")
@limits_itself
async def account(desk: InstallationDesk) -> HTMLResponse:
    if desk.who.kind != "user":
        first = await may_set_up(desk.here, desk.who)
        return desk.page("accounts/by_link.html", may_set_up=first)
    return await _page(desk)


@router.post("/account")
@limits_itself
async def rename(desk: InstallationDesk, name: Typed = "") -> Response:
    _require_user(desk)
    try:
        await accounts.change(desk.here, desk.who.id, name=_NAME.validate_python(name))
    except ValidationError as error:
        return await _page(desk, status=422, typed={"name": name}, errors={"name": faults_of(error)["form"]})
    return desk.moved(desk.url("account"), said="accounts.account.renamed")


@router.post("/account/password")
@limits_itself
async def change_password(desk: InstallationDesk, current: Typed = "", password: Typed = "") -> Response:
    """Every session ends with the old password; this browser gets a new one."""
    _require_user(desk)
    try:
        await accounts.require_password(desk.here, desk.who.id, current)
        async with autocommit(desk.here.engine) as connection:
            user = await users.get(connection, desk.who.id)
        await accounts.set_password(desk.here, user, password)
    except ShopkeepError as error:
        return await _page(desk, status=422, errors=faults_of(error))
    access: Access = desk.request.app.state.access
    response = desk.moved(desk.url("account"), said="accounts.account.password_changed")
    await access.begin(desk.request, response, user.id)
    return response


@router.post("/account/sign-out-everywhere")
@limits_itself
async def sign_out_everywhere(desk: InstallationDesk) -> Response:
    _require_user(desk)
    async with autocommit(desk.here.engine) as connection:
        await sessions.end_all(connection, desk.who.id)
    access: Access = desk.request.app.state.access
    response = RedirectResponse(f"{HOME}sign-in?out=1", status_code=303)
    await access.end(desk.request, response)
    return response


def _require_user(desk: Desk) -> None:
    if desk.who.kind != "user":
        raise HTTPException(404)


async def _page(desk: Desk, *, status: int = 200, **context: object) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        user = await users.get(connection, desk.who.id)
        places = await sessions.count(connection, user.id)
    given: dict[str, object] = {"typed": {"name": user.name}, "errors": {}, **context}
    return desk.page("accounts/account.html", status=status, user=user, places=places, **given)
