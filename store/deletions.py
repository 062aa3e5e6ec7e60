"""What somebody asked to have deleted, and that it was: shown to whoever has the code, done again after a
restore. Whom it was about is kept as hashes alone.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound

# Longer than anybody should keep a backup: until then it may have to be done again.
KEPT_DAYS = 400


class What(StrEnum):
    """`keys` of each are hashes of:"""

    MERCHANT = "merchant"  # nothing: merchant_id says it
    CUSTOMER = "customer"  # merchant and the customer's id
    ACCOUNT = "account"  # channel and the account's id
    STORE = "store"  # merchant and the store's name
    BUYER = "buyer"  # merchant and the numbers of the buyer's orders


class By(StrEnum):
    INSTAGRAM = "instagram"
    SHOPIFY = "shopify"
    MERCHANT = "merchant"  # at the console or through the API, as operators do, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """`held`: how many there were to delete. `done_at` None: it is under way."""

    code: str
    what: What
    asked_by: By
    merchant_id: str | None = None
    keys: tuple[str, ...] = ()
    held: int = 1
    asked_at: datetime
    done_at: datetime | None


def new_code() -> str:
    return secrets.token_hex(16)


def code_of(*request: str) -> str:
    """Of a request that may come again: the same code."""
    return hashlib.sha256("\n".join(request).encode()).hexdigest()[:32]


def key_of(*names: str) -> str:
    """As `KEY` in SQL."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def key_in_sql(*expressions: str) -> str:
    """Such a key of what a row has, as an expression of SQL."""
    joined = " || E'\\n' || ".join(expressions)
    return f"encode(sha256(convert_to({joined}, 'UTF8')), 'hex')"


async def record(connection: AsyncConnection, deletion: Deletion) -> None:
    """Once: a request that is repeated finds nothing more to delete, and changes nothing here."""
    await connection.execute(
        text("""
            INSERT INTO deletions (code, what, asked_by, merchant_id, keys, held, asked_at, done_at)
            VALUES (:code, :what, :asked_by, :merchant_id, :keys, :held, :asked_at, :done_at)
            ON CONFLICT (code) DO NOTHING
        """),
        {
            "code": deletion.code,
            "what": deletion.what,
            "asked_by": deletion.asked_by,
            "merchant_id": deletion.merchant_id,
            "keys": list(deletion.keys),
            "held": deletion.held,
            "asked_at": deletion.asked_at,
            "done_at": deletion.done_at,
        },
    )


async def finish(connection: AsyncConnection, code: str) -> None:
    await connection.execute(
        text("UPDATE deletions SET done_at = now() WHERE code = :code AND done_at IS NULL"), {"code": code}
    )


async def get(connection: AsyncConnection, code: str) -> Deletion:
    found = await connection.execute(text("SELECT * FROM deletions WHERE code = :code"), {"code": code})
    row = found.first()
    if row is None:
        raise NotFound("no such deletion")
    return _deletion(row)


async def listing(connection: AsyncConnection) -> Sequence[Deletion]:
    """All that are on record, the oldest first."""
    found = await connection.execute(text("SELECT * FROM deletions ORDER BY asked_at, code"))
    return [_deletion(row) for row in found]


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(
        text("DELETE FROM deletions WHERE done_at < now() - make_interval(days => :days)"),
        {"days": KEPT_DAYS},
    )


def _deletion(row: Row[Any]) -> Deletion:
    return Deletion(
        code=row.code,
        what=What(row.what),
        asked_by=By(row.asked_by),
        merchant_id=row.merchant_id,
        keys=tuple(row.keys),
        held=row.held,
        asked_at=row.asked_at,
        done_at=row.done_at,
    )
