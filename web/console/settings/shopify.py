"""The Shopify store of a shop: connected, read, listened to; how it stands, and what was noted about it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from models.errors import Conflict, Invalid, NotFound
from store import shopify_log, shopify_stores
from store.database import autocommit
from store.shopify_log import Kind
from store.shopify_stores import Status
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.paging import number_from, to_cursor
from web.shopify import ByHandBody, SettingsBody, change, connect, disconnect, standing, sync

router = APIRouter()
HERE = "settings/shopify"
_LINES = 50


@router.get("/shopify")
async def shown(desk: TheDesk) -> HTMLResponse:
    return await _page(desk)


@router.post("/shopify")
async def by_hand(desk: TheDesk) -> Response:
    """With a custom app's token, which is never shown again."""
    typed = Typed.of(await desk.request.form())
    given = {name: typed.get(name).strip() for name in ("shop", "access_token")}
    kept = Typed({"shop": given["shop"]})
    try:
        await connect(desk.shop, ByHandBody.model_validate(given), desk.here)
    except ValidationError as error:
        return await _page(desk, kept, errors=faults(error, {}), status=422)
    except (Conflict, Invalid) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return await _page(desk, kept, errors={error.field or "": error.detail}, status=status)
    return desk.moved(desk.url(HERE), said="settings_shopify.connected_now")


@router.post("/shopify/sync")
async def synced(desk: TheDesk) -> Response:
    """Everything is read now. `remove_many`: it is right that most products are gone from the store."""
    typed = Typed.of(await desk.request.form())
    await sync(desk.shop, desk.here, remove_many=typed.ticked("remove_many"))
    return desk.moved(desk.url(HERE), said="settings_shopify.reading")


@router.post("/shopify/automatic")
async def automatic(desk: TheDesk) -> Response:
    typed = Typed.of(await desk.request.form())
    on = typed.ticked("automatic_sync")
    await change(desk.shop, SettingsBody(automatic_sync=on), desk.here)
    return desk.moved(desk.url(HERE), said=f"settings_shopify.automatic_{'on' if on else 'off'}")


@router.get("/shopify/disconnect")
async def asks(desk: TheDesk) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        store = await shopify_stores.get(connection, desk.shop.id)
    return settings_page(desk, "shopify_disconnect", part="shopify", store=store)


@router.post("/shopify/disconnect")
async def disconnected(desk: TheDesk) -> Response:
    await disconnect(desk.shop, desk.here)
    return desk.moved(desk.url(HERE), said="settings_shopify.disconnected")


@router.get("/shopify/log")
async def log(desk: TheDesk, kind: str = "", cursor: str | None = None) -> HTMLResponse:
    """The newest first; of one kind, or all."""
    wanted = Kind(kind) if kind in set(Kind) else None
    async with autocommit(desk.here.engine) as connection:
        await shopify_stores.get(connection, desk.shop.id)
        found = await shopify_log.listing(
            connection, desk.shop.id, before=number_from(cursor), limit=_LINES + 1, kind=wanted
        )
    page = found[:_LINES]
    return settings_page(
        desk,
        "shopify_log",
        part="shopify",
        lines=page,
        kinds=list(Kind),
        kind=wanted or "",
        first=cursor is not None,
        next_cursor=to_cursor(str(page[-1].id)) if len(found) > _LINES else None,
    )


async def _page(
    desk: Desk, typed: Typed | None = None, *, errors: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    configuration = desk.here.settings
    known, oddities = await _known(desk)
    return settings_page(
        desk,
        "shopify",
        status=status,
        part="shopify",
        store=known,
        oddities=oddities,
        is_connected=known is not None and known["status"] is Status.CONNECTED,
        is_gone=known is None or known["status"] is Status.DISCONNECTED,
        is_reading=known is not None and known["progress"]["status"] == "running",
        can_log_in=bool(configuration.shopify_api_key and configuration.shopify_secrets),
        reachable=configuration.reachable,
        typed=typed or Typed({"shop": known["shop"] if known else ""}),
        errors=errors or {},
    )


async def _known(desk: Desk) -> tuple[dict[str, Any] | None, Sequence[tuple[str, int]]]:
    """None when there never was a store."""
    try:
        return await standing(desk.here, desk.shop.id)
    except NotFound:
        return None, ()
