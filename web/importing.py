"""Imports, as the API and the console ask for them: a file taken in, looked at, run, stopped, taken back."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.import_check import KIND as CHECK
from actors.import_undo import KIND as UNDO
from actors.imports import KIND as IMPORT
from models.errors import Conflict, Invalid
from models.imports import Counts, Import, Missing, Reading, file_name
from sources.column_mapping import ColumnMapping, guess_mapping, is_ours
from sources.encoding import Utf8Check, decode_start
from sources.guessing import guess_format
from sources.tables import Column, columns
from store import imported_products, imports, jobs
from store.database import autocommit
from store.jobs import Progress
from web.deps import Shopkeep
from web.storable import without_unstorable

START_BYTES = 256 * 1024
_MOST_OF_A_NAME = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """An import and how far the job at it is; None: none was at it yet."""

    the_import: Import
    counts: Counts
    progress: Progress | None


async def receive(
    here: Shopkeep,
    merchant_id: str,
    pieces: AsyncIterable[bytes],
    *,
    name: str,
    reading: Reading | None = None,
    missing: Missing = "keep",
) -> str:
    """A file, piece by piece. `reading` None: guessed from what is in it, for a person to look at."""
    import_id = uuid4().hex
    check = Utf8Check()
    file = file_name(import_id)
    size = await here.files.receive(file, _checked(pieces, check))
    if not size:
        await here.files.erase([file])
        raise Invalid("the file is empty", field="body")
    try:
        read_as = reading or await _guessed(here, merchant_id, import_id, check.encoding())
        async with here.engine.begin() as connection:
            await imports.add(
                connection,
                merchant_id,
                import_id,
                name=without_unstorable(name)[:_MOST_OF_A_NAME],
                size=size,
                reading=read_as,
                missing=missing,
            )
    except BaseException:
        await here.files.erase([file])
        raise
    return import_id


async def start_of(here: Shopkeep, import_id: str, encoding: str) -> str:
    """The beginning of a file, as text."""
    data = await here.files.read(file_name(import_id), most=START_BYTES)
    return decode_start(data, encoding)


async def columns_of(here: Shopkeep, the_import: Import, encoding: str | None = None) -> list[Column]:
    """Of a table, with samples. Invalid when it is none."""
    return columns(await start_of(here, the_import.id, encoding or the_import.reading.encoding))


async def guessed_mapping(here: Shopkeep, merchant_id: str, found: list[Column]) -> ColumnMapping:
    async with autocommit(here.engine) as connection:
        known = await imports.known_fields(connection, merchant_id)
    return guess_mapping(found, known)


async def read_as(here: Shopkeep, the_import: Import, reading: Reading) -> None:
    """Another way to read it, and what that would do is found out. Invalid, before anything changes."""
    if reading.mapping is not None:
        found = await columns_of(here, the_import, reading.encoding)
        mapping_from(reading.mapping).checked([column.title for column in found])
    async with here.engine.begin() as connection:
        await imports.read_as(connection, the_import.merchant_id, the_import.id, reading)
    await check(here, replace(the_import, reading=reading))


def mapping_from(said: object) -> ColumnMapping:
    try:
        return ColumnMapping.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "mapping"
        raise Invalid(f"{where}: {first['msg']}", field="mapping") from None


async def check(here: Shopkeep, the_import: Import) -> None:
    """What it would do; nothing is imported."""
    await _work(here, the_import, CHECK, "checking", of=("draft", "ready", "failed"), job_id=uuid4().hex)


async def start(here: Shopkeep, the_import: Import, missing: Missing | None = None) -> None:
    if missing is not None:
        async with here.engine.begin() as connection:
            await imports.treat_missing(connection, the_import.merchant_id, the_import.id, missing)
    await _work(here, the_import, IMPORT, "running", of=("draft", "ready"), job_id=the_import.id)


async def undo(here: Shopkeep, the_import: Import) -> None:
    if the_import.erased_at is not None:
        raise Conflict("it ended too long ago to be taken back", field="status")
    of = ("done", "cancelled", "failed")
    await _work(here, the_import, UNDO, "undoing", of=of, job_id=uuid4().hex)


async def pause(here: Shopkeep, the_import: Import) -> None:
    await _stop(here, the_import, "paused", of=("running",))


async def cancel(here: Shopkeep, the_import: Import) -> None:
    await _stop(here, the_import, "cancelled", of=("running", "paused"))


async def resume(here: Shopkeep, the_import: Import) -> None:
    async with here.engine.begin() as connection:
        await imports.move(connection, the_import.merchant_id, the_import.id, "running", of=("paused",))
        await jobs.go_on(connection, the_import.merchant_id, the_import.id)
    here.gateway.job_started()


async def discard(here: Shopkeep, the_import: Import) -> None:
    """One that never ran, with its file."""
    if the_import.status not in ("draft", "checking", "ready"):
        raise Conflict(f"the import is {the_import.status}", field="status")
    async with here.engine.begin() as connection:
        if the_import.job_id is not None:
            await jobs.stop(connection, the_import.merchant_id, the_import.job_id, "cancelled")
        await imports.remove(connection, the_import.merchant_id, the_import.id)
        await here.files.erase([the_import.file])


async def standing(here: Shopkeep, merchant_id: str, import_id: str) -> Standing:
    async with autocommit(here.engine) as connection:
        the_import = await imports.get(connection, merchant_id, import_id)
        counts = await counts_of(connection, merchant_id, [the_import])
        job_id = the_import.job_id
        progress = await jobs.progress(connection, merchant_id, job_id) if job_id else None
    return Standing(the_import, counts[import_id], progress)


async def counts_of(
    connection: AsyncConnection, merchant_id: str, found: Sequence[Import]
) -> dict[str, Counts]:
    """Of those that have ended, what is written down; of the others, what they have made so far."""
    at_work = [each.id for each in found if each.status in ("running", "paused")]
    so_far = await imported_products.counts(connection, merchant_id, at_work) if at_work else {}
    return {each.id: so_far.get(each.id, each.counts) for each in found}


async def _guessed(here: Shopkeep, merchant_id: str, import_id: str, encoding: str) -> Reading:
    text = await start_of(here, import_id, encoding)
    kind = guess_format(text)
    if kind != "csv":
        return Reading(format=kind, encoding=encoding)
    found = columns(text)
    if is_ours(found):
        return Reading(format=kind, encoding=encoding)
    mapping = await guessed_mapping(here, merchant_id, found)
    return Reading(format=kind, encoding=encoding, mapping=mapping.model_dump())


async def _work(
    here: Shopkeep, the_import: Import, kind: str, status: str, *, of: tuple[str, ...], job_id: str
) -> None:
    async with here.engine.begin() as connection:
        merchant_id = the_import.merchant_id
        await imports.move(connection, merchant_id, the_import.id, status, of=of, job_id=job_id)
        await jobs.start(
            connection,
            job_id=job_id,
            kind=kind,
            merchant_id=merchant_id,
            options={"import": the_import.id, "format": the_import.reading.format},
        )
    here.gateway.job_started()


async def _stop(here: Shopkeep, the_import: Import, status: str, *, of: tuple[str, ...]) -> None:
    async with here.engine.begin() as connection:
        await imports.move(connection, the_import.merchant_id, the_import.id, status, of=of)
        await jobs.stop(connection, the_import.merchant_id, the_import.id, status)


async def _checked(pieces: AsyncIterable[bytes], check: Utf8Check) -> AsyncIterator[bytes]:
    async for piece in pieces:
        check.feed(piece)
        yield piece
