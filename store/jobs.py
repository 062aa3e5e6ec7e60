"""Background work as rows: whoever holds the lease goes on from the cursor."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound

# Enough to mend a file; a file that is wrong from end to end needs no million lines of it.
MAX_ERRORS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    row: int
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    id: str
    status: str
    total: int
    done: int
    errors: tuple[RowFault, ...]
    age_s: float  # how long it has run

    @property
    def per_s(self) -> float:
        return self.done / self.age_s

    @property
    def left_s(self) -> float | None:
        """At the rate so far; None: nobody can tell yet."""
        if self.status != "running":
            return 0.0
        return (self.total - self.done) / self.per_s if self.done else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: str
    kind: str
    merchant_id: str
    options: dict[str, Any]
    cursor: int
    done: int
    state: dict[str, Any] = field(default_factory=dict)


async def start(
    connection: AsyncConnection,
    *,
    job_id: str,
    kind: str,
    merchant_id: str,
    options: dict[str, str],
) -> None:
    await connection.execute(
        text(
            "INSERT INTO jobs (id, kind, merchant_id, options) "
            "VALUES (:id, :kind, :merchant_id, CAST(:options AS jsonb))"
        ),
        {
            "id": job_id,
            "kind": kind,
            "merchant_id": merchant_id,
            "options": json.dumps(options),
        },
    )


async def start_sync(
    connection: AsyncConnection, *, job_id: str, merchant_id: str, options: Mapping[str, Any]
) -> str:
    """The id of the merchant's Shopify sync in the options' `mode`: this one, or one that is running."""
    await connection.execute(
        text("""
            INSERT INTO jobs (id, kind, merchant_id, options)
            VALUES (:id, 'shopify_sync', :merchant_id, CAST(:options AS jsonb))
            ON CONFLICT (merchant_id, (options->>'mode'))
            WHERE status = 'running' AND kind = 'shopify_sync' DO NOTHING
        """),
        {"id": job_id, "merchant_id": merchant_id, "options": json.dumps(dict(options))},
    )
    found = await connection.execute(
        text(
            "SELECT id FROM jobs "
            "WHERE merchant_id = :merchant_id AND status = 'running' AND kind = 'shopify_sync' "
            "AND options->>'mode' = :mode"
        ),
        {"merchant_id": merchant_id, "mode": options["mode"]},
    )
    return found.scalar() or job_id  # it may have ended since


async def last_sync(connection: AsyncConnection, merchant_id: str) -> Progress | None:
    """The merchant's newest Shopify sync, running or ended."""
    found = await connection.execute(
        text(f"""
            SELECT {_PROGRESS} FROM jobs WHERE merchant_id = :merchant_id AND kind = 'shopify_sync'
            ORDER BY created_at DESC LIMIT 1
        """),  # noqa: S608 - constant columns
        {"merchant_id": merchant_id},
    )
    row = found.first()
    return _progress(row) if row else None


async def lease(connection: AsyncConnection, seconds: float) -> Job | None:
    """The oldest running job nobody is working on."""
    found = await connection.execute(
        text("""
            UPDATE jobs SET lease_until = now() + make_interval(secs => :seconds)
            WHERE id = (
                SELECT id FROM jobs
                WHERE status = 'running' AND (lease_until IS NULL OR lease_until < now())
                ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            RETURNING id, kind, merchant_id, options, cursor, done, state
        """),
        {"seconds": seconds},
    )
    row = found.first()
    if row is None:
        return None
    return Job(
        id=row.id,
        kind=row.kind,
        merchant_id=row.merchant_id,
        options=row.options,
        cursor=row.cursor,
        done=row.done,
        state=row.state,
    )


async def renew(connection: AsyncConnection, job_id: str, lease_s: float) -> None:
    """Still at it, if nothing came of it yet."""
    await connection.execute(
        text("UPDATE jobs SET lease_until = now() + make_interval(secs => :lease) WHERE id = :id"),
        {"id": job_id, "lease": lease_s},
    )


async def stop(connection: AsyncConnection, merchant_id: str, job_id: str, status: str) -> None:
    """`paused` or `cancelled`: whoever works on it sees it after the batch it is at."""
    await connection.execute(
        text("""
            UPDATE jobs SET status = :status,
                finished_at = CASE WHEN :status = 'cancelled' THEN now() END
            WHERE merchant_id = :merchant_id AND id = :id AND status IN ('running', 'paused')
        """),
        {"merchant_id": merchant_id, "id": job_id, "status": status},
    )


async def go_on(connection: AsyncConnection, merchant_id: str, job_id: str) -> None:
    """After a pause. Who had not noticed it yet keeps the lease."""
    await connection.execute(
        text(
            "UPDATE jobs SET status = 'running' "
            "WHERE merchant_id = :merchant_id AND id = :id AND status = 'paused'"
        ),
        {"merchant_id": merchant_id, "id": job_id},
    )


async def let_go(connection: AsyncConnection, job_id: str) -> None:
    """Of a job that was stopped: who goes on with it later need not wait for the lease."""
    await connection.execute(
        text("UPDATE jobs SET lease_until = NULL WHERE id = :id AND status <> 'running'"), {"id": job_id}
    )


async def advance(
    connection: AsyncConnection,
    job_id: str,
    *,
    cursor: int,
    done: int,
    faults: Sequence[RowFault],
    lease_s: float,
    state: Mapping[str, Any] | None = None,
) -> bool:
    """A heartbeat: so far, and still at it. `state` None leaves it as it is. False: it was stopped."""
    found = await connection.execute(
        text("""
            UPDATE jobs SET cursor = :cursor, done = :done,
                state = coalesce(CAST(:state AS jsonb), state),
                lease_until = now() + make_interval(secs => :lease),
                errors = CASE WHEN jsonb_array_length(errors) < :most
                              THEN errors || CAST(:errors AS jsonb) ELSE errors END
            WHERE id = :id RETURNING status
        """),
        {
            "id": job_id,
            "cursor": cursor,
            "done": done,
            "errors": json.dumps([_fault(fault) for fault in faults]),
            "most": MAX_ERRORS,
            "lease": lease_s,
            "state": None if state is None else json.dumps(dict(state)),
        },
    )
    return found.scalar() == "running"


async def set_total(connection: AsyncConnection, job_id: str, total: int) -> None:
    await connection.execute(
        text("UPDATE jobs SET total = :total WHERE id = :id"), {"id": job_id, "total": total}
    )


async def finish(
    connection: AsyncConnection, job_id: str, status: str, faults: Sequence[RowFault] = ()
) -> None:
    """`status` done or failed; of a job that was stopped meanwhile, its own stays."""
    await connection.execute(
        text(
            "UPDATE jobs SET status = :status, lease_until = NULL, finished_at = now(), "
            "errors = errors || CAST(:errors AS jsonb) WHERE id = :id AND status = 'running'"
        ),
        {"id": job_id, "status": status, "errors": json.dumps([_fault(fault) for fault in faults])},
    )


async def prune(connection: AsyncConnection) -> None:
    """Syncs run every hour, and nobody asks for those of last month; what an import was is said by itself."""
    await connection.execute(
        text("""
            DELETE FROM jobs WHERE kind IN ('shopify_sync', 'import_check', 'import_undo', 'shopify_erasure')
              AND finished_at < now() - make_interval(days => 30)
        """)
    )


async def progress(connection: AsyncConnection, merchant_id: str, job_id: str) -> Progress:
    found = await connection.execute(
        text(
            f"SELECT {_PROGRESS} FROM jobs WHERE id = :id AND merchant_id = :merchant_id"  # noqa: S608 - constant
        ),
        {"id": job_id, "merchant_id": merchant_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such import")
    return _progress(row)


_PROGRESS = """
    id, status, total, done, errors,
    greatest(1, extract(epoch FROM coalesce(finished_at, now()) - created_at)) AS age_s
"""


def _progress(row: Row[Any]) -> Progress:
    return Progress(
        id=row.id,
        status=row.status,
        total=row.total,
        done=row.done,
        errors=tuple(RowFault(**fault) for fault in row.errors),
        age_s=float(row.age_s),
    )


def _fault(fault: RowFault) -> dict[str, object]:
    return {"row": fault.row, "field": fault.field, "detail": fault.detail}
