"""Vectors of queries, remembered for an hour: customers of all shops ask for the same things."""

import logging
from collections import OrderedDict
from collections.abc import Callable

from indexes.embedders import Embedder, Vectors
from indexes.lookups import Lookups
from models.errors import Unavailable

log = logging.getLogger(__name__)

_FOR_S = 3600.0
_MOST = 2000
# Nobody writes the same story twice.
_LONGEST = 200


class QueryVectors:
    def __init__(self, embedder: Embedder, monotonic: Callable[[], float]) -> None:
        self._embedder = embedder
        self._monotonic = monotonic
        self._vectors: OrderedDict[str, tuple[Vectors, float]] = OrderedDict()
        self.lookups = Lookups()

    async def of(self, query: str) -> Vectors | None:
        """Shape (dimension,). None for an empty query, and while the embedder is down: words find, too."""
        if not query.strip():
            return None
        known = self._vectors.get(query)
        if known and self._monotonic() < known[1]:
            self.lookups.hits += 1
            self._vectors.move_to_end(query)
            return known[0]
        self.lookups.misses += 1
        try:
            vector: Vectors = (await self._embedder.embed([query]))[0]
        except Unavailable as error:
            log.warning("searching by words alone: %s", error.detail)
            return None
        self._keep(query, vector)
        return vector

    def _keep(self, query: str, vector: Vectors) -> None:
        if len(query) > _LONGEST:
            return
        self._vectors[query] = (vector, self._monotonic() + _FOR_S)
        self._vectors.move_to_end(query)
        if len(self._vectors) > _MOST:
            self._vectors.popitem(last=False)
