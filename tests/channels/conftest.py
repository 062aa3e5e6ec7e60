from collections.abc import AsyncIterator

import aiohttp
import pytest

from channels.channel import Destination
from channels.instagram.channel import InstagramChannel
from channels.instagram.client import InstagramClient
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.meta_webhooks import ACCOUNT_ID


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(instagram: Instagram, session: aiohttp.ClientSession) -> InstagramClient:
    return InstagramClient(
        session,
        graph_url=instagram.url,
        api_version="v25.0",
        app_url="https://shop.example",
        timeout_s=0.3,
    )


@pytest.fixture
def channel(client: InstagramClient) -> InstagramChannel:
    return InstagramChannel(client)


@pytest.fixture
def customer() -> Destination:
    return Destination(account_id=ACCOUNT_ID, token=TOKEN, customer_id="990000000000001")
