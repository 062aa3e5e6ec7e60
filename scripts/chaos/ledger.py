"""Follows the ledger of the Instagram stand-in: what it accepted, in which order."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import aiohttp

LOOK_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One part that Instagram took. `shown`: its text, or the titles of its cards. `at`: by time.time()."""

    order: int
    at: float
    customer_id: str
    mid: str
    shown: tuple[str, ...]


class Ledger:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """`url` of the stand-in."""
        self._session = session
        self._url = url
        self._seen = -1
        self._news = asyncio.Condition()
        self.parts: dict[str, list[Accepted]] = defaultdict(list)

    async def follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        async with self._session.get(f"{self._url}/_ledger", params={"after": self._seen}) as answer:
            sent = await answer.json()
        for part in sent:
            self._seen = part["order"]
            titles = tuple(card["title"] for card in part["elements"])
            self.parts[part["recipient_id"]].append(
                Accepted(
                    order=part["order"],
                    at=part["at"],
                    customer_id=part["recipient_id"],
                    mid=part["mid"],
                    shown=titles or (part["text"],),
                )
            )
        if sent:
            async with self._news:
                self._news.notify_all()

    def first_after(self, customer_id: str, at: float) -> Accepted | None:
        return next((part for part in self.parts[customer_id] if part.at > at), None)

    async def next_part(self, customer_id: str, after: float) -> Accepted:
        """The first one that this customer got after that time."""
        async with self._news:
            while (part := self.first_after(customer_id, after)) is None:
                await self._news.wait()
            return part
