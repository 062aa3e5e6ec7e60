"""Which products are in which post, by the merchant's word."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """`media_id` of a post, reel, story or ad, the code in a post's link, or the ref of an ig.me link."""

    media_id: str
    product_ids: tuple[str, ...]


async def put(connection: AsyncConnection, merchant_id: str, post: Post) -> None:
    await connection.execute(
        text("""
            INSERT INTO posts (merchant_id, media_id, product_ids)
            VALUES (:merchant_id, :media_id, CAST(:product_ids AS jsonb))
            ON CONFLICT (merchant_id, media_id) DO UPDATE
            SET product_ids = excluded.product_ids, updated_at = now()
        """),
        {
            "merchant_id": merchant_id,
            "media_id": post.media_id,
            "product_ids": json.dumps(post.product_ids),
        },
    )


_GET = text("SELECT product_ids FROM posts WHERE merchant_id = :merchant_id AND media_id = :media_id")


async def get(connection: AsyncConnection, merchant_id: str, media_id: str) -> Post:
    found = await connection.execute(_GET, {"merchant_id": merchant_id, "media_id": media_id})
    row = found.first()
    if row is None:
        raise NotFound("no products are named for this post")
    return Post(media_id=media_id, product_ids=tuple(row.product_ids))


async def featured(connection: AsyncConnection, merchant_id: str, media_id: str) -> tuple[str, ...]:
    """Ids of the products in it; none of a post nobody said anything about."""
    found = await connection.execute(_GET, {"merchant_id": merchant_id, "media_id": media_id})
    return tuple(found.scalar() or ())


async def listing(
    connection: AsyncConnection, merchant_id: str, *, limit: int, after: str | None
) -> Sequence[Post]:
    """By media id; `after` is the one the last page ended with."""
    found = await connection.execute(
        text(
            "SELECT media_id, product_ids FROM posts WHERE merchant_id = :merchant_id "
            "AND media_id > coalesce(CAST(:after AS text), '') ORDER BY media_id LIMIT :limit"
        ),
        {"merchant_id": merchant_id, "after": after, "limit": limit},
    )
    return [Post(media_id=row.media_id, product_ids=tuple(row.product_ids)) for row in found]


async def delete(connection: AsyncConnection, merchant_id: str, media_id: str) -> None:
    gone = await connection.execute(
        text("DELETE FROM posts WHERE merchant_id = :merchant_id AND media_id = :media_id"),
        {"merchant_id": merchant_id, "media_id": media_id},
    )
    if gone.rowcount == 0:
        raise NotFound("no products are named for this post")
