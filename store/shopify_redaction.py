"""What Shopify asks to have told or erased about a store and its customers.

Of a store's customers nothing is held: no name, address, email or phone is asked for or kept.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store import shopify_log, shopify_stores
from store.shopify_log import Kind, Note


async def note_request(connection: AsyncConnection, shop: str, field: str, detail: str) -> bool:
    """For the merchant to read. False when no merchant has the shop."""
    merchant_id = await shopify_stores.owner_of(connection, shop)
    if merchant_id is None:
        return False
    await shopify_log.note(connection, merchant_id, [Note(kind=Kind.EVENT, field=field, detail=detail)])
    return True


async def erase_shop(connection: AsyncConnection, shop: str) -> list[str]:
    """All that is held about a store whose merchant has left: name, tokens, log, what was waiting.

    The merchants who had it. One who came back meanwhile agreed anew, and keeps it.
    """
    gone = await connection.execute(
        text(
            "DELETE FROM shopify_stores WHERE shop = :shop AND status = 'disconnected' RETURNING merchant_id"
        ),
        {"shop": shop},
    )
    merchants = list(gone.scalars())
    for table in ("shopify_log", "shopify_changes", "shopify_webhooks"):
        await connection.execute(
            text(f"DELETE FROM {table} WHERE merchant_id = ANY(CAST(:merchants AS text[]))"),  # noqa: S608
            {"merchants": merchants},
        )
    return merchants
