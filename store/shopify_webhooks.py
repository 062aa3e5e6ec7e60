"""Which webhooks of Shopify were taken: one delivery is tried again for hours, under the same id."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_KEPT_DAYS = 7  # Shopify tries for 4 hours; a day late has been seen

_HEARD = text("""
    UPDATE shopify_stores SET last_event_at = date_trunc('minute', now())
    WHERE merchant_id = :merchant_id AND last_event_at IS DISTINCT FROM date_trunc('minute', now())
""")
_TAKE = text("""
    INSERT INTO shopify_webhooks (merchant_id, webhook_id) VALUES (:merchant_id, :webhook_id)
    ON CONFLICT DO NOTHING
""")


async def is_new(connection: AsyncConnection, merchant_id: str, webhook_id: str | None) -> bool:
    """From now on it is not, if this transaction holds. What comes without an id is new each time."""
    await connection.execute(_HEARD, {"merchant_id": merchant_id})
    if webhook_id is None:
        return True
    taken = await connection.execute(_TAKE, {"merchant_id": merchant_id, "webhook_id": webhook_id})
    return taken.rowcount == 1


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(
        text("DELETE FROM shopify_webhooks WHERE received_at < now() - make_interval(days => :days)"),
        {"days": _KEPT_DAYS},
    )
