"""Tracked links: where a short code leads, and who went there."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.referral import with_code


async def make(
    connection: AsyncConnection,
    *,
    merchant_id: str,
    conversation_id: int,
    execution_id: str,
    urls: Mapping[str, str],
    codes: Mapping[str, str],
) -> dict[str, str]:
    """The code of each product: a new one of `codes`, or the one it has when the turn is sent again.

    `urls` and `codes` by product id; `urls` are http or https.
    """
    found = await connection.execute(
        text("""
            INSERT INTO links (code, merchant_id, conversation_id, execution_id, product_id, url)
            SELECT code, :merchant_id, :conversation_id, :execution_id, product_id, url
            FROM unnest(CAST(:codes AS text[]), CAST(:product_ids AS text[]), CAST(:urls AS text[]))
                 AS l(code, product_id, url)
            ON CONFLICT (merchant_id, execution_id, product_id) DO UPDATE SET url = excluded.url
            RETURNING product_id, code
        """),
        {
            "merchant_id": merchant_id,
            "conversation_id": conversation_id,
            "execution_id": execution_id,
            "codes": [codes[product_id] for product_id in urls],
            "product_ids": list(urls),
            "urls": list(urls.values()),
        },
    )
    return {row.product_id: row.code for row in found}


# Looking and counting are one round trip: the click is on record before the answer leaves.
_FOLLOW = text("""
    WITH link AS (SELECT * FROM links WHERE code = :code),
    clicked AS (
        INSERT INTO clicks (merchant_id, conversation_id, execution_id, product_id)
        SELECT merchant_id, conversation_id, execution_id, product_id FROM link WHERE :click
    )
    SELECT link.url AS shown, products.body->>'product_url' AS current, EXISTS (
        SELECT FROM shopify_stores s WHERE s.merchant_id = link.merchant_id AND s.status = 'connected'
          AND jsonb_exists(s.scopes, 'read_orders')
    ) AS sales
    FROM link LEFT JOIN products ON products.merchant_id = link.merchant_id AND products.id = link.product_id
""")


async def follow(connection: AsyncConnection, code: str, *, click: bool) -> str | None:
    """The http or https address of the product, as the shop has it now, or had it when it was shown.

    None for a code we never gave, or no longer know. `click`: a person goes there, count it. Where sales
    are counted the address says by which link it was reached.
    """
    row = (await connection.execute(_FOLLOW, {"code": code, "click": click})).first()
    if row is None:
        return None
    url = str(row.current if is_web(row.current) else row.shown)
    return with_code(url, code) if row.sales else url


def is_web(url: str | None) -> bool:
    return url is not None and url.lower().startswith(("http://", "https://"))


async def expire(connection: AsyncConnection, before: datetime) -> None:
    """Links this old lead nowhere any more; their clicks are in the roll-ups for good."""
    for statement in (
        text("DELETE FROM links WHERE created_at < :before"),
        text("DELETE FROM clicks WHERE at < :before"),
    ):
        await connection.execute(statement, {"before": before})
