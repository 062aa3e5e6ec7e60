"""The Instagram accounts that speak for a shop: who they are, connected by hand, disconnected."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import aiohttp
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from channels.errors import SendError, TokenInvalid
from channels.instagram.account_api import SUBSCRIBED_FIELDS, AccountApi
from channels.instagram.direct import CHANNEL
from channels.instagram.login import SCOPES
from models.errors import Invalid
from settings import Settings
from store import accounts, inbox
from store.accounts import Account, Facts
from store.database import autocommit
from store.vault import Expired
from web.deps import Here, Shopkeep, TheMerchant

log = logging.getLogger(__name__)
router = APIRouter(prefix="/merchants/{m}/instagram")
PATIENCE_S = 5.0


class ByHandBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    account_id: Annotated[str, Field(pattern="^[0-9]{1,64}$")]
    access_token: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("")
async def listing(merchant: TheMerchant, here: Here) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        found = await accounts.listing(connection, merchant.id, CHANNEL)
    return {"items": [as_json(account) for account in found], "next_cursor": None}


@router.put("")
async def connect(merchant: TheMerchant, body: ByHandBody, here: Here) -> dict[str, Any]:
    """With a token of one's own. What Instagram would not tell is among the warnings."""
    async with autocommit(here.engine) as connection:
        await accounts.require_free(
            connection, merchant_id=merchant.id, channel=CHANNEL, account_id=body.account_id
        )
    async with account_api(here.settings) as api:
        learned = await _learn(api, body)
    account = await keep(here, merchant.id, learned, body.access_token)
    known = as_json(account)
    return known | {"warnings": [*learned.warnings, *known["warnings"]]}


@router.delete("", status_code=204)
async def disconnect(merchant: TheMerchant, here: Here, account_id: str | None = None) -> Response:
    """Instagram is told first: whoever connects the account next must not lose what they subscribe."""
    await unsubscribe(here, merchant.id, account_id)
    async with here.engine.begin() as connection:
        await accounts.disconnect(connection, merchant_id=merchant.id, channel=CHANNEL, account_id=account_id)
    return Response(status_code=204)


async def unsubscribe(here: Shopkeep, merchant_id: str, account_id: str | None = None) -> None:
    """All accounts of the merchant, unless one is named."""
    async with autocommit(here.engine) as connection:
        found = await accounts.listing(connection, merchant_id, CHANNEL)
    async with account_api(here.settings) as api:
        leaving = [one for one in found if account_id in (None, one.account_id)]
        await asyncio.gather(*(_unsubscribe(here, api, account) for account in leaving))


async def _unsubscribe(here: Shopkeep, api: AccountApi, account: Account) -> None:
    """What fails keeps nobody from leaving: events of an account that is not connected go nowhere."""
    try:
        if account.sealed_token:
            await api.unsubscribe(account.account_id, here.vault.open(account.sealed_token))
    except (SendError, Expired) as error:
        log.warning("account %s: it could not be unsubscribed: %s", account.account_id, error)


@asynccontextmanager
async def account_api(configuration: Settings) -> AsyncIterator[AccountApi]:
    """For the few calls that a request makes."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
        yield AccountApi(
            session,
            graph_url=configuration.instagram_graph_url,
            api_version=configuration.instagram_api_version,
            timeout_s=PATIENCE_S,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What Instagram said of an account, and in words what it did not."""

    account_id: str
    facts: Facts
    status: str = accounts.CONNECTED
    warnings: tuple[str, ...] = ()


async def _learn(api: AccountApi, body: ByHandBody) -> Learned:
    token = body.access_token
    try:
        profile = await api.profile(token)
    except TokenInvalid as error:
        untold = (
            f"Instagram does not accept this token ({error.detail}): replies wait until the account is "
            "connected again with one that works"
        )
        return Learned(account_id=body.account_id, facts=Facts(), status=error.reason, warnings=(untold,))
    except SendError as error:
        untold = (
            f"Instagram did not say whose token this is ({error}), so account_id is taken as it is; "
            "it must be the one that webhooks carry as entry.id"
        )
        learned = Learned(account_id=body.account_id, facts=Facts(), warnings=(untold,))
    else:
        if body.account_id not in (profile.account_id, profile.app_scoped_id):
            raise Invalid(
                f"this token speaks for @{profile.username}, whose account_id is {profile.account_id}",
                field="account_id",
            )
        facts = Facts(app_scoped_id=profile.app_scoped_id, username=profile.username)
        learned = Learned(account_id=profile.account_id, facts=facts)
    return await _subscribed(api, learned, token)


async def _subscribed(api: AccountApi, learned: Learned, token: str) -> Learned:
    try:
        await api.subscribe(learned.account_id, token)
    except SendError as error:
        untold = (
            f"the account could not be subscribed ({error}): Instagram sends nothing of it until it is. "
            "It is tried again every hour; the self-test says how it stands"
        )
        return replace(learned, warnings=(*learned.warnings, untold))
    return replace(learned, facts=replace(learned.facts, subscribed=SUBSCRIBED_FIELDS))


async def keep(here: Shopkeep, merchant_id: str, learned: Learned, token: str) -> Account:
    """The account with all we know of it; what came in for it before is taken, what waited leaves."""
    async with here.engine.begin() as connection:
        await accounts.connect(
            connection,
            merchant_id=merchant_id,
            channel=CHANNEL,
            account_id=learned.account_id,
            sealed_token=here.vault.seal(token),
            facts=learned.facts,
            status=learned.status,
        )
        taken = await inbox.adopt(connection, merchant_id, CHANNEL, learned.account_id)
        found = await accounts.listing(connection, merchant_id, CHANNEL)
    here.gateway.notify(taken)
    here.gateway.delivery_ready(merchant_id)
    return next(account for account in found if account.account_id == learned.account_id)


def as_json(account: Account) -> dict[str, Any]:
    """Never the token."""
    facts = account.facts
    return {
        "account_id": account.account_id,
        "app_scoped_id": facts.app_scoped_id,
        "username": facts.username,
        "status": account.status,
        "permissions": facts.permissions,
        "subscribed": facts.subscribed,
        "connected_at": account.connected_at,
        "expires_at": facts.expires_at,
        "last_event_at": account.last_event_at,
        "warnings": warnings(account),
    }


def warnings(account: Account) -> list[str]:
    """What its merchant should know before something stops."""
    facts = account.facts
    said = []
    if account.status != accounts.CONNECTED:
        said.append(f"nothing is sent ({account.status}) until the account is connected again")
    elif facts.expires_at and account.expires_soon(datetime.now(UTC)):
        said.append(
            f"the token dies on {facts.expires_at:%Y-%m-%d} and could not be renewed; "
            "connect the account again before that"
        )
    if missing := [name for name in SCOPES if name not in (facts.permissions or SCOPES)]:
        said.append(f"not permitted: {', '.join(missing)}; connect again and leave everything ticked")
    return said
