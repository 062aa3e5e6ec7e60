"""The import wizard: a file, its columns, a preview, progress, the result. One address an import, and what it
shows is where the import is.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from models.errors import Conflict, Invalid
from models.imports import AT_WORK, Counts, Import, Missing
from store import imports
from store.database import autocommit
from web import importing
from web.console.desk import Desk, TheDesk
from web.console.import_columns import columns_page, reading_from
from web.deps import Shopkeep
from web.exports import ExportQuery, exported
from web.importing import Standing
from web.imports import bad_rows_of
from web.limits import MOST_OF_A_FILE
from web.pages import render, texts
from web.paging import from_cursor, to_cursor

router = APIRouter(prefix="/{m}/products")

PAGE = 20
FAULTS = 50
PIECE_BYTES = 1024 * 1024
TONES = {"done": "good", "failed": "bad", "cancelled": "warn", "ready": "warn", "paused": "warn"}
BAD_FILES = {"jsonl": ("csv", "jsonl"), "shopify_json": ("csv", "json")}

Action = Literal["pause", "resume", "cancel", "undo"]
ACTIONS: dict[str, Callable[[Shopkeep, Import], Awaitable[None]]] = {
    "pause": importing.pause,
    "resume": importing.resume,
    "cancel": importing.cancel,
    "undo": importing.undo,
}


@router.get("/export")
async def export(desk: TheDesk, query: Annotated[ExportQuery, Query()]) -> StreamingResponse:
    return exported(desk.here, desk.shop, query.format, query.wanted())


@router.get("/import")
async def choose(desk: TheDesk, cursor: str | None = None) -> HTMLResponse:
    return await _choose(desk, cursor=cursor)


@router.post("/import")
async def receive(desk: TheDesk) -> Response:
    file = (await desk.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _choose(desk, error=texts("en")["imports"]["no_file"])
    try:
        import_id = await importing.receive(desk.here, desk.shop.id, _pieces(file), name=file.filename)
    except Invalid as error:
        return await _choose(desk, error=error.detail)
    the_import = await _get(desk, import_id)
    if the_import.reading.mapping is None:  # there is nothing to map
        await importing.check(desk.here, the_import)
    return desk.moved(_at(desk, import_id))


@router.get("/import/{import_id}")
async def show(desk: TheDesk, import_id: str) -> HTMLResponse:
    found = await importing.standing(desk.here, desk.shop.id, import_id)
    the_import = found.the_import
    if the_import.status == "draft":
        return await columns_page(desk, the_import)
    if the_import.status == "ready":
        return desk.page("imports/preview.html", the_import=the_import)
    if the_import.status in (*AT_WORK, "paused"):
        return desk.page("imports/progress.html", at=_progress(found))
    return _result(desk, found)


@router.get("/import/{import_id}/progress")
async def progress(desk: TheDesk, import_id: str) -> HTMLResponse:
    """What the script of the page asks for."""
    found = await importing.standing(desk.here, desk.shop.id, import_id)
    return render("imports/progress_part.html", at=_progress(found))


@router.get("/import/{import_id}/columns")
async def columns(desk: TheDesk, import_id: str) -> Response:
    the_import = await _get(desk, import_id)
    if the_import.status not in ("draft", "ready", "failed"):
        return desk.moved(_at(desk, import_id))
    return await columns_page(desk, the_import)


@router.post("/import/{import_id}/columns")
async def read_as(desk: TheDesk, import_id: str) -> Response:
    """Another reading of the file: looked at again, or checked."""
    the_import = await _get(desk, import_id)
    form = await desk.request.form()
    try:
        reading = await reading_from(desk, the_import, form)
        if form.get("step") == "reread":
            return await columns_page(desk, the_import, reading)
    except Invalid as error:
        return await columns_page(desk, the_import, fault=error.detail)
    try:
        await importing.read_as(desk.here, the_import, reading)
    except Invalid as error:
        return await columns_page(desk, the_import, reading, fault=error.detail)
    except Conflict:
        return desk.moved(_at(desk, import_id), said="imports.conflict")
    return desk.moved(_at(desk, import_id))


@router.post("/import/{import_id}/start")
async def start(desk: TheDesk, import_id: str) -> Response:
    missing: Missing = "deactivate" if (await desk.request.form()).get("missing") == "deactivate" else "keep"
    try:
        await importing.start(desk.here, await _get(desk, import_id), missing)
    except Conflict:
        return desk.moved(_at(desk, import_id), said="imports.conflict")
    return desk.moved(_at(desk, import_id))


@router.post("/import/{import_id}/discard")
async def discard(desk: TheDesk, import_id: str) -> Response:
    the_import = await _get(desk, import_id)
    try:
        await importing.discard(desk.here, the_import)
    except Conflict:
        return desk.moved(_at(desk, import_id), said="imports.conflict")
    return desk.moved(desk.url("products/import"), said="imports.discarded", name=the_import.name)


@router.get("/import/{import_id}/undo")
async def ask_undo(desk: TheDesk, import_id: str) -> HTMLResponse:
    found = await importing.standing(desk.here, desk.shop.id, import_id)
    return desk.page("imports/undo.html", the_import=found.the_import, counts=found.counts)


@router.get("/import/{import_id}/bad-rows.{extension}")
async def bad_rows(desk: TheDesk, import_id: str, extension: str) -> Response:
    return await bad_rows_of(desk.here, await _get(desk, import_id), extension)


@router.post("/import/{import_id}/{action}")
async def act(desk: TheDesk, import_id: str, action: Action) -> Response:
    try:
        await ACTIONS[action](desk.here, await _get(desk, import_id))
    except Conflict:
        return desk.moved(_at(desk, import_id), said="imports.conflict")
    return desk.moved(_at(desk, import_id))


async def _choose(desk: Desk, *, cursor: str | None = None, error: str = "") -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        found = await imports.listing(connection, desk.shop.id, limit=PAGE + 1, after=from_cursor(cursor))
        past = found[:PAGE]
        counts = await importing.counts_of(connection, desk.shop.id, past)
    here = desk.url("products/import")
    return desk.page(
        "imports/choose.html",
        status=422 if error else 200,
        past=[(each, counts[each.id]) for each in past],
        tones=TONES,
        error=error,
        most_bytes=MOST_OF_A_FILE,
        first=here if cursor else None,
        next=f"{here}?cursor={to_cursor(past[-1].id)}" if len(found) > PAGE else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`left`: seconds, as far as anybody can tell."""

    the_import: Import
    counts: Counts
    total: int
    done: int
    bad: int
    left: int | None


def _progress(found: Standing) -> Progress:
    progress = found.progress
    left = progress.left_s if progress else None
    return Progress(
        the_import=found.the_import,
        counts=found.counts,
        total=progress.total if progress else 0,
        done=min(progress.done, progress.total) if progress else 0,
        bad=len({fault.row for fault in progress.errors}) if progress else 0,
        left=round(left) if left else None,
    )


def _result(desk: Desk, found: Standing) -> HTMLResponse:
    the_import = found.the_import
    own = found.progress if the_import.job_id == the_import.id else None
    return desk.page(
        "imports/result.html",
        the_import=the_import,
        counts=found.counts,
        faults=own.errors[:FAULTS] if own else (),
        bad_files=BAD_FILES.get(the_import.reading.format, ("csv",)),
        size=_size(the_import.bytes),
    )


def _size(count: int) -> str:
    if count < 1000:  # noqa: PLR2004 - a kilobyte
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 10**6 else f"{count / 10**6:,.1f} MB"


async def _get(desk: Desk, import_id: str) -> Import:
    async with autocommit(desk.here.engine) as connection:
        return await imports.get(connection, desk.shop.id, import_id)


def _at(desk: Desk, import_id: str) -> str:
    return desk.url(f"products/import/{import_id}")


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES):
        yield piece
