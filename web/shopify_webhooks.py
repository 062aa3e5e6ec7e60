"""Where Shopify reports what happened in a store. 200 only after it is kept; it is taken once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from actors.shopify_access import note_scopes
from sources.shopify import signatures, webhooks
from sources.shopify.login import ORDERS
from sources.shopify.orders import led_by
from sources.shopify.webhooks import Webhook, moment, number
from store import (
    deletions,
    erasures,
    shopify_changes,
    shopify_log,
    shopify_sales,
    shopify_stores,
    shopify_webhooks,
)
from store.shopify_changes import Change, Kind
from store.shopify_log import Note
from store.shopify_stores import Store
from web.deps import Shopkeep
from web.problems import problem, unavailable
from web.webhooks import LARGE_BODY

log = logging.getLogger(__name__)

MOST_TOLD = 10

Taking = Callable[[AsyncConnection, Store, Webhook], Awaitable[None]]
TakingOfAny = Callable[[AsyncConnection, Webhook], Awaitable[bool]]


class Receiver:
    def __init__(self, here: Shopkeep) -> None:
        self._here = here
        self._told: set[str] = set()  # versions that were logged

    @property
    def route(self) -> Route:
        """Without what FastAPI does for every call."""
        return Route("/webhooks/shopify", self, methods=["POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._received(Request(scope, receive))
        self._here.gateway.webhook_answered("shopify", answer.status_code)
        await answer(scope, receive, send)

    async def _received(self, request: Request) -> Response:
        body = await request.body()
        signed = webhooks.signature(request.headers)
        if not signatures.body_ok(body, signed, self._here.settings.shopify_secrets):
            return problem(
                401, "the signature fits none of SHOPIFY_API_SECRET", field="X-Shopify-Hmac-Sha256"
            )
        webhook = (
            await asyncio.to_thread(webhooks.parse, request.headers, body)
            if len(body) > LARGE_BODY
            else webhooks.parse(request.headers, body)
        )
        if webhook is None:
            # It will not be another one when it is sent again.
            log.warning("a webhook of Shopify could not be understood and was dropped")
            return JSONResponse({"taken": False})
        try:
            taken = await self._kept(webhook)
        except (SQLAlchemyError, OSError):
            log.exception("a webhook of Shopify could not be kept; it is sent again")
            return unavailable("it could not be kept just now")
        if taken:
            self._here.gateway.job_started()
        return JSONResponse({"taken": taken})

    async def _kept(self, webhook: Webhook) -> bool:
        """False for what came before, or concerns nobody here."""
        async with self._here.engine.begin() as connection:
            if webhook.topic in _OF_ANY_SHOP:
                return await _OF_ANY_SHOP[webhook.topic](connection, webhook)
            store = await shopify_stores.by_shop(connection, webhook.shop)
            if store is None:
                return False
            if not await shopify_webhooks.is_new(connection, store.merchant_id, webhook.id):
                return False
            self._watch_version(webhook)
            taking = _TOPICS.get(webhook.topic)
            if taking is None:
                log.warning("%s: nothing is done about %s", webhook.shop, webhook.topic[:100])
                return False
            await taking(connection, store, webhook)
            return True

    def _watch_version(self, webhook: Webhook) -> None:
        """A version that is no longer supported is replaced by a later one, without an error."""
        expected, sent = self._here.settings.shopify_api_version, webhook.api_version
        if sent is not None and sent != expected and sent not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(sent)
            log.warning("%s: webhooks have version %.20s, not %s", webhook.shop, sent, expected)


def _change(kind: Kind, name: str = "id") -> Taking:
    """Something to be read again, named by this number."""

    async def noted(connection: AsyncConnection, store: Store, webhook: Webhook) -> None:
        external_id = number(webhook.body, name)
        if external_id is None:
            log.warning("%s: %s without %s", store.shop, webhook.topic, name)
        elif store.automatic:
            at = moment(webhook.body.get("updated_at")) or webhook.triggered_at
            change = Change(kind=kind, external_id=external_id, changed_at=at)
            await shopify_changes.note(connection, store.merchant_id, change)

    return noted


async def _collection_deleted(connection: AsyncConnection, store: Store, _: Webhook) -> None:
    """Which products were in it nobody can be asked any more."""
    await shopify_stores.compare_soon(connection, store.merchant_id)


async def _uninstalled(connection: AsyncConnection, store: Store, webhook: Webhook) -> None:
    """It may come late: after the app was installed again."""
    if webhook.triggered_at is None or webhook.triggered_at >= store.connected_at:
        await shopify_stores.disconnect(connection, store.merchant_id, "the app was removed at Shopify")
        await _say(connection, store.merchant_id, "status", "disconnected: the app was removed at Shopify")


async def _scopes(connection: AsyncConnection, store: Store, webhook: Webhook) -> None:
    current = webhook.body.get("current")
    if isinstance(current, list):
        await note_scopes(connection, store.merchant_id, [name for name in current if isinstance(name, str)])


async def _ordered(connection: AsyncConnection, store: Store, webhook: Webhook) -> None:
    """Told only where the merchant granted it. What no reply led to is not looked at any further."""
    order = led_by(webhook.body)
    if order is not None and ORDERS in (store.scopes or ()):
        await shopify_sales.note(
            connection,
            store.merchant_id,
            order_id=order.id,
            code=order.code,
            amount_minor=order.amount_minor,
            currency=order.currency,
            at=order.at,
        )


async def _say(connection: AsyncConnection, merchant_id: str, field: str, detail: str) -> None:
    note = Note(kind=shopify_log.Kind.EVENT, field=field, detail=detail)
    await shopify_log.note(connection, merchant_id, [note])


def _for_owner(act: Callable[[AsyncConnection, str, Webhook], Awaitable[str]]) -> TakingOfAny:
    """What it says it did goes into the log of the merchant who has the shop."""

    async def taken(connection: AsyncConnection, webhook: Webhook) -> bool:
        merchant_id = await shopify_stores.owner_of(connection, webhook.shop)
        if merchant_id is not None:
            await _say(connection, merchant_id, webhook.topic, await act(connection, merchant_id, webhook))
        return merchant_id is not None

    return taken


async def _data_request(connection: AsyncConnection, merchant_id: str, webhook: Webhook) -> str:
    held = await shopify_sales.known(connection, merchant_id, _numbers(webhook, "orders_requested"))
    return f"customer {_customer(webhook)} asked what is held: number, time and sum of {held} orders"


async def _customer_redacted(connection: AsyncConnection, merchant_id: str, webhook: Webhook) -> str:
    code = deletions.code_of(webhook.topic, webhook.shop, webhook.id or "", _customer(webhook))
    orders = _numbers(webhook, "orders_to_redact")
    gone = await erasures.erase_buyer(connection, merchant_id, orders, code=code)
    return f"customer {_customer(webhook)} is forgotten: {gone} orders were erased, nothing else was held"


async def _shop_redacted(connection: AsyncConnection, webhook: Webhook) -> bool:
    return await erasures.erase_store(connection, webhook.shop, request=webhook.id or uuid4().hex)


def _numbers(webhook: Webhook, name: str) -> list[str]:
    found = webhook.body.get(name)
    return [str(one) for one in found if isinstance(one, int | str)] if isinstance(found, list) else []


def _customer(webhook: Webhook) -> str:
    customer = webhook.body.get("customer")
    return (number(customer) if isinstance(customer, dict) else None) or "without a number"


_TOPICS: Mapping[str, Taking] = {
    "products/create": _change(Kind.PRODUCT),
    "products/update": _change(Kind.PRODUCT),
    "products/delete": _change(Kind.PRODUCT),
    # One location's level, and no product: whose stock it is part of only the store knows.
    "inventory_levels/update": _change(Kind.INVENTORY_ITEM, "inventory_item_id"),
    "inventory_levels/connect": _change(Kind.INVENTORY_ITEM, "inventory_item_id"),
    "inventory_levels/disconnect": _change(Kind.INVENTORY_ITEM, "inventory_item_id"),
    "collections/create": _change(Kind.COLLECTION),
    "collections/update": _change(Kind.COLLECTION),
    "collections/delete": _collection_deleted,
    "orders/create": _ordered,
    "app/uninstalled": _uninstalled,
    "app/scopes_update": _scopes,
}
# They may come when there is no token any more, and for a shop that nobody knows; twice does no harm.
_OF_ANY_SHOP: Mapping[str, TakingOfAny] = {
    "customers/data_request": _for_owner(_data_request),
    "customers/redact": _for_owner(_customer_redacted),
    "shop/redact": _shop_redacted,
}
