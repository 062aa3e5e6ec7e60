"""Products and an index for tests, made in one line."""

import zlib
from datetime import UTC, datetime
from typing import Any

import numpy as np

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.vectors import Vector
from indexes.words import stems
from models.product import Product, Variant, searchable_text
from models.search import NO_FILTERS, Filters

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DIMENSION = 64


def variant(variant_id: str = "v", price: int = 1000, **rest: Any) -> Variant:
    return Variant(id=variant_id, name=rest.pop("name", variant_id), price_minor=price, **rest)


def product(product_id: str, name: str = "Thing", *variants: Variant, **rest: Any) -> Product:
    rest = {"currency": "EUR", "created_at": NOW, **rest}
    return Product(id=product_id, name=name, variants=variants or (variant(),), **rest)


def embedded(text: str) -> Vector:
    """Texts that share words are alike: each word points one way."""
    total = np.zeros(DIMENSION, np.float32)
    for word in stems(text):
        total += (
            np.random.default_rng(zlib.crc32(word.encode())).standard_normal(DIMENSION).astype(np.float32)
        )
    return total


def entry(item: Product) -> IndexedProduct:
    return IndexedProduct(product=item, vector=embedded(searchable_text(item)))


def shop(*products: Product) -> CatalogueIndex:
    index = CatalogueIndex("words", DIMENSION)
    index.apply([entry(item) for item in products])
    return index


def found(
    index: CatalogueIndex, query: str = "", filters: Filters = NO_FILTERS, limit: int = 200
) -> list[str]:
    vector = embedded(query) if query else None
    return [hit.product.id for hit in index.search(query, vector, filters, limit, now=NOW).hits]


def by_words(index: CatalogueIndex, query: str, filters: Filters = NO_FILTERS) -> list[str]:
    return [hit.product.id for hit in index.search(query, None, filters, 200, now=NOW).hits]
