"""What the agent needs of the merchant's catalogue. Every call is scoped to the turn's merchant."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from models.product import Product
from models.search import NO_WEIGHTS, Facets, Filters, Order, SearchResult, Weights
from models.shape import Shape


class Catalogue(Protocol):
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
        """`relax`: where nothing fits, what comes nearest, and what was given up for it.

        `weights` by embedder, for this search, in place of the merchant's.
        """
        ...

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        """In the order asked for; unknown and deleted ones are left out."""
        ...

    async def facets(self) -> Facets: ...

    async def shape(self, filters: Filters) -> Shape:
        """Counts of the whole catalogue, never of one page of results."""
        ...

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        """Others like this product, nearest first. NotFound."""
        ...

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        """Others of its category for less than it costs, the lowest price first. NotFound."""
        ...
