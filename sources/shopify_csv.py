"""Shopify's product export: rows joined by Handle, with the column names of before and after 2025.

A product's id is "shopify-<handle>", so that a second import updates. A blank inventory tracker means not
tracked, whatever the quantity says. A tracked variant without a quantity has an unknown stock, not none:
Shopify leaves it out for shops with several locations.
"""

from collections.abc import Iterator, Sequence

from sources.cells import Cells
from sources.joined import Joined
from sources.options import read_options
from sources.rows import ProductRow, RowError
from sources.tables import Record, grouped, read_table

# Our word: Shopify's, in lower case.
_TITLES = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "vendor": ("vendor",),
    "category": ("product category",),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "option1_name": ("option1 name",),
    "option2_name": ("option2 name",),
    "option3_name": ("option3 name",),
    "option1": ("option1 value",),
    "option2": ("option2 value",),
    "option3": ("option3 value",),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "compare_at_price": ("variant compare at price", "compare-at price"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "image": ("image src", "product image url"),
    "position": ("image position",),
    "variant_image": ("variant image", "variant image url"),
}
_NAMES = {title: column for column, titles in _TITLES.items() for title in titles}
_REQUIRED = {"handle": "Handle", "title": "Title", "price": "Variant Price"}
_COLUMNS = {
    "id": "handle",
    "name": "title",
    "description": "body",
    "brand": "vendor",
    "category": "type",
    "images": "image",
}
_VARIANT_COLUMNS = {
    "name": "option1",
    "price_minor": "price",
    "compare_at_price_minor": "compare_at_price",
    "stock": "quantity",
    "images": "variant_image",
}
_OPTIONS = ("option1", "option2", "option3")
_LAST = 10**9


def read_shopify_csv(text: str, currency: str) -> Iterator[ProductRow | RowError]:
    table = read_table(text, _NAMES, _REQUIRED)
    groups, errors = grouped(table, "handle")
    yield from errors
    for handle, records in groups.items():
        joined = Joined(table, records, currency, _COLUMNS, _VARIANT_COLUMNS, product_id=_id(handle))
        joined.must_agree("title")
        head = joined.head()
        names = [head.text(f"{option}_name") for option in _OPTIONS]
        variants = {
            record.row: _variant(joined.cells(record), names, knows_tracking="tracker" in table.titles)
            for record in _variants(records)
        }
        yield from joined.read(_product(head, _images(records)), variants)


def _id(handle: str) -> str:
    return f"shopify-{handle}"


def _variants(records: Sequence[Record]) -> list[Record]:
    """The rows that are more than a further picture."""
    columns = {*_OPTIONS, "price", "sku"}
    return [record for record in records if columns & record.cells.keys()] or [records[0]]


def _images(records: Sequence[Record]) -> list[str]:
    pictured = [record.cells for record in records if "image" in record.cells]
    return [_address(cells["image"]) for cells in sorted(pictured, key=_position)]


def _position(cells: dict[str, str]) -> int:
    text = cells.get("position", "")
    return int(text) if text.isdecimal() else _LAST


def _address(text: str) -> str:
    return f"https:{text}" if text.startswith("//") else text


def _product(cells: Cells, images: list[str]) -> dict[str, object]:
    kind = cells.text("type")
    published = cells.flag("published", default=True)
    return {
        "id": _id(cells.text("handle") or ""),
        "name": cells.text("title"),
        "description": cells.text("body"),
        "category": [kind] if kind else cells.parts("category", ">"),
        "tags": cells.parts("tags", ","),
        "brand": cells.text("vendor"),
        "images": images,
        "is_active": published and (cells.text("status") or "active").lower() == "active",
        "metadata": {"handle": cells.text("handle")},
    }


def _variant(cells: Cells, names: Sequence[str | None], *, knows_tracking: bool) -> dict[str, object]:
    options = read_options(names, [cells.text(option) for option in _OPTIONS])
    quantity = cells.whole("quantity")
    tracked = cells.text("tracker") is not None or not knows_tracking
    image = cells.text("variant_image")
    return {
        # Spreadsheets are kept from taking a number for one by an apostrophe.
        "sku": (cells.text("sku") or "").removeprefix("'"),
        "name": options.name,
        "color": options.color,
        "size": options.size,
        "material": options.material,
        "price_minor": cells.amount("price"),
        "compare_at_price_minor": cells.amount("compare_at_price") or None,
        "stock": max(quantity, 0) if tracked and quantity is not None else None,
        "oversell": (cells.text("policy") or "").lower() in {"continue", "true"},
        "images": [_address(image)] if image else [],
    }
