"""What a list of products is filtered and sorted by: a row of its own, written with the product's."""

import unicodedata
from datetime import datetime

from models.product import Product, Source
from models.record import record

LEVEL = " > "


@record
class Listed:
    """`name` and `words` are folded: who looks for "etui" finds the Étui."""

    name: str
    words: str
    category: str
    brand: str
    source: Source
    price_min: int
    price_max: int
    stock: int | None
    sellable: bool
    active: bool
    featured: bool
    deleted: bool
    created_at: datetime


def listed(product: Product, *, deleted: bool) -> Listed:
    skus = (variant.sku for variant in product.variants if variant.sku)
    prices = product.price_range
    return Listed(
        name=folded(product.name),
        words=folded(" ".join((product.name, product.brand or "", *skus, product.id))),
        category=LEVEL.join(product.category),
        brand=product.brand or "",
        source=product.source,
        price_min=prices.min_minor,
        price_max=prices.max_minor,
        stock=pieces(product),
        sellable=product.sellable,
        active=product.is_active,
        featured=product.is_featured,
        deleted=deleted,
        created_at=product.created_at,
    )


def folded(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def pieces(product: Product) -> int | None:
    """That can be bought; None where something can be bought however little is left of it."""
    if any(variant.sellable and (variant.stock is None or variant.oversell) for variant in product.variants):
        return None
    return sum(variant.stock or 0 for variant in product.variants if variant.available)
