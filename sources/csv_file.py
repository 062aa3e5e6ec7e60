"""Our CSV: one row per variant, joined to products by `product_id`. docs/catalogue.md has the columns.

A column we don't know goes to the product's metadata: nothing a merchant wrote is lost, and no file is
refused for a column too many. With a mapping it is anybody's table: a column is what the mapping says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sources.cells import Cells
from sources.column_mapping import DETAIL, IGNORED, ColumnMapping
from sources.foreign_cells import ForeignCells
from sources.joined import Joined, MakeCells
from sources.rows import ProductRow, RowError
from sources.tables import Table, columns, grouped, read_table

_VARIANT_COLUMNS = {
    "id": "variant_id",
    "name": "variant_name",
    "price_minor": "price",
    "compare_at_price_minor": "compare_at_price",
    "images": "variant_images",
}
_REQUIRED = {"product_id": "product_id", "name": "name", "price": "price"}
# fmt: off
KNOWN = (
    "product_id", "name", "description", "short_description", "category", "tags", "brand", "currency",
    "main_image", "images", "product_url", "is_active", "is_featured", "shopify_product_id",
    "variant_id", "sku", "variant_name", "color", "size", "material", "price", "compare_at_price", "stock",
    "available", "oversell", "variant_images", "metadata",
)
# fmt: on
_NAMES = {column: column for column in KNOWN} | {"colour": "color"}


# What our list of bad rows adds to a file; mended, it comes back with them.
_OF_BAD_ROWS = frozenset(("row", "field", "detail"))


def read_csv(
    text: str, currency: str, mapping: ColumnMapping | None = None
) -> Iterator[ProductRow | RowError]:
    if mapping is None:
        yield from _joined(_ours(text), currency)
    else:
        yield from _joined(_theirs(text, mapping), currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """`details`: column -> the key of the product's metadata it becomes."""

    table: Table
    key: str
    details: Mapping[str, str]
    cells: MakeCells


def _ours(text: str) -> _Layout:
    table = read_table(text, _NAMES, _REQUIRED)
    ignored = _OF_BAD_ROWS if table.titles.keys() >= _OF_BAD_ROWS else frozenset()
    details = {column: column for column in table.titles if column not in (*KNOWN, *ignored)}
    return _Layout(table=table, key="product_id", details=details, cells=Cells)


def _theirs(text: str, mapping: ColumnMapping) -> _Layout:
    """A title that nobody mapped is a detail; columns that are none of ours cannot be taken for one."""
    titles = [column.title for column in columns(text)]
    mapping.checked(titles)
    names = {title: mapping.fields.get(title, DETAIL) for title in titles}
    named = {
        title: f"{field}:{title}" if field in (DETAIL, IGNORED) else field for title, field in names.items()
    }
    return _Layout(
        table=read_table(text, named, {}),
        key=named[mapping.key],
        details={named[title]: title for title, field in names.items() if field == DETAIL},
        cells=partial(ForeignCells, decimal=mapping.decimal),
    )


def _joined(layout: _Layout, currency: str) -> Iterator[ProductRow | RowError]:
    table = layout.table
    groups, errors = grouped(table, layout.key)
    yield from errors
    for product_id, records in groups.items():
        joined = Joined(
            table,
            records,
            currency,
            {"id": layout.key},
            _VARIANT_COLUMNS,
            product_id=product_id,
            make_cells=layout.cells,
        )
        joined.must_agree("name")
        joined.must_agree("currency")
        variants = {record.row: _variant(joined.cells(record)) for record in records}
        yield from joined.read(_product(joined.head(), product_id, layout.details), variants)


def _product(cells: Cells, product_id: str, details: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": product_id,
        "name": cells.text("name"),
        "description": cells.text("description"),
        "short_description": cells.text("short_description"),
        "category": cells.parts("category", ">"),
        "tags": cells.parts("tags", "|"),
        "brand": cells.text("brand"),
        "currency": cells.text("currency"),
        "main_image": cells.text("main_image"),
        "images": cells.parts("images", "|"),
        "product_url": cells.text("product_url"),
        "is_active": cells.flag("is_active", default=True),
        "is_featured": cells.flag("is_featured", default=False),
        "shopify_product_id": cells.text("shopify_product_id"),
        "metadata": cells.document("metadata")
        | {key: text for column, key in details.items() if (text := cells.text(column))},
    }


def _variant(cells: Cells) -> dict[str, object]:
    return {
        "id": cells.text("variant_id"),
        "sku": cells.text("sku"),
        "name": cells.text("variant_name"),
        "color": cells.text("color"),
        "size": cells.text("size"),
        "material": cells.text("material"),
        "price_minor": cells.amount("price"),
        "compare_at_price_minor": cells.amount("compare_at_price"),
        "stock": cells.whole("stock"),
        "available": cells.flag("available", default=True),
        "oversell": cells.flag("oversell", default=False),
        "images": cells.parts("variant_images", "|"),
    }
