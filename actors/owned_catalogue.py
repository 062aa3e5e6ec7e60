"""One merchant's catalogue, owned: table and index move together.

The table is written first. What the index misses in a crash, the next load reads from the rows
changed since its snapshot; what it misses when a write ended in the dark, the next write reads first.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.back_in_stock import back_in_stock
from actors.changes import MOST_AT_ONCE, Answer, Change, Changes, Products, weight
from actors.embedding import as_embedded, embed_missing, embedded, vector_of
from actors.grouping import Grouped
from actors.merging import State
from actors.snapshot_file import SnapshotFile
from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.embedders import Embedder
from indexes.lookups import Lookups
from indexes.query_vectors import QueryVectors
from indexes.search import Question
from models.errors import Invalid, ShopkeepError
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
from store import merchants, placement, popularity, products, restock
from store.database import autocommit
from store.products import ProductRow, Replaced

log = logging.getLogger(__name__)

PAGE = 500
NOBODYS = -1  # an epoch that no table has
# Applied where they are: a few milliseconds, while two switches of threads take as long as one change.
FEW = 8
# Refused for what it says, by us or by the database: no commit was lost.
UNWRITABLE = (ValueError, DataError, IntegrityError, ProgrammingError)


class OwnedCatalogue:
    """Open with `OwnedCatalogue.open`. The epoch sees to it that no second process writes."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        merchant_id: str,
        epoch: int,
        embedder: Embedder,
        queries: QueryVectors,
        folder: Path,
    ) -> None:
        self._engine = engine
        self._merchant_id = merchant_id
        self.epoch = epoch
        self._embedder = embedder
        self._queries = queries
        self._snapshot = SnapshotFile(folder, merchant_id, embedder)
        self._index = CatalogueIndex(embedder.name, embedder.dimension)
        self._lookups = Lookups()  # of indexes it had before
        self._seq = 0  # the last change the index has seen
        self._behind = False  # the table may know more
        self._writing = asyncio.Lock()
        self._changes = Grouped[Change, Products](self._carry_out, size=weight, most=MOST_AT_ONCE)

    @classmethod
    async def open(
        cls,
        *,
        engine: AsyncEngine,
        merchant_id: str,
        actor: str,
        embedder: Embedder,
        queries: QueryVectors,
        folder: Path,
    ) -> "OwnedCatalogue":
        """From the snapshot and the rows changed since; from the table alone where there is none."""
        async with engine.begin() as connection:
            epoch = await placement.own(connection, merchant_id, actor)
        catalogue = cls(
            engine=engine,
            merchant_id=merchant_id,
            epoch=epoch,
            embedder=embedder,
            queries=queries,
            folder=folder,
        )
        await catalogue._load()
        return catalogue

    @classmethod
    async def beside(
        cls,
        *,
        engine: AsyncEngine,
        merchant_id: str,
        embedder: Embedder,
        queries: QueryVectors,
        folder: Path,
    ) -> "OwnedCatalogue":
        """While another actor has it. Nothing can be written before `take`."""
        catalogue = cls(
            engine=engine,
            merchant_id=merchant_id,
            epoch=NOBODYS,
            embedder=embedder,
            queries=queries,
            folder=folder,
        )
        await catalogue._load()
        return catalogue

    async def take(self, epoch: int) -> None:
        """It has been moved here. What the one before has written meanwhile is read."""
        self.epoch = epoch
        await self._catch_up()
        await self.refresh_settings()

    @property
    def size(self) -> int:
        """Products, those that are not active too."""
        return len(self._index)

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
        vector, now = await self._queries.of(query), datetime.now(UTC)
        own = weights.get(self._embedder.name)
        return self._index.search(
            query, vector, filters, limit, order=order, relax=relax, weights=own, now=now
        )

    async def explain(
        self, query: str, filters: Filters, limit: int, *, order: Order, relax: bool, trial: Trial
    ) -> Explanation:
        """As `search`, with settings that are only tried, and how the answer came about."""
        question = Question(
            query=query,
            vector=await self._queries.of(query),
            filters=filters,
            limit=limit,
            order=order,
            now=datetime.now(UTC),
        )
        return self._index.explain(question, relax=relax, trial=trial)

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

    @property
    def lookups(self) -> Lookups:
        """How many searches were answered from memory, and how many were not."""
        return self._lookups + self._index.lookups

    async def change(self, changes: Sequence[Change]) -> list[Answer]:
        """As if they were made one after another: what each came to, or why it changed nothing. Replaced."""
        calls = (self._changes.call(change) for change in changes)
        return [_answer(end) for end in await asyncio.gather(*calls, return_exceptions=True)]

    async def refresh_popularity(self) -> None:
        """As the last roll-up counted it. No product changes by it."""
        await asyncio.to_thread(self._index.set_popularity, await self._popularity())

    async def refresh_settings(self) -> None:
        """As the merchant's profile has them now."""
        async with self._writing:
            await self._set_up(self._index)

    async def _set_up(self, index: CatalogueIndex) -> None:
        async with autocommit(self._engine) as connection:
            own = (await merchants.get(connection, self._merchant_id)).search
        index.set_weights(own.weights.get(self._embedder.name))
        index.set_synonyms(own.synonyms)
        index.set_rules(own.rules)

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
            await self._set_up(beside)
            self._lookups += self._index.lookups
            self._index = beside
        await self.save()
        return len(beside)

    async def save(self) -> None:
        """So that the next load need not read again what has changed since the last one."""
        await self._snapshot.save(self._index, self._seq)

    async def save_when_due(self) -> None:
        if self._snapshot.due(self.size):
            await self.save()

    async def _carry_out(self, group: Sequence[Change]) -> list[Answer]:
        async with self._writing:
            return await self._together(group)

    async def _together(self, group: Sequence[Change]) -> list[Answer]:
        """One transaction for all whose change is possible."""
        await self._keep_up()
        ids = {product_id for change in group for product_id in change.ids}
        async with autocommit(self._engine) as connection:
            known = await products.get_many(connection, self._merchant_id, list(ids))
        states = {row.product.id: State(row.product, deleted=row.deleted) for row in known.values()}
        changes = Changes(states, now=datetime.now(UTC), new_id=lambda: uuid4().hex)
        answers = [changes.make(change) for change in group]
        if changes.made:
            try:
                rows = await embedded(list(changes.made.values()), known, self._embedder)
                seq = await self._write(rows, known)
            except UNWRITABLE as error:
                # Nothing was written. Whose it was shows when each is tried by itself.
                if len(group) == 1:
                    return [Invalid(f"it cannot be stored: {error}")]
                return [answer for change in group for answer in await self._together([change])]
            await self._apply(self._index, rows)
            self._seq, self._behind = seq, False
        return answers

    async def _write(self, rows: Sequence[ProductRow], known: Mapping[str, ProductRow]) -> int:
        # However this ends: a commit whose answer is lost may have been one.
        self._behind = True
        back = back_in_stock(rows, known)
        transaction = self._engine.begin() if back else autocommit(self._engine)
        async with transaction as connection:
            seq = await products.write(
                connection, self._merchant_id, self.epoch, rows, as_embedded=as_embedded(rows, known)
            )
            if back:
                await restock.tell(connection, self._merchant_id, back)
        return seq

    async def _apply(self, index: CatalogueIndex, rows: Sequence[ProductRow]) -> None:
        upserts = [
            IndexedProduct(product=row.product, vector=vector_of(row, self._embedder))
            for row in rows
            if not row.deleted
        ]
        deletes = [row.product.id for row in rows if row.deleted]
        if len(rows) <= FEW:
            index.apply(upserts, deletes)
        else:
            await asyncio.to_thread(index.apply, upserts, deletes)
        self._snapshot.miss(row.product.id for row in rows)

    async def _load(self) -> None:
        self._index, self._seq = await asyncio.to_thread(self._snapshot.restored)
        await self._catch_up()
        await self.refresh_popularity()
        await self.refresh_settings()

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


def _answer(end: Products | BaseException) -> Answer:
    """What concerns this change alone is its answer; anything else concerns them all."""
    if isinstance(end, BaseException) and (isinstance(end, Replaced) or not isinstance(end, ShopkeepError)):
        raise end
    return end
