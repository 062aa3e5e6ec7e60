"""Pictures a merchant uploaded. Their bytes are files; a row says that they are there and whose.

Nothing counts who uses one. Now and then products are asked, and what none of them has named for a while
goes: until then an edit can be taken back.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

UNUSED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """`key` is made of the merchant and the file as it came: the same picture is kept once."""

    key: str
    extension: str
    width: int
    height: int
    bytes: int

    @property
    def url(self) -> str:
        return f"/media/{self.key}.{self.extension}"

    def file(self, size: str) -> str:
        return file_name(self.key, size, self.extension)


def file_name(key: str, size: str, extension: str) -> str:
    return f"media/{key[:2]}/{key}.{size}.{extension}"


_COLUMNS = "key, extension, width, height, bytes"


async def known(connection: AsyncConnection, merchant_id: str, key: str) -> Media | None:
    """And wanted again, if it is there."""
    found = await connection.execute(
        text(
            "UPDATE media SET unused_since = NULL "  # noqa: S608 - constant columns
            f"WHERE merchant_id = :merchant_id AND key = :key RETURNING {_COLUMNS}"
        ),
        {"merchant_id": merchant_id, "key": key},
    )
    row = found.first()
    return _media(row) if row else None


async def add(connection: AsyncConnection, merchant_id: str, media: Media) -> None:
    """Before its files are written, in the same transaction: so nobody erases them meanwhile."""
    await connection.execute(
        text("""
            INSERT INTO media (merchant_id, key, extension, width, height, bytes)
            VALUES (:merchant_id, :key, :extension, :width, :height, :bytes)
            ON CONFLICT (merchant_id, key) DO UPDATE SET
                extension = excluded.extension, width = excluded.width, height = excluded.height,
                bytes = excluded.bytes, unused_since = NULL
        """),
        {
            "merchant_id": merchant_id,
            "key": media.key,
            "extension": media.extension,
            "width": media.width,
            "height": media.height,
            "bytes": media.bytes,
        },
    )


async def remove(connection: AsyncConnection, merchant_id: str, key: str) -> Media | None:
    found = await connection.execute(
        text(
            f"DELETE FROM media WHERE merchant_id = :merchant_id AND key = :key RETURNING {_COLUMNS}"  # noqa: S608 - constant columns
        ),
        {"merchant_id": merchant_id, "key": key},
    )
    row = found.first()
    return _media(row) if row else None


async def product_with(connection: AsyncConnection, merchant_id: str, key: str) -> str | None:
    """The id of a product that shows it."""
    found = await connection.execute(
        text(
            "SELECT id FROM products WHERE merchant_id = :merchant_id AND NOT deleted "
            "AND position(:url IN CAST(body AS text)) > 0 LIMIT 1"
        ),
        {"merchant_id": merchant_id, "url": f"/media/{key}."},
    )
    return found.scalar()


async def merchants_with_media(connection: AsyncConnection) -> list[str]:
    found = await connection.execute(text("SELECT DISTINCT merchant_id FROM media ORDER BY merchant_id"))
    return list(found.scalars())


async def mark_unused(connection: AsyncConnection, merchant_id: str) -> None:
    """What no product names, deleted ones among them: they can be restored."""
    await connection.execute(
        text("""
            WITH named AS MATERIALIZED (
                SELECT DISTINCT m.found[1] AS key
                FROM products,
                    regexp_matches(CAST(body AS text), '/media/([0-9a-f]{40})[.]', 'g') AS m (found)
                WHERE merchant_id = :merchant_id AND position('/media/' IN CAST(body AS text)) > 0
            )
            UPDATE media
            SET unused_since = CASE WHEN named.key IS NULL THEN now() END
            FROM media AS every LEFT JOIN named ON named.key = every.key
            WHERE media.merchant_id = :merchant_id AND every.merchant_id = :merchant_id
              AND media.key = every.key AND (media.unused_since IS NULL) = (named.key IS NULL)
        """),
        {"merchant_id": merchant_id},
    )


async def remove_unused(
    connection: AsyncConnection, merchant_id: str, *, unused_for: timedelta = UNUSED_FOR, limit: int = 100
) -> list[Media]:
    """Their files go in the same transaction."""
    found = await connection.execute(
        text(f"""
            DELETE FROM media WHERE merchant_id = :merchant_id AND key IN (
                SELECT key FROM media
                WHERE merchant_id = :merchant_id AND unused_since < now() - CAST(:unused_for AS interval)
                ORDER BY unused_since LIMIT :limit FOR UPDATE SKIP LOCKED
            ) RETURNING {_COLUMNS}
        """),  # noqa: S608 - constant columns
        {"merchant_id": merchant_id, "unused_for": unused_for, "limit": limit},
    )
    return [_media(row) for row in found]


def _media(row: Row[Any]) -> Media:
    return Media(key=row.key, extension=row.extension, width=row.width, height=row.height, bytes=row.bytes)
