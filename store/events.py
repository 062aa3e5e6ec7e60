"""What happened at a merchant's, in order, for who looks on: the console's pages, clients of the API.

Triggers write it in the transaction that changes things (migration 0018), so nothing is told that did not
happen and nothing is left out. Transactions end in another order than they begin in, so "after that" is no
number: it is a snapshot of the database. What was not visible in it and is visible now is new, exactly.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

# Who was away for longer has to look at everything anew.
KEEP_S = 3600
MOST = 1000
# At a time, so that it costs nobody anything: the job actor comes back soon.
_PRUNED_AT_ONCE = 5000
_SNAPSHOT = re.compile(r"(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19})*)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`customer_id` and `channel` are those of the conversation it is about, where it is about one."""

    merchant_id: str
    kind: str
    at: datetime
    conversation_id: int | None
    customer_id: str | None
    channel: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`upto`: the snapshot that has all of it, and what to ask with next."""

    upto: str
    happenings: tuple[Happening, ...]


_AFTER = text("""
    SELECT CAST(pg_current_snapshot() AS text) AS upto, e.merchant_id, e.kind, e.at, e.conversation_id,
           e.data, c.customer_id, c.channel
    FROM (SELECT) now
    LEFT JOIN (
        SELECT * FROM events
        WHERE tx >= CAST(:xmin AS bigint)
          AND NOT pg_visible_in_snapshot(CAST(CAST(tx AS text) AS xid8),
                                         CAST(CAST(:since AS text) AS pg_snapshot))
          AND (CAST(:until AS text) IS NULL
               OR pg_visible_in_snapshot(CAST(CAST(tx AS text) AS xid8),
                                         CAST(coalesce(CAST(:until AS text), '1:1:') AS pg_snapshot)))
          AND merchant_id = coalesce(CAST(:merchant_id AS text), merchant_id)
        ORDER BY id LIMIT :limit
    ) e ON true
    LEFT JOIN conversations c ON c.id = e.conversation_id
    ORDER BY e.id
""")


async def now(connection: AsyncConnection) -> str:
    """The snapshot of this moment: all that happened so far is in it."""
    found = await connection.execute(text("SELECT CAST(pg_current_snapshot() AS text)"))
    return str(found.scalar_one())


async def after(
    connection: AsyncConnection,
    since: str,
    *,
    until: str | None = None,
    merchant_id: str | None = None,
    limit: int = MOST,
) -> News:
    """Of all merchants, or of one. At most `limit`: where there are as many, some are left out."""
    asked = {"xmin": _xmin(since), "since": since, "until": until, "merchant_id": merchant_id, "limit": limit}
    rows = (await connection.execute(_AFTER, asked)).all()
    return News(upto=rows[0].upto, happenings=tuple(_happening(row) for row in rows if row.kind is not None))


def is_snapshot(given: str) -> bool:
    """Whether PostgreSQL would take it for one."""
    match = _SNAPSHOT.fullmatch(given)
    if not match:
        return False
    xmin, xmax = int(match[1]), int(match[2])
    running = [int(one) for one in match[3].split(",") if one]
    return 0 < xmin <= xmax < 2**63 and all(
        xmin <= one < xmax and before < one for before, one in zip([0, *running], running, strict=False)
    )


def is_ahead(given: str, of: str) -> bool:
    """A snapshot of another database, or of this one before it was restored: it says nothing here."""
    return _xmax(given) > _xmax(of)


def _xmin(snapshot: str) -> int:
    """Every transaction before this one was over."""
    return int(snapshot.partition(":")[0])


def _xmax(snapshot: str) -> int:
    return int(snapshot.split(":")[1])


async def note(connection: AsyncConnection, conversation_id: int, kind: str) -> None:
    """What no trigger can tell from the rows alone."""
    await connection.execute(
        text(
            "INSERT INTO events (merchant_id, conversation_id, kind, data) "
            "SELECT merchant_id, id, :kind, '{}' FROM conversations WHERE id = :id"
        ),
        {"id": conversation_id, "kind": kind},
    )


async def prune(connection: AsyncConnection) -> None:
    """The oldest, once they are too old."""
    await connection.execute(
        text("""
            WITH oldest AS (SELECT tx, id, at FROM events ORDER BY tx, id LIMIT :most)
            DELETE FROM events e USING oldest
            WHERE e.tx = oldest.tx AND e.id = oldest.id
              AND oldest.at < now() - make_interval(secs => :keep)
        """),
        {"most": _PRUNED_AT_ONCE, "keep": KEEP_S},
    )


def _happening(row: Row[Any]) -> Happening:
    return Happening(
        merchant_id=row.merchant_id,
        kind=row.kind,
        at=row.at,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        channel=row.channel,
        data=row.data,
    )
