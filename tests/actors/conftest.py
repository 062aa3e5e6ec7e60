import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.courier import Courier
from actors.owned_catalogue import OwnedCatalogue
from channels.channel import Channel
from indexes.query_vectors import QueryVectors
from store import outbox
from store.outbox import Delivery
from store.vault import Vault
from tests.actors.stores import StoreOwner, opened
from tests.actors.talk import Agent, Talk
from tests.actors.wares import CountingEmbedder, Open
from tests.standins.clock import Clock
from tests.standins.instagram import TOKEN
from tests.store.rows import CHANNEL, CUSTOMER, conversation_of, open_shop, queue


@pytest.fixture
async def talk(engine: AsyncEngine) -> Talk:
    await open_shop(engine)
    return Talk(engine=engine, agent=Agent())


@pytest.fixture
def vault() -> Vault:
    return Vault(["key"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def courier_on(engine: AsyncEngine, vault: Vault, clock: Clock) -> Callable[[Channel], Courier]:
    def made(channel: Channel) -> Courier:
        return Courier(engine=engine, channels={CHANNEL: channel}, open_token=vault.open, monotonic=clock)

    return made


@pytest.fixture
async def delivery(engine: AsyncEngine, vault: Vault) -> Delivery:
    """Claimed, on its way."""
    await open_shop(engine, token=vault.seal(TOKEN))
    await queue(engine, await conversation_of(engine, CUSTOMER), "hello")
    async with engine.begin() as connection:
        (claimed,) = await outbox.claim(connection, ["m1"])
    return claimed


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def open_catalogue(engine: AsyncEngine, embedder: CountingEmbedder, tmp_path: Path) -> Open:
    async def opened() -> OwnedCatalogue:
        return await OwnedCatalogue.open(
            engine=engine,
            merchant_id="m1",
            actor="catalog-0",
            embedder=embedder,
            queries=QueryVectors(embedder, time.monotonic),
            folder=tmp_path,
        )

    return opened


@pytest.fixture
async def catalogue(engine: AsyncEngine, open_catalogue: Open) -> OwnedCatalogue:
    await open_shop(engine)
    return await open_catalogue()


@pytest.fixture
async def shop(engine: AsyncEngine, catalogue: OwnedCatalogue) -> AsyncIterator[StoreOwner]:
    """With a Shopify store."""
    async with opened(engine, catalogue) as merchant:
        yield merchant
