"""Shopify's Admin API over real HTTP: stores, their points, bulk operations, webhooks, tokens.

    async with ShopifyStandin() as shopify:
        number = shopify.store().put_product("Linen shirt", variants=[{"price": "49.00"}])
        shopify.admin_url   # for SHOPIFY_ADMIN_URL: keeps {shop} in its path

or by itself, with a made-up catalogue:

    python -m tests.standins.shopify --port 0 --products 10000
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.standins.faults import Faults
from tests.standins.shopify_bulk import Bulk
from tests.standins.shopify_graphql import (
    MAX_COST,
    Execution,
    GraphQLRefusal,
    read,
    requested_cost,
)
from tests.standins.shopify_login import ShopifyLogin
from tests.standins.shopify_store import SHOP, Json, Store, gid, number_of
from tests.standins.shopify_wares import fill

API_VERSION = "2026-07"


@dataclass(slots=True, kw_only=True)
class ShopifyStandin:
    """`stores` by shop name. `calls` are the queries of each shop, in order.

    A store in `answers` answers everything with that status; `throttle_by_status` refuses with 429.
    """

    host: str = "127.0.0.1"
    port: int = 0
    api_version: str = API_VERSION
    clock: Callable[[], float] = time.monotonic
    stores: dict[str, Store] = field(default_factory=lambda: {SHOP: Store()})
    answers: dict[str, int] = field(default_factory=dict)
    throttle_by_status: bool = False
    faults: Faults = field(default_factory=Faults)
    bulk: Bulk = field(default_factory=Bulk)
    calls: list[tuple[str, str]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _runner: web.AppRunner | None = None
    login: ShopifyLogin = field(init=False)

    def __post_init__(self) -> None:
        self.login = ShopifyLogin(stores=self.stores)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def admin_url(self) -> str:
        return self.url + "/{shop}"

    def store(self, shop: str = SHOP) -> Store:
        return self.stores.setdefault(shop, Store(shop=shop))

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.faults.middleware], client_max_size=2**24)
        app.add_routes(
            [
                web.post("/{shop}/admin/api/{version}/graphql.json", self._graphql),
                web.get("/bulk/{number}.jsonl", self.bulk.download),
                web.get("/_store/{shop}", self._show),
                *self.login.routes(),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.bulk.url = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _graphql(self, request: web.Request) -> web.Response:
        shop = request.match_info["shop"]
        if status := self.answers.get(shop):
            return web.json_response({"errors": "Unavailable Shop"}, status=status)
        store = self.stores.get(shop)
        if store is None:
            return web.json_response({"errors": "Not Found"}, status=404)
        if request.headers.get("X-Shopify-Access-Token") not in store.tokens:
            detail = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return web.json_response({"errors": detail}, status=401)
        body = json.loads(await request.read())
        answer, status = self._answer(store, body["query"], body.get("variables") or {})
        headers = {"X-Shopify-API-Version": self.api_version}
        return web.json_response(answer, status=status, headers=headers)

    def _answer(self, store: Store, text: str, variables: Json) -> tuple[Json, int]:
        self.calls.append((store.shop, text))
        try:
            query = read(text, variables)
        except GraphQLRefusal as refusal:
            return {"errors": [refusal.body]}, 200
        requested = requested_cost(query)
        if requested > MAX_COST:
            message = f"Query cost is {requested}, which exceeds the single query max cost limit ({MAX_COST})"
            return {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED"}}]}, 200
        bucket = store.bucket
        bucket.refill(self.clock())
        if requested > bucket.available:
            bucket.refused += 1
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            body = {"errors": [error], "extensions": self._cost(store, requested, None)}
            return body, 429 if self.throttle_by_status else 200
        execution = Execution(store, query, self._mutations(store), self.bulk.operation)
        try:
            data = execution.run()
        except GraphQLRefusal as refusal:
            return {"errors": [refusal.body]}, 200
        bucket.available -= execution.cost
        bucket.spent += execution.cost
        return {"data": data, "extensions": self._cost(store, requested, execution.cost)}, 200

    def _cost(self, store: Store, requested: int, actual: int | None) -> Json:
        return {
            "cost": {
                "requestedQueryCost": requested,
                "actualQueryCost": actual,
                "throttleStatus": store.bucket.status(),
            }
        }

    def _mutations(self, store: Store) -> dict[str, Callable[[Json], Json]]:
        return {
            "bulkOperationRunQuery": lambda given: self.bulk.start(store, **given),
            "bulkOperationCancel": lambda given: self.bulk.cancel(given["id"]),
            "webhookSubscriptionCreate": lambda given: self._subscribe(store, given),
            "webhookSubscriptionDelete": lambda given: self._unsubscribe(store, given["id"]),
        }

    def _subscribe(self, store: Store, given: Json) -> Json:
        wanted = (given["topic"], given["webhookSubscription"]["uri"])
        if wanted in {(one["topic"], one["uri"]) for one in store.subscriptions.values()}:
            error = {
                "field": ["webhookSubscription"],
                "message": "Address for this topic has already been taken",
            }
            return {"webhookSubscription": None, "userErrors": [error]}
        number = next(self._numbers)
        made = {"id": gid("WebhookSubscription", number), "topic": wanted[0], "uri": wanted[1]}
        store.subscriptions[number] = made
        return {"webhookSubscription": made, "userErrors": []}

    def _unsubscribe(self, store: Store, wanted: str) -> Json:
        if store.subscriptions.pop(number_of(wanted), None) is None:
            error = {"field": ["id"], "message": "Webhook subscription not found"}
            return {"deletedWebhookSubscriptionId": None, "userErrors": [error]}
        return {"deletedWebhookSubscriptionId": wanted, "userErrors": []}

    # What a benchmark in another process looks at

    async def _show(self, request: web.Request) -> web.Response:
        store = self.stores[request.match_info["shop"]]
        return web.json_response(
            {
                "products": len(store.products),
                "variants": len(store.items),
                "spent": store.bucket.spent,
                "refused": store.bucket.refused,
                "calls": len(self.calls),
            }
        )


async def _serve(given: Any) -> None:
    store = Store()
    fill(store, given.products)
    bucket = store.bucket
    bucket.maximum = bucket.available = 20 * given.rate
    bucket.restore_rate = given.rate
    async with ShopifyStandin(port=given.port, stores={SHOP: store}) as shopify:
        sys.stdout.write(f"{shopify.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A stand-in for Shopify's Admin API")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--products", type=int, default=100)
    parser.add_argument("--rate", type=float, default=100.0, help="points restored a second")
    asyncio.run(_serve(parser.parse_args()))
