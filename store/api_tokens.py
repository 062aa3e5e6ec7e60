"""Tokens of programs. What is kept of one lets nobody in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """`merchant_id` None: good for the whole installation."""

    id: str
    prefix: str
    name: str
    merchant_id: str | None
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = "id, prefix, name, merchant_id, created_by, created_at, last_used_at, revoked_at"
_GET = text(f"SELECT {_COLUMNS} FROM api_tokens WHERE id = :id")  # noqa: S608 - the columns above
_VALID = text(f"SELECT {_COLUMNS} FROM api_tokens WHERE hash = :hash AND revoked_at IS NULL")  # noqa: S608
_USED = text("""
    UPDATE api_tokens SET last_used_at = now()
    WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - make_interval(mins => 1))
""")


async def create(
    connection: AsyncConnection,
    *,
    token_id: str,
    hashed: str,
    prefix: str,
    name: str,
    merchant_id: str | None,
    created_by: str,
) -> ApiToken:
    try:
        await connection.execute(
            text("""
                INSERT INTO api_tokens (id, hash, prefix, name, merchant_id, created_by)
                VALUES (:id, :hash, :prefix, :name, :merchant_id, :created_by)
            """),
            {
                "id": token_id,
                "hash": hashed,
                "prefix": prefix,
                "name": name,
                "merchant_id": merchant_id,
                "created_by": created_by,
            },
        )
    except IntegrityError as error:
        raise NotFound("no such merchant", field="merchant_id") from error
    return await get(connection, token_id)


async def get(connection: AsyncConnection, token_id: str) -> ApiToken:
    found = await connection.execute(_GET, {"id": token_id})
    row = found.first()
    if row is None:
        raise NotFound("no such token")
    return _token(row)


async def use(connection: AsyncConnection, hashed: str) -> ApiToken | None:
    """The token, unless it was revoked or never made; that it was used is noted to the minute."""
    found = await connection.execute(_VALID, {"hash": hashed})
    row = found.first()
    if row is None:
        return None
    await connection.execute(_USED, {"id": row.id})
    return _token(row)


async def listing(
    connection: AsyncConnection, *, limit: int, before: str | None, merchants: Sequence[str] | None = None
) -> Sequence[ApiToken]:
    """Newest first. `merchants` None: all; else those of these shops, and no others."""
    found = await connection.execute(
        text(f"""
            SELECT {_COLUMNS} FROM api_tokens
            WHERE (CAST(:before AS text) IS NULL OR (created_at, id) < (
                SELECT created_at, id FROM api_tokens WHERE id = :before))
              AND (CAST(:merchants AS text[]) IS NULL OR merchant_id = ANY(:merchants))
            ORDER BY created_at DESC, id DESC LIMIT :limit
        """),  # noqa: S608 - the columns above
        {"before": before, "limit": limit, "merchants": None if merchants is None else list(merchants)},
    )
    return [_token(row) for row in found]


async def revoke(connection: AsyncConnection, token_id: str) -> None:
    await connection.execute(
        text("UPDATE api_tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id"),
        {"id": token_id},
    )


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
