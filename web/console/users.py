"""Who has an account: operators invite people, give them shops and take accounts away."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from models.errors import ShopkeepError
from store import users
from store.database import autocommit
from web import accounts
from web.auditing import changed
from web.console.desk import Desk, InstallationDesk
from web.console.faults import faults_of
from web.console.flash import Undo
from web.paging import from_cursor, to_cursor
from web.users import UserBody, UserChange

router = APIRouter(prefix="/users")
PAGE = 50
Typed = Annotated[str, Form()]
Shops = Annotated[list[str], Form()]


@router.get("")
async def listing(desk: InstallationDesk, cursor: str | None = None) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        page = await users.listing(connection, limit=PAGE + 1, after=from_cursor(cursor))
    more = to_cursor(users.email_key(page[PAGE - 1].email)) if len(page) > PAGE else None
    names = {shop.id: shop.name for shop in desk.shops}
    return desk.page("users/list.html", users=page[:PAGE], shop_names=names, cursor=cursor, next=more)


@router.get("/new")
async def new(desk: InstallationDesk) -> HTMLResponse:
    return _form(desk, {"role": "merchant", "merchants": [shop.id for shop in desk.shops[:1]]})


@router.post("")
async def invite(
    desk: InstallationDesk,
    email: Typed = "",
    name: Typed = "",
    role: Typed = "merchant",
    merchants: Shops = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    typed = {"email": email, "name": name, "role": role, "merchants": [] if role == "operator" else merchants}
    try:
        body = UserBody.model_validate(typed)
        invited = await accounts.invite(
            desk.here, role=body.role, email=body.email, name=body.name, merchants=body.merchants
        )
    except (ValidationError, ShopkeepError) as error:
        return _form(desk, typed, faults_of(error))
    changed(desk.request, target=invited.user.email)
    return desk.page("users/invited.html", status=201, invited=invited)


@router.get("/{user_id}")
async def edit(desk: InstallationDesk, user_id: str) -> HTMLResponse:
    return await _edit(desk, user_id)


@router.post("/{user_id}")
async def change(
    desk: InstallationDesk,
    user_id: str,
    name: Typed = "",
    merchants: Shops = [],  # noqa: B006 - as above
) -> Response:
    typed: dict[str, Any] = {"name": name, "merchants": merchants}
    try:
        body = UserChange.model_validate(typed)
        async with autocommit(desk.here.engine) as connection:
            role = (await users.get(connection, user_id)).role
        shops = None if role == "operator" else body.merchants
        user = await accounts.change(desk.here, user_id, name=body.name, merchants=shops)
    except (ValidationError, ShopkeepError) as error:
        return await _edit(desk, user_id, typed, faults_of(error))
    changed(desk.request, target=user.email)
    return desk.moved(desk.url("users"), said="users.saved", name=user.name)


@router.post("/{user_id}/disable")
async def disable(desk: InstallationDesk, user_id: str) -> Response:
    user = await accounts.disable(desk.here, user_id, by=desk.who.id)
    changed(desk.request, target=user.email)
    undo = Undo(desk.url(f"users/{user_id}/enable"))
    return desk.moved(desk.url("users"), said="users.disabled", undo=undo, name=user.name)


@router.post("/{user_id}/enable")
async def enable(desk: InstallationDesk, user_id: str) -> Response:
    user = await accounts.enable(desk.here, user_id)
    changed(desk.request, target=user.email)
    return desk.moved(desk.url("users"), said="users.enabled", name=user.name)


@router.post("/{user_id}/invitation")
async def new_link(desk: InstallationDesk, user_id: str) -> Response:
    invited = await accounts.new_link(desk.here, user_id)
    changed(desk.request, target=invited.user.email)
    return desk.page("users/invited.html", status=201, invited=invited)


def _form(desk: Desk, typed: Mapping[str, object], errors: Mapping[str, str] | None = None) -> HTMLResponse:
    status = 422 if errors else 200
    return desk.page("users/new.html", status=status, typed=typed, errors=errors or {})


async def _edit(
    desk: Desk,
    user_id: str,
    typed: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        user = await users.get(connection, user_id)
    return desk.page(
        "users/edit.html",
        status=422 if errors else 200,
        user=user,
        typed=typed or {"name": user.name, "merchants": list(user.merchants)},
        errors=errors or {},
    )
