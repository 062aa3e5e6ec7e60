"""Tokens for programs: made, shown once, revoked."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from models.codec import to_jsonable
from models.errors import NotFound
from store import api_tokens
from store.api_tokens import ApiToken
from store.database import autocommit
from web.access import TOKEN_PREFIX, hashed
from web.accounts import Name
from web.deps import Here, Shopkeep
from web.paging import Limit, from_cursor, to_cursor
from web.principal import Principal, Who, limits_itself
from web.storable import Storable

router = APIRouter(prefix="/tokens")
SHOWN = len(TOKEN_PREFIX) + 5


class TokenBody(BaseModel):
    """`merchant_id` null: good for the whole installation."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    merchant_id: Annotated[Storable, Field(max_length=256)] | None = None


@dataclass(frozen=True, slots=True)
class NewToken:
    token: ApiToken
    secret: str


async def create_token(here: Shopkeep, who: Principal, name: str, merchant_id: str | None) -> NewToken:
    require_person(who)
    if merchant_id is None:
        who.require_operator()
    else:
        who.require(merchant_id)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    async with here.engine.begin() as connection:
        made = await api_tokens.create(
            connection,
            token_id=uuid4().hex,
            hashed=hashed(secret),
            prefix=secret[:SHOWN],
            name=name,
            merchant_id=merchant_id,
            created_by=who.name or who.kind,
        )
    return NewToken(made, secret)


async def revoke_token(here: Shopkeep, who: Principal, token_id: str) -> ApiToken:
    require_person(who)
    async with here.engine.begin() as connection:
        token = await api_tokens.get(connection, token_id)
        if not who.is_operator and (token.merchant_id is None or not who.sees(token.merchant_id)):
            raise NotFound("no such token")
        await api_tokens.revoke(connection, token_id)
    return token


def require_person(who: Principal) -> None:
    """A token that leaked must not make others, which would outlive it."""
    if not who.is_person:
        raise HTTPException(403, "tokens and accounts are kept by people, or with ADMIN_TOKEN")


@router.post("", status_code=201)
@limits_itself
async def create(body: TokenBody, here: Here, who: Who) -> dict[str, Any]:
    """`token` is in this answer and nowhere else."""
    made = await create_token(here, who, body.name, body.merchant_id)
    return {**to_jsonable(made.token), "token": made.secret}


@router.get("")
@limits_itself
async def listing(
    here: Here,
    who: Who,
    merchant_id: Storable | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first, revoked ones too."""
    require_person(who)
    async with autocommit(here.engine) as connection:
        page = await api_tokens.listing(
            connection, limit=limit + 1, before=from_cursor(cursor), merchants=who.of_these(merchant_id)
        )
    more, page = len(page) > limit, page[:limit]
    return {"items": to_jsonable(page), "next_cursor": to_cursor(page[-1].id) if more else None}


@router.delete("/{id}", status_code=204)
@limits_itself
async def revoke(id: str, here: Here, who: Who) -> Response:  # noqa: A002 - the name in the address
    await revoke_token(here, who, id)
    return Response(status_code=204)
