"""Looks after connected Instagram accounts: their tokens stay alive, their events keep coming."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from channels.errors import BadRequest, SendError, TokenInvalid
from channels.instagram.account_api import SUBSCRIBED_FIELDS, AccountApi
from channels.instagram.direct import CHANNEL
from store import accounts
from store.accounts import Account
from store.database import autocommit
from store.vault import Expired, Vault

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
# A token lives 60 days: a whole month of failures is noticed long before it dies.
REFRESH_AFTER = timedelta(days=7)
# Instagram refreshes no token younger than this. How long one lives that was typed in shows here first.
YOUNGEST = timedelta(days=1)


class AccountUpkeep:
    """Whatever happens in between, the next round begins anew an hour later."""

    def __init__(
        self,
        engine: AsyncEngine,
        api: AccountApi,
        vault: Vault,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._api = api
        self._vault = vault
        self._clock = clock

    async def run(self) -> None:
        """Those whose hour has come."""
        async with autocommit(self._engine) as connection:
            due = await accounts.take_due(connection, CHANNEL, EVERY)
        for account in due:
            try:
                await self._look_after(account)
            except (TokenInvalid, Expired):
                await self._park(account)
            except SendError as error:
                log.warning("account %s: %s; it is looked after again in an hour", account.account_id, error)

    async def _look_after(self, account: Account) -> None:
        now = self._clock()
        if account.facts.expires_at and account.facts.expires_at <= now:
            raise TokenInvalid("its time is over")
        token = self._vault.open(account.sealed_token or b"")
        if _is_old(account, now):
            account, token = await self._refreshed(account, token)
        if account.expires_soon(now):
            log.error("account %s: its token dies on %s", account.account_id, account.facts.expires_at)
        await self._subscribed(account, token)

    async def _refreshed(self, account: Account, token: str) -> tuple[Account, str]:
        """A failure is no reason to leave the rest undone, unless it means that the token is dead."""
        try:
            newer = await self._api.refreshed(token)
        except TokenInvalid:
            raise
        except SendError as error:
            log.warning("account %s: its token could not be renewed: %s", account.account_id, error)
            return account, token
        lives = timedelta(seconds=newer.lives_s) if newer.lives_s else None
        renewed = replace(
            account,
            sealed_token=self._vault.seal(newer.token),
            facts=replace(account.facts, expires_at=self._clock() + lives if lives else None),
        )
        async with autocommit(self._engine) as connection:
            await accounts.renew(connection, renewed, instead_of=account.sealed_token)
        return renewed, newer.token

    async def _subscribed(self, account: Account, token: str) -> None:
        """Meta unsubscribes an account whose webhooks failed for hours, and says so to nobody."""
        try:
            fields = await self._api.subscribed_fields(account.account_id, token)
        except BadRequest:
            fields = ()  # whoever may not look may still subscribe
        if missing := [name for name in SUBSCRIBED_FIELDS if name not in fields]:
            log.warning("account %s: %s were not subscribed", account.account_id, ", ".join(missing))
            await self._api.subscribe(account.account_id, token)
            fields = SUBSCRIBED_FIELDS
        if fields != account.facts.subscribed:
            async with autocommit(self._engine) as connection:
                await accounts.note_subscribed(connection, CHANNEL, account.account_id, fields)

    async def _park(self, account: Account) -> None:
        reason = TokenInvalid.default_reason
        log.error("account %s: %s; nothing is sent until it is connected again", account.account_id, reason)
        async with autocommit(self._engine) as connection:
            await accounts.park(
                connection, CHANNEL, account.account_id, reason, sealed_token=account.sealed_token
            )


def _is_old(account: Account, now: datetime) -> bool:
    known = account.facts.expires_at is not None
    return now - account.token_at >= (REFRESH_AFTER if known else YOUNGEST)
