"""The step of the wizard at which columns get their meaning."""

from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from models.errors import Invalid
from models.imports import Import, Reading
from sources.column_mapping import DETAIL, FIELDS, IGNORED, ColumnMapping
from sources.encoding import ENCODINGS
from sources.reading import FORMATS
from sources.tables import Column
from web import importing
from web.console.desk import Desk
from web.pages import texts

# A csv whose columns are mapped, beside the formats.
TABLE = "table"


async def columns_page(
    desk: Desk, the_import: Import, reading: Reading | None = None, fault: str | None = None
) -> HTMLResponse:
    """As `reading` would have it; None: as it is read so far."""
    words = texts("en")["imports"]
    reading = reading or the_import.reading
    found: list[Column] = []
    mapping: ColumnMapping | None = None
    if reading.mapping is not None:
        mapping = ColumnMapping.model_validate(reading.mapping)
        found = await importing.columns_of(desk.here, the_import, reading.encoding)
    said = fault or (the_import.fault.detail if the_import.fault else None)
    return desk.page(
        "imports/columns.html",
        status=422 if fault else 200,
        the_import=the_import,
        fault=said,
        kind=kind_of(reading),
        kinds=[(kind, words["format"][kind]) for kind in (TABLE, *FORMATS)],
        encoding=reading.encoding,
        encodings=[(each, words["encodings"][each]) for each in ENCODINGS],
        columns=found,
        mapping=mapping,
        titles=[(column.title, column.title) for column in found],
        fields=[(field, words["fields"][field]) for field in (*FIELDS, DETAIL, IGNORED)],
    )


def kind_of(reading: Reading) -> str:
    return TABLE if reading.mapping is not None else reading.format


async def reading_from(desk: Desk, the_import: Import, form: FormData) -> Reading:
    """What the form says. Columns of a file that is read otherwise than before are guessed anew. Invalid."""
    kind, encoding = str(form.get("kind")), str(form.get("encoding"))
    if kind not in (TABLE, *FORMATS) or encoding not in ENCODINGS:
        raise Invalid(f"{kind[:40]!r} in {encoding[:40]!r} is nothing we read", field="kind")
    if kind != TABLE:
        return Reading(format=kind, encoding=encoding)
    titles = _texts(form, "title")
    if titles and encoding == the_import.reading.encoding:
        mapping = _mapping(form, titles)
    else:
        found = await importing.columns_of(desk.here, the_import, encoding)
        mapping = await importing.guessed_mapping(desk.here, desk.shop.id, found)
    return Reading(format="csv", encoding=encoding, mapping=mapping.model_dump())


def _mapping(form: FormData, titles: list[str]) -> ColumnMapping:
    return importing.mapping_from(
        {
            "fields": dict(zip(titles, _texts(form, "field"), strict=False)),
            "key": form.get("key") or "",
            "decimal": form.get("decimal") or ".",
        }
    )


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
