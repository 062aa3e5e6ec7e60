"""The shops journeys are played in: the demo shop, or a catalogue file as a merchant would import it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from demo.catalogue import load
from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.embedders import Embedder
from models.errors import Invalid
from models.merchant import Contact, Merchant
from models.product import Product, searchable_text
from models.search import NO_WEIGHTS, Facets, Filters, Order, SearchResult, Weights
from models.shape import Shape
from sources.drafts import to_product
from sources.reading import read
from sources.rows import ProductRow

# Every run is the same day.
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_LINKS = "https://shop.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    merchant: Merchant
    products: tuple[Product, ...]


def demo_shop() -> Shop:
    merchant, products = load(_LINKS, NOW)
    return Shop(merchant=merchant, products=products)


def shop_of_file(path: Path, format_name: str, currency: str) -> Shop:
    """Rows with errors are left out, as an import leaves them out. Invalid when nothing can be read."""
    merchant = Merchant(
        id="evaluated",
        name="The Shop",
        currency=currency,
        policies={"returns": "You can return everything within 30 days.", "shipping": "Shipping is free."},
        contact=Contact(email="hello@shop.example"),
    )
    numbers = count(1)
    products = tuple(
        to_product(
            item.draft,
            currency,
            id=item.draft.id or f"row-{item.row}",
            now=NOW,
            new_id=lambda: f"variant-{next(numbers)}",
        )
        for item in read(format_name, path.read_bytes(), currency)
        if isinstance(item, ProductRow)
    )
    if not products:
        raise Invalid(f"{path}: no row can be imported", field="file")
    return Shop(merchant=merchant, products=products)


class IndexedCatalogue:
    """A shop's products as a catalogue actor holds them, without the actor."""

    def __init__(self, products: Sequence[Product], embedder: Embedder) -> None:
        self._products = products
        self._embedder = embedder
        self._index = CatalogueIndex(embedder.name, embedder.dimension)

    @classmethod
    async def open(cls, shop: Shop, embedder: Embedder) -> "IndexedCatalogue":
        catalogue = cls(shop.products, embedder)
        vectors = await embedder.embed([searchable_text(one) for one in shop.products])
        catalogue._index.apply(
            [
                IndexedProduct(product=one, vector=vector)
                for one, vector in zip(shop.products, vectors, strict=True)
            ]
        )
        catalogue._index.settle()
        return catalogue

    async def search(
        self,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order = Order.RELEVANCE,
        relax: bool = False,
        weights: Mapping[str, Weights] = NO_WEIGHTS,
    ) -> SearchResult:
        vector = (await self._embedder.embed([query]))[0] if query.strip() else None
        own = weights.get(self._embedder.name)
        return self._index.search(
            query, vector, filters, limit, order=order, relax=relax, weights=own, now=NOW
        )

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        found = (self._index.product(one) for one in ids)
        return tuple(one for one in found if one is not None)

    async def facets(self) -> Facets:
        return self._index.facets()

    async def shape(self, filters: Filters) -> Shape:
        return self._index.shape(filters)

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return self._index.similar(product_id, filters, limit)

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return self._index.cheaper(product_id, filters, limit)
