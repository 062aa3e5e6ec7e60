"""A file into products, by its format. A further format is a further reader in the table, nothing else."""

from collections.abc import Callable, Iterator
from functools import partial

from models.errors import Invalid
from sources.column_mapping import ColumnMapping
from sources.csv_file import read_csv
from sources.encoding import decode
from sources.jsonl_file import read_jsonl
from sources.rows import ProductRow, RowError
from sources.shopify_csv import read_shopify_csv
from sources.shopify_json import read_shopify_json

Reader = Callable[[str, str], Iterator[ProductRow | RowError]]

FORMATS: dict[str, Reader] = {
    "csv": read_csv,
    "jsonl": read_jsonl,
    "shopify_json": read_shopify_json,
    "shopify_csv": read_shopify_csv,
}


def read(
    format_name: str,
    data: bytes,
    currency: str,
    *,
    encoding: str = "utf-8",
    mapping: ColumnMapping | None = None,
) -> Iterator[ProductRow | RowError]:
    """Every good product, and every problem of every other. A later product with an id that was is an error.

    Invalid, before the first item, when the file as a whole cannot be read: an unknown format, not UTF-8,
    not JSON or CSV, a required column missing, no product at all.
    """
    if format_name not in FORMATS:
        raise Invalid(f"{format_name!r} is none of {', '.join(FORMATS)}", field="format")
    reader = FORMATS[format_name]
    if mapping is not None:
        if format_name != "csv":
            raise Invalid("only the columns of a csv file are mapped", field="mapping")
        reader = partial(read_csv, mapping=mapping)
    empty = True
    for item in _each_id_once(reader(decode(data, encoding), currency)):
        empty = False
        yield item
    if empty:
        raise Invalid("there is no product in the file", field="file")


def _each_id_once(items: Iterator[ProductRow | RowError]) -> Iterator[ProductRow | RowError]:
    rows: dict[str, int] = {}
    for item in items:
        if isinstance(item, ProductRow) and item.draft.id in rows:
            detail = f"{item.draft.id!r} is already the id of row {rows[item.draft.id]}"
            yield RowError(row=item.row, field="id", detail=detail, product_id=item.draft.id)
        else:
            if isinstance(item, ProductRow) and item.draft.id is not None:
                rows[item.draft.id] = item.row
            yield item
