"""A gateway whose catalogues are real and in this process, without actors around them."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Change, Deletion, Products, Puts, Restoration
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from indexes.query_vectors import QueryVectors
from models.errors import ShopkeepError
from models.merchant import Merchant
from models.product import Product
from tests.actors.wares import CountingEmbedder
from tests.web.conftest import Actors


class StockRoom(Actors):
    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        super().__init__(engine)
        self._folder = folder
        self._embedder = CountingEmbedder()
        self._catalogues: dict[str, OwnedCatalogue] = {}
        self._opening = asyncio.Lock()

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        return await self._change(merchant.id, Puts(puts=tuple(puts), currency=merchant.currency))

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None:
        await self._change(merchant_id, Deletion(product_id=product_id, expected_version=expected_version))

    async def restore(self, merchant_id: str, product_id: str, expected_version: int | None) -> Product:
        change = Restoration(product_id=product_id, expected_version=expected_version)
        return (await self._change(merchant_id, change))[0]

    async def _change(self, merchant_id: str, change: Change) -> Products:
        (answer,) = await (await self._catalogue(merchant_id)).change([change])
        if isinstance(answer, ShopkeepError):
            raise answer
        return answer

    async def _catalogue(self, merchant_id: str) -> OwnedCatalogue:
        async with self._opening:
            if merchant_id not in self._catalogues:
                self._catalogues[merchant_id] = await OwnedCatalogue.open(
                    engine=self.engine,
                    merchant_id=merchant_id,
                    actor="catalog-0",
                    embedder=self._embedder,
                    queries=QueryVectors(self._embedder, time.monotonic),
                    folder=self._folder,
                )
        return self._catalogues[merchant_id]
