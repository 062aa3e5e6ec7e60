"""CSV as spreadsheets and shops write it: a header and records, joined to products."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from models.errors import Invalid
from sources.fields import MAX_HTML
from sources.rows import RowError

# A setting of the whole process: the default of 131,072 is less than the descriptions we take.
csv.field_size_limit(2 * MAX_HTML)

_DELIMITERS = (",", ";", "\t", "|")
# A spreadsheet would compute what begins so; our exports put an apostrophe before it.
_ARMED = re.compile(r"'+[=+\-@\t\r]")
_SAMPLED_ROWS = 200


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`samples`: different values of its first rows."""

    title: str
    samples: tuple[str, ...]


def read_table(text: str, names: Mapping[str, str], required: Mapping[str, str]) -> Table:
    """`names`: title in lower case -> column. `required`: column -> the title a person should give it.

    Invalid when it is not CSV, or when a required column is missing or any is there twice.
    """
    delimiter = delimiter_of(text)
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


def delimiter_of(text: str) -> str:
    return max(_DELIMITERS, key=lambda mark: len(_header(text, mark)))


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
    """`names`: a title as it stands, or in lower case -> column."""
    titles: dict[str, str] = {}
    for position, cell in enumerate(header, 1):
        title = cell.strip() or f"column {position}"
        column = names.get(title) or names.get(title.lower(), title)
        if column in titles:
            raise Invalid(f"the header names {title!r} twice", field=title)
        titles[column] = title
    return titles


def _records(text: str, delimiter: str, columns: Sequence[str]) -> Iterator[Record]:
    rows = _rows(text, delimiter)
    next(rows)
    for row, line in enumerate(rows, 2):
        cells = [_unarmed(cell.strip()) for cell in line]
        if any(cells):
            yield Record(
                row=row,
                cells={column: cell for column, cell in zip(columns, cells, strict=False) if cell},
                surplus=sum(map(bool, cells[len(columns) :])),
            )


def _unarmed(cell: str) -> str:
    return cell[1:] if _ARMED.match(cell) else cell


def columns(text: str) -> list[Column]:
    """Of a file's beginning. Invalid as `read_table`, but for what is wrong with single rows."""
    delimiter = delimiter_of(text)
    titles = list(_titles(_header(text, delimiter), {}))
    samples: dict[str, dict[str, None]] = {title: {} for title in titles}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in islice(rows, 1, _SAMPLED_ROWS):
            for title, cell in zip(titles, cells, strict=False):
                if cell.strip():
                    samples[title][_unarmed(cell.strip())] = None
    except csv.Error:
        pass  # whoever reads all of it says where
    return [Column(title=title, samples=tuple(samples[title])) for title in titles]


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
