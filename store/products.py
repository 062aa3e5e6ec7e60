"""A merchant's products. Only the catalog actor that holds the current epoch writes them."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_json, to_json
from models.errors import NotFound, ShopkeepError
from models.product import Product
from store.listed import listed


class Replaced(ShopkeepError):
    """Another actor has this merchant now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """`embedding` holds float32 bytes of `embedder`'s dimension; both None: not embedded yet."""

    product: Product
    text_hash: str
    embedder: str | None
    embedding: bytes | None
    seq: int = 0
    deleted: bool = False


async def write(
    connection: AsyncConnection,
    merchant_id: str,
    epoch: int,
    rows: Sequence[ProductRow],
    *,
    as_embedded: Container[str] = (),
) -> int:
    """All rows under the merchant's next seq, which is returned; each product once. Replaced.

    Of products `as_embedded` the table keeps the embedding it has: it is not sent again.
    """
    found = await connection.execute(
        _WRITE,
        {
            "merchant_id": merchant_id,
            "epoch": epoch,
            "ids": [row.product.id for row in rows],
            "bodies": [to_json(row.product) for row in rows],
            "deleted": [row.deleted for row in rows],
            "text_hashes": [row.text_hash for row in rows],
            "embedders": [row.embedder for row in rows],
            "embeddings": [None if row.product.id in as_embedded else row.embedding for row in rows],
            "kept": [row.product.id in as_embedded for row in rows],
            "listings": [to_json(listed(row.product, deleted=row.deleted)) for row in rows],
        },
    )
    seq = found.scalar()
    if seq is None:
        raise Replaced("another catalog actor has taken over this merchant")
    return int(seq)


# One statement: the merchant's place is locked for no longer than its commit takes.
_WRITE = text("""
    WITH advanced AS (
        UPDATE placement SET seq = seq + 1 WHERE merchant_id = :merchant_id AND epoch = :epoch RETURNING seq
    ), given AS (
        SELECT * FROM unnest(
            CAST(:ids AS text[]), CAST(:bodies AS text[]), CAST(:deleted AS boolean[]),
            CAST(:text_hashes AS text[]), CAST(:embedders AS text[]), CAST(:embeddings AS bytea[]),
            CAST(:kept AS boolean[]), CAST(:listings AS text[])
        ) AS given (id, body, deleted, text_hash, embedder, embedding, kept, listing)
    ), changed AS (
        UPDATE products SET seq = advanced.seq, body = CAST(given.body AS jsonb), deleted = given.deleted,
            updated_at = now()
        FROM advanced, given
        WHERE products.merchant_id = :merchant_id AND products.id = given.id AND given.kept
    ), put AS (
        INSERT INTO products (merchant_id, id, seq, body, deleted, text_hash, embedder, embedding)
        SELECT :merchant_id, given.id, advanced.seq, CAST(given.body AS jsonb), given.deleted,
            given.text_hash, given.embedder, given.embedding
        FROM advanced, given WHERE NOT given.kept
        ON CONFLICT (merchant_id, id) DO UPDATE SET
            seq = excluded.seq, body = excluded.body, deleted = excluded.deleted,
            text_hash = excluded.text_hash, embedder = excluded.embedder,
            embedding = excluded.embedding, updated_at = now()
    ), listed AS (
        INSERT INTO product_listing (merchant_id, id, name, words, category, brand, source, price_min,
            price_max, stock, sellable, active, featured, deleted, created_at)
        SELECT :merchant_id, given.id, l.name, l.words, l.category, l.brand, l.source, l.price_min,
            l.price_max, l.stock, l.sellable, l.active, l.featured, l.deleted, l.created_at
        FROM advanced, given, jsonb_populate_record(NULL::product_listing, CAST(given.listing AS jsonb)) AS l
        ON CONFLICT (merchant_id, id) DO UPDATE SET
            name = excluded.name, words = excluded.words, category = excluded.category,
            brand = excluded.brand, source = excluded.source, price_min = excluded.price_min,
            price_max = excluded.price_max, stock = excluded.stock, sellable = excluded.sellable,
            active = excluded.active, featured = excluded.featured, deleted = excluded.deleted,
            created_at = excluded.created_at
    )
    SELECT seq FROM advanced
""")


_COLUMNS = "id, seq, CAST(body AS text) AS body, deleted, text_hash, embedder, embedding"


async def get_many(
    connection: AsyncConnection, merchant_id: str, ids: Sequence[str]
) -> dict[str, ProductRow]:
    """Deleted ones too: a product that comes back goes on where it was."""
    found = await connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM products "  # noqa: S608 - constant columns
            "WHERE merchant_id = :merchant_id AND id = ANY(CAST(:ids AS text[]))"
        ),
        {"merchant_id": merchant_id, "ids": list(ids)},
    )
    return {row.id: _row(row) for row in found}


async def get(connection: AsyncConnection, merchant_id: str, product_id: str) -> Product:
    row = (await get_many(connection, merchant_id, [product_id])).get(product_id)
    if row is None or row.deleted:
        raise NotFound("no such product")
    return row.product


async def embed(connection: AsyncConnection, merchant_id: str, rows: Sequence[ProductRow]) -> None:
    """Under the old seq: the product did not change, only what we know of it. If it did, nothing happens."""
    await connection.execute(
        text(
            "UPDATE products SET text_hash = :text_hash, embedder = :embedder, embedding = :embedding "
            "WHERE merchant_id = :merchant_id AND id = :id AND seq = :seq"
        ),
        [
            {
                "merchant_id": merchant_id,
                "id": row.product.id,
                "seq": row.seq,
                "text_hash": row.text_hash,
                "embedder": row.embedder,
                "embedding": row.embedding,
            }
            for row in rows
        ],
    )


async def unindexed(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    seq: int,
    embedder: str,
    after: tuple[int, str],
    limit: int,
) -> list[ProductRow]:
    """What an index of this seq misses: rows of later seq, tombstones too, and rows without a vector of
    this embedder. `after`: (seq, id) of the last row of the page before.
    """
    found = await connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM products "  # noqa: S608 - constant columns
            "WHERE merchant_id = :merchant_id AND (seq, id) > (:after_seq, :after_id) "
            "AND (seq > :seq OR (NOT deleted AND embedder IS DISTINCT FROM :embedder)) "
            "ORDER BY seq, id LIMIT :limit"
        ),
        {
            "merchant_id": merchant_id,
            "seq": seq,
            "embedder": embedder,
            "after_seq": after[0],
            "after_id": after[1],
            "limit": limit,
        },
    )
    return [_row(row) for row in found]


async def without_embedding(connection: AsyncConnection, merchant_id: str, embedder: str) -> list[str]:
    """Ids of the products that have no vector of this embedder."""
    found = await connection.execute(
        text(
            "SELECT id FROM products WHERE merchant_id = :merchant_id AND NOT deleted "
            "AND embedder IS DISTINCT FROM :embedder ORDER BY id"
        ),
        {"merchant_id": merchant_id, "embedder": embedder},
    )
    return list(found.scalars())


async def were_any(connection: AsyncConnection, merchant_id: str) -> bool:
    """Deleted ones count: they can come back."""
    found = await connection.execute(
        text("SELECT EXISTS (SELECT FROM products WHERE merchant_id = :merchant_id)"),
        {"merchant_id": merchant_id},
    )
    return bool(found.scalar())


async def count(connection: AsyncConnection, merchant_id: str) -> int:
    found = await connection.execute(
        text("SELECT count(*) FROM products WHERE merchant_id = :merchant_id AND NOT deleted"),
        {"merchant_id": merchant_id},
    )
    return int(found.scalar_one())


def _row(row: Row[Any]) -> ProductRow:
    return ProductRow(
        product=from_json(Product, row.body),
        text_hash=row.text_hash,
        embedder=row.embedder,
        embedding=row.embedding,
        seq=row.seq,
        deleted=row.deleted,
    )
