"""How long until a change in a Shopify store is in what searches answer, with webhooks at a fixed pace.

    python -m scripts.benchmark_shopify_webhooks [--rate 20] [--seconds 30] [--products 500] [--points 1000]

Each webhook is a new price of some product at a stand-in Shopify that restores so many points a second. Of
every tenth the time is taken from the post of the webhook to the first search that answers the new price.
Starts an installation of its own on a folder that is gone afterwards.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from launch.ports import free_ports
from scripts.bench import ADMIN_TOKEN
from scripts.measured import percentiles
from scripts.started import started
from sources.shopify.signatures import sign_body
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_login import API_KEY, API_SECRET
from tests.standins.shopify_store import SHOP, TOKEN, Bucket
from tests.standins.shopify_wares import fill

PAUSE_S = 0.05
PATIENCE_S = 60.0
EVERY = 10
CHEAPEST_MINOR = 100_000  # above all that was there before, and rising


@dataclass(slots=True)
class Run:
    session: aiohttp.ClientSession
    url: str
    merchant: str = ""
    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - a JSON value
        async with self.session.request(method, self.url + path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def connect(self) -> None:
        made = await self.call("POST", "/api/merchants", {"name": "Bench", "currency": "USD"})
        self.merchant = f"/api/merchants/{made['id']}"
        await self.call("PUT", f"{self.merchant}/shopify", {"shop": SHOP, "access_token": TOKEN})
        while await self.sync() != "done":  # noqa: ASYNC110 - another process gets there
            await asyncio.sleep(PAUSE_S)

    async def sync(self) -> Any:  # noqa: ANN401 - a JSON value
        return (await self.call("GET", f"{self.merchant}/shopify"))["progress"]["status"]

    async def tell(self, number: int, webhook: int) -> None:
        raw = json.dumps({"id": number}).encode()
        headers = {
            "X-Shopify-Topic": "products/update",
            "X-Shopify-Hmac-Sha256": sign_body(raw, API_SECRET),
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Webhook-Id": f"webhook-{webhook}",
        }
        async with self.session.post(f"{self.url}/webhooks/shopify", data=raw, headers=headers) as answer:
            self.refused += answer.status != HTTPStatus.OK

    async def watch(self, name: str, number: int, price_minor: int, began: float) -> None:
        """Until a search for its name answers this price of it."""
        while time.monotonic() - began < PATIENCE_S:
            found = await self.call("POST", f"{self.merchant}/search", {"query": name, "limit": 5})
            products = [hit["product"] for hit in found["hits"]]
            prices = [one["price_range"]["min_minor"] for one in products if one["id"] == f"shopify-{number}"]
            if prices and prices[0] >= price_minor:
                break
            await asyncio.sleep(PAUSE_S)
        self.seconds.append(time.monotonic() - began)


async def measure(port: int, shopify: ShopifyStandin, given: argparse.Namespace) -> None:
    store, draw = shopify.store(), random.Random(7)  # noqa: S311 - which products change
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as group:
        run = Run(session, f"http://127.0.0.1:{port}")
        await run.connect()
        store.bucket.refused = 0
        numbers = list(store.products)
        draw.shuffle(numbers)
        began = time.monotonic()
        for webhook in range(round(given.rate * given.seconds)):
            await asyncio.sleep(max(0.0, began + webhook / given.rate - time.monotonic()))
            number, price = numbers[webhook % len(numbers)], CHEAPEST_MINOR + webhook
            for variant in store.products[number]["variants"]:
                variant["price"] = f"{price / 100:.2f}"
            store.change_product(number)
            now = time.monotonic()
            group.create_task(run.tell(number, webhook))
            if webhook % EVERY == 0:
                group.create_task(run.watch(store.products[number]["title"], number, price, now))
    report(given, run, store.bucket)


def report(given: argparse.Namespace, run: Run, bucket: Bucket) -> None:
    print(f"{given.rate:g} webhooks/s for {given.seconds:g} s, {given.points:g} points/s:")
    print(f"  in a search after {percentiles(run.seconds)}")
    print(f"  {run.refused} webhooks not taken, {bucket.refused} queries refused for want of points")


async def run_all(environment: dict[str, str], port: int, given: argparse.Namespace) -> None:
    async with ShopifyStandin() as shopify:
        store = shopify.store()
        store.bucket = Bucket(
            maximum=20 * given.points, available=20 * given.points, restore_rate=given.points
        )
        fill(store, given.products)
        environment["SHOPIFY_ADMIN_URL"] = shopify.admin_url
        with started("launcher", until="Ready after", environment=environment):
            await measure(port, shopify, given)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--points", type=float, default=1000.0, help="restored a second")
    given = parser.parse_args()
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="shopkeep-bench-") as folder:
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "SHOPIFY_API_KEY": API_KEY,
            "SHOPIFY_API_SECRET": API_SECRET,
        }
        asyncio.run(run_all(environment, port, given))


if __name__ == "__main__":
    main()
