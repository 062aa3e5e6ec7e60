"""Accounts on channels: whose they are, and the token that speaks for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, NotFound

CONNECTED = "connected"
DEAUTHORIZED = "deauthorized"  # its owner removed the app: there is no token any more
WARN_BEFORE = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a channel says about an account. None: it did not say.

    `permissions` is what the owner agreed to, `subscribed` what the channel sends us of it,
    `expires_at` when the token dies.
    """

    app_scoped_id: str | None = None
    username: str | None = None
    permissions: tuple[str, ...] | None = None
    subscribed: tuple[str, ...] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`status` is `connected`, or why nothing is sent for it."""

    merchant_id: str
    channel: str
    account_id: str
    status: str
    facts: Facts
    sealed_token: bytes | None = field(repr=False)
    token_at: datetime
    connected_at: datetime
    last_event_at: datetime | None

    def expires_soon(self, now: datetime) -> bool:
        return self.facts.expires_at is not None and self.facts.expires_at - now < WARN_BEFORE


async def connect(
    connection: AsyncConnection,
    *,
    merchant_id: str,
    channel: str,
    account_id: str,
    sealed_token: bytes | None,
    facts: Facts | None = None,
    status: str = CONNECTED,
) -> None:
    """Connect, or connect again with a new token. Conflict when another merchant has the account.

    Of an account that is known already, what the facts leave open stays as it was;
    but for how long the token lives, since the token is another.
    """
    facts = facts or Facts()
    taken = await connection.execute(
        text("""
            INSERT INTO accounts AS a (channel, account_id, merchant_id, access_token, status, app_scoped_id,
                                       username, permissions, subscribed, expires_at, checked_at)
            VALUES (:channel, :account_id, :merchant_id, :token, :status, :app_scoped_id, :username,
                    CAST(:permissions AS jsonb), CAST(:subscribed AS jsonb), :expires_at, now())
            ON CONFLICT (channel, account_id) DO UPDATE
            SET access_token = excluded.access_token, status = excluded.status, connected_at = now(),
                token_at = now(), expires_at = excluded.expires_at, checked_at = now(),
                app_scoped_id = coalesce(excluded.app_scoped_id, a.app_scoped_id),
                username = coalesce(excluded.username, a.username),
                permissions = coalesce(excluded.permissions, a.permissions),
                subscribed = coalesce(excluded.subscribed, a.subscribed)
            WHERE a.merchant_id = excluded.merchant_id
        """),
        {
            "channel": channel,
            "account_id": account_id,
            "merchant_id": merchant_id,
            "token": sealed_token,
            "status": status,
            "app_scoped_id": facts.app_scoped_id,
            "username": facts.username,
            "permissions": _json(facts.permissions),
            "subscribed": _json(facts.subscribed),
            "expires_at": facts.expires_at,
        },
    )
    if taken.rowcount == 0:
        raise _taken()


async def require_free(
    connection: AsyncConnection, *, merchant_id: str, channel: str, account_id: str
) -> None:
    """Conflict when another merchant has the account."""
    found = await connection.execute(
        text("SELECT merchant_id FROM accounts WHERE channel = :channel AND account_id = :account_id"),
        {"channel": channel, "account_id": account_id},
    )
    if found.scalar() not in (None, merchant_id):
        raise _taken()


def _taken() -> Conflict:
    return Conflict(
        "this account is connected to another merchant; disconnect it there first", field="account_id"
    )


async def disconnect(
    connection: AsyncConnection, *, merchant_id: str, channel: str, account_id: str | None = None
) -> None:
    """All of the merchant's accounts on the channel, unless one is named."""
    gone = await connection.execute(
        text(
            "DELETE FROM accounts WHERE merchant_id = :merchant_id AND channel = :channel "
            "AND account_id = coalesce(CAST(:account_id AS text), account_id)"
        ),
        {"merchant_id": merchant_id, "channel": channel, "account_id": account_id},
    )
    if gone.rowcount == 0:
        raise NotFound(f"no such {channel} account is connected")


async def listing(connection: AsyncConnection, merchant_id: str, channel: str) -> list[Account]:
    """In the order in which they were connected."""
    found = await connection.execute(
        text(
            "SELECT * FROM accounts WHERE merchant_id = :merchant_id AND channel = :channel "
            "ORDER BY connected_at, account_id"
        ),
        {"merchant_id": merchant_id, "channel": channel},
    )
    return [_account(row) for row in found]


async def take_due(connection: AsyncConnection, channel: str, every: timedelta) -> list[Account]:
    """Connected accounts that nobody has looked after for so long: now you do."""
    found = await connection.execute(
        text("""
            UPDATE accounts SET checked_at = now()
            WHERE channel = :channel AND status = 'connected' AND access_token IS NOT NULL
              AND coalesce(checked_at < now() - make_interval(secs => :seconds), true)
            RETURNING *
        """),
        {"channel": channel, "seconds": every.total_seconds()},
    )
    return [_account(row) for row in found]


async def renew(connection: AsyncConnection, account: Account, *, instead_of: bytes | None) -> None:
    """Its newer token, unless the account was connected again meanwhile."""
    await connection.execute(
        text(
            "UPDATE accounts SET access_token = :token, token_at = now(), expires_at = :expires_at "
            "WHERE channel = :channel AND account_id = :account_id AND access_token = :before"
        ),
        {
            "channel": account.channel,
            "account_id": account.account_id,
            "token": account.sealed_token,
            "expires_at": account.facts.expires_at,
            "before": instead_of,
        },
    )


async def note_subscribed(
    connection: AsyncConnection, channel: str, account_id: str, fields: Sequence[str]
) -> None:
    await connection.execute(
        text(
            "UPDATE accounts SET subscribed = CAST(:fields AS jsonb) "
            "WHERE channel = :channel AND account_id = :account_id"
        ),
        {"channel": channel, "account_id": account_id, "fields": _json(fields)},
    )


async def token_of(connection: AsyncConnection, channel: str, account_id: str) -> bytes | None:
    """Sealed. None when nothing can be sent for the account."""
    found = await connection.execute(
        text(
            "SELECT access_token FROM accounts "
            "WHERE channel = :channel AND account_id = :account_id AND status = 'connected'"
        ),
        {"channel": channel, "account_id": account_id},
    )
    token: bytes | None = found.scalar()
    return token


async def park(
    connection: AsyncConnection, channel: str, account_id: str, reason: str, *, sealed_token: bytes | None
) -> None:
    """Nothing is sent for it until it is connected again. The reason is its status.

    `sealed_token` is the one that failed: an account that has another by now goes on.
    """
    await connection.execute(
        text(
            "UPDATE accounts SET status = :reason WHERE channel = :channel AND account_id = :account_id "
            "AND access_token IS NOT DISTINCT FROM CAST(:token AS bytea)"
        ),
        {"channel": channel, "account_id": account_id, "reason": reason, "token": sealed_token},
    )


async def deauthorize(connection: AsyncConnection, channel: str, user_id: str) -> int:
    """Its owner removed the app: the token is dropped, the rest waits for another login. How many had it.

    `user_id` is either of an account's two ids.
    """
    gone = await connection.execute(
        text(
            "UPDATE accounts SET access_token = NULL, expires_at = NULL, subscribed = NULL, status = :status "
            "WHERE channel = :channel AND :user_id IN (account_id, app_scoped_id)"
        ),
        {"channel": channel, "user_id": user_id, "status": DEAUTHORIZED},
    )
    return gone.rowcount


async def erase(connection: AsyncConnection, channel: str, user_id: str) -> int:
    """All that is held about an account's owner: ids, name, token, and events nobody has taken yet."""
    gone = await connection.execute(
        text(
            "DELETE FROM accounts WHERE channel = :channel AND :user_id IN (account_id, app_scoped_id) "
            "RETURNING account_id"
        ),
        {"channel": channel, "user_id": user_id},
    )
    account_ids = [row.account_id for row in gone]
    await connection.execute(
        text("DELETE FROM unrouted WHERE channel = :channel AND account_id = ANY(CAST(:ids AS text[]))"),
        {"channel": channel, "ids": [*account_ids, user_id]},
    )
    return len(account_ids)


def _account(row: Row[Any]) -> Account:
    return Account(
        merchant_id=row.merchant_id,
        channel=row.channel,
        account_id=row.account_id,
        status=row.status,
        facts=Facts(
            app_scoped_id=row.app_scoped_id,
            username=row.username,
            permissions=_tuple(row.permissions),
            subscribed=_tuple(row.subscribed),
            expires_at=row.expires_at,
        ),
        sealed_token=row.access_token,
        token_at=row.token_at,
        connected_at=row.connected_at,
        last_event_at=row.last_event_at,
    )


def _json(names: Sequence[str] | None) -> str | None:
    return None if names is None else json.dumps(names)


def _tuple(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)
