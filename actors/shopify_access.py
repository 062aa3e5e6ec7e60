"""A call to a merchant's store: with a token that is good, and what becomes of the store when none is."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import aiohttp
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from settings import Settings
from sources.shopify.errors import Refused, StoreAway, TokenInvalid
from sources.shopify.login import Granted, Login, missing
from store import shopify_log, shopify_stores
from store.database import autocommit
from store.shopify_log import Kind, Note
from store.shopify_stores import Status, Store, Tokens
from store.vault import Expired, Vault

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

# A token this close to its end is renewed before it is used.
EARLY = timedelta(minutes=5)


class StoreAccess:
    """Any number of these, in any number of processes: a store's tokens are renewed by one at a time."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Vault,
        session: aiohttp.ClientSession,
        login: Login | None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._session = session
        self._login = login
        self._clock = clock

    async def call(self, merchant_id: str, work: Callable[[str, str], Awaitable[Answer]]) -> Answer:
        """`work` gets the shop's name and a token, and raises the tree of sources/shopify/errors.py.

        A token it calls invalid is renewed and the work done once more. If that does not help, the store is
        parked until its merchant connects it again; a store that is away is paused. Both raise.
        """
        store = await self._store(merchant_id)
        tokens = store.tokens
        if tokens is None:
            raise TokenInvalid(store.reason or "there is no token")
        try:
            if self._is_old(tokens):
                tokens = await self._renewed(merchant_id, tokens)
            try:
                return await work(store.shop, self._open(tokens.access))
            except TokenInvalid:
                tokens = await self._renewed(merchant_id, tokens)
                return await work(store.shop, self._open(tokens.access))
        except TokenInvalid as error:
            await self._park(store, Status.RECONNECT, error.detail)
            raise
        except StoreAway as error:
            await self._park(store, Status.PAUSED, error.detail)
            raise

    async def keep_alive(self, merchant_id: str, *, older_than: timedelta) -> None:
        """A refresh token dies of not being used."""
        store = await self._store(merchant_id)
        tokens = store.tokens
        if tokens is None or tokens.refresh is None or self._clock() - store.token_at < older_than:
            return
        try:
            await self._renewed(merchant_id, tokens)
        except TokenInvalid as error:
            await self._park(store, Status.RECONNECT, error.detail)
            raise

    async def _store(self, merchant_id: str) -> Store:
        async with autocommit(self._engine) as connection:
            return await shopify_stores.get(connection, merchant_id)

    def _is_old(self, tokens: Tokens) -> bool:
        return tokens.expires_at is not None and tokens.expires_at - self._clock() <= EARLY

    async def _renewed(self, merchant_id: str, before: Tokens) -> Tokens:
        """Those that somebody else has got meanwhile, or new ones, kept before anybody uses them.

        A process that dies between Shopify's answer and the end of this transaction leaves the refresh token
        that it used: for a short time Shopify gives the same answer to it again.
        """
        async with self._engine.begin() as connection:
            await shopify_stores.one_at_a_time(connection, merchant_id)
            store = await shopify_stores.get(connection, merchant_id)
            tokens = store.tokens
            if tokens is None:
                raise TokenInvalid(store.reason or "there is no token")
            if tokens.access != before.access:
                return tokens
            if tokens.refresh is None:
                raise TokenInvalid("the token was revoked")
            if self._login is None:
                raise Refused("a token cannot be renewed without SHOPIFY_API_KEY and SHOPIFY_API_SECRET")
            granted = await self._login.refresh(self._session, store.shop, self._open(tokens.refresh))
            newer = sealed(self._vault, granted, now=self._clock())
            if not await shopify_stores.renew(connection, merchant_id, newer, instead_of=tokens):
                raise Refused("the store was connected anew meanwhile")
            return newer

    def _open(self, token: bytes) -> str:
        try:
            return self._vault.open(token)
        except Expired:
            raise TokenInvalid("the token was sealed with a key that ENCRYPTION_KEYS lacks") from None

    async def _park(self, failed: Store, status: Status, reason: str) -> None:
        """With the tokens it has now: they may have been renewed before they failed."""
        async with self._engine.begin() as connection:
            store = await shopify_stores.get(connection, failed.merchant_id)
            if store.tokens is None or store.connected_at != failed.connected_at:
                return
            log.error("store %s: %s (%s)", store.shop, status.value, reason)
            await shopify_stores.park(connection, store.merchant_id, status, reason, tokens=store.tokens)
            said = Note(kind=Kind.EVENT, field="status", detail=f"{status.value}: {reason}")
            if store.status != status:
                await shopify_log.note(connection, store.merchant_id, [said])


async def note_scopes(connection: AsyncConnection, merchant_id: str, scopes: Sequence[str]) -> None:
    """What is granted from now on. If that is too little, the store waits to be connected again."""
    store = await shopify_stores.get(connection, merchant_id)
    if store.scopes is not None and set(scopes) == set(store.scopes):
        return
    await shopify_stores.set_scopes(connection, merchant_id, scopes)
    granted = f"granted from now on: {', '.join(scopes) or 'nothing'}"
    notes = [Note(kind=Kind.EVENT, field="scopes", detail=granted)]
    await shopify_log.note(connection, merchant_id, notes)
    if store.tokens and (absent := missing(scopes)):
        reason = f"not granted any more: {', '.join(absent)}"
        await shopify_stores.park(connection, merchant_id, Status.RECONNECT, reason, tokens=store.tokens)


def sealed(vault: Vault, granted: Granted, *, now: datetime) -> Tokens:
    return Tokens(
        access=vault.seal(granted.access),
        refresh=vault.seal(granted.refresh) if granted.refresh else None,
        expires_at=_after(now, granted.lives_s),
        refresh_expires_at=_after(now, granted.refresh_lives_s),
    )


def login_of(configuration: Settings) -> Login | None:
    """None while the settings name no app."""
    if configuration.shopify_api_key is None or not configuration.shopify_secrets:
        return None
    return Login(
        api_key=configuration.shopify_api_key,
        api_secret=configuration.shopify_secrets[0],
        redirect_uri=f"{configuration.public_url}/shopify/callback",
        admin_url=configuration.shopify_admin_url,
    )


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds is not None else None
