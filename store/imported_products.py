"""What an import does to products, written down before it does it: so that it can be counted and undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_json, to_json
from models.imports import Counts
from models.product import Product

Change = Literal["created", "changed", "deactivated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`before`: None where there was no product; `version`: the one the import leaves."""

    product_id: str
    change: Change
    before: Product | None
    version: int


async def record(
    connection: AsyncConnection, merchant_id: str, import_id: str, rows: Sequence[Imported]
) -> None:
    """A batch that is repeated after a crash finds what it wrote the first time, and leaves it."""
    await connection.execute(
        text("""
            INSERT INTO import_products (import_id, merchant_id, product_id, change, before, version)
            SELECT :import_id, :merchant_id, id, change, CAST(before AS jsonb), version FROM unnest(
                CAST(:ids AS text[]), CAST(:changes AS text[]), CAST(:befores AS text[]),
                CAST(:versions AS bigint[])
            ) AS given (id, change, before, version)
            ON CONFLICT (import_id, product_id) DO NOTHING
        """),
        {
            "import_id": import_id,
            "merchant_id": merchant_id,
            "ids": [row.product_id for row in rows],
            "changes": [row.change for row in rows],
            "befores": [None if row.before is None else to_json(row.before) for row in rows],
            "versions": [row.version for row in rows],
        },
    )


async def forget(
    connection: AsyncConnection, merchant_id: str, import_id: str, product_ids: Sequence[str]
) -> None:
    """What could not be stored after all."""
    await connection.execute(
        text(
            "DELETE FROM import_products WHERE merchant_id = :merchant_id AND import_id = :import_id "
            "AND product_id = ANY(CAST(:ids AS text[]))"
        ),
        {"merchant_id": merchant_id, "import_id": import_id, "ids": list(product_ids)},
    )


async def counts(
    connection: AsyncConnection, merchant_id: str, import_ids: Sequence[str]
) -> dict[str, Counts]:
    found = await connection.execute(
        text("""
            SELECT import_id, count(*) FILTER (WHERE change = 'created') AS created,
                count(*) FILTER (WHERE change = 'changed') AS changed,
                count(*) FILTER (WHERE change = 'deactivated') AS deactivated
            FROM import_products
            WHERE merchant_id = :merchant_id AND import_id = ANY(CAST(:ids AS text[])) GROUP BY import_id
        """),
        {"merchant_id": merchant_id, "ids": list(import_ids)},
    )
    by_import = {row.import_id: Counts(row.created, row.changed, row.deactivated) for row in found}
    return {each: by_import.get(each, Counts()) for each in import_ids}


async def page(
    connection: AsyncConnection, merchant_id: str, import_id: str, *, after: str, limit: int
) -> list[Imported]:
    found = await connection.execute(
        text("""
            SELECT product_id, change, CAST(before AS text) AS before, version FROM import_products
            WHERE merchant_id = :merchant_id AND import_id = :import_id AND product_id > :after
            ORDER BY product_id LIMIT :limit
        """),
        {"merchant_id": merchant_id, "import_id": import_id, "after": after, "limit": limit},
    )
    return [
        Imported(
            product_id=row.product_id,
            change=row.change,
            before=from_json(Product, row.before) if row.before else None,
            version=row.version,
        )
        for row in found
    ]


async def active_elsewhere(connection: AsyncConnection, merchant_id: str, named: Sequence[str]) -> list[str]:
    """Active products that are not `named`, without those that a connected Shopify store keeps right."""
    found = await connection.execute(
        text("""
            SELECT id FROM products
            WHERE merchant_id = :merchant_id AND NOT deleted AND body->>'is_active' = 'true'
              AND (body->>'shopify_product_id' IS NULL OR NOT EXISTS (
                SELECT FROM shopify_stores WHERE merchant_id = :merchant_id AND status <> 'disconnected'))
              AND NOT EXISTS (SELECT FROM unnest(CAST(:named AS text[])) AS n (id) WHERE n.id = products.id)
            ORDER BY id
        """),
        {"merchant_id": merchant_id, "named": list(named)},
    )
    return list(found.scalars())
