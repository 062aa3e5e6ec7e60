"""Background work as rows: whoever holds the lease goes on from the cursor."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: str
    kind: str
    merchant_id: str
    options: dict[str, Any]
    upload: bytes
    cursor: int
    done: int


async def start(
    connection: AsyncConnection,
    *,
    job_id: str,
    kind: str,
    merchant_id: str,
    options: dict[str, str],
    upload: bytes,
) -> None:
    await connection.execute(
        text(
            "INSERT INTO jobs (id, kind, merchant_id, options, upload) "
            "VALUES (:id, :kind, :merchant_id, CAST(:options AS jsonb), :upload)"
        ),
        {
            "id": job_id,
            "kind": kind,
            "merchant_id": merchant_id,
            "options": json.dumps(options),
            "upload": upload,
        },
    )


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
            RETURNING id, kind, merchant_id, options, upload, cursor, done
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
        upload=row.upload,
        cursor=row.cursor,
        done=row.done,
    )


async def advance(
    connection: AsyncConnection,
    job_id: str,
    *,
    cursor: int,
    done: int,
    faults: Sequence[RowFault],
    lease_s: float,
) -> None:
    """A heartbeat: so far, and still at it."""
    await connection.execute(
        text("""
            UPDATE jobs SET cursor = :cursor, done = :done,
                lease_until = now() + make_interval(secs => :lease),
                errors = CASE WHEN jsonb_array_length(errors) < :most
                              THEN errors || CAST(:errors AS jsonb) ELSE errors END
            WHERE id = :id
        """),
        {
            "id": job_id,
            "cursor": cursor,
            "done": done,
            "errors": json.dumps([_fault(fault) for fault in faults]),
            "most": MAX_ERRORS,
            "lease": lease_s,
        },
    )


async def set_total(connection: AsyncConnection, job_id: str, total: int) -> None:
    await connection.execute(
        text("UPDATE jobs SET total = :total WHERE id = :id"), {"id": job_id, "total": total}
    )


async def finish(
    connection: AsyncConnection, job_id: str, status: str, faults: Sequence[RowFault] = ()
) -> None:
    """`status` done or failed. The file has served."""
    await connection.execute(
        text(
            "UPDATE jobs SET status = :status, upload = NULL, lease_until = NULL, finished_at = now(), "
            "errors = errors || CAST(:errors AS jsonb) WHERE id = :id"
        ),
        {"id": job_id, "status": status, "errors": json.dumps([_fault(fault) for fault in faults])},
    )


async def progress(connection: AsyncConnection, merchant_id: str, job_id: str) -> Progress:
    found = await connection.execute(
        text(
            "SELECT id, status, total, done, errors FROM jobs WHERE id = :id AND merchant_id = :merchant_id"
        ),
        {"id": job_id, "merchant_id": merchant_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such import")
    return Progress(
        id=row.id,
        status=row.status,
        total=row.total,
        done=row.done,
        errors=tuple(RowFault(**fault) for fault in row.errors),
    )


def _fault(fault: RowFault) -> dict[str, object]:
    return {"row": fault.row, "field": fault.field, "detail": fault.detail}
