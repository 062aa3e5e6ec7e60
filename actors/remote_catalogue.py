"""A merchant's catalogue as the agent sees it: calls to the actor that has it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from ray.exceptions import RayActorError

from actors.calls import call
from actors.placement import Handle, named
from models.product import Product
from models.search import NO_WEIGHTS, Facets, Filters, Order, SearchResult, Weights
from models.shape import Shape
from store.placement import Moved

# Every turn reads the shop's vocabulary, and it changes when a merchant edits products.
FACETS_S = 5.0


class RemoteCatalogue:
    """Ray carries no types; they are stated here, once. Kept between turns, for its facets.

    `actor` is where it is asked. If the catalogue has moved, or moves meanwhile, `find` gives the new actor.
    """

    def __init__(
        self,
        actor: Handle,
        merchant_id: str,
        monotonic: Callable[[], float],
        find: Callable[[str], Handle] = named,
    ) -> None:
        self.actor = actor
        self._find = find
        self._merchant_id = merchant_id
        self._monotonic = monotonic
        self._facets = Facets()
        self._facets_until = float("-inf")
        self.gave_up_at = float("-inf")  # when a call last had waited in vain, by `monotonic`

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
        found = await self._ask("search", query, filters, limit, order=order, relax=relax, weights=weights)
        return cast(SearchResult, found)

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return cast(SearchResult, await self._ask("similar", product_id, filters, limit))

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return cast(SearchResult, await self._ask("cheaper", product_id, filters, limit))

    async def shape(self, filters: Filters) -> Shape:
        return cast(Shape, await self._ask("shape", filters))

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        return cast(tuple[Product, ...], await self._ask("products", tuple(ids)))

    async def facets(self) -> Facets:
        if self._monotonic() > self._facets_until:
            self._facets = cast(Facets, await self._ask("facets"))
            self._facets_until = self._monotonic() + FACETS_S
        return self._facets

    async def _ask(self, method: str, *arguments: object, **named: object) -> object:
        while True:
            try:
                return await call(getattr(self.actor, method), self._merchant_id, *arguments, **named)
            except Moved as moved:
                self.actor = self._find(moved.actor)
            except (asyncio.CancelledError, RayActorError):
                self.gave_up_at = self._monotonic()
                raise
