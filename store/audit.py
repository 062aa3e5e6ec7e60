"""What people and programs changed: who, when, on what, which fields. Never what was in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

KEPT_DAYS = 730
# Of a log of years, what a filter offers is read from the newest.
_LOOKED_AT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`action` is subject.verb. `merchant_id` None: something of the whole installation."""

    actor_kind: str
    actor_id: str
    actor_name: str
    merchant_id: str | None
    action: str
    target: str | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Change):
    id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """None: whatever it is. `merchants`: the entries of these shops, and of no others."""

    merchants: Sequence[str] | None = None
    actor_kind: str | None = None
    actor_id: str | None = None
    action: str | None = None


async def record(connection: AsyncConnection, change: Change) -> None:
    """The merchant may have gone with the change itself: then it is one of the installation."""
    await connection.execute(
        text("""
            INSERT INTO audit_log (merchant_id, actor_kind, actor_id, actor_name, action, target, fields)
            VALUES ((SELECT id FROM merchants WHERE id = :merchant_id), :actor_kind, :actor_id, :actor_name,
                    :action, :target, :fields)
        """),
        {
            "merchant_id": change.merchant_id,
            "actor_kind": change.actor_kind,
            "actor_id": change.actor_id,
            "actor_name": change.actor_name,
            "action": change.action,
            "target": change.target,
            "fields": list(change.fields),
        },
    )


_WANTED = """
    (CAST(:merchants AS text[]) IS NULL OR merchant_id = ANY(:merchants))
    AND (CAST(:actor_kind AS text) IS NULL OR actor_kind = :actor_kind)
    AND (CAST(:actor_id AS text) IS NULL OR actor_id = :actor_id)
    AND (CAST(:action AS text) IS NULL OR action = :action)
"""


async def listing(
    connection: AsyncConnection, wanted: Wanted, *, limit: int, before: int | None
) -> Sequence[Entry]:
    """Newest first; `before` is the id the last page ended with."""
    found = await connection.execute(
        text(f"""
            SELECT id, at, merchant_id, actor_kind, actor_id, actor_name, action, target, fields
            FROM audit_log WHERE {_WANTED}
              AND id < coalesce(CAST(:before AS bigint), 9223372036854775807)
            ORDER BY id DESC LIMIT :limit
        """),  # noqa: S608 - the condition above
        {
            "merchants": None if wanted.merchants is None else list(wanted.merchants),
            "actor_kind": wanted.actor_kind,
            "actor_id": wanted.actor_id,
            "action": wanted.action,
            "before": before,
            "limit": limit,
        },
    )
    return [_entry(row) for row in found]


async def actors(connection: AsyncConnection, merchants: Sequence[str] | None) -> Sequence[Actor]:
    """Who is in the log of late, by the name they had last: what a filter offers."""
    found = await connection.execute(
        text("""
            SELECT DISTINCT ON (actor_kind, actor_id) actor_kind, actor_id, actor_name FROM (
                SELECT * FROM audit_log
                WHERE CAST(:merchants AS text[]) IS NULL OR merchant_id = ANY(:merchants)
                ORDER BY id DESC LIMIT :looked_at
            ) AS late
            ORDER BY actor_kind, actor_id, id DESC
        """),
        {"merchants": None if merchants is None else list(merchants), "looked_at": _LOOKED_AT},
    )
    return [Actor(kind=row.actor_kind, id=row.actor_id, name=row.actor_name) for row in found]


async def actions(connection: AsyncConnection, merchants: Sequence[str] | None) -> Sequence[str]:
    found = await connection.execute(
        text("""
            SELECT DISTINCT action FROM (
                SELECT action FROM audit_log
                WHERE CAST(:merchants AS text[]) IS NULL OR merchant_id = ANY(:merchants)
                ORDER BY id DESC LIMIT :looked_at
            ) AS late ORDER BY 1
        """),
        {"merchants": None if merchants is None else list(merchants), "looked_at": _LOOKED_AT},
    )
    return list(found.scalars())


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(
        text("DELETE FROM audit_log WHERE at < now() - make_interval(days => :days)"), {"days": KEPT_DAYS}
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{**row._mapping, "fields": tuple(row.fields)})  # noqa: SLF001 - SQLAlchemy's public name
