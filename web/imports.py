"""Bulk imports: the file goes in as it is, progress and errors by row come back."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from pydantic_core import from_json

from models.codec import to_jsonable
from models.errors import Invalid, NotFound
from models.imports import Import, Reading, bad_rows_name
from models.merchant import Merchant
from sources.bad_rows import EXTENSIONS
from sources.encoding import ENCODINGS
from store import imports
from store.database import autocommit
from web import importing
from web.deps import Here, Shopkeep, TheMerchant
from web.importing import Standing
from web.paging import Limit, from_cursor, to_cursor

router = APIRouter(prefix="/merchants/{m}/imports")

Format = Literal["csv", "jsonl", "shopify_json", "shopify_csv"]
ACTIONS: dict[str, Callable[[Shopkeep, Import], Awaitable[None]]] = {
    "start": importing.start,
    "pause": importing.pause,
    "resume": importing.resume,
    "cancel": importing.cancel,
    "undo": importing.undo,
}
BAD_ROWS_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "json": "application/json"}


class Asked(BaseModel):
    """`preview`: nothing is imported until `start` is called."""

    format: Format
    encoding: str = "utf-8"
    mapping: str | None = Field(None, max_length=20_000)
    missing: Literal["keep", "deactivate"] = "keep"
    preview: bool = False
    name: str = Field("", max_length=200)

    @property
    def reading(self) -> Reading:
        """Invalid, before the file is read."""
        if self.encoding not in ENCODINGS:
            raise Invalid(f"is none of {', '.join(ENCODINGS)}", field="encoding")
        if self.mapping is None:
            return Reading(format=self.format, encoding=self.encoding)
        if self.format != "csv":
            raise Invalid("only the columns of a csv file are mapped", field="mapping")
        mapping = importing.mapping_from(_json(self.mapping)).model_dump()
        return Reading(format=self.format, encoding=self.encoding, mapping=mapping)


@router.post("", status_code=202)
async def start(
    merchant: TheMerchant, request: Request, here: Here, asked: Annotated[Asked, Query()]
) -> dict[str, str]:
    import_id = await importing.receive(
        here,
        merchant.id,
        request.stream(),
        name=asked.name or f"{asked.format} file",
        reading=asked.reading,
        missing=asked.missing,
    )
    the_import = await _the_import(here, merchant, import_id)
    await (importing.check if asked.preview else importing.start)(here, the_import)
    return {"id": import_id}


@router.get("")
async def listing(
    merchant: TheMerchant, here: Here, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        found = await imports.listing(connection, merchant.id, limit=limit + 1, after=from_cursor(cursor))
    page = found[:limit]
    return {
        "items": [_summary(each) for each in page],
        "next_cursor": to_cursor(page[-1].id) if len(found) > limit else None,
    }


@router.get("/{job_id}")
async def progress(merchant: TheMerchant, job_id: str, here: Here) -> dict[str, Any]:
    return _as_json(await importing.standing(here, merchant.id, job_id))


@router.post("/{job_id}/{action}", status_code=202)
async def act(
    merchant: TheMerchant,
    job_id: str,
    action: Literal["start", "pause", "resume", "cancel", "undo"],
    here: Here,
) -> dict[str, str]:
    """409 where that is not possible now, with what the import is."""
    the_import = await _the_import(here, merchant, job_id)
    await ACTIONS[action](here, the_import)
    return {"id": job_id}


@router.get(
    "/{job_id}/bad-rows.{extension}",
    response_class=Response,
    responses={200: {"content": {kind.partition(";")[0]: {} for kind in BAD_ROWS_TYPES.values()}}},
)
async def bad_rows(merchant: TheMerchant, job_id: str, extension: str, here: Here) -> Response:
    """The rows that were not taken, to be mended and imported again."""
    return await bad_rows_of(here, await _the_import(here, merchant, job_id), extension)


async def bad_rows_of(here: Shopkeep, the_import: Import, extension: str) -> Response:
    if extension not in EXTENSIONS:
        raise NotFound("no such file")
    data = await here.files.read(bad_rows_name(the_import.id, extension))
    headers = {
        "Content-Disposition": f'attachment; filename="bad-rows-{the_import.id[:8]}.{extension}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=BAD_ROWS_TYPES[extension], headers=headers)


async def _the_import(here: Shopkeep, merchant: Merchant, import_id: str) -> Import:
    async with autocommit(here.engine) as connection:
        return await imports.get(connection, merchant.id, import_id)


def _json(text: str) -> object:
    try:
        found: object = from_json(text)
    except ValueError:
        raise Invalid("is not JSON", field="mapping") from None
    return found


def _as_json(found: Standing) -> dict[str, Any]:
    """Errors are of the job that runs it, or of the preview."""
    the_import, progress = found.the_import, found.progress
    preview = the_import.preview
    faults = progress.errors if progress else ()
    return _summary(the_import) | {
        "total": progress.total if progress else 0,
        "done": progress.done if progress else 0,
        "age_s": progress.age_s if progress else 0.0,
        "errors": [asdict(fault) for fault in faults or (preview.faults if preview else ())],
        "counts": asdict(found.counts) | {"unchanged": the_import.unchanged, "bad": the_import.bad},
        "preview": to_jsonable(preview) if preview else None,
    }


def _summary(the_import: Import) -> dict[str, Any]:
    return {
        "id": the_import.id,
        "name": the_import.name,
        "status": the_import.status,
        "format": the_import.reading.format,
        "bytes": the_import.bytes,
        "missing": the_import.missing,
        "created_at": the_import.created_at.isoformat(),
        "finished_at": the_import.finished_at.isoformat() if the_import.finished_at else None,
    }
