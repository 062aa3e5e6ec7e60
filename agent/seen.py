"""What this turn's tools returned: the only products, prices, stock and links a reply may name."""

from collections.abc import Iterable

from models.product import Product, Variant
from models.search import Hit


class Seen:
    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self._met: dict[str, Variant] = {}
        self.query = ""

    def add_hits(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            self.products[hit.product.id] = hit.product
            self._met[hit.product.id] = hit.variant

    def add_products(self, products: Iterable[Product]) -> None:
        for product in products:
            self.products[product.id] = product

    def choose(self, product_id: str, variant: Variant) -> None:
        self._met[product_id] = variant

    def variant(self, product_id: str) -> Variant:
        """The one the last search was met by; else the cheapest that can be bought."""
        product = self.products[product_id]
        met = self._met.get(product_id)
        return met or min(product.variants, key=lambda one: (not one.sellable, one.price_minor))
