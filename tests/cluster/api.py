"""A client of the HTTP API, as an outside program would write it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`body` is parsed where it is JSON."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    def problem(self) -> Any:
        """The body of an error, after a look at the form that every error has."""
        assert self.headers["Content-Type"] == "application/problem+json", self.raw
        assert {"type", "title", "status", "detail"} <= self.body.keys()
        assert self.body["status"] == self.status
        assert self.body["detail"]
        return self.body

    def field(self) -> str:
        """What a 422 says is at fault."""
        assert self.status == 422, self.raw
        return str(self.problem()["field"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    session: aiohttp.ClientSession
    url: str
    headers: Mapping[str, str]

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        async with self.session.request(
            method,
            self.url + path,
            json=json,
            data=data,
            params=params,
            headers={**self.headers, **(headers or {})},
            allow_redirects=False,
        ) as response:
            return Answer(status=response.status, headers=response.headers, raw=await response.read())

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.call("GET", path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("POST", path, json=json, **more)

    async def put(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("PUT", path, json=json, **more)

    async def patch(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("PATCH", path, json=json, **more)

    async def delete(self, path: str, **more: Any) -> Answer:
        return await self.call("DELETE", path, **more)
