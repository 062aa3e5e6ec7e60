"""Connecting a store: off to Shopify, and back with a code that becomes tokens. All or nothing."""

import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import aiohttp
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from actors.shopify_access import login_of, sealed
from models.errors import Conflict, ShopkeepError
from sources.shopify import signatures
from sources.shopify.errors import ShopifyError
from sources.shopify.login import ORDERS, PATIENCE_S, SCOPES, Login, missing
from sources.shopify.shops import shop_name, typed
from store import merchants, shopify_schedule, shopify_stores
from store.database import autocommit
from store.shopify_stores import Tokens
from store.vault import Expired
from web import logins
from web.access import Access, require_access
from web.deps import Here, Shopkeep
from web.logins import LOGIN_S, NotConnected
from web.pages import render
from web.principal import Principal, limits_itself

router = APIRouter(prefix="/shopify", include_in_schema=False)
COOKIE = "shopkeep_shopify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A login under way: for this merchant, at this shop."""

    merchant_id: str
    shop: str


@router.get("/auth")
@limits_itself
async def auth(
    request: Request, here: Here, shop: str = "", merchant: str | None = None, *, orders: bool = False
) -> Response:
    """What Shopify opens when the app is installed or opened there, and what the operator's browser opens.

    `orders`: sales are to be counted, for which the merchant is asked for one scope more.
    """
    try:
        login = _login(here)
        if "hmac" in request.query_params:
            name = _signed_shop(here, request)
            if (owner := await _owner(here, name)) is None:
                return await _whose(here, request, name)
            begun = Begun(merchant_id=owner, shop=name)
        else:
            await require_access(request)
            begun = await _asked_for(here, request.state.principal, merchant, shop)
        return await _off(here, login, begun, orders=orders)
    except NotConnected as failed:
        return _told(failed)


@router.get("/callback")
async def callback(request: Request, here: Here) -> Response:
    begun = None
    try:
        shop = _signed_shop(here, request)
        begun = await _begun(here, request, shop)
        scopes = await _connect(here, begun, request.query_params.get("code", ""))
    except NotConnected as failed:
        response: HTMLResponse = _told(failed, begun)
    else:
        reachable = here.settings.reachable
        response = render(
            "shopify.html",
            failed=None,
            shop=begun.shop,
            scopes=", ".join(scopes),
            reachable=reachable,
            console=_console(begun.merchant_id),
        )
    response.delete_cookie(COOKIE, path="/shopify")
    return response


def _login(here: Shopkeep) -> Login:
    login = login_of(here.settings)
    if login is None:
        absent = "SHOPIFY_API_SECRET" if here.settings.shopify_api_key else "SHOPIFY_API_KEY"
        raise NotConnected("settings", 503, f"{absent} is not set")
    return login


def _signed_shop(here: Shopkeep, request: Request) -> str:
    """The name is looked at before it is used for anything."""
    shop = shop_name(request.query_params.get("shop", ""))
    if shop is None:
        raise NotConnected("shop", 400)
    if not signatures.query_ok(request.url.query, here.settings.shopify_secrets, now=time.time()):
        raise NotConnected("signature", 401)
    return shop


async def _owner(here: Shopkeep, shop: str) -> str | None:
    async with autocommit(here.engine) as connection:
        return await shopify_stores.owner_of(connection, shop)


async def _whose(here: Shopkeep, request: Request, shop: str) -> HTMLResponse:
    """A store nobody has connected yet: whoever is signed in says which of their shops' it is."""
    access: Access = request.app.state.access
    if (who := await access.by_session(request)) is None:
        raise NotConnected(
            "unknown", 403, f"{here.settings.public_url}/shopify/auth?merchant=...&shop={shop}"
        )
    async with autocommit(here.engine) as connection:
        free = [one for one in await merchants.without_store(connection) if who.sees(one.id)]
    return render("shopify_whose.html", shop=shop, merchants=free)


async def _asked_for(here: Shopkeep, who: Principal, merchant_id: str | None, given: str) -> Begun:
    """Whoever connects again need not say which store."""
    if not merchant_id:
        raise NotConnected("merchant", 400)
    who.require(merchant_id)
    async with autocommit(here.engine) as connection:
        await merchants.get(connection, merchant_id)
        known = await shopify_stores.known_of(connection, merchant_id)
    shop = typed(given) if given or known is None else known.shop
    if shop is None:
        raise NotConnected("shop", 400, given[:100])
    return Begun(merchant_id=merchant_id, shop=shop)


async def _off(here: Shopkeep, login: Login, begun: Begun, *, orders: bool) -> Response:
    """The nonce that comes back is good once, for a while, and in this browser."""
    try:
        async with here.engine.begin() as connection:
            await shopify_stores.require_free(connection, merchant_id=begun.merchant_id, shop=begun.shop)
            known = await shopify_stores.known_of(connection, begun.merchant_id)
            nonce = await logins.begin(connection, "shopify")
    except Conflict as error:
        raise NotConnected("taken", 409, error.detail) from error
    before = known.scopes or () if known else ()
    scopes = (*SCOPES, ORDERS) if orders or ORDERS in before else SCOPES
    return logins.off_to(
        here,
        login.authorise_url(begun.shop, nonce, scopes),
        cookie=COOKIE,
        sealed=here.vault.seal(f"shopify:{nonce}:{begun.shop}:{begun.merchant_id}"),
        path="/shopify",
    )


async def _begun(here: Shopkeep, request: Request, shop: str) -> Begun:
    """The login that ends here: begun by this browser for this shop, not long ago, not finished before."""
    try:
        opened = here.vault.open(request.cookies.get(COOKIE, "").encode(), max_age_s=LOGIN_S)
    except Expired:
        opened = ""
    kind, nonce, begun_shop, merchant_id = (*opened.split(":", 3), "", "", "", "")[:4]
    given = request.query_params.get("state", "")
    if kind != "shopify" or not hmac.compare_digest(nonce.encode(), given.encode()):
        raise NotConnected("state", 400)
    if begun_shop != shop:
        raise NotConnected("other_shop", 400, f"{begun_shop} / {shop}")
    await logins.end(here, "shopify", nonce)
    return Begun(merchant_id=merchant_id, shop=shop)


async def _connect(here: Shopkeep, begun: Begun, code: str) -> tuple[str, ...]:
    """Nothing is kept before the last step has succeeded. The scopes that were granted."""
    if not code:
        raise NotConnected("refused", 403)
    login = _login(here)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
            granted = await login.exchange(session, begun.shop, code)
    except ShopifyError as error:
        raise NotConnected("code", 502, error.detail) from error
    # Whoever sends the merchant to Shopify can be somebody else's page, with scopes of its choice.
    if absent := missing(granted.scopes):
        raise NotConnected("scopes", 403, ", ".join(absent))
    tokens = sealed(here.vault, granted, now=datetime.now(UTC))
    try:
        await keep(here, begun.merchant_id, begun.shop, tokens, granted.scopes)
    except Conflict as error:
        raise NotConnected("taken", 409, error.detail) from error
    except ShopkeepError as error:
        raise NotConnected("refused", 404, error.detail) from error
    return granted.scopes


async def keep(
    here: Shopkeep, merchant_id: str, shop: str, tokens: Tokens, scopes: Sequence[str] | None
) -> None:
    """Everything in the store is read at once, for the first time, or compared."""
    async with here.engine.begin() as connection:
        await merchants.get(connection, merchant_id, lock=True)
        await shopify_stores.connect(
            connection, merchant_id=merchant_id, shop=shop, tokens=tokens, scopes=scopes
        )
        await shopify_schedule.begin_due(connection, lambda: uuid4().hex)
    here.gateway.job_started()


def _told(failed: NotConnected, begun: Begun | None = None) -> HTMLResponse:
    again = f"/shopify/auth?merchant={begun.merchant_id}&shop={begun.shop}" if begun else None
    return render(
        "shopify.html",
        status=failed.status,
        failed=failed.step,
        detail=failed.detail,
        again=again,
        console=_console(begun.merchant_id) if begun else None,
    )


def _console(merchant_id: str) -> str:
    return f"/console/{quote(merchant_id, safe='')}/settings/shopify"
