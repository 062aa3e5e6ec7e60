"""Tokens for programs. Each is shown once, right after it was made."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from models.errors import NotFound, ShopkeepError
from store import api_tokens
from store.api_tokens import ApiToken
from store.database import autocommit
from web.auditing import changed
from web.console.desk import Desk, InstallationDesk
from web.console.faults import faults_of
from web.paging import from_cursor, to_cursor
from web.principal import limits_itself
from web.tokens import TokenBody, create_token, revoke_token

router = APIRouter(prefix="/api-tokens")
PAGE = 50
Typed = Annotated[str, Form()]


@router.get("")
@limits_itself
async def listing(desk: InstallationDesk, cursor: str | None = None) -> HTMLResponse:
    return await _page(desk, cursor=cursor)


@router.post("")
@limits_itself
async def create(desk: InstallationDesk, name: Typed = "", merchant_id: Typed = "") -> Response:
    typed = {"name": name, "merchant_id": merchant_id}
    try:
        body = TokenBody.model_validate({"name": name, "merchant_id": merchant_id or None})
        made = await create_token(desk.here, desk.who, body.name, body.merchant_id)
    except (ValidationError, ShopkeepError) as error:
        return await _page(desk, typed=typed, errors=faults_of(error))
    changed(desk.request, target=made.token.prefix, merchant_id=made.token.merchant_id)
    return desk.page("api_tokens/made.html", status=201, made=made, scope=_scope(desk, made.token))


@router.get("/{token_id}/revoke")
@limits_itself
async def ask_revoke(desk: InstallationDesk, token_id: str) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        token = await api_tokens.get(connection, token_id)
    if not desk.who.is_operator and (token.merchant_id is None or not desk.who.sees(token.merchant_id)):
        raise NotFound("no such token")
    return desk.page("api_tokens/revoke.html", token=token, scope=_scope(desk, token))


@router.post("/{token_id}/revoke")
@limits_itself
async def revoke(desk: InstallationDesk, token_id: str) -> Response:
    token = await revoke_token(desk.here, desk.who, token_id)
    changed(desk.request, target=token.prefix, merchant_id=token.merchant_id)
    return desk.moved(desk.url("api-tokens"), said="api_tokens.revoked", name=token.name)


async def _page(
    desk: Desk,
    *,
    cursor: str | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        page = await api_tokens.listing(
            connection, limit=PAGE + 1, before=from_cursor(cursor), merchants=desk.who.of_these(None)
        )
    return desk.page(
        "api_tokens/list.html",
        status=422 if errors else 200,
        tokens=[(token, _scope(desk, token)) for token in page[:PAGE]],
        cursor=cursor,
        next=to_cursor(page[PAGE - 1].id) if len(page) > PAGE else None,
        typed=typed or {},
        errors=errors or {},
    )


def _scope(desk: Desk, token: ApiToken) -> str | None:
    """The name of its shop; None: the whole installation."""
    return next((shop.name for shop in desk.shops if shop.id == token.merchant_id), token.merchant_id)
