from collections.abc import AsyncIterator

import aiohttp
import pytest

from sources.shopify.client import Client
from tests.sources.shopify.reading import Waits, client_of
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import Store


@pytest.fixture
async def shopify() -> AsyncIterator[ShopifyStandin]:
    async with ShopifyStandin() as running:
        yield running


@pytest.fixture
def store(shopify: ShopifyStandin) -> Store:
    return shopify.store()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(shopify: ShopifyStandin, session: aiohttp.ClientSession, waits: Waits) -> Client:
    return client_of(shopify, session, waits)
