"""Customers who want to know when something can be bought again. Written by the turns (store/turns.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """`variant_ids` empty: any variant of the product. `product_name` None: it is gone for good."""

    id: int
    customer_id: str
    channel: str
    product_id: str
    product_name: str | None
    variant_ids: tuple[str, ...]
    execution_id: str
    created_at: datetime


async def listing(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    limit: int,
    before: int | None,
    product_id: str | None = None,
) -> Sequence[Waiter]:
    """Newest first, by id; `before` is the id the last page ended with."""
    found = await connection.execute(
        text("""
            SELECT w.id, c.customer_id, c.channel, w.product_id, p.body->>'name' AS product_name,
                   w.variant_ids, w.execution_id, w.created_at
            FROM restock_wishes w
            JOIN conversations c ON c.id = w.conversation_id
            LEFT JOIN products p ON p.merchant_id = w.merchant_id AND p.id = w.product_id AND NOT p.deleted
            WHERE w.merchant_id = :merchant_id
              AND w.product_id = coalesce(CAST(:product_id AS text), w.product_id)
              AND w.id < coalesce(CAST(:before AS bigint), 9223372036854775807)
            ORDER BY w.id DESC LIMIT :limit
        """),
        {"merchant_id": merchant_id, "product_id": product_id, "before": before, "limit": limit},
    )
    return [
        Waiter(
            id=row.id,
            customer_id=row.customer_id,
            channel=row.channel,
            product_id=row.product_id,
            product_name=row.product_name,
            variant_ids=tuple(row.variant_ids),
            execution_id=row.execution_id,
            created_at=row.created_at,
        )
        for row in found
    ]
