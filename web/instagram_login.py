"""Connecting an account: off to Instagram, and back with a code that becomes a token. All or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import aiohttp
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from channels.errors import SendError
from channels.instagram.account_api import SUBSCRIBED_FIELDS
from channels.instagram.direct import CHANNEL
from channels.instagram.login import Login
from models.errors import Conflict
from settings import Settings
from store import accounts, merchants
from store.accounts import Account, Facts
from store.database import autocommit
from store.vault import Expired
from web import logins
from web.access import require_access
from web.deps import Here, Shopkeep
from web.instagram_accounts import PATIENCE_S, Learned, account_api, keep, warnings
from web.logins import LOGIN_S, NotConnected
from web.pages import render
from web.principal import Who, limits_itself

router = APIRouter(prefix="/instagram", include_in_schema=False)
COOKIE = "shopkeep_instagram"


@router.get("/auth", dependencies=[Depends(require_access)])
@limits_itself
async def auth(merchant: str, here: Here, who: Who) -> Response:
    """What the merchant's browser opens. The state that comes back is sealed, good once, and for a while."""
    who.require(merchant)
    async with autocommit(here.engine) as connection:
        await merchants.get(connection, merchant)
    try:
        login = _login(here.settings)
    except NotConnected as failed:
        return _told(failed, merchant)
    async with here.engine.begin() as connection:
        nonce = await logins.begin(connection, "instagram")
    return logins.off_to(
        here,
        login.authorise_url(_seal(here, f"state:{nonce}:{merchant}").decode()),
        cookie=COOKIE,
        sealed=_seal(here, f"nonce:{nonce}"),
        path="/instagram",
    )


@router.get("/callback")
async def callback(request: Request, here: Here) -> Response:
    merchant_id = None
    try:
        merchant_id = await _started(here, request)
        account = await _connect(here, merchant_id, _code(request))
    except NotConnected as failed:
        response: HTMLResponse = _told(failed, merchant_id)
    else:
        response = render(
            "instagram.html",
            account=account,
            warnings=warnings(account),
            failed=None,
            console=_console(account.merchant_id),
        )
    response.delete_cookie(COOKIE, path="/instagram")
    return response


def _login(configuration: Settings) -> Login:
    if configuration.instagram_app_id is None or not configuration.instagram_secrets:
        missing = "INSTAGRAM_APP_SECRET" if configuration.instagram_app_id else "INSTAGRAM_APP_ID"
        raise NotConnected("settings", 503, f"{missing} is not set")
    return Login(
        app_id=configuration.instagram_app_id,
        app_secret=configuration.instagram_secrets[0],
        redirect_uri=f"{configuration.public_url}/instagram/callback",
        login_url=configuration.instagram_login_url,
        api_url=configuration.instagram_api_url,
    )


async def _started(here: Shopkeep, request: Request) -> str:
    """The merchant this login was begun for: by this browser, not long ago, and not finished before."""
    _, nonce, merchant_id = _open(here, request.query_params.get("state", ""), "state").split(":", 2)
    if _open(here, request.cookies.get(COOKIE, ""), "nonce") != f"nonce:{nonce}":
        raise NotConnected("state", 400)
    await logins.end(here, "instagram", nonce)
    return merchant_id


def _code(request: Request) -> str:
    asked = request.query_params
    if "error" in asked:
        said = asked.get("error_description") or asked["error"]
        raise NotConnected("denied" if asked["error"] == "access_denied" else "refused", 403, said)
    if not (code := asked.get("code", "")):
        raise NotConnected("refused", 400)
    return code


async def _connect(here: Shopkeep, merchant_id: str, code: str) -> Account:
    """Nothing is kept before the last step has succeeded."""
    login = _login(here.settings)
    async with account_api(here.settings) as api:
        with _step("code"):
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
                short = await login.exchange(session, code)
        with _step("token"):
            long = await api.long_lived(short.token, login.app_secret)
        with _step("profile"):
            profile = await api.profile(long.token)
        with _step("taken"):
            async with autocommit(here.engine) as connection:
                await accounts.require_free(
                    connection, merchant_id=merchant_id, channel=CHANNEL, account_id=profile.account_id
                )
        with _step("subscription"):
            await api.subscribe(profile.account_id, long.token)
    facts = Facts(
        app_scoped_id=profile.app_scoped_id,
        username=profile.username,
        permissions=short.permissions,
        subscribed=SUBSCRIBED_FIELDS,
        expires_at=datetime.now(UTC) + timedelta(seconds=long.lives_s) if long.lives_s else None,
    )
    with _step("taken"):
        return await keep(here, merchant_id, Learned(account_id=profile.account_id, facts=facts), long.token)


@contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except SendError as error:
        raise NotConnected(name, 502, str(error)) from error
    except Conflict as error:
        raise NotConnected(name, 409) from error


def _told(failed: NotConnected, merchant_id: str | None) -> HTMLResponse:
    again = f"/instagram/auth?merchant={merchant_id}" if merchant_id else None
    return render(
        "instagram.html",
        status=failed.status,
        failed=failed.step,
        detail=failed.detail,
        again=again,
        console=_console(merchant_id) if merchant_id else None,
    )


def _console(merchant_id: str) -> str:
    return f"/console/{quote(merchant_id, safe='')}/settings/instagram"


def _seal(here: Shopkeep, said: str) -> bytes:
    return here.vault.seal(f"instagram-{said}")


def _open(here: Shopkeep, sealed: str, kind: str) -> str:
    try:
        opened = here.vault.open(sealed.encode(), max_age_s=LOGIN_S)
    except Expired:
        opened = ""
    if not opened.startswith(f"instagram-{kind}:"):
        raise NotConnected("state", 400)
    return opened.removeprefix("instagram-")
