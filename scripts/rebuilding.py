"""Many catalogues rebuilt: Ray Data embeds page by page, each merchant's actor then builds its index."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import ray

from actors.catalog import make_embedder
from actors.embedding import embed_missing, unembedded
from actors.gateway import Gateway
from actors.start import directory
from settings import Settings, settings
from store import merchants, products, reindexing
from store.database import autocommit, connect

# Enough to keep an embedder busy, little enough to be repeated after a failure.
PAGE = 500
WORKERS = 2
# Of each worker: the installation goes on beside them.
CPUS = 0.5


class Rebuilding:
    def __init__(self, database_url: str, configuration: Settings) -> None:
        self._runner = asyncio.Runner()
        self._engine = connect(database_url)
        self._gateway = Gateway(self._engine, directory(configuration))

    def run(self, asked: Sequence[str] | None, *, embed_all: bool) -> int:
        """Exit code 1 where an embedder that is down left products without a vector."""
        left = self._runner.run(self._begin(asked, embed_all=embed_all))
        print(f"{len(left)} catalogues to rebuild", flush=True)
        missing = self._rebuild_each(_embedded(left)) if left else 0
        if missing:
            print(
                f"{missing} products have no vector, as the embedder did not answer. Their catalogues stay "
                "as they are; the same command goes on with them.",
                file=sys.stderr,
            )
        else:
            self._runner.run(self._finish())
        return 1 if missing else 0

    def _rebuild_each(self, pages: Iterable[dict[str, Any]]) -> int:
        """As soon as all its products have vectors. How many products have none."""
        done, missing = Counter[str](), Counter[str]()
        for page in pages:
            merchant_id = page["merchant_id"]
            done[merchant_id] += 1
            missing[merchant_id] += page["missing"]
            if done[merchant_id] == page["pages"] and not missing[merchant_id]:
                count = self._runner.run(self._rebuild(merchant_id))
                print(f"{merchant_id}: {count} products", flush=True)
        return missing.total()

    async def _begin(self, asked: Sequence[str] | None, *, embed_all: bool) -> tuple[str, ...]:
        async with self._engine.begin() as connection:
            known = [merchant.id for merchant in await merchants.listing(connection)]
            if unknown := set(asked or ()) - set(known):
                raise SystemExit(f"there is no merchant {', '.join(sorted(unknown))}")
            run = await reindexing.begin(connection, asked, asked or known, embed_all=embed_all)
        return run.left

    async def _rebuild(self, merchant_id: str) -> int:
        count = await self._gateway.rebuild(merchant_id)
        async with self._engine.begin() as connection:
            await reindexing.rebuilt(connection, merchant_id)
        return count

    async def _finish(self) -> None:
        async with self._engine.begin() as connection:
            await reindexing.finish(connection)


def _embedded(merchant_ids: Sequence[str]) -> Iterable[dict[str, Any]]:
    """A row for each page of products, once they have their vectors. Ray Data shows how far it is."""
    rows = ray.data.from_items([{"merchant_id": merchant_id} for merchant_id in merchant_ids])
    pages = rows.flat_map(_pages, num_cpus=CPUS).map(_Embed, concurrency=WORKERS, num_cpus=CPUS)
    embedded: Iterable[dict[str, Any]] = pages.iter_rows()
    return embedded


def _pages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What of a merchant is to be embedded, a page a row; one empty page where that is nothing."""

    async def without() -> list[str]:
        engine = connect(settings().require_database_url)
        try:
            async with autocommit(engine) as connection:
                embedder = make_embedder(settings()).name
                return await products.without_embedding(connection, row["merchant_id"], embedder)
        finally:
            await engine.dispose()

    ids = asyncio.run(without())
    pages = [ids[at : at + PAGE] for at in range(0, len(ids), PAGE)] or [[]]
    return [{**row, "ids": json.dumps(page), "pages": len(pages)} for page in pages]


class _Embed:
    """Embeds a page and writes it to the table. Repeated, it finds nothing left to do."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._embedder = make_embedder(settings())
        self._engine = connect(settings().require_database_url)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        missing = self._runner.run(self._embed(row["merchant_id"], json.loads(row["ids"])))
        return {"merchant_id": row["merchant_id"], "pages": row["pages"], "missing": missing}

    async def _embed(self, merchant_id: str, ids: Sequence[str]) -> int:
        """How many are still without."""
        async with autocommit(self._engine) as connection:
            known = await products.get_many(connection, merchant_id, ids)
        rows = [row for row in known.values() if not row.deleted]
        now = await embed_missing(self._engine, merchant_id, rows, self._embedder)
        return sum(unembedded(row, self._embedder) for row in now)
