"""A client of the stand-in whose waiting is counted and not done, unless the clock is the real one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from sources.shopify.budget import Budget
from sources.shopify.client import Client
from sources.shopify.errors import TokenInvalid
from tests.standins.clock import Clock
from tests.standins.shopify import API_VERSION, ShopifyStandin
from tests.standins.shopify_store import SHOP, TOKEN

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Door:
    """Lets in with a token; `spare` is the one it gets when that is refused."""

    token: str = TOKEN
    spare: str | None = None
    shop: str = SHOP

    async def __call__(self, work: Callable[[str, str], Awaitable[Answer]]) -> Answer:
        try:
            return await work(self.shop, self.token)
        except TokenInvalid:
            if self.spare is None:
                raise
            self.token, self.spare = self.spare, None
            return await work(self.shop, self.token)


@dataclass(slots=True)
class Waits:
    """Waiting moves the clock on."""

    clock: Clock = field(default_factory=Clock)
    waited: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.now += seconds
        await asyncio.sleep(0)


def client_of(
    shopify: ShopifyStandin, session: aiohttp.ClientSession, waits: Waits, door: Door | None = None
) -> Client:
    shopify.clock = waits.clock
    shopify.store().bucket.at = waits.clock()
    return Client(
        session,
        shop=SHOP,
        admin_url=shopify.admin_url,
        api_version=API_VERSION,
        access=door or Door(),
        budget=Budget(clock=waits.clock, sleep=waits),
        sleep=waits,
    )
