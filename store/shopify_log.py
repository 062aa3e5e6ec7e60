"""What syncs have to say: of each product as it was last read, and of what befell a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Kind(StrEnum):
    WARNING = "warning"  # something the merchant should look at
    DEFAULT = "default"  # something was missing, and this was taken for it
    EVENT = "event"  # a sync began or ended, a store was paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`product_id` is Shopify's number; None: about the store."""

    kind: Kind
    field: str
    detail: str
    product_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    id: int
    at: datetime
    note: Note


async def note(
    connection: AsyncConnection, merchant_id: str, notes: Sequence[Note], *, of_products: Sequence[str] = ()
) -> None:
    """Of the products that were read again, the notes of before go."""
    if of_products:
        await connection.execute(
            text("""
                DELETE FROM shopify_log
                WHERE merchant_id = :merchant_id AND product_id = ANY(CAST(:ids AS text[]))
            """),
            {"merchant_id": merchant_id, "ids": list(of_products)},
        )
    if notes:
        await connection.execute(
            text("""
                INSERT INTO shopify_log (merchant_id, kind, product_id, field, detail)
                SELECT :merchant_id, kind, product_id, field, detail
                FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS text[]), CAST(:fields AS text[]),
                            CAST(:details AS text[])) AS n(kind, product_id, field, detail)
            """),
            {
                "merchant_id": merchant_id,
                "kinds": [one.kind.value for one in notes],
                "ids": [one.product_id for one in notes],
                "fields": [one.field for one in notes],
                "details": [one.detail for one in notes],
            },
        )


async def look(connection: AsyncConnection, merchant_id: str, field: str, notes: Sequence[Note]) -> None:
    """Of a part of the store that was looked at again, the warnings of before go."""
    await connection.execute(
        text("""
            DELETE FROM shopify_log WHERE merchant_id = :merchant_id AND product_id IS NULL
              AND kind = 'warning' AND field = :field
        """),
        {"merchant_id": merchant_id, "field": field},
    )
    await note(connection, merchant_id, notes)


async def listing(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    before: int | None,
    limit: int,
    kind: Kind | None = None,
) -> list[Line]:
    """The newest first."""
    found = await connection.execute(
        text("""
            SELECT * FROM shopify_log
            WHERE merchant_id = :merchant_id AND (CAST(:before AS bigint) IS NULL OR id < :before)
              AND kind = coalesce(CAST(:kind AS text), kind)
            ORDER BY id DESC LIMIT :limit
        """),
        {"merchant_id": merchant_id, "before": before, "limit": limit, "kind": kind},
    )
    return [
        Line(
            id=row.id,
            at=row.at,
            note=Note(kind=Kind(row.kind), field=row.field, detail=row.detail, product_id=row.product_id),
        )
        for row in found
    ]


async def prune(connection: AsyncConnection) -> None:
    """What befell stores a season ago. Of products nothing goes: it still holds."""
    await connection.execute(
        text("DELETE FROM shopify_log WHERE product_id IS NULL AND at < now() - make_interval(days => 90)")
    )


async def counts(connection: AsyncConnection, merchant_id: str) -> list[tuple[str, int]]:
    """How many products there are warnings of, how many that took a default."""
    found = await connection.execute(
        text("""
            SELECT kind, count(DISTINCT product_id) AS products FROM shopify_log
            WHERE merchant_id = :merchant_id AND product_id IS NOT NULL GROUP BY kind ORDER BY kind DESC
        """),
        {"merchant_id": merchant_id},
    )
    return [(row.kind, row.products) for row in found]
