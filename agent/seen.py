"""What this turn's tools returned: the only products, prices, stock and links a reply may name."""

from collections.abc import Iterable

from models.product import Product, Variant
from models.search import NO_FILTERS, Filters, Hit
from models.shape import Section


class Seen:
    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self._met: dict[str, list[Variant]] = {}
        self.query = ""
        # Of the catalogue as a whole, and of categories.
        self.sections: list[Section] = []
        # Limits of searches that found something: a reply may say "up to $80".
        self.limits: set[int] = set()

    def add_hits(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            self.products[hit.product.id] = hit.product
            self.choose(hit.product.id, hit.variant)

    def add_products(self, products: Iterable[Product]) -> None:
        for product in products:
            self.products[product.id] = product

    def choose(self, product_id: str, variant: Variant) -> None:
        self._met.setdefault(product_id, []).append(variant)

    def variant(self, product_id: str, filters: Filters = NO_FILTERS) -> Variant:
        """Of those that met a search the latest that is nearest to the filters; else of all that are sold."""
        met = self._met.get(product_id, [])
        if met:
            return max(reversed(met), key=lambda one: _likeness(one, filters))
        variants = self.products[product_id].variants
        return max(variants, key=lambda one: (one.sellable, _likeness(one, filters), -one.price_minor))


def _likeness(variant: Variant, filters: Filters) -> int:
    """By the words as they stand; what a colour's family is only the catalogue knows."""
    low, high = filters.price_min or 0, filters.price_max
    return (
        (low <= variant.price_minor and (high is None or variant.price_minor <= high))
        + ((variant.color or "").casefold() in {color.casefold() for color in filters.colors})
        + ((variant.size or "").casefold() in {size.casefold() for size in filters.sizes})
    )
