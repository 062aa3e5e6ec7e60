"""Changes of many products at once, on record as long as they can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_json, to_json
from models.errors import Conflict, NotFound
from models.product import Product

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A product as it was. `product` None: only what it is in has changed."""

    product_id: str
    product: Product | None


async def begin(connection: AsyncConnection, merchant_id: str, bulk_id: str, edit: str) -> None:
    """Conflict where it was begun before."""
    found = await connection.execute(
        text(
            "INSERT INTO bulk_changes (id, merchant_id, edit) "
            "VALUES (:id, :merchant_id, CAST(:edit AS jsonb)) ON CONFLICT DO NOTHING"
        ),
        {"id": bulk_id, "merchant_id": merchant_id, "edit": edit},
    )
    if not found.rowcount:
        raise Conflict("this change was made already")


async def prune(connection: AsyncConnection) -> None:
    """Those that are too old to be undone."""
    await connection.execute(
        text("DELETE FROM bulk_changes WHERE created_at < now() - CAST(:kept AS interval)"), {"kept": KEPT}
    )


async def note(connection: AsyncConnection, bulk_id: str, befores: Sequence[Before]) -> None:
    """Before they are changed: a crash in the middle leaves nothing that cannot be undone."""
    await connection.execute(
        text("""
            INSERT INTO bulk_change_products (bulk_id, product_id, body)
            SELECT :bulk_id, id, CAST(body AS jsonb)
            FROM unnest(CAST(:ids AS text[]), CAST(:bodies AS text[])) AS given (id, body)
        """),
        {
            "bulk_id": bulk_id,
            "ids": [one.product_id for one in befores],
            "bodies": [to_json(one.product) if one.product else None for one in befores],
        },
    )


async def forget(connection: AsyncConnection, bulk_id: str, product_ids: Sequence[str]) -> None:
    """They did not change after all."""
    await connection.execute(
        text(
            "DELETE FROM bulk_change_products "
            "WHERE bulk_id = :bulk_id AND product_id = ANY (CAST(:ids AS text[]))"
        ),
        {"bulk_id": bulk_id, "ids": list(product_ids)},
    )


async def undo(connection: AsyncConnection, merchant_id: str, bulk_id: str) -> str:
    """Once: the edit that was made. NotFound when it is undone already, or was too long ago."""
    found = await connection.execute(
        text(
            "UPDATE bulk_changes SET undone = true WHERE merchant_id = :merchant_id AND id = :id "
            "AND NOT undone AND created_at > now() - CAST(:kept AS interval) RETURNING CAST(edit AS text)"
        ),
        {"merchant_id": merchant_id, "id": bulk_id, "kept": KEPT},
    )
    edit = found.scalar()
    if edit is None:
        raise NotFound("this change cannot be undone any more")
    return str(edit)


async def befores(connection: AsyncConnection, bulk_id: str) -> list[Before]:
    found = await connection.execute(
        text(
            "SELECT product_id, CAST(body AS text) AS body FROM bulk_change_products "
            "WHERE bulk_id = :bulk_id ORDER BY product_id"
        ),
        {"bulk_id": bulk_id},
    )
    return [
        Before(product_id=row.product_id, product=from_json(Product, row.body) if row.body else None)
        for row in found
    ]
