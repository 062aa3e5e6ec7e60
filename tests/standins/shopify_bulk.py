"""Bulk operations at the stand-in: started, polled, downloaded, or broken on command."""

import itertools
import json
from dataclasses import dataclass, field

from aiohttp import web

from tests.standins.shopify_graphql import bulk_lines, read
from tests.standins.shopify_store import Json, Store, gid, number_of

MOST_AT_ONCE = 5


@dataclass(slots=True, kw_only=True)
class Bulk:
    """An operation needs `polls` looks until it has ended as `ends`. A download stops after `cut_at` bytes,
    for the next `cuts` downloads. `busy`: so many starts are told that another one is in progress.
    """

    polls: int = 1
    ends: str = "COMPLETED"
    error_code: str | None = None
    grouped: bool = True
    cut_at: int | None = None
    cuts: int = 0
    busy: int = 0
    url: str = ""
    downloads: int = 0
    operations: dict[int, Json] = field(default_factory=dict)
    _running: dict[int, tuple[Store, str, bool]] = field(default_factory=dict)
    _lines: dict[int, list[str]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def start(self, store: Store, *, query: str, groupObjects: bool = False) -> Json:  # noqa: N803 - Shopify's name
        running = sum(one["status"] in ("CREATED", "RUNNING") for one in self.operations.values())
        if self.busy or running >= MOST_AT_ONCE:
            self.busy = max(0, self.busy - 1)
            message = "A bulk query operation for this app and shop is already in progress."
            return {"bulkOperation": None, "userErrors": [{"field": None, "message": message}]}
        number = next(self._numbers)
        self._running[number] = (store, query, groupObjects)
        made = {
            "id": gid("BulkOperation", number),
            "status": "CREATED",
            "errorCode": None,
            "objectCount": "0",
            "rootObjectCount": "0",
            "url": None,
            "partialDataUrl": None,
            "looks": 0,
        }
        self.operations[number] = made
        return {"bulkOperation": made, "userErrors": []}

    def cancel(self, wanted: str) -> Json:
        found = self.operations[number_of(wanted)]
        found["status"] = "CANCELED"
        return {"bulkOperation": found, "userErrors": []}

    def operation(self, wanted: str) -> Json | None:
        """None once it has been forgotten."""
        number = number_of(wanted)
        found = self.operations.get(number)
        if found is None or found["status"] not in ("CREATED", "RUNNING"):
            return found
        found["looks"] += 1
        found["status"] = "RUNNING"
        if found["looks"] >= self.polls:
            self._end(number, found)
        return found

    def _end(self, number: int, operation: Json) -> None:
        store, query, grouped = self._running.pop(number)
        lines = [(json.dumps(line), root) for line, root in bulk_lines(store, read(query, {}))]
        if not (grouped and self.grouped):
            lines = [line for line in lines if line[1]] + [line for line in lines if not line[1]]
        if self.ends != "COMPLETED":
            lines = lines[: len(lines) // 2]
        self._lines[number] = [line for line, _ in lines]
        address = f"{self.url}/bulk/{number}.jsonl"
        operation |= {
            "status": self.ends,
            "errorCode": self.error_code,
            "objectCount": str(len(lines)),
            "rootObjectCount": str(sum(root for _, root in lines)),
            "url": address if self.ends == "COMPLETED" and lines else None,
            "partialDataUrl": address if self.ends != "COMPLETED" else None,
        }

    def lines(self, url: str) -> list[str]:
        """Of the file at this address."""
        return self._lines[int(url.rpartition("/")[2].removesuffix(".jsonl"))]

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Whoever sends a token here gives it away."""
        if "X-Shopify-Access-Token" in request.headers:
            return web.Response(status=400)
        self.downloads += 1
        lines = self._lines[int(request.match_info["number"])]
        left = None
        if self.cuts:
            self.cuts, left = self.cuts - 1, self.cut_at
        response = web.StreamResponse()
        await response.prepare(request)
        for line in lines:
            piece = f"{line}\n".encode()
            if left is not None:
                piece, left = piece[:left], max(0, left - len(piece))
            if piece:
                await response.write(piece)
        return response
