"""Our CSV: one row per variant, joined to products by `product_id`. docs/catalogue.md has the columns.

A column we don't know goes to the product's metadata: nothing a merchant wrote is lost, and no file is
refused for a column too many.
"""

from collections.abc import Iterator

from sources.cells import Cells
from sources.joined import Joined
from sources.rows import ProductRow, RowError
from sources.tables import grouped, read_table

_COLUMNS = {"id": "product_id"}
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
    "available", "oversell", "variant_images",
)
# fmt: on
_NAMES = {column: column for column in KNOWN} | {"colour": "color"}


def read_csv(text: str, currency: str) -> Iterator[ProductRow | RowError]:
    table = read_table(text, _NAMES, _REQUIRED)
    unknown = [column for column in table.titles if column not in KNOWN]
    groups, errors = grouped(table, "product_id")
    yield from errors
    for records in groups.values():
        joined = Joined(table, records, currency, _COLUMNS, _VARIANT_COLUMNS)
        joined.must_agree("name")
        joined.must_agree("currency")
        variants = {record.row: _variant(joined.cells(record)) for record in records}
        yield from joined.read(_product(joined.head(), unknown), variants)


def _product(cells: Cells, unknown: list[str]) -> dict[str, object]:
    return {
        "id": cells.text("product_id"),
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
        "metadata": {column: text for column in unknown if (text := cells.text(column))},
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
