"""All products by a bulk operation: Shopify writes a file, which is read line by line and never held."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from sources.shopify import queries
from sources.shopify.answers import Json, child
from sources.shopify.client import Client
from sources.shopify.errors import ShopifyError

LOOK_EVERY_S = 3.0
BUSY_WAIT_S = 10.0
# Somebody else's operations may take hours; pages do not.
MOST_BUSY = 30
READ_TIMEOUT_S = 60.0
MAX_LINE = 16_000_000


class BulkFailed(ShopifyError):
    """There is no file, or none that can be read. Pages can do the same."""


class BrokenOff(BulkFailed):
    """Not all of the file came. It may come another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """`url` None: the store has nothing. `objects`: lines in the file."""

    url: str | None
    objects: int


class BulkRead:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self) -> str:
        """The operation's id. BulkFailed when it cannot be had."""
        for _ in range(MOST_BUSY):
            data = await self._client.run(queries.BULK_START, content=queries.BULK_CONTENT)
            answer = child(data, "bulkOperationRunQuery")
            if operation := child(answer, "bulkOperation"):
                return str(operation["id"])
            said = "; ".join(str(error.get("message")) for error in answer.get("userErrors") or [])
            if "in progress" not in said:
                raise BulkFailed(said or "it was not started")
            await self._client.sleep(BUSY_WAIT_S)
        raise BulkFailed("other bulk operations do not end")

    async def ended(self, operation_id: str) -> Done:
        """Returns once the file is there. BulkFailed when it ended otherwise, or is not known any more."""
        while True:
            data = await self._client.run(queries.BULK_LOOK, id=operation_id)
            operation = child(data, "bulkOperation")
            status = operation.get("status")
            if status == "COMPLETED":
                return Done(url=operation.get("url"), objects=int(operation.get("objectCount") or 0))
            if status not in {"CREATED", "RUNNING"}:
                # What is there of a failed run is no catalogue.
                raise BulkFailed(f"it ended {status}, {operation.get('errorCode')}")
            await self._client.sleep(LOOK_EVERY_S)

    async def products(self, done: Done) -> AsyncIterator[Json]:
        """Each with its children as lists, as Pages gives them. BulkFailed when the file is not whole;
        what came before that is.
        """
        product: Json | None = None
        lines = 0
        async for line in self._lines(done):
            lines += 1
            if "__parentId" not in line:
                if product is not None:
                    yield _finished(product)
                product = _begun(line)
            elif product is None or not _joined(product, line):
                raise BulkFailed("its lines are not grouped by product")
        # The last product ends with the file: only the whole file says that no child of it is missing.
        if lines < done.objects:
            raise BrokenOff(f"the file ends after {lines} of {done.objects} lines")
        if product is not None:
            yield _finished(product)

    async def _lines(self, done: Done) -> AsyncIterator[Json]:
        if done.url is None:
            return
        rest = b""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=READ_TIMEOUT_S, sock_read=READ_TIMEOUT_S)
        try:
            # A signed address at another host: no token goes there.
            async with self._client.session.get(
                done.url, timeout=timeout, raise_for_status=True, allow_redirects=False
            ) as response:
                async for chunk in response.content.iter_any():
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        if line.strip():
                            yield _parsed(line)
                    if len(rest) > MAX_LINE:
                        raise BulkFailed("a line is too long to be a product")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BrokenOff(f"the file broke off: {type(error).__name__}") from error
        if rest.strip():
            yield _parsed(rest)


def _parsed(line: bytes) -> Json:
    try:
        found = json.loads(line)
    except ValueError:
        raise BrokenOff("the file ends in the middle of a line") from None
    if not isinstance(found, dict) or "id" not in found:
        raise BulkFailed("a line of the file is no object with an id")
    return found


def _begun(line: Json) -> Json:
    return line | {name: [] for name in queries.NODES} | {"_variants": {}}


def _joined(product: Json, line: Json) -> bool:
    """False for a child of another product."""
    parent = line.pop("__parentId")
    kind = str(line["id"]).split("/")[-2]
    if kind == "ProductVariant" and parent == product["id"]:
        line["media"] = {"nodes": []}
        product["variants"].append(line)
        product["_variants"][line["id"]] = line
    elif kind in {"Collection", "Metafield"} and parent == product["id"]:
        product["collections" if kind == "Collection" else "metafields"].append(line)
    elif variant := product["_variants"].get(parent):
        variant["media"]["nodes"] = variant["media"]["nodes"] or [line]
    else:
        return False
    return True


def _finished(product: Json) -> Json:
    del product["_variants"]
    return product
