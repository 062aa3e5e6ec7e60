"""A merchant's catalogue as the agent sees it: calls to the actor that has it."""

from collections.abc import Callable, Sequence
from typing import cast

from actors.placement import Handle
from models.product import Product
from models.search import Facets, Filters, Order, SearchResult
from models.shape import Shape

# Every turn reads the shop's vocabulary, and it changes when a merchant edits products.
FACETS_S = 5.0


class RemoteCatalogue:
    """Ray carries no types; they are stated here, once. Kept between turns, for its facets."""

    def __init__(self, actor: Handle, merchant_id: str, monotonic: Callable[[], float]) -> None:
        self._actor = actor
        self._merchant_id = merchant_id
        self._monotonic = monotonic
        self._facets = Facets()
        self._facets_until = float("-inf")

    async def search(
        self,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order = Order.RELEVANCE,
        relax: bool = False,
    ) -> SearchResult:
        found = await self._actor.search.remote(
            self._merchant_id, query, filters, limit, order=order, relax=relax
        )
        return cast(SearchResult, found)

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        found = await self._actor.similar.remote(self._merchant_id, product_id, filters, limit)
        return cast(SearchResult, found)

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        found = await self._actor.cheaper.remote(self._merchant_id, product_id, filters, limit)
        return cast(SearchResult, found)

    async def shape(self, filters: Filters) -> Shape:
        return cast(Shape, await self._actor.shape.remote(self._merchant_id, filters))

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        return cast(tuple[Product, ...], await self._actor.products.remote(self._merchant_id, tuple(ids)))

    async def facets(self) -> Facets:
        if self._monotonic() > self._facets_until:
            self._facets = cast(Facets, await self._actor.facets.remote(self._merchant_id))
            self._facets_until = self._monotonic() + FACETS_S
        return self._facets
