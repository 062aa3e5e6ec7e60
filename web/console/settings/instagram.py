"""The Instagram accounts of a shop: connected by login or by hand, how they stand, tested, disconnected."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from channels.instagram.direct import CHANNEL
from models.errors import Conflict, Invalid, NotFound
from store import accounts, comment_polls
from store.accounts import CONNECTED, Account
from store.database import autocommit
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.instagram_accounts import ByHandBody, connect, disconnect, warnings
from web.self_test import self_test

router = APIRouter()
HERE = "settings/instagram"


@router.get("/instagram")
async def shown(desk: TheDesk, *, test: bool = False) -> HTMLResponse:
    """`test`: with what the self-test says, for which Instagram is asked."""
    return await _page(desk, tested=await self_test(desk.shop, desk.here) if test else None)


@router.post("/instagram")
async def by_hand(desk: TheDesk) -> Response:
    """With a token of one's own. It is never shown again, not even to who has just typed it."""
    typed = Typed.of(await desk.request.form())
    given = {name: typed.get(name).strip() for name in ("account_id", "access_token")}
    kept = Typed({"account_id": given["account_id"]})
    try:
        known = await connect(desk.shop, ByHandBody.model_validate(given), desk.here)
    except ValidationError as error:
        return await _page(desk, kept, errors=faults(error, {}), status=422)
    except (Conflict, Invalid) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return await _page(desk, kept, errors={error.field or "": error.detail}, status=status)
    if known["warnings"]:
        said = " ".join(f"{one}." for one in known["warnings"])[:1500]
        return desk.moved(desk.url(HERE), said="settings_instagram.connected_but", warnings=said)
    return desk.moved(
        desk.url(HERE),
        said="settings_instagram.connected_now",
        account=known["username"] or known["account_id"],
    )


@router.get("/instagram/disconnect")
async def asks(desk: TheDesk, account_id: str) -> HTMLResponse:
    account = await _account(desk, account_id)
    return settings_page(desk, "instagram_disconnect", part="instagram", account=account)


@router.post("/instagram/disconnect")
async def disconnected(desk: TheDesk) -> Response:
    account_id = Typed.of(await desk.request.form()).get("account_id")
    account = await _account(desk, account_id)
    await disconnect(desk.shop, desk.here, account_id)
    name = account.facts.username or account_id
    return desk.moved(desk.url(HERE), said="settings_instagram.disconnected", account=name)


async def _account(desk: Desk, account_id: str) -> Account:
    async with autocommit(desk.here.engine) as connection:
        found = await accounts.listing(connection, desk.shop.id, CHANNEL)
    for account in found:
        if account.account_id == account_id:
            return account
    raise NotFound("no such account is connected")


async def _page(
    desk: Desk,
    typed: Typed | None = None,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    tested: dict[str, Any] | None = None,
) -> HTMLResponse:
    configuration, now = desk.here.settings, datetime.now(UTC)
    async with autocommit(desk.here.engine) as connection:
        found = await accounts.listing(connection, desk.shop.id, CHANNEL)
        asked = await comment_polls.due(connection, desk.shop.id, CHANNEL)
    return settings_page(
        desk,
        "instagram",
        status=status,
        part="instagram",
        accounts=[
            {
                "facts": account.facts,
                "account": account,
                "connected": account.status == CONNECTED,
                "has_token": account.sealed_token is not None,
                "days_left": (account.facts.expires_at - now).days if account.facts.expires_at else None,
                "expires_soon": account.expires_soon(now),
                "asked_at": asked.get(account.account_id),
                "warnings": warnings(account),
            }
            for account in found
        ],
        can_log_in=configuration.instagram_app_id is not None and bool(configuration.instagram_secrets),
        poll_minutes=round(configuration.comment_poll_seconds / 60),
        polls=desk.shop.comments.answer != "off",
        tested=tested,
        typed=typed or Typed({}),
        errors=errors or {},
    )
