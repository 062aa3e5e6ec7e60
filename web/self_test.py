"""What keeps an Instagram account from working, in words a merchant can act on."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import aiohttp
from fastapi import APIRouter

from channels.instagram.direct import CHANNEL
from settings import Settings
from store import accounts, arrivals
from store.database import autocommit
from web.account_checks import account_checks
from web.check import Check, when
from web.deps import Here, Shopkeep, TheMerchant
from web.instagram_accounts import account_api

router = APIRouter(prefix="/merchants/{m}/self-test")
PATIENCE_S = 5.0


@router.get("")
async def self_test(merchant: TheMerchant, here: Here) -> dict[str, Any]:
    """Asks Instagram, too: it may take some seconds."""
    async with autocommit(here.engine) as connection:
        found = await accounts.listing(connection, merchant.id, CHANNEL)
    async with account_api(here.settings) as api:
        checked = await asyncio.gather(
            _installation(here, by_hand=bool(found)),
            *(account_checks(here, api, account) for account in found),
        )
    checks = [check for several in checked for check in several]
    if not found:
        checks.append(_nothing_connected(here.settings, merchant.id))
    return {"ok": all(check.ok for check in checks), "checks": [asdict(check) for check in checks]}


async def _installation(here: Shopkeep, *, by_hand: bool) -> list[Check]:
    configuration = here.settings
    return [
        _app_id(configuration, by_hand=by_hand),
        await _secret(here),
        _set(
            "verify_token",
            "INSTAGRAM_WEBHOOK_VERIFY_TOKEN",
            known=configuration.instagram_webhook_verify_token is not None,
            otherwise="Without it Meta's dashboard cannot confirm the webhook's address.",
        ),
        await _address(configuration),
        *await _test_event(here),
    ]


def _app_id(configuration: Settings, *, by_hand: bool) -> Check:
    known = configuration.instagram_app_id is not None
    if by_hand and not known:
        return Check(name="app_id", ok=True, detail="Not set: accounts are connected by hand.")
    return _set(
        "app_id",
        "INSTAGRAM_APP_ID",
        known=known,
        otherwise="Without it accounts can only be connected by hand.",
    )


def _set(name: str, setting: str, *, known: bool, otherwise: str) -> Check:
    if known:
        return Check(name=name, ok=True, detail=f"{setting} is set.")
    return Check(
        name=name, ok=False, detail=f"{setting} is not set. {otherwise}", fix=f"Set {setting} and restart."
    )


async def _secret(here: Shopkeep) -> Check:
    """A secret is proved right by events that came, and wrong by a refusal after the last of them."""
    if not here.settings.instagram_secrets:
        return _set("app_secret", "INSTAGRAM_APP_SECRET", known=False, otherwise="Every webhook is refused.")
    refused = await here.refusals.last()
    async with autocommit(here.engine) as connection:
        heard = await arrivals.last_heard(connection, CHANNEL)
        tested = await arrivals.last_test(connection)
    heard = max((at for at in (heard, tested) if at), default=None)
    # Noted to the minute.
    if refused and (heard is None or refused - heard > timedelta(minutes=1)):
        return Check(
            name="app_secret",
            ok=False,
            detail=f"A webhook that came at {when(refused)} was signed with none of INSTAGRAM_APP_SECRET.",
            fix=(
                "Copy the Instagram app secret from Meta's dashboard (Instagram > API setup) to "
                "INSTAGRAM_APP_SECRET; several may stand there with commas between."
            ),
        )
    detail = "The last webhook was signed with it." if heard else "It is set; no webhook has tried it yet."
    return Check(name="app_secret", ok=True, detail=detail)


async def _test_event(here: Shopkeep) -> list[Check]:
    """Nothing is missing where nobody has pressed the button."""
    async with autocommit(here.engine) as connection:
        tested = await arrivals.last_test(connection)
    if tested is None:
        return []
    detail = (
        f"The test button of Meta's dashboard reached us at {when(tested)}: address and secret are right. "
        "Its event is about nobody and gets no reply."
    )
    return [Check(name="test_event", ok=True, detail=detail)]


async def _address(configuration: Settings) -> Check:
    url = configuration.public_url
    if not url.startswith("https://"):
        return Check(
            name="app_url",
            ok=False,
            detail=f"APP_URL is {url}. Instagram only calls and only logs in to https addresses.",
            fix="Set APP_URL to the https address that reaches this installation, and restart.",
        )
    if trouble := await unreachable(url):
        return Check(
            name="app_url",
            ok=False,
            detail=f"{url}/healthz does not answer as this installation would: {trouble}.",
            fix="Check DNS, the certificate and the proxy in front of PORT.",
        )
    return Check(name="app_url", ok=True, detail=f"{url} reaches this installation.")


async def unreachable(url: str) -> str | None:
    """Why our own address leads elsewhere; None when it leads here."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session,
            session.get(f"{url}/healthz", allow_redirects=False) as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return type(error).__name__
    return None if answer == {"status": "up"} else f"HTTP {response.status}"


def _nothing_connected(configuration: Settings, merchant_id: str) -> Check:
    return Check(
        name="account",
        ok=False,
        detail="No Instagram account is connected.",
        fix=f"Open {configuration.public_url}/instagram/auth?merchant={merchant_id} as the operator.",
    )
