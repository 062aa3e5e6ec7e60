"""How many merchants a machine holds, and how long the first search of one takes that is not in memory."""

import asyncio
import time
from pathlib import Path

import ray
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from actors.placement import Directory
from models.search import Filters, Order
from scripts.catalog_load import furnish
from scripts.made_shops import Ware
from scripts.measured import Measured, show
from scripts.processes import memory_mb

CATALOG = "ray::CatalogActor"
# Sold out or not.
ALL = Filters(in_stock=False)
LOOK_S = 0.5
HITS = 5


class Density:
    def __init__(self, engine: AsyncEngine, directory: Directory, data: Path) -> None:
        self._gateway = Gateway(engine, directory)
        self._directory = directory
        self._data = data
        self._asked: dict[str, Ware] = {}

    async def measure(self, merchants: int, products: int) -> None:
        empty = memory_mb(self._data)
        for number in range(merchants):
            merchant, made = await furnish(self._gateway, f"density-{number}", products)
            self._asked[merchant.id] = made[number % len(made)]
        print(f"{merchants} merchants of {products} products", flush=True)
        self._show_memory("in memory as they were written", empty)
        await self._saved()
        await self._unloaded()
        empty = memory_mb(self._data)
        show("first search, from the snapshot", await self._search_each())
        show("second search", await self._search_each())
        self._show_memory("in memory from their snapshots", empty)

    async def _saved(self) -> None:
        """Until each has its snapshot."""
        while await asyncio.to_thread(self._snapshots) < len(self._asked):  # noqa: ASYNC110 - another process's
            await asyncio.sleep(LOOK_S)

    def _snapshots(self) -> int:
        return len(list((self._data / "snapshots").glob("*.arrow")))

    async def _unloaded(self) -> None:
        """The actors begin anew; their embedder is loaded, with the shop they all have."""
        actors = {self._gateway.place_for(merchant_id) for merchant_id in self._asked}
        for name in actors:
            ray.kill(self._directory.catalog(name).handle, no_restart=False)
        for name in actors:
            await self._directory.catalog(name).version.remote()
        await self._search("demo", "blue dress")

    async def _search_each(self) -> Measured:
        """One after the other."""
        measured = Measured()
        for merchant_id, ware in self._asked.items():
            began = time.perf_counter()
            found = await self._search(merchant_id, ware.draft["name"])
            measured.seconds.append(time.perf_counter() - began)
            if found[:1] != [ware.draft["id"]]:
                measured.failed.append(f"{merchant_id}: {ware.draft['name']!r} found {found}")
        return measured

    async def _search(self, merchant_id: str, query: str) -> list[str]:
        found = await self._gateway.search(merchant_id, query, ALL, HITS, order=Order.RELEVANCE, relax=False)
        return [hit.product.id for hit in found.hits]

    def _show_memory(self, what: str, empty: float) -> None:
        total, catalog = memory_mb(self._data), memory_mb(self._data, CATALOG)
        each = (total - empty) / len(self._asked)
        print(f"  {what:32} {total:8.0f} MB in all, catalog actors {catalog:.0f}, {each:.1f} a merchant")
