"""A merchant leaves. From one transaction on it is as if there were none; then all of it goes, a few rows at
a time. Each step takes what is left, so that whatever stopped in between is simply begun again.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from store.schema import metadata

# With their rows go files, which only whoever erases those can reach; or they end with the merchant itself.
_APART = {"merchants", "media", "imports", "jobs", "audit_log", "deletions"}


def _tables() -> list[str]:
    """Conversations first: most of what there is goes with them. Else what is of a row before the row."""
    whole = [table.name for table in reversed(metadata.sorted_tables) if "merchant_id" in table.columns]
    return ["conversations", *(name for name in whole if name not in {*_APART, "conversations"})]


TABLES = tuple(_tables())

_LEAVE = text("UPDATE merchants SET leaving_at = now() WHERE id = :id AND leaving_at IS NULL")
_ACCOUNTS = text("""
    WITH gone AS (DELETE FROM accounts WHERE merchant_id = :id RETURNING channel, account_id)
    DELETE FROM unrouted USING gone
    WHERE unrouted.channel = gone.channel AND unrouted.account_id = gone.account_id
""")
# Nobody answers any more, nothing is sent, nothing is worked on.
_STOP = (
    text("""
        UPDATE inbox SET status = 'silent', reason = 'erased'
        WHERE status = 'waiting' AND conversation_id IN (SELECT id FROM conversations WHERE merchant_id = :id)
    """),
    text("""
        UPDATE outbox SET status = 'cancelled', reason = 'erased' WHERE status IN ('pending', 'sending')
          AND conversation_id IN (SELECT id FROM conversations WHERE merchant_id = :id)
    """),
    text("""
        UPDATE jobs SET status = 'cancelled', finished_at = now()
        WHERE merchant_id = :id AND status IN ('running', 'paused')
    """),
    text("DELETE FROM api_tokens WHERE merchant_id = :id"),
    # Whoever has its catalogue in memory notices within seconds and drops it.
    text("DELETE FROM placement WHERE merchant_id = :id"),
)
# Who saw this shop alone is nobody here any more, in the log neither.
_PEOPLE = text("""
    WITH gone AS (
        DELETE FROM users u WHERE u.role = 'merchant'
          AND EXISTS (SELECT FROM user_merchants m WHERE m.user_id = u.id AND m.merchant_id = :id)
          AND NOT EXISTS (SELECT FROM user_merchants m WHERE m.user_id = u.id AND m.merchant_id <> :id)
        RETURNING id, email
    )
    UPDATE audit_log SET
        target = CASE WHEN target IN (SELECT email FROM gone) THEN NULL ELSE target END,
        actor_name = CASE WHEN actor_id IN (SELECT id FROM gone) THEN '' ELSE actor_name END
    WHERE target IN (SELECT email FROM gone) OR actor_id IN (SELECT id FROM gone)
""")


async def begin(connection: AsyncConnection, merchant_id: str) -> None:
    """NotFound for one that has left. Its erasure is a job, to be started in this very transaction."""
    leaving = await connection.execute(_LEAVE, {"id": merchant_id})
    if leaving.rowcount == 0:
        raise NotFound("no such merchant")
    for statement in (_ACCOUNTS, _PEOPLE, *_STOP):
        await connection.execute(statement, {"id": merchant_id})


async def delete_rows(connection: AsyncConnection, table: str, merchant_id: str, limit: int) -> int:
    """How many went."""
    gone = await connection.execute(
        text(
            f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - TABLES
            f"SELECT ctid FROM {table} WHERE merchant_id = :merchant_id LIMIT :limit))"
        ),
        {"merchant_id": merchant_id, "limit": limit},
    )
    return gone.rowcount


async def take_pictures(connection: AsyncConnection, merchant_id: str, limit: int) -> list[tuple[str, str]]:
    """Key and extension of those whose files go in the same transaction."""
    gone = await connection.execute(
        text("""
            DELETE FROM media WHERE merchant_id = :merchant_id AND key IN (
                SELECT key FROM media WHERE merchant_id = :merchant_id LIMIT :limit
            ) RETURNING key, extension
        """),
        {"merchant_id": merchant_id, "limit": limit},
    )
    return [(row.key, row.extension) for row in gone]


async def take_imports(connection: AsyncConnection, merchant_id: str, limit: int) -> list[str]:
    """Ids of those whose files go in the same transaction."""
    gone = await connection.execute(
        text("""
            DELETE FROM imports WHERE id IN (
                SELECT id FROM imports WHERE merchant_id = :merchant_id LIMIT :limit
            ) RETURNING id
        """),
        {"merchant_id": merchant_id, "limit": limit},
    )
    return list(gone.scalars())


async def blank_log(connection: AsyncConnection, merchant_id: str, limit: int) -> int:
    """What was done and when stays in the audit log; who did it to what does not, but for the erasure itself:
    an operator did that. How many were blanked.
    """
    blanked = await connection.execute(
        text("""
            UPDATE audit_log SET actor_id = '', actor_name = '', target = NULL WHERE id IN (
                SELECT id FROM audit_log WHERE merchant_id = :merchant_id
                  AND action NOT IN ('merchant_leaving.erase', 'erasure.erased')
                  AND (actor_id <> '' OR actor_name <> '' OR target IS NOT NULL)
                LIMIT :limit
            )
        """),
        {"merchant_id": merchant_id, "limit": limit},
    )
    return blanked.rowcount


async def end(connection: AsyncConnection, merchant_id: str) -> None:
    """With whatever came in meanwhile, and the job itself."""
    await connection.execute(
        text("DELETE FROM merchants WHERE id = :id AND leaving_at IS NOT NULL"), {"id": merchant_id}
    )
