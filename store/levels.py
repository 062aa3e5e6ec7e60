"""How much waits, for how long, and in what state things are: over all merchants, for whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.accounts import CONNECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Ages in seconds, 0 where nothing waits. `token_left_s` is negative for one that has ended; None:
    no token is known to end. `sync_age_s` None: no store is connected.
    """

    inbox_waiting: int
    inbox_oldest_s: float
    outbox_waiting: int
    outbox_oldest_s: float
    needing_person: int
    jobs_waiting: int
    merchants_over_budget: int
    token_left_s: float | None
    sync_age_s: float | None
    accounts: Mapping[str, int]
    stores: Mapping[str, int]


# An account that cannot send holds its parts back on purpose: only those that may leave count as late.
_LEVELS = text("""
    WITH waiting AS (SELECT received_at FROM inbox WHERE status = 'waiting'),
    unsent AS (
        SELECT o.created_at, o.due_at FROM outbox o JOIN conversations c ON c.id = o.conversation_id
        JOIN accounts a USING (channel, account_id)
        WHERE o.status IN ('pending', 'sending') AND a.status = :connected
    )
    SELECT
        (SELECT count(*) FROM waiting) AS inbox_waiting,
        (SELECT extract(epoch FROM now() - min(received_at)) FROM waiting) AS inbox_oldest_s,
        (SELECT count(*) FROM unsent) AS outbox_waiting,
        (SELECT extract(epoch FROM now() - min(created_at)) FROM unsent WHERE due_at <= now())
            AS outbox_oldest_s,
        (SELECT count(*) FROM conversations WHERE handover_at IS NOT NULL) AS needing_person,
        (SELECT count(*) FROM jobs WHERE status = 'running' AND (lease_until IS NULL OR lease_until < now()))
            AS jobs_waiting,
        (SELECT count(*) FROM spending s JOIN merchants m ON m.id = s.merchant_id
         WHERE s.day = CAST(now() AT TIME ZONE 'UTC' AS date)
           AND s.microdollars >= 10000 * CAST(m.profile->>'model_budget_per_day' AS bigint))
            AS merchants_over_budget,
        (SELECT extract(epoch FROM min(expires_at) - now()) FROM accounts WHERE status = :connected)
            AS token_left_s,
        (SELECT extract(epoch FROM now() - min(coalesce(last_sync_at, connected_at)))
         FROM shopify_stores WHERE status = 'connected' AND automatic) AS sync_age_s,
        (SELECT coalesce(jsonb_object_agg(status, n), '{}')
         FROM (SELECT status, count(*) AS n FROM accounts GROUP BY status) AS s) AS accounts,
        (SELECT coalesce(jsonb_object_agg(status, n), '{}')
         FROM (SELECT status, count(*) AS n FROM shopify_stores GROUP BY status) AS s) AS stores
""")


async def read(connection: AsyncConnection) -> Levels:
    row = (await connection.execute(_LEVELS, {"connected": CONNECTED})).one()
    return Levels(
        inbox_waiting=row.inbox_waiting,
        inbox_oldest_s=float(row.inbox_oldest_s or 0),
        outbox_waiting=row.outbox_waiting,
        outbox_oldest_s=float(row.outbox_oldest_s or 0),
        needing_person=row.needing_person,
        jobs_waiting=row.jobs_waiting,
        merchants_over_budget=row.merchants_over_budget,
        token_left_s=None if row.token_left_s is None else float(row.token_left_s),
        sync_age_s=None if row.sync_age_s is None else float(row.sync_age_s),
        accounts=row.accounts,
        stores=row.stores,
    )
