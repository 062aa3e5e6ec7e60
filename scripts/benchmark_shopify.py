"""A first sync against a stand-in Shopify: how much of the rate is used, in how much time and memory.

    python -m scripts.benchmark_shopify [--products 10000] [--rate 1000] [--pages]

By bulk, or with `--pages` by pages. Products have six variants each. They are written to a PostgreSQL of the
benchmark's own, without the index, which another process has. Memory is this process's, at most.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Changes, Products, Puts
from actors.embedding import text_hash
from actors.merging import Put, State
from actors.shopify_sync import KIND, ShopifySync
from launch.postgres import EmbeddedPostgres
from models.errors import ShopkeepError
from models.merchant import Merchant
from scripts.started import started
from sources.shopify.budget import Budget
from sources.shopify.client import Client
from store import jobs, merchants, migrations, placement, products, shopify_stores
from store.database import autocommit, connect
from store.products import ProductRow
from store.shopify_stores import Tokens
from tests.standins.shopify import API_VERSION
from tests.standins.shopify_store import SHOP, TOKEN

Answer = TypeVar("Answer")
MERCHANT = Merchant(id="bench", name="Bench", currency="USD")
LOOK_EVERY_S = 20.0


class Table:
    """The catalogue's table alone."""

    def __init__(self, engine: AsyncEngine, epoch: int) -> None:
        self._engine = engine
        self._epoch = epoch

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        change = Puts(puts=tuple(puts), currency=merchant.currency)
        async with autocommit(self._engine) as connection:
            known = await products.get_many(connection, merchant.id, change.ids)
            states = {row.product.id: State(row.product, deleted=row.deleted) for row in known.values()}
            made = Changes(states, now=datetime.now(UTC), new_id=lambda: uuid4().hex).make(change)
            if isinstance(made, ShopkeepError):
                raise made
            rows = [
                ProductRow(product=product, text_hash=text_hash(product), embedder=None, embedding=None)
                for product in made
            ]
            await products.write(connection, merchant.id, self._epoch, rows)
        return made

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None:
        raise NotImplementedError("nothing is deleted in a first sync")


async def _let_in(work: Callable[[str, str], Awaitable[Answer]]) -> Answer:
    return await work(SHOP, TOKEN)


async def measure(database_url: str, shopify_url: str, given: argparse.Namespace) -> None:
    engine = connect(database_url)
    async with engine.begin() as connection:
        await merchants.create(connection, MERCHANT, "bench")
        epoch = await placement.own(connection, MERCHANT.id, "bench")
        await shopify_stores.connect(
            connection, merchant_id=MERCHANT.id, shop=SHOP, tokens=Tokens(access=b""), scopes=None
        )
        await jobs.start_sync(connection, job_id="sync", merchant_id=MERCHANT.id, options={"mode": "full"})
        job = await jobs.lease(connection, 60)
    if job is None or job.kind != KIND:
        raise RuntimeError("the job is not there")
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:
        client = Client(
            session,
            shop=SHOP,
            admin_url=f"{shopify_url}/{{shop}}",
            api_version=API_VERSION,
            access=_let_in,
            budget=Budget(),
        )
        bulk_from = given.products + 1 if given.pages else 1
        sync = ShopifySync(engine, Table(engine, epoch), job, client, lease_s=60, bulk_from=bulk_from)
        looking = asyncio.create_task(_look(engine))
        await sync.run()
        seconds = time.monotonic() - began
        looking.cancel()
        async with session.get(f"{shopify_url}/_store/{SHOP}") as answer:
            store = await answer.json()
    async with autocommit(engine) as connection:
        there = await products.count(connection, MERCHANT.id)
    await engine.dispose()
    offered = 20 * given.rate + given.rate * seconds
    print(f"{'by pages' if given.pages else 'by bulk'}, {given.rate:g} points/s:")
    print(f"  {there} of {store['products']} products, {store['variants']} variants in {seconds:.1f} s")
    print(f"  {store['calls']} queries, {store['refused']} refused for want of points")
    print(
        f"  {store['spent']:.0f} points, {store['spent'] / offered:.1%} of what the store offered meanwhile"
    )
    print(f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most")


async def _look(engine: AsyncEngine) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        async with autocommit(engine) as connection:
            at = await jobs.progress(connection, MERCHANT.id, "sync")
        left = f"{at.left_s:.0f} s left" if at.left_s is not None else "just begun"
        print(f"  {at.done} of {at.total}, {at.per_s:.0f}/s, {left}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=1000.0, help="points the store restores a second")
    parser.add_argument("--pages", action="store_true", help="by pages, however many there are")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shopkeep-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        database_url = server.start()
        try:
            migrations.upgrade(database_url)
            options = ("--port", "0", "--products", str(given.products), "--rate", str(given.rate))
            with started("tests.standins.shopify", *options, until="http://") as (url, _):
                asyncio.run(measure(database_url, url.strip(), given))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
