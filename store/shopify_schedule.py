"""When stores are read without anybody asking, and when they are looked after."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store import jobs
from store.shopify_stores import Store, store_of

EVERY = timedelta(hours=1)
# Everything is compared between 1 and 4 at night, UTC, each store at its own time.
_TONIGHT = """
    date_trunc('day', now(), 'UTC') + interval '1 day'
        + make_interval(secs => 3600 + abs(hashtext(s.merchant_id)) % 10800)
"""
_TAKE_DUE = text(f"""
    WITH due AS (
        SELECT merchant_id, last_sync_at IS NULL AS never, coalesce(full_due_at <= now(), true) AS whole
        FROM shopify_stores
        WHERE status = 'connected' AND access_token IS NOT NULL AND (automatic OR last_sync_at IS NULL)
          AND (coalesce(full_due_at <= now(), true) OR coalesce(recent_due_at <= now(), true))
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE shopify_stores s SET recent_due_at = now() + make_interval(secs => :every),
            full_due_at = CASE WHEN due.whole THEN {_TONIGHT}
                               ELSE s.full_due_at END
        FROM due WHERE s.merchant_id = due.merchant_id
    )
    SELECT merchant_id, CASE WHEN never THEN 'full' WHEN whole THEN 'compare' ELSE 'changes' END AS mode
    FROM due
""")  # noqa: S608 - constants


async def begin_due(connection: AsyncConnection, new_id: Callable[[], str]) -> list[tuple[str, str]]:
    """Merchants whose store is to be read now, and how: full, compare or changes. A job of each is begun."""
    found = await connection.execute(_TAKE_DUE, {"every": EVERY.total_seconds()})
    due = [(row.merchant_id, row.mode) for row in found]
    for merchant_id, mode in due:
        await jobs.start_sync(connection, job_id=new_id(), merchant_id=merchant_id, options={"mode": mode})
    return due


async def take_unwatched(connection: AsyncConnection) -> list[Store]:
    """Stores that nobody has looked after for so long: now you do. Paused ones too: they may be back."""
    found = await connection.execute(
        text("""
            UPDATE shopify_stores SET checked_at = now()
            WHERE status IN ('connected', 'paused') AND access_token IS NOT NULL
              AND coalesce(checked_at < now() - make_interval(secs => :seconds), true)
            RETURNING *
        """),
        {"seconds": EVERY.total_seconds()},
    )
    return [store_of(row) for row in found]
