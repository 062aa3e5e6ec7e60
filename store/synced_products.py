"""Which products came from a shop elsewhere, and as of when."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def of_shop(connection: AsyncConnection, merchant_id: str, shop: str) -> Mapping[int, str]:
    """Shopify's number -> Shopify's time of the last change we have, of all that are not deleted."""
    found = await connection.execute(
        text("""
            SELECT body->>'shopify_product_id' AS number,
                body->'metadata'->>'shopify_updated_at' AS updated_at
            FROM products
            WHERE merchant_id = :merchant_id AND NOT deleted AND body->'metadata'->>'shopify_shop' = :shop
        """),
        {"merchant_id": merchant_id, "shop": shop},
    )
    return {int(row.number): row.updated_at or "" for row in found if (row.number or "").isdecimal()}
