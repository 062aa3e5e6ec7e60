"""How long the pages of the console take to be made, in a shop of 10,000 products and 100,000 messages.

    python -m scripts.benchmark_console [--products 10000] [--messages 100000] [--times 20] [--only products]

A scratch PostgreSQL is filled, then every page of PAGES is asked for through the application itself: no HTTP
server between, and no actor: pages that ask one are not here. Other subjects add theirs to the list.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from actors.gateway import Gateway
from actors.start import directory
from launch.postgres import EmbeddedPostgres
from models.merchant import Merchant
from scripts.made_shops import wares
from scripts.made_turns import make_turns
from scripts.measured import percentiles
from settings import Settings
from sources.drafts import ProductDraft, to_product
from store import collections, merchants, migrations, placement, products, shopify_stores
from store.database import connect
from store.products import ProductRow
from store.shopify_stores import Tokens
from web.access import SESSION_COOKIE, Access
from web.app import build

# Below /console/{shop}/, each with what is asked for.
PAGES = (
    "products",
    "products?sort=name",
    "products?q=linen+dress&stock=in",
    "products?category=Clothing+%3E+Dresss&sort=-price&min=50",
    "products?collection=first&view=grid",
    "products?state=deleted",
    "products/new",
    "products/ware-000042",
    "collections",
    "collections/first",
    "analytics",
    f"analytics?from={datetime.now(UTC).date() - timedelta(days=89)}",
    "analytics/turns",
    "analytics/turns?slower=1000",
    "analytics/turns?query=linen+30",
    "analytics/charts/turns.svg",
    "conversations",
    "conversations?show=errors",
    "conversations?q=linen",
    "conversations/1",
    "simulator",
    "settings",
    "settings/profile",
    "settings/hours",
    "settings/handover",
    "settings/voice",
    "settings/faq",
    "settings/policies",
    "settings/comments",
    "settings/posts",
    "settings/model",
    "settings/instagram",
    "settings/shopify",
    "settings/shopify/options",
    "settings/shopify/log",
    "settings/customers",
    "settings/customers?q=customer-19",
    "settings/customers/one?id=customer-7",
    "settings/wishes",
    "settings/retention",
)
SHOP = Merchant(id="big", name="The big shop")
BATCH = 500
CUSTOMERS = 2_000
URL = "http://localhost"


async def fill(engine: AsyncEngine, count: int, messages: int) -> None:
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        await merchants.create(connection, SHOP, "catalog-0")
        epoch = await placement.own(connection, SHOP.id, "catalog-0")
    for batch in _batches(count, now):
        async with engine.begin() as connection:
            await products.write(connection, SHOP.id, epoch, batch)
    async with engine.begin() as connection:
        for number, name in enumerate(("first", "second", "third")):
            await collections.create(connection, SHOP.id, name, name.title(), [])
            members = [f"ware-{place:06}" for place in range(number, min(count, 900), 3)]
            await collections.add(connection, SHOP.id, name, members)
        await shopify_stores.connect(
            connection,
            merchant_id=SHOP.id,
            shop="big.myshopify.com",
            tokens=Tokens(access=b"sealed"),
            scopes=None,
        )
        await _talk(connection, messages)
        await connection.execute(text("ANALYZE"))
    await make_turns(engine, SHOP.id, messages // 2, CUSTOMERS)


# Customers write and are answered, minute by minute, the last of them now.
_TALK = (
    """
    INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket, last_customer_at)
    SELECT :shop, 'instagram', 'account', 'customer-' || number, number, now() - number * interval '1 minute'
    FROM generate_series(1, :customers) AS number
    """,
    """
    INSERT INTO messages (merchant_id, conversation_id, role, text, at)
    SELECT :shop, c.id, CASE WHEN number % 2 = 0 THEN 'customer' ELSE 'assistant' END,
        'do you have message ' || number || ' in linen?', now() - (:messages - number) * interval '1 minute'
    FROM generate_series(1, :messages) AS number
    JOIN conversations c ON c.merchant_id = :shop AND c.customer_id = 'customer-' || (number % :customers + 1)
    """,
)


async def _talk(connection: AsyncConnection, messages: int) -> None:
    for statement in _TALK:
        values = {"shop": SHOP.id, "customers": CUSTOMERS, "messages": messages}
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        await connection.execute(text(statement), used)


def _batches(count: int, now: datetime) -> Iterator[list[ProductRow]]:
    numbered = enumerate(wares(count, "console"))
    while batch := list(islice(numbered, BATCH)):
        yield [
            ProductRow(
                product=to_product(
                    ProductDraft.model_validate(ware.draft),
                    SHOP.currency,
                    id=ware.draft["id"],
                    now=now - timedelta(minutes=number),
                    new_id=iter(f"{number}-{place}" for place in range(100)).__next__,
                ),
                text_hash="made",
                embedder="made",
                embedding=bytes(1024),
                deleted=number % 50 == 0,
            )
            for number, ware in batch
        ]


@asynccontextmanager
async def visitor(engine: AsyncEngine, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An operator's browser, without a network."""
    given: dict[str, Any] = {"admin_token": "benchmark", "encryption_keys": "benchmark", "app_url": URL}
    configuration = Settings(_env_file=None, data_dir=folder, **given)
    app = build(configuration, Gateway(engine, directory(configuration)))
    access: Access = app.state.access
    cookies = {SESSION_COOKIE: await access.new_session(None)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL, cookies=cookies) as client:
        yield client


async def measure(client: httpx.AsyncClient, path: str, times: int) -> list[float]:
    seconds = []
    for _ in range(times + 2):
        began = time.perf_counter()
        answer = await client.get(f"/console/{SHOP.id}/{path}")
        seconds.append(time.perf_counter() - began)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return seconds[2:]  # statements are planned and templates compiled by the first


async def run(url: str, folder: Path, arguments: argparse.Namespace) -> None:
    engine = connect(url)
    began = time.perf_counter()
    await fill(engine, arguments.products, arguments.messages)
    filled = time.perf_counter() - began
    print(
        f"{arguments.products} products, {arguments.messages} messages, filled in {filled:.0f} s", flush=True
    )
    async with visitor(engine, folder) as client:
        for path in PAGES:
            if path.startswith(arguments.only):
                print(f"  {path:58} {percentiles(await measure(client, path, arguments.times))}", flush=True)
    await engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="", help="pages that begin so")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shopkeep-console-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        url = server.start()
        try:
            migrations.upgrade(url)
            asyncio.run(run(url, Path(folder), arguments))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
