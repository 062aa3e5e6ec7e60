"""What webhooks named and nobody has read again yet. A webhook is a signal: the store is asked how it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Kind(StrEnum):
    PRODUCT = "product"
    INVENTORY_ITEM = "inventory_item"  # whose product only the store knows
    COLLECTION = "collection"  # all its products


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`external_id`: the number of it, as text. `changed_at`: when, as far as webhooks said."""

    kind: Kind
    external_id: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`version` tells whether another webhook came while it was read. `attempts`: this one included."""

    change: Change
    version: int
    attempts: int


async def note(connection: AsyncConnection, merchant_id: str, change: Change) -> None:
    """Whatever the order in which webhooks come, the newest time stays, and it is read once for all."""
    await connection.execute(
        text("""
            INSERT INTO shopify_changes AS c (merchant_id, kind, external_id, changed_at)
            VALUES (:merchant_id, :kind, :external_id, :changed_at)
            ON CONFLICT (merchant_id, kind, external_id) DO UPDATE
            SET changed_at = greatest(c.changed_at, excluded.changed_at), version = c.version + 1,
                attempts = 0, due_at = least(c.due_at, now())
        """),
        {
            "merchant_id": merchant_id,
            "kind": change.kind,
            "external_id": change.external_id,
            "changed_at": change.changed_at,
        },
    )


async def merchants_waiting(connection: AsyncConnection) -> list[str]:
    """Those with something to read, of stores that can be read; who waits longest comes first."""
    found = await connection.execute(
        text("""
            SELECT c.merchant_id FROM shopify_changes c JOIN shopify_stores s USING (merchant_id)
            WHERE c.due_at <= now() AND s.status = 'connected'
            GROUP BY c.merchant_id ORDER BY min(c.due_at)
        """)
    )
    return list(found.scalars())


async def take(connection: AsyncConnection, merchant_id: str, *, limit: int, lease_s: float) -> list[Taken]:
    """The oldest; nobody else gets them for so long, unless another webhook names them."""
    found = await connection.execute(
        text("""
            UPDATE shopify_changes c
            SET due_at = now() + make_interval(secs => :lease), attempts = c.attempts + 1
            FROM (
                SELECT kind, external_id FROM shopify_changes
                WHERE merchant_id = :merchant_id AND due_at <= now()
                ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            ) due
            WHERE c.merchant_id = :merchant_id AND c.kind = due.kind AND c.external_id = due.external_id
            RETURNING c.*
        """),
        {"merchant_id": merchant_id, "limit": limit, "lease": lease_s},
    )
    return [
        Taken(
            change=Change(kind=Kind(row.kind), external_id=row.external_id, changed_at=row.changed_at),
            version=row.version,
            attempts=row.attempts,
        )
        for row in found
    ]


async def done(connection: AsyncConnection, merchant_id: str, taken: Sequence[Taken]) -> None:
    """Read and kept. What another webhook named meanwhile stays, to be read again."""
    await connection.execute(
        text(f"DELETE FROM shopify_changes c USING {_THOSE}"),  # noqa: S608 - the constant below
        {"merchant_id": merchant_id, **_named(taken)},
    )


async def put_off(
    connection: AsyncConnection, merchant_id: str, taken: Sequence[Taken], wait_s: float
) -> None:
    """They could not be read: again after so long, or when another webhook names them."""
    await connection.execute(
        text(f"""
            UPDATE shopify_changes c SET due_at = now() + make_interval(secs => :wait) FROM {_THOSE}
        """),  # noqa: S608 - the constant below
        {"merchant_id": merchant_id, "wait": wait_s, **_named(taken)},
    )


_THOSE = """
    unnest(CAST(:kinds AS text[]), CAST(:ids AS text[]), CAST(:versions AS bigint[]))
        AS t(kind, external_id, version)
    WHERE c.merchant_id = :merchant_id AND c.kind = t.kind AND c.external_id = t.external_id
      AND c.version = t.version
"""


def _named(taken: Sequence[Taken]) -> dict[str, Any]:
    return {
        "kinds": [one.change.kind.value for one in taken],
        "ids": [one.change.external_id for one in taken],
        "versions": [one.version for one in taken],
    }
