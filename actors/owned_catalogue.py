"""One merchant's catalogue, owned: table and index move together.

The table is written first. What the index misses in a crash, the next load reads from the rows
changed since its snapshot; what it misses when a write ended in the dark, the next write reads first.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.back_in_stock import back_in_stock
from actors.embedding import embed_missing, embedded, vector_of
from actors.merging import Put, check_version, merged
from indexes import snapshot
from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.embedders import Embedder
from models.errors import NotFound, Unavailable
from models.product import Product
from models.search import Facets, Filters, Order, SearchResult
from models.shape import Shape
from store import popularity, products, restock
from store.database import autocommit
from store.products import ProductRow

log = logging.getLogger(__name__)

PAGE = 500
# A snapshot saves reading rows again; it is not worth writing for every change.
CHANGES_PER_SNAPSHOT = 500


class OwnedCatalogue:
    """Open with `OwnedCatalogue.open`. The epoch sees to it that no second process writes."""

    def __init__(
        self, *, engine: AsyncEngine, merchant_id: str, epoch: int, embedder: Embedder, folder: Path
    ) -> None:
        self._engine = engine
        self._merchant_id = merchant_id
        self._epoch = epoch
        self._embedder = embedder
        self._file = snapshot_file(folder, merchant_id)
        self._index = CatalogueIndex(embedder.name, embedder.dimension)
        self._seq = 0  # the last change the index has seen
        self._behind = False  # the table may know more
        self._unsaved = 0
        self._writing = asyncio.Lock()

    @classmethod
    async def open(
        cls, *, engine: AsyncEngine, merchant_id: str, actor: str, embedder: Embedder, folder: Path
    ) -> "OwnedCatalogue":
        """From the snapshot and the rows changed since; from the table alone where there is none."""
        async with engine.begin() as connection:
            epoch = await products.own(connection, merchant_id, actor)
        catalogue = cls(engine=engine, merchant_id=merchant_id, epoch=epoch, embedder=embedder, folder=folder)
        await catalogue._load()
        return catalogue

    async def search(
        self,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order = Order.RELEVANCE,
        relax: bool = False,
    ) -> SearchResult:
        vector, now = await self._query_vector(query), datetime.now(UTC)
        return self._index.search(query, vector, filters, limit, order=order, relax=relax, now=now)

    def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return self._index.similar(product_id, filters, limit)

    def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return self._index.cheaper(product_id, filters, limit)

    def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        found = (self._index.product(product_id) for product_id in ids)
        return tuple(product for product in found if product is not None)

    def facets(self) -> Facets:
        return self._index.facets()

    def shape(self, filters: Filters) -> Shape:
        return self._index.shape(filters)

    async def put(self, puts: Sequence[Put], currency: str) -> tuple[Product, ...]:
        """All of them or none; as they are now, with versions and kept variant ids."""
        async with self._writing:
            await self._keep_up()
            async with autocommit(self._engine) as connection:
                known = await products.get_many(connection, self._merchant_id, [put.id for put in puts])
            now = datetime.now(UTC)
            changed = [
                merged(put, known.get(put.id), currency=currency, now=now, new_id=lambda: uuid4().hex)
                for put in puts
            ]
            rows = await embedded(changed, known, self._embedder)
            await self._write(rows, known)
            return tuple(changed)

    async def delete(self, product_id: str, expected_version: int | None) -> None:
        async with self._writing:
            await self._keep_up()
            async with autocommit(self._engine) as connection:
                row = (await products.get_many(connection, self._merchant_id, [product_id])).get(product_id)
            if row is None or row.deleted:
                raise NotFound("no such product")
            check_version(row, expected_version)
            gone = replace(row.product, is_active=False, version=row.product.version + 1)
            await self._write([replace(row, product=gone, deleted=True)], {product_id: row})

    async def refresh_popularity(self) -> None:
        """As the last roll-up counted it. No product changes by it."""
        await asyncio.to_thread(self._index.set_popularity, await self._popularity())

    async def _popularity(self) -> Mapping[str, float]:
        async with autocommit(self._engine) as connection:
            return await popularity.of(connection, self._merchant_id, datetime.now(UTC).date())

    async def rebuild(self) -> int:
        """From the table alone, beside the index in service, then in its place. How many products it holds.

        Changes go on meanwhile. At the end, while for a moment none can, the new index reads them too.
        """
        beside = CatalogueIndex(self._embedder.name, self._embedder.dimension)
        seen = await self._read_into(beside, 0)
        beside.set_popularity(await self._popularity())
        async with self._writing:
            self._seq, self._behind = await self._read_into(beside, seen), False
            self._index = beside
            await self._save()
        return len(beside)

    async def save(self) -> None:
        async with self._writing:
            if self._unsaved:
                await self._save()

    async def _query_vector(self, query: str) -> NDArray[np.float32] | None:
        if not query.strip():
            return None
        try:
            vectors = await self._embedder.embed([query])
        except Unavailable as error:
            log.warning("merchant %s is searched by words alone: %s", self._merchant_id, error.detail)
            return None
        vector: NDArray[np.float32] = vectors[0]
        return vector

    async def _write(self, rows: Sequence[ProductRow], known: Mapping[str, ProductRow]) -> None:
        # However this ends: a commit whose answer is lost may have been one.
        self._behind = True
        async with self._engine.begin() as connection:
            seq = await products.advance(connection, self._merchant_id, self._epoch)
            await products.put(connection, self._merchant_id, seq, rows)
            if back := back_in_stock(rows, known):
                await restock.tell(connection, self._merchant_id, back)
        await self._apply(self._index, rows)
        self._seq, self._behind = seq, False
        if self._unsaved >= CHANGES_PER_SNAPSHOT:
            await self._save()

    async def _apply(self, index: CatalogueIndex, rows: Sequence[ProductRow]) -> None:
        upserts = [
            IndexedProduct(product=row.product, vector=vector_of(row, self._embedder))
            for row in rows
            if not row.deleted
        ]
        deletes = [row.product.id for row in rows if row.deleted]
        await asyncio.to_thread(index.apply, upserts, deletes)
        self._unsaved += len(rows)

    async def _save(self) -> None:
        await asyncio.to_thread(snapshot.save, self._index, self._file, self._seq)
        self._unsaved = 0

    async def _load(self) -> None:
        self._index, self._seq = await asyncio.to_thread(self._restored)
        await self._catch_up()
        await self.refresh_popularity()

    async def _keep_up(self) -> None:
        if self._behind:
            await self._catch_up()

    async def _catch_up(self) -> None:
        self._seq, self._behind = await self._read_into(self._index, self._seq), False

    async def _read_into(self, index: CatalogueIndex, seq: int) -> int:
        """All changes after `seq`; the last of them."""
        after = (0, "")
        while rows := await self._unindexed(seq, after):
            known = await embed_missing(self._engine, self._merchant_id, rows, self._embedder)
            await self._apply(index, known)
            after = (rows[-1].seq, rows[-1].product.id)
        return max(seq, after[0])

    async def _unindexed(self, seq: int, after: tuple[int, str]) -> list[ProductRow]:
        async with self._engine.begin() as connection:
            return await products.unindexed(
                connection,
                self._merchant_id,
                seq=seq,
                embedder=self._embedder.name,
                after=after,
                limit=PAGE,
            )

    def _restored(self) -> tuple[CatalogueIndex, int]:
        empty = CatalogueIndex(self._embedder.name, self._embedder.dimension)
        if not self._file.exists():
            return empty, 0
        try:
            index, seq = snapshot.load(self._file)
            _check_embedder(index, self._embedder)
        except snapshot.SnapshotUnusable as error:
            aside = self._file.with_suffix(".unusable")
            self._file.replace(aside)
            log.warning("snapshot set aside as %s, rebuilding from the table: %s", aside.name, error.detail)
            return empty, 0
        return index, seq


def _check_embedder(index: CatalogueIndex, embedder: Embedder) -> None:
    if (index.embedder, index.dimension) != (embedder.name, embedder.dimension):
        raise snapshot.SnapshotUnusable(f"it holds vectors of {index.embedder}")


def snapshot_file(folder: Path, merchant_id: str) -> Path:
    # A merchant's id may hold what a file name must not.
    return folder / f"{hashlib.sha256(merchant_id.encode()).hexdigest()[:32]}.arrow"
