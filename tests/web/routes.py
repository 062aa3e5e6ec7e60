"""Every route there is, of both applications: what a test walks, so that no new one is forgotten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from web.access import SAFE


@dataclass(frozen=True, slots=True)
class Way:
    method: str
    path: str  # with its {names}
    endpoint: Any

    @property
    def changes(self) -> bool:
        return self.method not in SAFE

    @property
    def is_console(self) -> bool:
        return self.path.startswith("/console")

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/") and self.path not in DESCRIPTIONS

    def filled(self, merchant_id: str) -> str:
        """An address of it: of this merchant, and of nothing else that exists."""
        of_merchant = re.sub(r"\{m(:\w+)?\}", merchant_id, self.path)
        return re.sub(r"\{\w+(:\w+)?\}", "1", of_merchant)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


DESCRIPTIONS = {"/api/docs", "/api/openapi.json"}


def ways(app: FastAPI, below: str = "") -> Iterator[Way]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, Mount):
            assert isinstance(route.app, FastAPI)
            yield from ways(route.app, below + route.path)
            continue
        for method in sorted((context.methods or set()) - {"HEAD"}):
            yield Way(method, below + (context.path or ""), context.endpoint)
