"""CatalogActor: holds its merchants' catalogues in memory, loaded on first use, dropped when idle."""

import asyncio
import logging
import sys
import time
from collections.abc import Sequence

import ray

import logs
from actors.changes import Answer, Change
from actors.owned_catalogue import OwnedCatalogue
from indexes.embedders import Embedder, LocalEmbedder, openai_embedder
from models.product import Product
from models.search import Facets, Filters, Order, SearchResult
from models.shape import Shape
from settings import Settings, settings
from store.database import connect
from store.products import Replaced
from version import version

log = logging.getLogger(__name__)

IDLE_S = 3600.0
HOUSEKEEPING_S = 30.0
SWITCH_S = 0.001


@ray.remote
class CatalogActor:
    def __init__(self, name: str) -> None:
        configuration = settings()
        logs.configure(configuration.log_level)
        # How long a search may have to wait for a thread that works on an index. Python's own is 5 ms.
        sys.setswitchinterval(SWITCH_S)
        self._name = name
        self._engine = connect(configuration.require_database_url)
        self._folder = configuration.data_dir.resolve() / "snapshots"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._embedder = make_embedder(configuration)
        self._catalogues: dict[str, OwnedCatalogue] = {}
        self._used_at: dict[str, float] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._housekeeper = asyncio.get_running_loop().create_task(self._keep_house())

    async def version(self) -> str:
        return version(settings())

    async def search(
        self, merchant_id: str, query: str, filters: Filters, limit: int, *, order: Order, relax: bool
    ) -> SearchResult:
        catalogue = await self._catalogue(merchant_id)
        return await catalogue.search(query, filters, limit, order=order, relax=relax)

    async def similar(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._catalogue(merchant_id)).similar(product_id, filters, limit)

    async def cheaper(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._catalogue(merchant_id)).cheaper(product_id, filters, limit)

    async def products(self, merchant_id: str, ids: Sequence[str]) -> tuple[Product, ...]:
        return (await self._catalogue(merchant_id)).products(ids)

    async def facets(self, merchant_id: str) -> Facets:
        return (await self._catalogue(merchant_id)).facets()

    async def shape(self, merchant_id: str, filters: Filters) -> Shape:
        return (await self._catalogue(merchant_id)).shape(filters)

    async def refresh_popularity(self, merchant_id: str) -> None:
        """It was counted anew. Who is not loaded reads it when it is."""
        if merchant_id in self._catalogues:
            await self._catalogues[merchant_id].refresh_popularity()

    async def rebuild(self, merchant_id: str) -> int:
        return await (await self._catalogue(merchant_id)).rebuild()

    async def change(self, merchant_id: str, changes: Sequence[Change]) -> list[Answer]:
        try:
            return await (await self._catalogue(merchant_id)).change(changes)
        except Replaced:
            self._drop(merchant_id)
            raise

    async def _catalogue(self, merchant_id: str) -> OwnedCatalogue:
        self._used_at[merchant_id] = time.monotonic()
        if merchant_id not in self._catalogues:
            # One load at a time for each merchant, whoever else asks meanwhile waits for it.
            async with self._loading.setdefault(merchant_id, asyncio.Lock()):
                if merchant_id not in self._catalogues:
                    self._catalogues[merchant_id] = await OwnedCatalogue.open(
                        engine=self._engine,
                        merchant_id=merchant_id,
                        actor=self._name,
                        embedder=self._embedder,
                        folder=self._folder,
                    )
        return self._catalogues[merchant_id]

    def _drop(self, merchant_id: str) -> None:
        self._catalogues.pop(merchant_id, None)
        self._used_at.pop(merchant_id, None)
        self._loading.pop(merchant_id, None)

    async def _keep_house(self) -> None:
        """Write what changed; drop who has not been asked for."""
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            for merchant_id, catalogue in list(self._catalogues.items()):
                try:
                    await catalogue.save_when_due()
                except Exception:
                    log.exception("no snapshot of merchant %s; the table has it all", merchant_id)
            idle = [one for one, at in self._used_at.items() if time.monotonic() - at > IDLE_S]
            for merchant_id in idle:
                self._drop(merchant_id)


def make_embedder(configuration: Settings) -> Embedder:
    if configuration.embedder == "local":
        return LocalEmbedder()
    if configuration.openai_api_key is None:
        raise RuntimeError("EMBEDDER=openai needs OPENAI_API_KEY")
    return openai_embedder(
        api_key=configuration.openai_api_key.get_secret_value(),
        base_url=configuration.openai_base_url,
        model=configuration.openai_embedding_model,
    )
