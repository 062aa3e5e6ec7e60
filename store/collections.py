"""Groups that a merchant puts products in, by hand, in an order of its own.

What a product is in is said here and not in the product: a sync that writes it anew takes it out of nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """`tags`: what customers call it. `products`: how many of it are not deleted; `image` is of its first."""

    id: str
    name: str
    tags: tuple[str, ...]
    products: int
    image: str | None
    updated_at: datetime


_SELECT = """
    SELECT c.id, c.name, c.tags, c.updated_at, count(l.id) AS products, (
        SELECT p.body->>'main_image' FROM collection_products i
        JOIN products p ON p.merchant_id = i.merchant_id AND p.id = i.product_id AND NOT p.deleted
        WHERE i.merchant_id = c.merchant_id AND i.collection_id = c.id AND p.body->>'main_image' IS NOT NULL
        ORDER BY i.position, i.product_id LIMIT 1
    ) AS image
    FROM collections c
    LEFT JOIN collection_products i ON i.merchant_id = c.merchant_id AND i.collection_id = c.id
    LEFT JOIN product_listing l ON l.merchant_id = i.merchant_id AND l.id = i.product_id AND NOT l.deleted
    WHERE c.merchant_id = :merchant_id AND NOT c.deleted
"""


async def listing(
    connection: AsyncConnection, merchant_id: str, *, limit: int = 1000, after: str | None = None
) -> Sequence[Collection]:
    """By name; `after` is the id that the page before ended with."""
    found = await connection.execute(
        text(f"""
            {_SELECT} AND (CAST(:after AS text) IS NULL OR (lower(c.name), c.id) > (
                SELECT lower(b.name), b.id FROM collections b
                WHERE b.merchant_id = :merchant_id AND b.id = :after))
            GROUP BY c.merchant_id, c.id ORDER BY lower(c.name), c.id LIMIT :limit
        """),  # noqa: S608 - the statement above
        {"merchant_id": merchant_id, "limit": limit, "after": after},
    )
    return [_collection(row) for row in found]


async def get(connection: AsyncConnection, merchant_id: str, collection_id: str) -> Collection:
    found = await connection.execute(
        text(f"{_SELECT} AND c.id = :id GROUP BY c.merchant_id, c.id"),
        {"merchant_id": merchant_id, "id": collection_id},
    )
    if (row := found.first()) is None:
        raise NotFound("no such collection")
    return _collection(row)


async def names(connection: AsyncConnection, merchant_id: str) -> dict[str, str]:
    """By id, in the order of names."""
    found = await connection.execute(
        text(
            "SELECT id, name FROM collections WHERE merchant_id = :merchant_id AND NOT deleted "
            "ORDER BY lower(name), id"
        ),
        {"merchant_id": merchant_id},
    )
    return {row.id: row.name for row in found}


async def count(connection: AsyncConnection, merchant_id: str) -> int:
    found = await connection.execute(
        text("SELECT count(*) FROM collections WHERE merchant_id = :merchant_id AND NOT deleted"),
        {"merchant_id": merchant_id},
    )
    return int(found.scalar_one())


async def product_ids(connection: AsyncConnection, merchant_id: str, collection_id: str) -> list[str]:
    """In its order, those that are not deleted."""
    found = await connection.execute(
        text("""
            SELECT i.product_id FROM collection_products i
            JOIN product_listing l ON l.merchant_id = i.merchant_id AND l.id = i.product_id AND NOT l.deleted
            WHERE i.merchant_id = :merchant_id AND i.collection_id = :id ORDER BY i.position, i.product_id
        """),
        {"merchant_id": merchant_id, "id": collection_id},
    )
    return list(found.scalars())


async def of_products(
    connection: AsyncConnection, merchant_id: str, products: Sequence[str]
) -> Mapping[str, frozenset[str]]:
    """The ids of the collections each product is in."""
    found = await connection.execute(
        text("""
            SELECT i.product_id, array_agg(i.collection_id) AS collections FROM collection_products i
            JOIN collections c ON c.merchant_id = i.merchant_id AND c.id = i.collection_id AND NOT c.deleted
            WHERE i.merchant_id = :merchant_id AND i.product_id = ANY (CAST(:products AS text[]))
            GROUP BY i.product_id
        """),
        {"merchant_id": merchant_id, "products": list(products)},
    )
    return {row.product_id: frozenset(row.collections) for row in found}


async def create(
    connection: AsyncConnection, merchant_id: str, collection_id: str, name: str, tags: Sequence[str]
) -> None:
    """Conflict where another has the name."""
    await _named(
        connection,
        "INSERT INTO collections (merchant_id, id, name, tags) "
        "VALUES (:merchant_id, :id, :name, CAST(:tags AS text[]))",
        {"merchant_id": merchant_id, "id": collection_id, "name": name, "tags": list(tags)},
    )


async def rename(
    connection: AsyncConnection, merchant_id: str, collection_id: str, name: str, tags: Sequence[str]
) -> None:
    """Conflict where another has the name."""
    await _named(
        connection,
        "UPDATE collections SET name = :name, tags = CAST(:tags AS text[]), updated_at = now() "
        "WHERE merchant_id = :merchant_id AND id = :id AND NOT deleted",
        {"merchant_id": merchant_id, "id": collection_id, "name": name, "tags": list(tags)},
    )


async def delete(connection: AsyncConnection, merchant_id: str, collection_id: str) -> None:
    """Its products stay, and stay in it should it come back."""
    found = await connection.execute(
        text(
            "UPDATE collections SET deleted = true, updated_at = now() "
            "WHERE merchant_id = :merchant_id AND id = :id AND NOT deleted"
        ),
        {"merchant_id": merchant_id, "id": collection_id},
    )
    if not found.rowcount:
        raise NotFound("no such collection")


async def restore(connection: AsyncConnection, merchant_id: str, collection_id: str) -> None:
    """Conflict where another has the name by now."""
    await _named(
        connection,
        "UPDATE collections SET deleted = false, updated_at = now() "
        "WHERE merchant_id = :merchant_id AND id = :id",
        {"merchant_id": merchant_id, "id": collection_id},
    )


async def add(
    connection: AsyncConnection, merchant_id: str, collection_id: str, products: Sequence[str]
) -> list[str]:
    """At its end, in this order. Those that were not in it."""
    found = await connection.execute(
        text("""
            INSERT INTO collection_products (merchant_id, collection_id, product_id, position)
            SELECT :merchant_id, :id, given.id, given.number + (
                SELECT coalesce(max(position), 0) FROM collection_products
                WHERE merchant_id = :merchant_id AND collection_id = :id)
            FROM unnest(CAST(:products AS text[])) WITH ORDINALITY AS given (id, number)
            JOIN product_listing l ON l.merchant_id = :merchant_id AND l.id = given.id AND NOT l.deleted
            ON CONFLICT DO NOTHING RETURNING product_id
        """),
        {"merchant_id": merchant_id, "id": collection_id, "products": list(dict.fromkeys(products))},
    )
    return list(found.scalars())


async def remove(
    connection: AsyncConnection, merchant_id: str, collection_id: str, products: Sequence[str]
) -> list[str]:
    """Those that were in it."""
    found = await connection.execute(
        text(
            "DELETE FROM collection_products WHERE merchant_id = :merchant_id AND collection_id = :id "
            "AND product_id = ANY (CAST(:products AS text[])) RETURNING product_id"
        ),
        {"merchant_id": merchant_id, "id": collection_id, "products": list(products)},
    )
    return list(found.scalars())


async def fill(
    connection: AsyncConnection, merchant_id: str, collection_id: str, products: Sequence[str]
) -> None:
    """With these alone, in this order. Invalid when one is not there."""
    wanted = list(dict.fromkeys(products))
    await connection.execute(
        text("DELETE FROM collection_products WHERE merchant_id = :merchant_id AND collection_id = :id"),
        {"merchant_id": merchant_id, "id": collection_id},
    )
    if strange := set(wanted) - set(await add(connection, merchant_id, collection_id, wanted)):
        raise Invalid(f"no such product: {min(strange)}", field="product_ids")


async def set_of_product(
    connection: AsyncConnection, merchant_id: str, product_id: str, wanted: Sequence[str]
) -> None:
    """The product is in these collections, of those there are, and in no other."""
    now = (await of_products(connection, merchant_id, [product_id])).get(product_id, frozenset())
    for collection_id in now - set(wanted):
        await remove(connection, merchant_id, collection_id, [product_id])
    there = {one.id for one in await listing(connection, merchant_id)} if set(wanted) - now else set()
    for collection_id in there & (set(wanted) - now):
        await add(connection, merchant_id, collection_id, [product_id])


async def _named(connection: AsyncConnection, statement: str, values: Mapping[str, object]) -> None:
    try:
        found = await connection.execute(text(statement), values)
    except IntegrityError as error:
        if "ix_collections_name" in str(error.orig):
            raise Conflict("another collection has this name", field="name") from None
        raise
    if not found.rowcount:
        raise NotFound("no such collection")


def _collection(row: Row[Any]) -> Collection:
    return Collection(
        id=row.id,
        name=row.name,
        tags=tuple(row.tags),
        products=row.products,
        image=row.image,
        updated_at=row.updated_at,
    )
