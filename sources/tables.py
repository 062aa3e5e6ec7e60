"""CSV as spreadsheets and shops write it: a header and records, joined to products."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.errors import Invalid
from sources.fields import MAX_HTML
from sources.rows import RowError

# A setting of the whole process: the default of 131,072 is less than the descriptions we take.
csv.field_size_limit(2 * MAX_HTML)

_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row. `cells`: by column, stripped, the empty ones left out."""

    row: int
    cells: dict[str, str]
    surplus: int  # filled cells beyond the header


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`titles`: the file's own word for each column. A column we don't know is called as in the file."""

    titles: dict[str, str]
    records: list[Record]
    decimal_comma: bool


def read_table(text: str, names: Mapping[str, str], required: Mapping[str, str]) -> Table:
    """`names`: title in lower case -> column. `required`: column -> the title a person should give it.

    Invalid when it is not CSV, or when a required column is missing or any is there twice.
    """
    delimiter = max(_DELIMITERS, key=lambda mark: len(_header(text, mark)))
    titles = _titles(_header(text, delimiter), names)
    for column, title in required.items():
        if column not in titles:
            raise Invalid(f"the file has no column {title!r}", field=title)
    return Table(
        titles=titles,
        records=list(_records(text, delimiter, list(titles))),
        # Where the list separator is a semicolon, the comma is what spreadsheets put into numbers.
        decimal_comma=delimiter == ";",
    )


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    done = 0
    try:
        for done, cells in enumerate(rows, 1):  # noqa: B007 - read where the next one fails
            yield cells
    except csv.Error as error:
        # Where a quote is wrong, nobody can tell where the next record begins.
        raise Invalid(f"row {done + 1} is not CSV: {error}", field="file") from None


def _header(text: str, delimiter: str) -> list[str]:
    # Not strict: with a delimiter that is not the file's, quotes may look wrong.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next(rows, [])
    except csv.Error as error:
        raise Invalid(f"row 1 is not CSV: {error}", field="file") from None


def _titles(header: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for position, title in enumerate((cell.strip() for cell in header), 1):
        column = names.get(title.lower(), title) or f"column {position}"
        if column in titles:
            raise Invalid(f"the header names {title!r} twice", field=title)
        titles[column] = title
    return titles


def _records(text: str, delimiter: str, columns: Sequence[str]) -> Iterator[Record]:
    rows = _rows(text, delimiter)
    next(rows)
    for row, line in enumerate(rows, 2):
        cells = [cell.strip() for cell in line]
        if any(cells):
            yield Record(
                row=row,
                cells={column: cell for column, cell in zip(columns, cells, strict=False) if cell},
                surplus=sum(map(bool, cells[len(columns) :])),
            )


def grouped(table: Table, column: str) -> tuple[dict[str, list[Record]], list[RowError]]:
    """The records of each product, wherever they are in the file, and an error for each that names none."""
    groups: dict[str, list[Record]] = {}
    errors = []
    for record in table.records:
        if key := record.cells.get(column):
            groups.setdefault(key, []).append(record)
        else:
            errors.append(RowError(row=record.row, field=table.titles[column], detail="must not be blank"))
    return groups, errors
