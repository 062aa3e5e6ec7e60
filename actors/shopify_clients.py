"""Whoever asks a store, asks through the one client of it: its points are counted in one place."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_access import StoreAccess, login_of
from settings import Settings
from sources.shopify.budget import Budget
from sources.shopify.client import Client
from store.vault import Vault

Answer = TypeVar("Answer")


class ShopifyClients:
    """Of one process."""

    def __init__(
        self, engine: AsyncEngine, vault: Vault, session: aiohttp.ClientSession, configuration: Settings
    ) -> None:
        self._session = session
        self._access = StoreAccess(engine, vault, session, login_of(configuration))
        self._configuration = configuration
        self._clients: dict[tuple[str, str], Client] = {}

    async def keep_alive(self, merchant_id: str, *, older_than: timedelta) -> None:
        """A token that was not renewed for so long is renewed now."""
        await self._access.keep_alive(merchant_id, older_than=older_than)

    def of(self, merchant_id: str, shop: str) -> Client:
        known = self._clients.get((merchant_id, shop))
        if known is None:

            def access(work: Callable[[str, str], Awaitable[Answer]]) -> Awaitable[Answer]:
                return self._access.call(merchant_id, work)

            known = self._clients[merchant_id, shop] = Client(
                self._session,
                shop=shop,
                admin_url=self._configuration.shopify_admin_url,
                api_version=self._configuration.shopify_api_version,
                access=access,
                budget=Budget(),
            )
        return known
