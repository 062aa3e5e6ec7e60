"""What a merchant sells. A product embeds its variants; a variant is what a customer buys."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.record import record


class Source(StrEnum):
    """Where a product came from first; what a connected shop has is SHOPIFY's, whoever had it before."""

    OWN = "own"
    IMPORT = "import"
    SHOPIFY = "shopify"


@record
class PriceRange:
    min_minor: int
    max_minor: int


@record
class Variant:
    """`stock` None means not tracked: then `available` alone decides."""

    id: str
    sku: str | None = None
    name: str
    color: str | None = None
    size: str | None = None
    material: str | None = None
    price_minor: int
    compare_at_price_minor: int | None = None
    stock: int | None = None
    available: bool = True
    oversell: bool = False
    images: tuple[str, ...] = ()

    @property
    def sellable(self) -> bool:
        return self.available and (self.stock is None or self.stock > 0 or self.oversell)

    @property
    def on_sale(self) -> bool:
        return self.compare_at_price_minor is not None and self.compare_at_price_minor > self.price_minor


@record
class Product:
    """`category` runs from the widest to the narrowest: ("Clothing", "Dresses")."""

    id: str
    name: str
    description: str = ""
    short_description: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    brand: str | None = None
    currency: str
    variants: tuple[Variant, ...]
    main_image: str | None = None
    images: tuple[str, ...] = ()
    product_url: str | None = None
    is_active: bool = True
    is_featured: bool = False
    shopify_product_id: str | None = None
    source: Source = Source.OWN
    metadata: dict[str, Any] = field(default_factory=dict)
    version: int = 1
    created_at: datetime

    @property
    def price_range(self) -> PriceRange:
        prices = [variant.price_minor for variant in self.variants]
        return PriceRange(min_minor=min(prices), max_minor=max(prices))

    @property
    def sellable(self) -> bool:
        return any(variant.sellable for variant in self.variants)

    def variant(self, variant_id: str) -> Variant | None:
        return next((variant for variant in self.variants if variant.id == variant_id), None)


def searchable_text(product: Product) -> str:
    """What is embedded: a change of this text, and nothing else, costs an embedding."""
    words = [
        product.name,
        product.description or product.short_description,
        *product.category,
        *product.tags,
        product.brand or "",
        # dict.fromkeys: each colour once, in the merchant's order
        *dict.fromkeys(variant.color for variant in product.variants if variant.color),
        *dict.fromkeys(variant.material for variant in product.variants if variant.material),
    ]
    return " ".join(word for word in words if word)
