"""Looks after connected stores: they are read in time, tell us what happens, and their tokens stay alive."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_access import note_scopes
from sources.shopify import subscriptions
from sources.shopify.errors import ShopifyError
from sources.shopify.login import missing
from sources.shopify.subscriptions import Asking, State
from store import shopify_log, shopify_schedule, shopify_stores, shopify_webhooks
from store.database import autocommit
from store.shopify_log import Kind, Note
from store.shopify_stores import Status, Store

log = logging.getLogger(__name__)

# A refresh token lives 90 days: many failures are noticed long before it dies.
REFRESH_AFTER = timedelta(days=7)


class Stores(Protocol):
    """How stores are asked: actors/shopify_clients.py."""

    def of(self, merchant_id: str, shop: str) -> Asking: ...

    async def keep_alive(self, merchant_id: str, *, older_than: timedelta) -> None: ...


class ShopifyUpkeep:
    """`address`: where webhooks are to be sent; None while nobody outside can reach us."""

    def __init__(
        self,
        engine: AsyncEngine,
        stores: Stores,
        *,
        address: str | None,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._engine = engine
        self._stores = stores
        self._address = address
        self._new_id = new_id

    async def run(self) -> bool:
        """Whatever is due. Whether a sync was begun."""
        async with self._engine.begin() as connection:
            begun = await shopify_schedule.begin_due(connection, self._new_id)
            unwatched = await shopify_schedule.take_unwatched(connection)
        for store in unwatched:
            try:
                await self._look_after(store)
            except ShopifyError as error:
                log.warning("store %s: %s; it is looked after again in an hour", store.shop, error)
        if unwatched:
            async with autocommit(self._engine) as connection:
                await shopify_webhooks.prune(connection)
                await shopify_log.prune(connection)
        return bool(begun)

    async def _look_after(self, store: Store) -> None:
        await self._stores.keep_alive(store.merchant_id, older_than=REFRESH_AFTER)
        client = self._stores.of(store.merchant_id, store.shop)
        state = await subscriptions.look(client)
        await self._note_state(store, state)
        if self._address is None or missing(state.scopes):
            return
        made, refused = await subscriptions.renew(client, state, self._address)
        notes = [Note(kind=Kind.WARNING, field="webhooks", detail=detail) for detail in refused]
        if made:
            log.warning("store %s: %s were not subscribed", store.shop, ", ".join(made))
            notes.append(Note(kind=Kind.EVENT, field="webhooks", detail=f"subscribed: {', '.join(made)}"))
        async with self._engine.begin() as connection:
            await shopify_log.look(connection, store.merchant_id, "webhooks", notes)

    async def _note_state(self, store: Store, state: State) -> None:
        """It answers: a store that was paused is back. What it grants may have changed meanwhile."""
        async with self._engine.begin() as connection:
            if store.status is Status.PAUSED:
                await shopify_stores.resume(connection, store.merchant_id)
                said = Note(kind=Kind.EVENT, field="status", detail="connected: the store is served again")
                await shopify_log.note(connection, store.merchant_id, [said])
            await note_scopes(connection, store.merchant_id, state.scopes)
