"""A merchant's catalogue as the agent sees it: calls to the actor that has it."""

from collections.abc import Sequence
from typing import cast

from actors.placement import Handle
from models.product import Product
from models.search import Facets, Filters, SearchResult


class RemoteCatalogue:
    """Ray carries no types; they are stated here, once."""

    def __init__(self, actor: Handle, merchant_id: str) -> None:
        self._actor = actor
        self._merchant_id = merchant_id

    async def search(self, query: str, filters: Filters, limit: int) -> SearchResult:
        return cast(SearchResult, await self._actor.search.remote(self._merchant_id, query, filters, limit))

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        found = await self._actor.similar.remote(self._merchant_id, product_id, filters, limit)
        return cast(SearchResult, found)

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        return cast(tuple[Product, ...], await self._actor.products.remote(self._merchant_id, tuple(ids)))

    async def facets(self) -> Facets:
        return cast(Facets, await self._actor.facets.remote(self._merchant_id))
