"""In and out: by e-mail and password, the first time by the link of the start or of an invitation."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ValidationError

from models.errors import ShopkeepError
from store import invitations, users
from store.database import autocommit
from store.users import User
from web import accounts
from web.access import Access, hashed
from web.accounts import Email, Name, NotSignedIn, TooManyTries, address_of
from web.console.desk import InstallationDesk
from web.console.door import open_to_all
from web.console.faults import faults_of
from web.console.guests import HOME, guest_page, onward_from, sign_in_page
from web.deps import Here, Shopkeep
from web.principal import Principal, limits_itself

router = APIRouter()
Typed = Annotated[str, Form()]


class SetUp(BaseModel):
    name: Name
    email: Email


@router.get("/sign-in")
@open_to_all
async def sign_in_form(request: Request, next: str = "", out: str = "") -> Response:  # noqa: A002
    onward = onward_from(next)
    if getattr(request.state, "principal", None) is not None:
        return RedirectResponse(onward, status_code=303)
    return sign_in_page(request, status=200, onward=onward, signed_out=bool(out))


@router.post("/sign-in")
@open_to_all
async def sign_in(
    request: Request,
    here: Here,
    email: Typed = "",
    password: Typed = "",
    next: Typed = "",  # noqa: A002 - the name in the address
) -> Response:
    onward = onward_from(next)
    try:
        user_id = await accounts.check(here, email=email, password=password, address=address_of(request))
    except TooManyTries as error:
        minutes = -(-error.wait_s // 60)
        page = sign_in_page(request, status=429, onward=onward, email=email, fault="wait", minutes=minutes)
        page.headers["Retry-After"] = str(error.wait_s)
        return page
    except NotSignedIn:
        return sign_in_page(request, status=401, onward=onward, email=email, fault="wrong")
    return await _signed_in(request, here, user_id, onward)


@router.post("/sign-out")
@open_to_all
async def sign_out(request: Request) -> Response:
    access: Access = request.app.state.access
    response = RedirectResponse(f"{HOME}sign-in?out=1", status_code=303)
    await access.end(request, response)
    return response


@router.get("/set-up")
@limits_itself
async def set_up_form(desk: InstallationDesk) -> Response:
    if not await may_set_up(desk.here, desk.who):
        return desk.moved(HOME)
    return guest_page(desk.request, "accounts/set_up.html", typed={}, errors={})


@router.post("/set-up")
async def set_up(
    desk: InstallationDesk, name: Typed = "", email: Typed = "", password: Typed = ""
) -> Response:
    """Whoever came in by the link of the start becomes the first operator."""
    if not await may_set_up(desk.here, desk.who):
        return desk.moved(HOME)
    typed = {"name": name, "email": email}
    try:
        body = SetUp.model_validate(typed)
        user = await accounts.set_up(desk.here, name=body.name, email=body.email, password=password)
    except (ValidationError, ShopkeepError) as error:
        return guest_page(
            desk.request, "accounts/set_up.html", status=422, typed=typed, errors=faults_of(error)
        )
    return await _signed_in(desk.request, desk.here, user.id, HOME)


@router.get("/invitations/{code}")
@open_to_all
async def invitation(request: Request, code: str, here: Here) -> Response:
    user = await _invited(here, code)
    if user is None:
        return guest_page(request, "accounts/spent.html", status=404)
    return guest_page(request, "accounts/invitation.html", user=user, errors={})


@router.post("/invitations/{code}")
@open_to_all
async def accept(request: Request, code: str, here: Here, password: Typed = "") -> Response:
    user = await _invited(here, code)
    try:
        if user is None or await accounts.accept(here, code, password) is None:
            return guest_page(request, "accounts/spent.html", status=404)
    except ShopkeepError as error:
        return guest_page(request, "accounts/invitation.html", status=422, user=user, errors=faults_of(error))
    return await _signed_in(request, here, user.id, HOME)


async def may_set_up(here: Shopkeep, who: Principal) -> bool:
    """Only from the link of the start, and as long as there is nobody who could sign in."""
    if who.kind != "link":
        return False
    async with autocommit(here.engine) as connection:
        return not await users.any_operator(connection)


async def _invited(here: Shopkeep, code: str) -> User | None:
    async with autocommit(here.engine) as connection:
        user_id = await invitations.whose(connection, hashed(code))
        return None if user_id is None else await users.get(connection, user_id)


async def _signed_in(request: Request, here: Shopkeep, user_id: str, onward: str) -> Response:
    access: Access = request.app.state.access
    response = RedirectResponse(onward, status_code=303)
    await access.begin(request, response, user_id)
    async with autocommit(here.engine) as connection:
        user = await users.get(connection, user_id)
    merchants = None if user.role == "operator" else frozenset(user.merchants)
    # For the audit log: from here on it is this user who did it.
    request.state.principal = Principal(kind="user", id=user.id, name=user.name, merchants=merchants)
    request.state.changed_target = user.email
    return response
