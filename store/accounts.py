"""Accounts on channels: whose they are, and the token that speaks for them."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, NotFound

CONNECTED = "connected"


async def connect(
    connection: AsyncConnection,
    *,
    merchant_id: str,
    channel: str,
    account_id: str,
    sealed_token: bytes | None,
) -> None:
    """Connect, or connect again with a new token. Conflict when another merchant has the account."""
    taken = await connection.execute(
        text("""
            INSERT INTO accounts (channel, account_id, merchant_id, access_token)
            VALUES (:channel, :account_id, :merchant_id, :token)
            ON CONFLICT (channel, account_id) DO UPDATE
            SET access_token = excluded.access_token, status = 'connected', connected_at = now()
            WHERE accounts.merchant_id = excluded.merchant_id
        """),
        {"channel": channel, "account_id": account_id, "merchant_id": merchant_id, "token": sealed_token},
    )
    if taken.rowcount == 0:
        raise Conflict("this account is connected to another merchant", field="account_id")


async def disconnect(connection: AsyncConnection, *, merchant_id: str, channel: str) -> None:
    gone = await connection.execute(
        text("DELETE FROM accounts WHERE merchant_id = :merchant_id AND channel = :channel"),
        {"merchant_id": merchant_id, "channel": channel},
    )
    if gone.rowcount == 0:
        raise NotFound(f"no {channel} account is connected")


async def owners(connection: AsyncConnection, channel: str, account_ids: Iterable[str]) -> dict[str, str]:
    """The merchant of each account that has one."""
    found = await connection.execute(
        text(
            "SELECT account_id, merchant_id FROM accounts "
            "WHERE channel = :channel AND account_id = ANY(CAST(:ids AS text[]))"
        ),
        {"channel": channel, "ids": list(account_ids)},
    )
    return {row.account_id: row.merchant_id for row in found}


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
