"""A file of Shopify products: {"products": [...]}, or a bare list, or {"product": {...}}."""

from collections.abc import Iterator

from pydantic_core import from_json

from models.errors import Invalid
from sources.rows import ProductRow, RowError
from sources.shopify_rest import read_rest_product


def read_shopify_json(text: str, currency: str) -> Iterator[ProductRow | RowError]:
    for row, product in enumerate(products_of(text), 1):
        yield from read_rest_product(row, product, currency)


def products_of(text: str) -> list[object]:
    try:
        document = from_json(text)
    except ValueError as error:
        raise Invalid(f"the file is not JSON: {error}", field="file") from None
    if isinstance(document, dict):
        document = document.get("products", [document["product"]] if "product" in document else None)
    if not isinstance(document, list):
        raise Invalid('the file has no list named "products"', field="products")
    return document
