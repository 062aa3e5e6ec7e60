"""Orders that a reply led to: counted for it, by the link that was followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    currency: str
    orders: int
    amount_minor: int


async def note(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    order_id: str,
    code: str,
    amount_minor: int,
    currency: str,
    at: datetime,
) -> bool:
    """Once for each order. False when the merchant never gave that code, or the order is known."""
    noted = await connection.execute(
        text("""
            INSERT INTO shopify_sales (merchant_id, order_id, conversation_id, execution_id, product_id,
                                       amount_minor, currency, at)
            SELECT merchant_id, :order_id, conversation_id, execution_id, product_id, :amount, :currency, :at
            FROM links WHERE code = :code AND merchant_id = :merchant_id
            ON CONFLICT (merchant_id, order_id) DO NOTHING
        """),
        {
            "merchant_id": merchant_id,
            "order_id": order_id,
            "code": code,
            "amount": amount_minor,
            "currency": currency,
            "at": at,
        },
    )
    return noted.rowcount == 1


async def since(connection: AsyncConnection, merchant_id: str, at: datetime) -> list[Sales]:
    """By currency; the most orders first."""
    found = await connection.execute(
        text("""
            SELECT currency, count(*) AS orders, sum(amount_minor) AS amount FROM shopify_sales
            WHERE merchant_id = :merchant_id AND at >= :at GROUP BY currency ORDER BY 2 DESC, 1
        """),
        {"merchant_id": merchant_id, "at": at},
    )
    return [Sales(currency=row.currency, orders=row.orders, amount_minor=int(row.amount)) for row in found]


async def between(
    connection: AsyncConnection, merchant_id: str, since: datetime, until: datetime
) -> list[Sales]:
    """From `since` to before `until`; as above."""
    found = await connection.execute(
        text("""
            SELECT currency, count(*) AS orders, sum(amount_minor) AS amount FROM shopify_sales
            WHERE merchant_id = :merchant_id AND at >= :since AND at < :until
            GROUP BY currency ORDER BY 2 DESC, 1
        """),
        {"merchant_id": merchant_id, "since": since, "until": until},
    )
    return [Sales(currency=row.currency, orders=row.orders, amount_minor=int(row.amount)) for row in found]


async def known(connection: AsyncConnection, merchant_id: str, order_ids: Sequence[str]) -> int:
    """How many of these orders are counted here."""
    found = await connection.execute(
        text("""
            SELECT count(*) FROM shopify_sales
            WHERE merchant_id = :merchant_id AND order_id = ANY(CAST(:ids AS text[]))
        """),
        {"merchant_id": merchant_id, "ids": list(order_ids)},
    )
    return int(found.scalar_one())


async def forget(connection: AsyncConnection, merchant_id: str, order_ids: Sequence[str]) -> int:
    """How many went."""
    gone = await connection.execute(
        text("""
            DELETE FROM shopify_sales
            WHERE merchant_id = :merchant_id AND order_id = ANY(CAST(:ids AS text[]))
        """),
        {"merchant_id": merchant_id, "ids": list(order_ids)},
    )
    return gone.rowcount
