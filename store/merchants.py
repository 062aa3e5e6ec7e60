"""Shops and their profiles."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.errors import NotFound
from models.merchant import Merchant


async def create(connection: AsyncConnection, merchant: Merchant, catalog_actor: str) -> None:
    """The shop and the place of its catalogue, together."""
    await connection.execute(
        text("INSERT INTO merchants (id, profile) VALUES (:id, CAST(:profile AS jsonb))"),
        {"id": merchant.id, "profile": to_json(merchant)},
    )
    await connection.execute(
        text("INSERT INTO placement (merchant_id, actor) VALUES (:id, :actor)"),
        {"id": merchant.id, "actor": catalog_actor},
    )


# Who leaves (store/leaving.py) is not there any more.
_GET = text("SELECT profile FROM merchants WHERE id = :id AND leaving_at IS NULL")
_LOCK = text("SELECT profile FROM merchants WHERE id = :id AND leaving_at IS NULL FOR UPDATE")


async def get(connection: AsyncConnection, merchant_id: str, *, lock: bool = False) -> Merchant:
    """`lock`: nobody else changes it before this transaction ends."""
    found = await connection.execute(_LOCK if lock else _GET, {"id": merchant_id})
    row = found.first()
    if row is None:
        raise NotFound("no such merchant")
    return from_jsonable(Merchant, row.profile)


async def save(connection: AsyncConnection, merchant: Merchant) -> None:
    await connection.execute(
        text("UPDATE merchants SET profile = CAST(:profile AS jsonb), updated_at = now() WHERE id = :id"),
        {"id": merchant.id, "profile": to_json(merchant)},
    )


_LISTING = text("""
    SELECT profile FROM merchants
    WHERE leaving_at IS NULL AND (CAST(:ids AS text[]) IS NULL OR id = ANY(:ids)) ORDER BY created_at, id
""")


async def listing(connection: AsyncConnection, ids: Sequence[str] | None = None) -> Sequence[Merchant]:
    """`ids` None: all there are."""
    found = await connection.execute(_LISTING, {"ids": None if ids is None else list(ids)})
    return [from_jsonable(Merchant, row.profile) for row in found]


async def without_store(connection: AsyncConnection) -> Sequence[Merchant]:
    """Those who have no Shopify store connected."""
    found = await connection.execute(
        text("""
            SELECT profile FROM merchants m WHERE leaving_at IS NULL AND NOT EXISTS (
                SELECT FROM shopify_stores s WHERE s.merchant_id = m.id AND s.status <> 'disconnected'
            ) ORDER BY created_at, id
        """)
    )
    return [from_jsonable(Merchant, row.profile) for row in found]
