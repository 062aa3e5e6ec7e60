"""Shopify stores: whose they are, the tokens that open them, and how they stand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, NotFound


class Status(StrEnum):
    """All but the first have a reason. None of them costs a product."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"  # the tokens are worth nothing any more: the merchant must agree anew
    PAUSED = "paused"  # Shopify does not serve the store for now: frozen, closed
    DISCONNECTED = "disconnected"  # by the merchant here, or by removing the app there


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Sealed. `refresh` and both times are None for a token that does not expire."""

    access: bytes = field(repr=False)
    refresh: bytes | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """`options`: what the merchant says an option is, by its name: color, size, material or none.

    `scopes`: what the merchant granted; None: not known. `tokens`: None when there are none any more.
    """

    merchant_id: str
    shop: str
    status: Status
    reason: str | None
    tokens: Tokens | None
    scopes: tuple[str, ...] | None
    automatic: bool
    options: Mapping[str, str]
    connected_at: datetime
    token_at: datetime
    last_event_at: datetime | None
    last_sync_at: datetime | None


async def connect(
    connection: AsyncConnection,
    *,
    merchant_id: str,
    shop: str,
    tokens: Tokens,
    scopes: Sequence[str] | None,
) -> None:
    """Connect, or connect again with new tokens. Conflict when another merchant has the shop, or this one
    another shop. A store that was disconnected stands in nobody's way; its merchant's settings stay.
    """
    await connection.execute(  # of two who connect a shop for the first time, one comes second
        text("SELECT pg_advisory_xact_lock(hashtextextended('shopify-shop:' || :shop, 0))"), {"shop": shop}
    )
    await require_free(connection, merchant_id=merchant_id, shop=shop)
    await connection.execute(
        text("""
            INSERT INTO shopify_stores (merchant_id, shop, access_token, refresh_token, expires_at,
                                        refresh_expires_at, scopes, checked_at, recent_due_at, full_due_at)
            VALUES (:merchant_id, :shop, :access, :refresh, :expires_at, :refresh_expires_at,
                    CAST(:scopes AS jsonb), NULL, NULL, now())
            ON CONFLICT (merchant_id) DO UPDATE
            SET shop = excluded.shop, status = 'connected', reason = NULL,
                access_token = excluded.access_token, refresh_token = excluded.refresh_token,
                expires_at = excluded.expires_at, refresh_expires_at = excluded.refresh_expires_at,
                scopes = excluded.scopes, connected_at = now(), token_at = now(), checked_at = NULL,
                recent_due_at = NULL, full_due_at = now()
        """),
        {
            "merchant_id": merchant_id,
            "shop": shop,
            "scopes": None if scopes is None else json.dumps(list(scopes)),
            **_columns(tokens),
        },
    )


async def require_free(connection: AsyncConnection, *, merchant_id: str, shop: str) -> None:
    """Conflict when another merchant has the shop, or this merchant has another shop."""
    found = await connection.execute(
        text(
            "SELECT merchant_id, shop FROM shopify_stores WHERE status <> 'disconnected' "
            "AND (merchant_id = :merchant_id OR shop = :shop) FOR UPDATE"
        ),
        {"merchant_id": merchant_id, "shop": shop},
    )
    for row in found:
        if row.merchant_id != merchant_id:
            raise Conflict(
                "this store is connected to another merchant; disconnect it there first", field="shop"
            )
        if row.shop != shop:
            raise Conflict(f"{row.shop} is connected; disconnect it before another store", field="shop")


_OF_MERCHANT = text("SELECT * FROM shopify_stores WHERE merchant_id = :merchant_id")


async def get(connection: AsyncConnection, merchant_id: str) -> Store:
    store = await known_of(connection, merchant_id)
    if store is None:
        raise NotFound("no Shopify store is connected")
    return store


async def by_shop(connection: AsyncConnection, shop: str) -> Store | None:
    """None for a shop that nobody has connected, or that is disconnected."""
    found = await connection.execute(
        text("SELECT * FROM shopify_stores WHERE shop = :shop AND status <> 'disconnected'"), {"shop": shop}
    )
    row = found.first()
    return store_of(row) if row else None


async def owner_of(connection: AsyncConnection, shop: str) -> str | None:
    """The merchant who has the shop, or had it last; None when nobody ever did."""
    found = await connection.execute(
        text("""
            SELECT merchant_id FROM shopify_stores WHERE shop = :shop
            ORDER BY status = 'disconnected', connected_at DESC LIMIT 1
        """),
        {"shop": shop},
    )
    merchant_id: str | None = found.scalar()
    return merchant_id


async def known_of(connection: AsyncConnection, merchant_id: str) -> Store | None:
    """The merchant's store, however it stands; None when there never was one."""
    found = await connection.execute(_OF_MERCHANT, {"merchant_id": merchant_id})
    row = found.first()
    return store_of(row) if row else None


async def one_at_a_time(connection: AsyncConnection, merchant_id: str) -> None:
    """Until this transaction ends nobody else, in any process, gets past here for the merchant's store."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('shopify:' || :merchant_id, 0))"),
        {"merchant_id": merchant_id},
    )


async def renew(connection: AsyncConnection, merchant_id: str, tokens: Tokens, *, instead_of: Tokens) -> bool:
    """Both tokens at once. False when the store was connected again, or disconnected, meanwhile."""
    changed = await connection.execute(
        text("""
            UPDATE shopify_stores SET access_token = :access, refresh_token = :refresh,
                expires_at = :expires_at, refresh_expires_at = :refresh_expires_at, token_at = now()
            WHERE merchant_id = :merchant_id AND access_token = :before
        """),
        {"merchant_id": merchant_id, "before": instead_of.access, **_columns(tokens)},
    )
    return changed.rowcount == 1


async def park(
    connection: AsyncConnection, merchant_id: str, status: Status, reason: str, *, tokens: Tokens
) -> None:
    """Nothing is read until this is over; products stay as they are.

    `tokens` are those that failed: a store that has others by now goes on.
    """
    await connection.execute(
        text("""
            UPDATE shopify_stores SET status = :status, reason = :reason
            WHERE merchant_id = :merchant_id AND access_token = :access AND status <> 'disconnected'
        """),
        {"merchant_id": merchant_id, "status": status, "reason": reason, "access": tokens.access},
    )


async def resume(connection: AsyncConnection, merchant_id: str) -> None:
    """Shopify serves a paused store again. What it missed meanwhile is compared at once."""
    await connection.execute(
        text("""
            UPDATE shopify_stores SET status = 'connected', reason = NULL, full_due_at = now()
            WHERE merchant_id = :merchant_id AND status = 'paused'
        """),
        {"merchant_id": merchant_id},
    )


async def disconnect(connection: AsyncConnection, merchant_id: str, reason: str) -> None:
    """The tokens go, and what was waiting to be read; the settings wait for another time."""
    gone = await connection.execute(
        text("""
            UPDATE shopify_stores SET status = 'disconnected', reason = :reason, access_token = NULL,
                refresh_token = NULL, expires_at = NULL, refresh_expires_at = NULL, scopes = NULL
            WHERE merchant_id = :merchant_id AND status <> 'disconnected'
        """),
        {"merchant_id": merchant_id, "reason": reason},
    )
    if gone.rowcount == 0:
        raise NotFound("no Shopify store is connected")
    await connection.execute(
        text("DELETE FROM shopify_changes WHERE merchant_id = :merchant_id"), {"merchant_id": merchant_id}
    )


async def erase(connection: AsyncConnection, shop: str) -> list[str]:
    """All that is held about a store whose merchant has left: name, tokens, log, sales, what was waiting.

    The merchants who had it. One who came back meanwhile agreed anew, and keeps it.
    """
    gone = await connection.execute(
        text(
            "DELETE FROM shopify_stores WHERE shop = :shop AND status = 'disconnected' RETURNING merchant_id"
        ),
        {"shop": shop},
    )
    merchants = list(gone.scalars())
    for held in (
        "shopify_log WHERE true",
        "shopify_sales WHERE true",
        "shopify_changes WHERE true",
        "shopify_webhooks WHERE true",
        "jobs WHERE kind = 'shopify_sync'",
    ):
        await connection.execute(
            text(f"DELETE FROM {held} AND merchant_id = ANY(CAST(:ids AS text[]))"),  # noqa: S608 - these
            {"ids": merchants},
        )
    return merchants


async def set_options(
    connection: AsyncConnection, merchant_id: str, *, automatic: bool, options: Mapping[str, str]
) -> None:
    await connection.execute(
        text("""
            UPDATE shopify_stores SET automatic = :automatic, options = CAST(:options AS jsonb)
            WHERE merchant_id = :merchant_id
        """),
        {"merchant_id": merchant_id, "automatic": automatic, "options": json.dumps(dict(options))},
    )


async def set_scopes(connection: AsyncConnection, merchant_id: str, scopes: Sequence[str]) -> None:
    await connection.execute(
        text("UPDATE shopify_stores SET scopes = CAST(:scopes AS jsonb) WHERE merchant_id = :merchant_id"),
        {"merchant_id": merchant_id, "scopes": json.dumps(list(scopes))},
    )


async def compare_soon(connection: AsyncConnection, merchant_id: str) -> None:
    """Everything is read and compared as soon as can be, instead of tonight."""
    await connection.execute(
        text("UPDATE shopify_stores SET full_due_at = now() WHERE merchant_id = :merchant_id"),
        {"merchant_id": merchant_id},
    )


async def note_synced(connection: AsyncConnection, merchant_id: str, began_at: datetime) -> None:
    """All it set out to read is here, as it was at `began_at` or later."""
    await connection.execute(
        text("""
            UPDATE shopify_stores SET last_sync_at = greatest(last_sync_at, :began_at)
            WHERE merchant_id = :merchant_id
        """),
        {"merchant_id": merchant_id, "began_at": began_at},
    )


def _columns(tokens: Tokens) -> dict[str, Any]:
    return {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "expires_at": tokens.expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
    }


def store_of(row: Row[Any]) -> Store:
    tokens = None
    if row.access_token is not None:
        tokens = Tokens(
            access=row.access_token,
            refresh=row.refresh_token,
            expires_at=row.expires_at,
            refresh_expires_at=row.refresh_expires_at,
        )
    return Store(
        merchant_id=row.merchant_id,
        shop=row.shop,
        status=Status(row.status),
        reason=row.reason,
        tokens=tokens,
        scopes=None if row.scopes is None else tuple(row.scopes),
        automatic=row.automatic,
        options=row.options,
        connected_at=row.connected_at,
        token_at=row.token_at,
        last_event_at=row.last_event_at,
        last_sync_at=row.last_sync_at,
    )
