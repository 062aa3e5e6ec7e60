"""Products as files that come in again unchanged: our CSV, or a product of the API per line."""

import html
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from models.codec import to_json
from models.money import plain_amount
from models.product import Product, Variant
from sources.csv_cells import MARK, row_text
from sources.csv_file import KNOWN
from sources.separated import join
from sources.text import plain

HEADERS = {"csv": MARK + row_text([KNOWN]), "jsonl": ""}
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


def jsonl_lines(products: Iterable[Product]) -> str:
    return "".join(f"{to_json(_as_text(product))}\n" for product in products)


def csv_lines(products: Iterable[Product]) -> str:
    return row_text(line for product in products for line in _rows(_as_text(product)))


EXPORTS: dict[str, Callable[[Iterable[Product]], str]] = {"csv": csv_lines, "jsonl": jsonl_lines}


def _rows(product: Product) -> Iterator[list[str]]:
    """What describes the product stands on its first row, its id on each."""
    cells = _product(product)
    for variant in product.variants:
        cells |= _variant(variant, product.currency)
        yield [cells.get(column, "") for column in KNOWN]
        cells = {"product_id": product.id}


def _product(product: Product) -> dict[str, str]:
    return {
        "product_id": product.id,
        "name": product.name,
        "description": product.description,
        "short_description": product.short_description,
        "category": join(product.category, ">"),
        "tags": join(product.tags, "|"),
        "brand": product.brand or "",
        "currency": product.currency,
        "main_image": product.main_image or "",
        "images": join(product.images, "|"),
        "product_url": product.product_url or "",
        "is_active": _flag(product.is_active),
        "is_featured": _flag(product.is_featured),
        "shopify_product_id": product.shopify_product_id or "",
        "metadata": json.dumps(product.metadata, ensure_ascii=False) if product.metadata else "",
    }


def _variant(variant: Variant, currency: str) -> dict[str, str]:
    compare = variant.compare_at_price_minor
    return {
        "variant_id": variant.id,
        "sku": variant.sku or "",
        "variant_name": variant.name,
        "color": variant.color or "",
        "size": variant.size or "",
        "material": variant.material or "",
        "price": plain_amount(variant.price_minor, currency),
        "compare_at_price": "" if compare is None else plain_amount(compare, currency),
        "stock": "" if variant.stock is None else str(variant.stock),
        "available": _flag(variant.available),
        "oversell": _flag(variant.oversell),
        "variant_images": join(variant.images, "|"),
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _as_text(product: Product) -> Product:
    return replace(
        product,
        description=_not_html(product.description),
        short_description=_not_html(product.short_description),
    )


def _not_html(text: str) -> str:
    """A description that comes in is read as HTML: "5 < 6" would lose its end."""
    return text if plain(text) == text else html.escape(text, quote=False)
