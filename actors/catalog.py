"""CatalogActor: holds its merchants' catalogues in memory, loaded on first use, dropped when idle."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import ray
from ray.exceptions import RayError

import logs
from actors.changes import Answer, Change
from actors.holdings import Holdings
from actors.metrics.caches import CacheMetrics
from actors.metrics.process import instruments
from actors.placement import named
from actors.snapshot_sweep import sweep
from indexes.embedders import Embedder, LocalEmbedder, openai_embedder
from models.product import Product
from models.search import (
    NO_WEIGHTS,
    Explanation,
    Facets,
    Filters,
    Order,
    SearchResult,
    Trial,
    Weights,
)
from models.shape import Shape
from settings import Settings, settings
from store.database import connect
from version import version

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 30.0
SWITCH_S = 0.0002
# How long reads may be old at an actor that lost a merchant and could not be told.
WATCH_S = 5.0
# How long index files of a merchant who has left may lie here.
SWEEP_S = 300.0
RELEASE_S = 5.0


@ray.remote
class CatalogActor:
    def __init__(self, name: str) -> None:
        configuration = settings()
        logs.configure(configuration.log_level, configuration.log_format)
        # How long a search may have to wait for a thread that works on an index. Python's own is 5 ms.
        sys.setswitchinterval(SWITCH_S)
        folder = configuration.data_dir.resolve() / "snapshots"
        folder.mkdir(parents=True, exist_ok=True)
        self._engine = connect(configuration.require_database_url)
        self._holdings = Holdings(
            engine=self._engine,
            actor=name,
            embedder=make_embedder(configuration),
            folder=folder,
            most_products=configuration.catalog_loaded_products,
            release=_release,
        )
        self._metrics = CacheMetrics(instruments("catalog"))
        loop = asyncio.get_running_loop()
        self._housekeepers = [
            loop.create_task(self._holdings.warm()),
            loop.create_task(_every(HOUSEKEEPING_S, self._keep_house)),
            loop.create_task(_every(WATCH_S, self._holdings.watch)),
            loop.create_task(_every(SWEEP_S, partial(sweep, self._engine, folder))),
        ]

    async def version(self) -> str:
        return version(settings())

    async def search(
        self,
        merchant_id: str,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order,
        relax: bool,
        weights: Mapping[str, Weights] = NO_WEIGHTS,
    ) -> SearchResult:
        """`weights` by embedder, for this search, in place of the merchant's."""
        catalogue = await self._holdings.get(merchant_id)
        return await catalogue.search(query, filters, limit, order=order, relax=relax, weights=weights)

    async def explain(
        self,
        merchant_id: str,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order,
        relax: bool,
        trial: Trial,
    ) -> Explanation:
        catalogue = await self._holdings.get(merchant_id)
        return await catalogue.explain(query, filters, limit, order=order, relax=relax, trial=trial)

    async def similar(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._holdings.get(merchant_id)).similar(product_id, filters, limit)

    async def cheaper(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._holdings.get(merchant_id)).cheaper(product_id, filters, limit)

    async def products(self, merchant_id: str, ids: Sequence[str]) -> tuple[Product, ...]:
        return (await self._holdings.get(merchant_id)).products(ids)

    async def facets(self, merchant_id: str) -> Facets:
        return (await self._holdings.get(merchant_id)).facets()

    async def shape(self, merchant_id: str, filters: Filters) -> Shape:
        return (await self._holdings.get(merchant_id)).shape(filters)

    async def refresh_popularity(self, merchant_id: str) -> None:
        """It was counted anew. Who is not loaded reads it when it is."""
        if catalogue := self._holdings.held(merchant_id):
            await catalogue.refresh_popularity()

    async def refresh_settings(self, merchant_id: str) -> None:
        """The merchant has changed how it searches. Who is not loaded reads it when it is."""
        if catalogue := await self._holdings.settled(merchant_id):
            await catalogue.refresh_settings()

    async def rebuild(self, merchant_id: str) -> int:
        return await (await self._holdings.get(merchant_id)).rebuild()

    async def change(self, merchant_id: str, changes: Sequence[Change]) -> list[Answer]:
        return await self._holdings.change(merchant_id, changes)

    async def take(self, merchant_id: str, was: str) -> None:
        """The merchant moves here from the actor `was`."""
        await self._holdings.take(merchant_id, was)

    async def release(self, merchant_id: str) -> None:
        """The merchant has moved away."""
        self._holdings.release(merchant_id)

    async def sizes(self) -> dict[str, int]:
        """Products of each merchant that is loaded."""
        return self._holdings.sizes()

    async def _keep_house(self) -> None:
        await self._holdings.tidy()
        for cache, lookups in self._holdings.lookups().items():
            self._metrics.count(cache, lookups)
        # What is left now stays: no collection need look at it again.
        gc.collect()
        gc.freeze()


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("the catalogues were not looked after; it is tried again")


async def _release(actor: str, merchant_id: str) -> None:
    """Who cannot be told is down and holds nothing any more, or notices by itself."""
    try:
        async with asyncio.timeout(RELEASE_S):
            await named(actor).release.remote(merchant_id)
    except (TimeoutError, RayError, ValueError) as error:
        log.warning("%s was not told that merchant %s has moved: %r", actor, merchant_id, error)


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
