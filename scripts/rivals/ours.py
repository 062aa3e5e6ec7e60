"""Our own index, asked the way the rivals are. It ranks by six scores and chooses variants besides."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.vectors import Vector
from models.search import Filters, SearchResult, Weights
from scripts.clustered_shop import NOW, Shop
from scripts.rivals.rival import Row, Wanted

_BY_VECTOR = Weights(semantic=1, keyword=0, popularity=0, availability=0, price_match=0, recency=0)
EMBEDDER: Final = "benchmark"
_NO_WORD_OF_THE_SHOP = "nowhere"


class Ours:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._index = CatalogueIndex(EMBEDDER, shop.vectors.shape[1], remembered=0)

    def load(self, _: Sequence[Row], vectors: Vector) -> None:
        entries = zip(self._shop.products, vectors, strict=True)
        self._index.apply([IndexedProduct(product=product, vector=vector) for product, vector in entries])
        self._index.settle()

    def hybrid(self, words: Sequence[str], vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        return _ids(self._index.search(" ".join(words), vector, _filters(wanted), limit, now=NOW))

    def nearest(self, vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        self._index.set_weights(_BY_VECTOR)
        found = self._index.search(_NO_WORD_OF_THE_SHOP, vector, _filters(wanted), limit, now=NOW)
        self._index.set_weights(None)
        return _ids(found)

    def update(self, row: Row) -> None:
        product, stock = self._shop.products[row.number], int(row.in_stock)
        variants = tuple(replace(one, price_minor=row.price, stock=stock) for one in product.variants)
        entry = IndexedProduct(
            product=replace(product, variants=variants), vector=self._shop.vectors[row.number]
        )
        self._index.apply([entry])

    def close(self) -> None:
        """Nothing of it runs on."""


def _filters(wanted: Wanted) -> Filters:
    return Filters(
        categories=(wanted.category,), price_min=wanted.price_min, price_max=wanted.price_max, in_stock=True
    )


def _ids(found: SearchResult) -> list[int]:
    return [int(hit.product.id) for hit in found.hits]
