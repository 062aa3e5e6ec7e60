"""The catalogues one actor holds: loaded on first use; dropped when idle, crowded out, or moved away.

What holds while a merchant moves: it is loaded beside the actor that has it (`take`), then one statement
changes its place and raises the epoch, then that actor lets go of it (`release`), and only then the new one
reads what was written last and begins to answer. So a write is in one of both epochs or is refused and made
again, and no read shows less than what was committed before it began. If the old actor cannot be told, its
next write is refused, and it notices by itself (`watch`): until then, and no longer, its reads may be old.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Answer, Change
from actors.owned_catalogue import OwnedCatalogue
from indexes.embedders import Embedder
from indexes.lookups import Lookups
from indexes.query_vectors import QueryVectors
from models.errors import ShopkeepError
from store import placement
from store.database import autocommit
from store.placement import Moved
from store.products import Replaced

log = logging.getLogger(__name__)

IDLE_S = 3600.0
# Tells an actor that it no longer has a merchant. Raises nothing.
Release = Callable[[str, str], Awaitable[None]]


class Holdings:
    """At most `most_products`, unless a single merchant has more; the least recently used go first."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        actor: str,
        embedder: Embedder,
        folder: Path,
        most_products: int,
        release: Release,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._actor = actor
        self._embedder = embedder
        self._queries = QueryVectors(embedder, monotonic)
        self._searches = Lookups()  # of catalogues that were let go
        self._folder = folder
        self._most_products = most_products
        self._release = release
        self._monotonic = monotonic
        self._held: dict[str, OwnedCatalogue] = {}
        self._used_at: dict[str, float] = {}
        self._arriving: set[str] = set()
        # Kept by those who wait: one load at a time for each merchant.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, merchant_id: str) -> OwnedCatalogue:
        """Loaded if need be. NotFound; Moved when the merchant is another actor's."""
        while (found := self._held.get(merchant_id) or await self._load(merchant_id)) is None:
            pass
        self._used_at[merchant_id] = self._monotonic()
        return found

    def held(self, merchant_id: str) -> OwnedCatalogue | None:
        """As far as it is loaded."""
        return self._held.get(merchant_id)

    async def settled(self, merchant_id: str) -> OwnedCatalogue | None:
        """As far as it is loaded, or being loaded now."""
        async with self._lock(merchant_id):
            return self._held.get(merchant_id)

    async def change(self, merchant_id: str, changes: Sequence[Change]) -> list[Answer]:
        """As the catalogue's own; `Moved` is the answer to those that were not made here any more."""
        return list(await asyncio.gather(*(self._change(merchant_id, change) for change in changes)))

    async def take(self, merchant_id: str, was: str) -> None:
        """From the actor `was`, without a pause in its answers. May be repeated. Moved if it is elsewhere."""
        async with self._lock(merchant_id):
            self._arriving.add(merchant_id)
            catalogue = await OwnedCatalogue.beside(
                engine=self._engine,
                merchant_id=merchant_id,
                embedder=self._embedder,
                queries=self._queries,
                folder=self._folder,
            )
            try:
                async with self._engine.begin() as connection:
                    epoch = await placement.move(connection, merchant_id, was=was, actor=self._actor)
            except Moved as moved:
                if moved.actor != self._actor:
                    raise
                # Done by an earlier call that did not come to its end.
                async with self._engine.begin() as connection:
                    epoch = await placement.own(connection, merchant_id, self._actor)
            await self._release(was, merchant_id)
            await catalogue.take(epoch)
            await self._keep(merchant_id, catalogue)

    def release(self, merchant_id: str) -> None:
        """It has been moved away. Who asks from now on is told where to."""
        self._arriving.discard(merchant_id)
        if gone := self._held.pop(merchant_id, None):
            self._searches += gone.lookups
        self._used_at.pop(merchant_id, None)

    def sizes(self) -> dict[str, int]:
        """Products of each merchant that is loaded."""
        return {merchant_id: catalogue.size for merchant_id, catalogue in self._held.items()}

    def lookups(self) -> dict[str, Lookups]:
        """Of each cache, since the process began."""
        searches = sum((one.lookups for one in self._held.values()), self._searches)
        return {"search": searches, "query_vector": self._queries.lookups}

    async def warm(self) -> None:
        """Embeds nothing, but has the embedder load what it needs before a customer waits for it."""
        await self._embedder.embed([])

    async def watch(self) -> None:
        """Let go of merchants that have moved without our being told, and of what has grown too much."""
        await self._make_room(spare=1)
        epochs = {merchant_id: catalogue.epoch for merchant_id, catalogue in self._held.items()}
        if not epochs:
            return
        async with autocommit(self._engine) as connection:
            lost = await placement.lost(connection, epochs)
        for merchant_id in lost:
            catalogue = self._held.get(merchant_id)
            if catalogue is not None and catalogue.epoch == epochs[merchant_id]:
                log.warning("merchant %s was moved away and nobody said so", merchant_id)
                self.release(merchant_id)

    async def tidy(self) -> None:
        """Write what changed; drop who has not been asked for."""
        for merchant_id, catalogue in list(self._held.items()):
            idle = self._monotonic() - self._used_at.get(merchant_id, 0.0) > IDLE_S
            await self._saved(merchant_id, catalogue.save() if idle else catalogue.save_when_due())
            if idle:
                self._drop(merchant_id, catalogue)

    async def _change(self, merchant_id: str, change: Change) -> Answer:
        while True:
            try:
                catalogue = await self.get(merchant_id)
            except ShopkeepError as refused:
                return refused
            try:
                (answer,) = await catalogue.change([change])
            except Replaced:
                # Nothing of it was written. By a later incarnation of this actor, or it has moved.
                self._drop(merchant_id, catalogue)
            else:
                return answer

    async def _load(self, merchant_id: str) -> OwnedCatalogue | None:
        """None when it was moved away meanwhile."""
        async with self._lock(merchant_id):
            if found := self._held.get(merchant_id):
                return found
            self._arriving.add(merchant_id)
            catalogue = await OwnedCatalogue.open(
                engine=self._engine,
                merchant_id=merchant_id,
                actor=self._actor,
                embedder=self._embedder,
                queries=self._queries,
                folder=self._folder,
            )
            return catalogue if await self._keep(merchant_id, catalogue) else None

    async def _keep(self, merchant_id: str, catalogue: OwnedCatalogue) -> bool:
        """False when it was moved away while it came."""
        await self._make_room(catalogue.size)
        if merchant_id not in self._arriving:
            return False
        self._arriving.discard(merchant_id)
        self._held[merchant_id] = catalogue
        # Its products stay. Looked through for garbage again and again, 150 shops took half a second.
        gc.freeze()
        self._used_at[merchant_id] = self._monotonic()
        return True

    async def _make_room(self, coming: int = 0, *, spare: int = 0) -> None:
        """For so many products; `spare` merchants stay however big they are."""
        while len(self._held) > spare and sum(self.sizes().values()) + coming > self._most_products:
            oldest = min(self._held, key=self._used_at.__getitem__)
            catalogue = self._held[oldest]
            await self._saved(oldest, catalogue.save())
            self._drop(oldest, catalogue)

    async def _saved(self, merchant_id: str, saving: Awaitable[None]) -> None:
        try:
            await saving
        except Exception:
            log.exception("no snapshot of merchant %s; the table has it all", merchant_id)

    def _drop(self, merchant_id: str, catalogue: OwnedCatalogue) -> None:
        """Unless it has been loaded again."""
        if self._held.get(merchant_id) is catalogue:
            self.release(merchant_id)

    def _lock(self, merchant_id: str) -> asyncio.Lock:
        return self._locks.setdefault(merchant_id, asyncio.Lock())
