"""What is deleted by age, a few rows at a time: nobody waits for a lock, and a stop loses nothing."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# With all that belongs to it. Whoever still waits, or came back by a link, is not gone.
_CONVERSATIONS = text("""
    DELETE FROM conversations WHERE id IN (
        SELECT id FROM conversations c
        WHERE merchant_id = :merchant_id AND updated_at < :before
          AND coalesce(last_customer_at < :before, true)
          AND NOT EXISTS (SELECT FROM inbox WHERE conversation_id = c.id AND status = 'waiting')
          AND NOT EXISTS (
              SELECT FROM outbox WHERE conversation_id = c.id AND status IN ('pending', 'sending')
          )
          AND NOT EXISTS (SELECT FROM clicks WHERE conversation_id = c.id AND at >= :before)
        ORDER BY updated_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
""")
# The words a turn searched for go with its log; its days have been counted.
_EXECUTIONS = text("""
    WITH old AS MATERIALIZED (
        SELECT id FROM executions WHERE merchant_id = :merchant_id AND started_at < :before
        ORDER BY started_at LIMIT :limit
    ),
    facts AS (DELETE FROM turn_facts USING old WHERE execution_id = old.id)
    DELETE FROM executions USING old WHERE executions.id = old.id
""")
# Their files are gone before (store/imports.py: take_old).
_IMPORTS = text("""
    WITH gone AS (
        DELETE FROM imports WHERE id IN (
            SELECT id FROM imports
            WHERE merchant_id = :merchant_id AND finished_at < :before AND erased_at IS NOT NULL LIMIT :limit
        )
        RETURNING id, job_id
    ), jobs_gone AS (
        DELETE FROM jobs USING gone WHERE jobs.id = gone.job_id AND jobs.finished_at < :before
    )
    SELECT count(*) FROM gone
""")


async def delete_conversations(
    connection: AsyncConnection, merchant_id: str, before: datetime, limit: int
) -> int:
    """In which nothing has happened since. How many went."""
    gone = await connection.execute(
        _CONVERSATIONS, {"merchant_id": merchant_id, "before": before, "limit": limit}
    )
    return gone.rowcount


async def delete_executions(
    connection: AsyncConnection, merchant_id: str, before: datetime, limit: int
) -> int:
    gone = await connection.execute(
        _EXECUTIONS, {"merchant_id": merchant_id, "before": before, "limit": limit}
    )
    return gone.rowcount


async def delete_imports(connection: AsyncConnection, merchant_id: str, before: datetime, limit: int) -> int:
    """Imports that have ended, with their rows at fault."""
    gone = await connection.execute(_IMPORTS, {"merchant_id": merchant_id, "before": before, "limit": limit})
    return gone.scalar() or 0
