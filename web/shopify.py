"""A merchant's Shopify store: connected by hand, how it stands, its settings, a sync on demand, its log."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Literal
from uuid import uuid4

import aiohttp
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from actors.shopify_access import StoreAccess, login_of
from models.errors import Conflict, Invalid
from sources.shopify import subscriptions
from sources.shopify.budget import Budget
from sources.shopify.client import Access, Client
from sources.shopify.errors import ShopifyError, TokenInvalid, Unreachable
from sources.shopify.login import missing
from sources.shopify.shops import typed
from store import jobs, shopify_log, shopify_stores
from store.database import autocommit
from store.jobs import Progress
from store.shopify_stores import Status, Store, Tokens
from web.deps import Here, Shopkeep, TheMerchant
from web.paging import Limit, number_from, to_cursor
from web.shopify_login import keep
from web.storable import Storable

log = logging.getLogger(__name__)
router = APIRouter(prefix="/merchants/{m}/shopify")
PATIENCE_S = 8.0

Role = Literal["color", "size", "material", "none"]
OptionName = Annotated[Storable, Field(min_length=1, max_length=255)]


class ByHandBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop: Annotated[str, Field(min_length=1, max_length=255)]
    access_token: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[!-~]+$")]


class SettingsBody(BaseModel):
    """What is left out stays as it is. `options`: what an option of this name is."""

    model_config = ConfigDict(extra="forbid")

    automatic_sync: bool | None = None
    options: Annotated[dict[OptionName, Role], Field(max_length=100)] | None = None


@router.get("")
async def state(merchant: TheMerchant, here: Here) -> dict[str, Any]:
    return await _as_json(here, merchant.id)


@router.put("")
async def connect(merchant: TheMerchant, body: ByHandBody, here: Here) -> dict[str, Any]:
    """With a custom app's token. What Shopify would not tell is among the warnings."""
    shop = typed(body.shop)
    if shop is None:
        raise Invalid("not the name of a Shopify store; it ends in .myshopify.com", field="shop")
    async with here.engine.begin() as connection:
        await shopify_stores.require_free(connection, merchant_id=merchant.id, shop=shop)
    scopes, warnings = await _granted(here, shop, body.access_token)
    await keep(here, merchant.id, shop, Tokens(access=here.vault.seal(body.access_token)), scopes)
    known = await _as_json(here, merchant.id)
    return known | {"warnings": [*warnings, *known["warnings"]]}


@router.patch("")
async def change(merchant: TheMerchant, body: SettingsBody, here: Here) -> dict[str, Any]:
    """Other roles of options are applied to all products: everything is read again."""
    async with here.engine.begin() as connection:
        store = await shopify_stores.get(connection, merchant.id)
        automatic = store.automatic if body.automatic_sync is None else body.automatic_sync
        options = store.options if body.options is None else body.options
        await shopify_stores.set_options(connection, merchant.id, automatic=automatic, options=options)
        if options != store.options and store.status is Status.CONNECTED:
            await jobs.start_sync(
                connection, job_id=uuid4().hex, merchant_id=merchant.id, options={"mode": "full"}
            )
        elif automatic and not store.automatic:
            await shopify_stores.compare_soon(connection, merchant.id)
    here.gateway.job_started()
    return await _as_json(here, merchant.id)


@router.post("/sync", status_code=202)
async def sync(merchant: TheMerchant, here: Here, *, remove_many: bool = False) -> dict[str, str]:
    """Everything, now. `remove_many`: it is right that most products are gone from the store."""
    async with here.engine.begin() as connection:
        store = await shopify_stores.get(connection, merchant.id)
        if store.status is not Status.CONNECTED:
            raise Conflict(_way_out(here, store), field="status")
        job_id = await jobs.start_sync(
            connection,
            job_id=uuid4().hex,
            merchant_id=merchant.id,
            options={"mode": "full", "remove_many": remove_many},
        )
    here.gateway.job_started()
    return {"id": job_id}


@router.get("/log")
async def lines(
    merchant: TheMerchant, here: Here, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """The newest first: what there is to say of each product as it was last read, and of the store."""
    before = number_from(cursor)
    async with autocommit(here.engine) as connection:
        await shopify_stores.get(connection, merchant.id)
        found = await shopify_log.listing(connection, merchant.id, before=before, limit=limit + 1)
    items = [{"id": line.id, "at": line.at, **asdict(line.note)} for line in found[:limit]]
    return {
        "items": items,
        "next_cursor": to_cursor(str(found[limit - 1].id)) if len(found) > limit else None,
    }


@router.delete("", status_code=204)
async def disconnect(merchant: TheMerchant, here: Here) -> Response:
    """Products stay as they are, settings wait for another time. Shopify is told first, if it listens."""
    await unsubscribe(here, merchant.id)
    async with here.engine.begin() as connection:
        await shopify_stores.disconnect(connection, merchant.id, "disconnected here")
    return Response(status_code=204)


async def unsubscribe(here: Shopkeep, merchant_id: str) -> None:
    """The merchant's store, if there is one and it can be asked."""
    async with autocommit(here.engine) as connection:
        store = await shopify_stores.known_of(connection, merchant_id)
    if store is not None and store.tokens:
        await _unsubscribe(here, store)


async def _granted(here: Shopkeep, shop: str, token: str) -> tuple[tuple[str, ...] | None, list[str]]:
    """The token's scopes; None, and why, when Shopify would not say."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
        client = _client(here, session, shop, lambda work: work(shop, token))
        try:
            async with asyncio.timeout(PATIENCE_S):
                known = await subscriptions.look(client)
        except TokenInvalid as error:
            raise Invalid(
                f"{shop} does not accept this token ({error.detail})", field="access_token"
            ) from error
        except (ShopifyError, TimeoutError) as error:
            why = error.detail if isinstance(error, ShopifyError) else "no answer in time"
            return None, [f"Shopify did not say what this token may do ({why}); it is taken as it is"]
    if absent := missing(known.scopes):
        raise Invalid(
            f"this token lacks {', '.join(absent)}; tick them in the custom app and install it again",
            field="access_token",
        )
    return known.scopes, []


async def _unsubscribe(here: Shopkeep, store: Store) -> None:
    """What fails keeps nobody from leaving: webhooks of a store that is not connected go nowhere."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session:
        access = StoreAccess(here.engine, here.vault, session, login_of(here.settings))
        client = _client(here, session, store.shop, partial(access.call, store.merchant_id))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await subscriptions.remove(client, here.settings.public_url + subscriptions.PATH)
        except (ShopifyError, TimeoutError) as error:
            log.warning("store %s: it could not be unsubscribed: %r", store.shop, error)


def _client(here: Shopkeep, session: aiohttp.ClientSession, shop: str, access: Access) -> Client:
    """For the few calls that a request makes."""
    return Client(
        session,
        shop=shop,
        admin_url=here.settings.shopify_admin_url,
        api_version=here.settings.shopify_api_version,
        access=access,
        budget=Budget(),
        sleep=_not_again,
    )


async def _not_again(_: float) -> None:
    """Somebody waits for the answer: it is not asked for once more after a while."""
    raise Unreachable("no answer at the first try")


async def _as_json(here: Shopkeep, merchant_id: str) -> dict[str, Any]:
    known, oddities = await standing(here, merchant_id)
    return known | {"warnings": [*known["warnings"], *_of_products(oddities)]}


async def standing(here: Shopkeep, merchant_id: str) -> tuple[dict[str, Any], Sequence[tuple[str, int]]]:
    """How the store stands, never its tokens; and of how many products there is something to say."""
    async with autocommit(here.engine) as connection:
        store = await shopify_stores.get(connection, merchant_id)
        last = await jobs.last_sync(connection, merchant_id)
        oddities = await shopify_log.counts(connection, merchant_id)
    known = {
        "shop": store.shop,
        "status": store.status,
        "reason": store.reason,
        "scopes": store.scopes,
        "automatic_sync": store.automatic,
        "options": store.options,
        "connected_at": store.connected_at,
        "last_event_at": store.last_event_at,
        "last_sync_at": store.last_sync_at,
        "progress": _progress(last),
        "warnings": _warnings(here, store, last),
    }
    return known, oddities


def _progress(last: Progress | None) -> dict[str, Any]:
    if last is None:
        return {"status": None, "total": 0, "done": 0, "per_second": 0.0, "seconds_left": None}
    return {
        "status": last.status,
        "total": last.total,
        "done": last.done,
        "per_second": round(last.per_s, 1),
        "seconds_left": None if last.left_s is None else round(last.left_s),
    }


def _warnings(here: Shopkeep, store: Store, last: Progress | None) -> list[str]:
    """What its merchant should know, and what to do about it."""
    if store.status is not Status.CONNECTED:
        return [_way_out(here, store)]
    said = []
    if not here.settings.reachable:
        said.append("Shopify cannot reach APP_URL: changes are found once an hour instead of at once")
    if not store.automatic:
        said.append("automatic sync is off: changes in the store come with the next sync you ask for")
    if last and last.status == "failed":
        said += [f"the last sync failed: {fault.detail}" for fault in last.errors[-1:]]
    return said


def _of_products(oddities: Sequence[tuple[str, int]]) -> list[str]:
    return [f"{count} products: {kind}s, see .../shopify/log" for kind, count in oddities]


def _way_out(here: Shopkeep, store: Store) -> str:
    again = f"{here.settings.public_url}/shopify/auth?merchant={store.merchant_id}"
    ways = {
        Status.RECONNECT: f"connect the store again at {again}, or PUT a new token; nothing was deleted",
        Status.PAUSED: "Shopify does not serve this store for now; it is tried again every hour, and nothing "
        "was deleted",
        Status.DISCONNECTED: f"connect the store at {again}, or PUT a token; its products are still here",
    }
    return f"{store.reason}: {ways[store.status]}"
