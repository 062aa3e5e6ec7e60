"""Accounts, as a program of the operator's keeps them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from models.codec import to_jsonable
from store import users
from store.database import autocommit
from web import accounts
from web.accounts import Email, Invited, Name
from web.deps import Here
from web.paging import Limit, from_cursor, to_cursor
from web.principal import Who, limits_itself
from web.storable import Storable
from web.tokens import require_person

router = APIRouter()
Shops = Annotated[list[Annotated[Storable, Field(max_length=256)]], Field(max_length=1000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserBody(_Body):
    role: Literal["operator", "merchant"] = "merchant"
    email: Email
    name: Name
    merchants: Shops = []


class UserChange(_Body):
    """What is left out stays."""

    name: Name | None = None
    merchants: Shops | None = None
    disabled: StrictBool | None = None


@router.get("/account")
@limits_itself
async def account(who: Who) -> dict[str, Any]:
    """Who this token or session is. `merchants` null: all of the installation."""
    merchants = None if who.merchants is None else sorted(who.merchants)
    return {"kind": who.kind, "id": who.id, "name": who.name, "email": who.email, "merchants": merchants}


@router.get("/users")
async def listing(
    here: Here,
    who: Who,
    merchant_id: Storable | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """By e-mail. `merchant_id`: those of this shop, without the operators, who see them all."""
    async with autocommit(here.engine) as connection:
        page = await users.listing(
            connection, limit=limit + 1, after=from_cursor(cursor), merchants=who.of_these(merchant_id)
        )
    more, page = len(page) > limit, page[:limit]
    last = to_cursor(users.email_key(page[-1].email)) if more else None
    return {"items": to_jsonable(page), "next_cursor": last}


@router.post("/users", status_code=201)
async def invite(body: UserBody, here: Here, who: Who) -> dict[str, Any]:
    """`invitation_url`, good once and for a week, is in this answer and nowhere else."""
    require_person(who)
    return _told(
        await accounts.invite(
            here, role=body.role, email=body.email, name=body.name, merchants=body.merchants
        )
    )


@router.get("/users/{id}")
async def get(id: str, here: Here) -> dict[str, Any]:  # noqa: A002 - the name in the address
    async with autocommit(here.engine) as connection:
        found: dict[str, Any] = to_jsonable(await users.get(connection, id))
    return found


@router.patch("/users/{id}")
async def change(id: str, body: UserChange, here: Here, who: Who) -> dict[str, Any]:  # noqa: A002
    require_person(who)
    user = await accounts.change(here, id, name=body.name, merchants=body.merchants)
    if body.disabled is not None:
        user = await (accounts.disable(here, id, by=who.id) if body.disabled else accounts.enable(here, id))
    found: dict[str, Any] = to_jsonable(user)
    return found


@router.post("/users/{id}/invitation", status_code=201)
async def new_link(id: str, here: Here, who: Who) -> dict[str, Any]:  # noqa: A002 - the name in the address
    """For who lost the link, or the password. The link of before is void."""
    require_person(who)
    return _told(await accounts.new_link(here, id))


def _told(invited: Invited) -> dict[str, Any]:
    return {**to_jsonable(invited.user), "invitation_url": invited.url}
