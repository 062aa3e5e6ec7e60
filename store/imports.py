"""What is on record of imports (models.imports).

The work is done by jobs (store.jobs), the import's own has its id.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.errors import Conflict, NotFound
from models.imports import ENDED, Counts, Fault, Import, Missing, Preview, Reading

# So long a result can be looked at with its bad rows, and be taken back.
KEPT = timedelta(days=7)

_COLUMNS = """
    id, merchant_id, name, bytes, reading, missing, status, job_id, preview,
    created, changed, deactivated, bad, unchanged, kept, fault,
    created_at, finished_at, erased_at
"""


async def add(
    connection: AsyncConnection,
    merchant_id: str,
    import_id: str,
    *,
    name: str,
    size: int,
    reading: Reading,
    missing: Missing = "keep",
    status: str = "draft",
) -> None:
    await connection.execute(
        text("""
            INSERT INTO imports (id, merchant_id, name, bytes, reading, missing, status)
            VALUES (:id, :merchant_id, :name, :bytes, CAST(:reading AS jsonb), :missing, :status)
        """),
        {
            "id": import_id,
            "merchant_id": merchant_id,
            "name": name,
            "bytes": size,
            "reading": to_json(reading),
            "missing": missing,
            "status": status,
        },
    )


async def get(connection: AsyncConnection, merchant_id: str, import_id: str) -> Import:
    found = await connection.execute(
        text(f"SELECT {_COLUMNS} FROM imports WHERE merchant_id = :merchant_id AND id = :id"),  # noqa: S608 - constant columns
        {"merchant_id": merchant_id, "id": import_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such import")
    return _import(row)


async def listing(
    connection: AsyncConnection, merchant_id: str, *, limit: int, after: str | None = None
) -> list[Import]:
    """The newest first; `after` is the id of the last one of the page before."""
    found = await connection.execute(
        text(f"""
            SELECT {_COLUMNS} FROM imports
            WHERE merchant_id = :merchant_id AND (
                CAST(:after AS text) IS NULL OR (created_at, id) < (
                    SELECT created_at, id FROM imports WHERE merchant_id = :merchant_id AND id = :after))
            ORDER BY created_at DESC, id DESC LIMIT :limit
        """),  # noqa: S608 - constant columns
        {"merchant_id": merchant_id, "limit": limit, "after": after},
    )
    return [_import(row) for row in found]


async def move(
    connection: AsyncConnection,
    merchant_id: str,
    import_id: str,
    status: str,
    *,
    of: Sequence[str],
    job_id: str | None = None,
) -> Import:
    """To `status`, from one of `of`. NotFound; Conflict when it is somewhere else by now.

    `job_id`: who works on it from now on; None: who did.
    """
    found = await connection.execute(
        text(f"""
            UPDATE imports SET status = :status, fault = NULL, job_id = coalesce(:job_id, job_id),
                finished_at = CASE WHEN :status = ANY(CAST(:ended AS text[])) THEN now() ELSE finished_at END
            WHERE merchant_id = :merchant_id AND id = :id AND status = ANY(CAST(:of AS text[]))
            RETURNING {_COLUMNS}
        """),  # noqa: S608 - constant columns
        {
            "merchant_id": merchant_id,
            "id": import_id,
            "status": status,
            "job_id": job_id,
            "of": list(of),
            "ended": list(ENDED),
        },
    )
    row = found.first()
    if row is None:
        now = (await get(connection, merchant_id, import_id)).status
        raise Conflict(f"the import is {now}", field="status")
    return _import(row)


async def read_as(connection: AsyncConnection, merchant_id: str, import_id: str, reading: Reading) -> None:
    """What was found out by another reading says nothing any more."""
    await connection.execute(
        text(
            "UPDATE imports SET reading = CAST(:reading AS jsonb), preview = NULL "
            "WHERE merchant_id = :merchant_id AND id = :id"
        ),
        {"merchant_id": merchant_id, "id": import_id, "reading": to_json(reading)},
    )


async def treat_missing(
    connection: AsyncConnection, merchant_id: str, import_id: str, missing: Missing
) -> None:
    await connection.execute(
        text("UPDATE imports SET missing = :missing WHERE merchant_id = :merchant_id AND id = :id"),
        {"merchant_id": merchant_id, "id": import_id, "missing": missing},
    )


async def checked(
    connection: AsyncConnection, merchant_id: str, import_id: str, preview: Preview, *, job_id: str
) -> None:
    """Unless another reading is checked by now."""
    await connection.execute(
        text(
            "UPDATE imports SET status = 'ready', preview = CAST(:preview AS jsonb) "
            "WHERE merchant_id = :merchant_id AND id = :id AND status = 'checking' AND job_id = :job_id"
        ),
        {"merchant_id": merchant_id, "id": import_id, "preview": to_json(preview), "job_id": job_id},
    )


async def failed(
    connection: AsyncConnection, merchant_id: str, import_id: str, fault: Fault, *, job_id: str
) -> None:
    await connection.execute(
        text(
            "UPDATE imports SET status = 'failed', fault = CAST(:fault AS jsonb), finished_at = now() "
            "WHERE merchant_id = :merchant_id AND id = :id AND job_id = :job_id"
        ),
        {"merchant_id": merchant_id, "id": import_id, "fault": to_json(fault), "job_id": job_id},
    )


async def ended(
    connection: AsyncConnection, merchant_id: str, import_id: str, counts: Counts, *, bad: int, unchanged: int
) -> None:
    """Done, or as far as it came when somebody stopped it."""
    await connection.execute(
        text("""
            UPDATE imports SET created = :created, changed = :changed, deactivated = :deactivated,
                bad = :bad, unchanged = :unchanged,
                status = CASE status WHEN 'running' THEN 'done' ELSE status END,
                finished_at = CASE status WHEN 'paused' THEN NULL ELSE now() END
            WHERE merchant_id = :merchant_id AND id = :id
        """),
        {
            "merchant_id": merchant_id,
            "id": import_id,
            "created": counts.created,
            "changed": counts.changed,
            "deactivated": counts.deactivated,
            "bad": bad,
            "unchanged": unchanged,
        },
    )


async def undone(connection: AsyncConnection, merchant_id: str, import_id: str, *, kept: int) -> None:
    await connection.execute(
        text(
            "UPDATE imports SET status = 'undone', kept = :kept "
            "WHERE merchant_id = :merchant_id AND id = :id AND status = 'undoing'"
        ),
        {"merchant_id": merchant_id, "id": import_id, "kept": kept},
    )


async def known_fields(connection: AsyncConnection, merchant_id: str) -> dict[str, str]:
    """What columns were to this merchant in its last files: title -> field, the newest word first."""
    found = await connection.execute(
        text("""
            SELECT reading->'mapping'->'fields' AS fields FROM imports
            WHERE merchant_id = :merchant_id AND status <> 'draft' AND reading->'mapping' <> 'null'
            ORDER BY created_at DESC LIMIT 5
        """),
        {"merchant_id": merchant_id},
    )
    known: dict[str, str] = {}
    for row in found:
        known = dict(row.fields) | known
    return known


async def remove(connection: AsyncConnection, merchant_id: str, import_id: str) -> None:
    """One that never ran."""
    await connection.execute(
        text(
            "DELETE FROM imports WHERE merchant_id = :merchant_id AND id = :id "
            "AND status IN ('draft', 'checking', 'ready')"
        ),
        {"merchant_id": merchant_id, "id": import_id},
    )


async def take_old(connection: AsyncConnection, *, limit: int = 100) -> list[str]:
    """Ids whose files go, in the same transaction: nothing of them can be taken back from now on.

    After a week, or sooner where the merchant keeps uploads for fewer days.
    """
    asked: Mapping[str, object] = {"kept": KEPT, "ended": list(ENDED), "limit": limit}
    found = await connection.execute(
        text("""
            WITH old AS (
                SELECT i.id FROM imports i JOIN merchants m ON m.id = i.merchant_id
                WHERE i.erased_at IS NULL
                  AND coalesce(i.finished_at, i.created_at) < now() - least(
                      CAST(:kept AS interval),
                      make_interval(days => CAST(m.profile->'retention'->>'uploads_days' AS integer))
                  )
                  AND i.status = ANY(array_cat(CAST(:ended AS text[]), '{draft,ready}'))
                ORDER BY i.created_at LIMIT :limit FOR UPDATE OF i SKIP LOCKED
            ), gone AS (
                DELETE FROM imports USING old WHERE imports.id = old.id AND status IN ('draft', 'ready')
            ), forgotten AS (
                DELETE FROM import_products USING old WHERE import_products.import_id = old.id
            ), erased AS (
                UPDATE imports SET erased_at = now(), preview = NULL
                FROM old WHERE imports.id = old.id AND status NOT IN ('draft', 'ready')
            )
            SELECT id FROM old
        """),
        asked,
    )
    return list(found.scalars())


def _import(row: Row[Any]) -> Import:
    return Import(
        id=row.id,
        merchant_id=row.merchant_id,
        name=row.name,
        bytes=row.bytes,
        reading=from_jsonable(Reading, row.reading),
        missing=row.missing,
        status=row.status,
        job_id=row.job_id,
        preview=from_jsonable(Preview, row.preview) if row.preview else None,
        counts=Counts(row.created, row.changed, row.deactivated),
        bad=row.bad,
        unchanged=row.unchanged,
        kept=row.kept,
        fault=from_jsonable(Fault, row.fault) if row.fault else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
        erased_at=row.erased_at,
    )
