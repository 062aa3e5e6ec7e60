"""Somebody at the console: gets pages, sends forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
from bs4 import BeautifulSoup


@dataclass(frozen=True, slots=True)
class Visitor:
    client: httpx.AsyncClient
    csrf_token: str

    async def page(self, path: str, *, status: int = 200) -> BeautifulSoup:
        """`path` below /console."""
        answer = await self.client.get(f"/console{path}")
        assert answer.status_code == status, answer.text
        return BeautifulSoup(answer.text, "html.parser")

    async def send(
        self, path: str, fields: Mapping[str, str | Sequence[str]] | None = None, **more: Any
    ) -> httpx.Response:
        """A form, with the token that its page holds."""
        data = {"csrf_token": self.csrf_token, **(fields or {})}
        return await self.client.post(f"/console{path}", data=data, **more)

    async def follow(self, answer: httpx.Response) -> BeautifulSoup:
        """The page that a form led to."""
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        shown = await self.client.get(answer.headers["Location"])
        assert shown.status_code == httpx.codes.OK, shown.text
        return BeautifulSoup(shown.text, "html.parser")
