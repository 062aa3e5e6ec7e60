"""Customers who want to know when something can be bought again, and what became of it.

A wish is written by a turn (store/endings.py). When it is fulfilled it becomes a restock, which the next turn
tells and takes away.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.turn import RestockWish


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


def joined(wishes: Sequence[RestockWish]) -> tuple[RestockWish, ...]:
    """One for each product: variants named one after another are all waited for; none named means any."""
    by_product: dict[str, RestockWish] = {}
    for wish in wishes:
        known = by_product.get(wish.product_id)
        both = {*known.variant_ids, *wish.variant_ids} if known and wish.variant_ids else wish.variant_ids
        by_product[wish.product_id] = replace(wish, variant_ids=tuple(sorted(both)))
    return tuple(by_product.values())


# Whoever waits is noted for the next turn. Less than a day after the customer's last message, when something
# may be said unasked, that turn is now: an event without words.
_TELL = text("""
    WITH back AS (
        SELECT product_id, ARRAY(SELECT jsonb_array_elements_text(CAST(variants AS jsonb))) AS variant_ids
        FROM unnest(CAST(:product_ids AS text[]), CAST(:variant_ids AS text[])) AS b(product_id, variants)
    ),
    fulfilled AS (
        DELETE FROM restock_wishes w USING back
        WHERE w.merchant_id = :merchant_id AND w.product_id = back.product_id
          AND (w.variant_ids = '{}' OR w.variant_ids && back.variant_ids)
        RETURNING w.conversation_id, w.product_id, w.variant_ids
    ),
    noted AS (
        INSERT INTO restocks (merchant_id, conversation_id, product_id, variant_ids)
        SELECT :merchant_id, conversation_id, product_id, variant_ids FROM fulfilled
        ON CONFLICT (conversation_id, product_id) DO UPDATE SET variant_ids = excluded.variant_ids
        RETURNING conversation_id
    ),
    told AS (
        SELECT DISTINCT c.*, 'restock:' || gen_random_uuid() AS key
        FROM (SELECT DISTINCT conversation_id FROM noted) n
        JOIN conversations c ON c.id = n.conversation_id
        -- A channel that needs no token answers calls, and sends nothing by itself.
        JOIN accounts a ON a.channel = c.channel AND a.account_id = c.account_id
        WHERE a.access_token IS NOT NULL AND c.last_customer_at > now() - interval '24 hours'
    )
    INSERT INTO inbox (channel, account_id, key, merchant_id, conversation_id, bucket, kind, event, at)
    SELECT channel, account_id, key, merchant_id, id, bucket, 'restock',
           jsonb_build_object('channel', channel, 'account_id', account_id, 'key', key, 'kind', 'restock',
                              'customer_id', customer_id, 'at', now()), now()
    FROM told
""")


async def tell(connection: AsyncConnection, merchant_id: str, back: Sequence[RestockWish]) -> None:
    """What can be bought again, by product and variants: who waits for it is told once."""
    await connection.execute(
        _TELL,
        {
            "merchant_id": merchant_id,
            "product_ids": [one.product_id for one in back],
            "variant_ids": [json.dumps(one.variant_ids) for one in back],
        },
    )
