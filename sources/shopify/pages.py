"""A store's products by pages of GraphQL, each with all of its variants, collections and metafields.

A product here is Shopify's object with its connections as plain lists.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sources.shopify import queries
from sources.shopify.answers import Json, child
from sources.shopify.client import Client
from sources.shopify.errors import Unreachable
from sources.shopify.queries import Query

# Paging stops at 25,000 objects; a little before, it begins anew behind the last.
MOST_PAGED = 20_000
# A product that changes while its pages are read is read again, this often.
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """`exact`: there are so many products, and not at least so many."""

    currency: str
    products: int
    exact: bool


class Pages:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def shop(self) -> Shop:
        data = await self._client.run(queries.SHOP)
        counted = child(data, "productsCount")
        return Shop(
            currency=str(child(data, "shop").get("currencyCode")),
            products=int(counted.get("count") or 0),
            exact=counted.get("precision") == "EXACT",
        )

    async def all(self, *, after: int = 0) -> AsyncIterator[list[Json]]:
        """Those with a number above `after`, in the order of numbers."""
        async for page in self._in_order(queries.PAGE, after):
            yield await self._wholes(page)

    async def changed(self, since: str) -> AsyncIterator[list[Json]]:
        """Those changed at `since` (ISO 8601) or later, in the order in which they changed."""
        seen = MOST_PAGED
        while seen >= MOST_PAGED:
            seen, where = 0, f"updated_at:>='{since}'"
            async for page in self._paged(queries.PAGE, where=where, key="UPDATED_AT"):
                yield await self._wholes(page)
                seen, since = seen + len(page), str(page[-1]["updatedAt"])

    async def by_id(self, numbers: Sequence[int]) -> dict[int, Json | None]:
        """None for one the store does not have."""
        found: dict[int, Json | None] = {}
        for start in range(0, len(numbers), queries.PRODUCTS_BY_ID):
            asked = numbers[start : start + queries.PRODUCTS_BY_ID]
            data = await self._client.run(queries.BY_ID, ids=[_gid("Product", number) for number in asked])
            for number, product in zip(asked, data["nodes"], strict=True):
                found[number] = await self._whole(product) if product else None
        return found

    async def listed(self) -> AsyncIterator[dict[int, str]]:
        """Every product's number, and when it last changed."""
        async for page in self._in_order(queries.IDS, 0):
            yield {number_of(product): str(product["updatedAt"]) for product in page}

    async def missing(self, numbers: Sequence[int]) -> set[int]:
        """Those the store itself says it does not have."""
        gone = set()
        for start in range(0, len(numbers), queries.NODES_AT_ONCE):
            asked = numbers[start : start + queries.NODES_AT_ONCE]
            data = await self._client.run(queries.EXIST, ids=[_gid("Product", number) for number in asked])
            gone |= {number for number, node in zip(asked, data["nodes"], strict=True) if node is None}
        return gone

    async def of_items(self, items: Sequence[int]) -> set[int]:
        """The products whose variants these inventory items are."""
        found = set()
        for start in range(0, len(items), queries.NODES_AT_ONCE):
            asked = items[start : start + queries.NODES_AT_ONCE]
            data = await self._client.run(
                queries.OF_ITEMS, ids=[_gid("InventoryItem", number) for number in asked]
            )
            products = (child(child(node or {}, "variant"), "product") for node in data["nodes"])
            found |= {number_of(product) for product in products if product}
        return found

    async def of_collection(self, number: int) -> AsyncIterator[list[int]]:
        after = None
        while True:
            data = await self._client.run(queries.OF_COLLECTION, id=_gid("Collection", number), after=after)
            page = child(child(data, "collection"), "products")
            yield [number_of(product) for product in page.get("nodes", [])]
            after = _next(page)
            if after is None:
                return

    async def _in_order(self, query: Query, after: int) -> AsyncIterator[list[Json]]:
        seen = MOST_PAGED
        while seen >= MOST_PAGED:
            seen = 0
            async for page in self._paged(query, where=_above(after), key="ID"):
                yield page
                seen, after = seen + len(page), number_of(page[-1])

    async def _paged(self, query: Query, **variables: object) -> AsyncIterator[list[Json]]:
        """Pages that are not empty, up to where paging would stop. The next is fetched while one is used."""
        seen = 0
        ahead = asyncio.ensure_future(self._client.run(query, after=None, **variables))
        try:
            while True:
                page = child(await ahead, "products")
                nodes: list[Json] = page["nodes"]
                seen += len(nodes)
                after = _next(page) if seen < MOST_PAGED else None
                if after is not None:
                    ahead = asyncio.ensure_future(self._client.run(query, after=after, **variables))
                if nodes:
                    yield nodes
                if after is None:
                    return
        finally:
            ahead.cancel()

    async def _wholes(self, products: Sequence[Json]) -> list[Json]:
        whole = [await self._whole(product) for product in products]
        return [product for product in whole if product is not None]

    async def _whole(self, product: Json) -> Json | None:
        """With what did not fit on its page. None when it is gone meanwhile."""
        for _ in range(TRIES):
            lists = {name: await self._list(product, name) for name in queries.NODES}
            if None not in lists.values():
                return product | lists
            data = await self._client.run(queries.BY_ID, ids=[product["id"]])
            (again,) = data["nodes"]
            if again is None:
                return None
            product = again
        raise Unreachable(f"product {number_of(product)} changes faster than it can be read")

    async def _list(self, product: Json, connection: str) -> list[Json] | None:
        """All nodes of a connection. None when the product changed while they were read."""
        page = child(product, connection)
        nodes: list[Json] = list(page.get("nodes", []))
        while (after := _next(page)) is not None:
            data = await self._client.run(queries.REST[connection], id=product["id"], after=after)
            fresh = child(data, "product")
            if fresh.get("updatedAt") != product["updatedAt"]:
                return None
            page = child(fresh, connection)
            nodes += page["nodes"]
        return nodes


def number_of(node: Json) -> int:
    """gid://shopify/Product/123 -> 123, in full: numbers exceed what JavaScript can hold."""
    return int(str(node["id"]).rpartition("/")[2])


def _gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def _above(number: int) -> str | None:
    return f"id:>={number + 1}" if number else None


def _next(page: Json) -> str | None:
    info = child(page, "pageInfo")
    return str(info["endCursor"]) if info.get("hasNextPage") else None
