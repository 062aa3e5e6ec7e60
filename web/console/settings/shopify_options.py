"""Which option of a store's products is the colour, the size, the material: guessed, and corrected here."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from sources.options import KINDS
from store import shopify_options, shopify_stores
from store.database import autocommit
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.shopify import SettingsBody, change

router = APIRouter()
HERE = "settings/shopify/options"
GUESSED = ""
ROLES = (GUESSED, *KINDS, "none")


@router.get("/shopify/options")
async def shown(desk: TheDesk) -> HTMLResponse:
    return await _page(desk)


@router.post("/shopify/options")
async def applied(desk: TheDesk) -> Response:
    """What is said of names goes before the guess. All products are read again where it changed."""
    typed = Typed.of(await desk.request.form())
    said = {}
    for number in typed.numbers("option"):
        name, role = typed.get(f"option.{number}.name").strip(), typed.get(f"option.{number}.role")
        if name and role != GUESSED:
            said[name] = role
    try:
        body = SettingsBody.model_validate({"options": said})
    except ValidationError as error:
        return await _page(desk, typed, errors=faults(error, {}), status=422)
    before = (await _store_options(desk)) != said
    await change(desk.shop, body, desk.here)
    return desk.moved(
        desk.url("settings/shopify" if before else HERE),
        said="settings_shopify.applied" if before else "settings_shopify.unchanged",
    )


async def _store_options(desk: Desk) -> dict[str, str]:
    async with autocommit(desk.here.engine) as connection:
        return dict((await shopify_stores.get(connection, desk.shop.id)).options)


async def _page(
    desk: Desk, typed: Typed | None = None, *, errors: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        store = await shopify_stores.get(connection, desk.shop.id)
        seen = await shopify_options.seen(connection, desk.shop.id)
    names = [
        *(one.name for one in seen),
        *(name for name in store.options if name not in {one.name for one in seen}),
    ]
    values: dict[str, str] = {}
    for number, name in enumerate(names):
        values |= {f"option.{number}.name": name, f"option.{number}.role": store.options.get(name, GUESSED)}
    return settings_page(
        desk,
        "shopify_options",
        status=status,
        part="shopify",
        names=names,
        seen={one.name: one for one in seen},
        roles=ROLES,
        typed=typed or Typed(values),
        errors=errors or {},
        sample=shopify_options.SAMPLE,
    )
