"""The rows of a file that were not taken, as a file to mend and import again.

Of a table: its columns as they were, and what is wrong. A product is all of its rows, so all of them are
in it. Of JSON: the lines or products as they were; what is wrong with each stands in a table of its own.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sources.csv_cells import MARK, row_text
from sources.encoding import decode
from sources.rows import RowError
from sources.shopify_json import products_of
from sources.tables import delimiter_of

EXTENSIONS = ("csv", "jsonl", "json")
ADDED = ("row", "field", "detail")
_KEYS = {"csv": ("product_id",), "shopify_csv": ("handle", "url handle")}


def bad_rows(
    format_name: str,
    data: bytes,
    errors: Sequence[RowError],
    *,
    encoding: str = "utf-8",
    key: str | None = None,
) -> dict[str, str]:
    """By how the file's name ends: "csv", and "jsonl" or "json" for those. `key`: the mapping's."""
    text = decode(data, encoding)
    if format_name == "jsonl":
        lines = text.split("\n")
        bad = {row: lines[row - 1].strip() for row in sorted({error.row for error in errors})}
        return {"csv": _listed(errors, bad), "jsonl": "".join(f"{line}\n" for line in bad.values())}
    if format_name == "shopify_json":
        products = products_of(text)
        chosen = {row: products[row - 1] for row in sorted({error.row for error in errors})}
        bad = {row: json.dumps(product, ensure_ascii=False) for row, product in chosen.items()}
        whole = json.dumps({"products": list(chosen.values())}, ensure_ascii=False, indent=1)
        return {"csv": _listed(errors, bad), "json": whole}
    return {"csv": _table(text, errors, (key,) if key else _KEYS[format_name])}


def _listed(errors: Sequence[RowError], bad: Mapping[int, str]) -> str:
    lines = [[str(error.row), error.field, error.detail, bad[error.row]] for error in errors]
    return MARK + row_text([(*ADDED, "content"), *lines])


def _table(text: str, errors: Sequence[RowError], keys: Sequence[str]) -> str:
    # With the file's own separator: what a comma in a number means depends on it.
    delimiter = delimiter_of(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    titles = [title.strip() for title in rows[0]]
    kept = [at for at, title in enumerate(titles) if title not in ADDED or not set(ADDED) <= set(titles)]
    key = next((at for at, title in enumerate(titles) if title in keys or title.lower() in keys), 0)
    by_row: dict[int, list[RowError]] = defaultdict(list)
    for error in errors:
        by_row[error.row].append(error)
    bad_keys = {_cell(rows[row - 1], key) for row in by_row if row <= len(rows)} - {""}
    lines = [[*(titles[at] for at in kept), *ADDED]]
    for number, cells in enumerate(rows[1:], 2):
        if number in by_row or _cell(cells, key) in bad_keys:
            told = by_row.get(number, [])
            said = [str(number), "; ".join(e.field for e in told), "; ".join(e.detail for e in told)]
            lines.append([*(_cell(cells, at) for at in kept), *said])
    return MARK + row_text(lines, delimiter)


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""
