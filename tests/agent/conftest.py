import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.ladder import Ladder, build_ladder
from scripts.evaluation.chat import Chat
from tests.agent.shop import MERCHANT, NOW, MemoryCatalogue
from tests.standins.openai import OpenAIStandin, openai_standin


@pytest.fixture
def catalogue() -> MemoryCatalogue:
    return MemoryCatalogue()


@pytest.fixture
def rules() -> Ladder:
    """As it is built without a key."""
    return build_ladder(
        openai_api_key=None,
        openai_base_url=None,
        model="none",
        clock=lambda: NOW,
        monotonic=time.monotonic,
    )


@pytest.fixture
def chat(rules: Ladder, catalogue: MemoryCatalogue) -> Chat:
    """A customer of a shop without a key."""
    return Chat(rules, catalogue, MERCHANT)


@pytest.fixture
async def openai() -> AsyncIterator[OpenAIStandin]:
    async with openai_standin() as standin:
        yield standin


@pytest.fixture
async def model_chat(catalogue: MemoryCatalogue, openai: OpenAIStandin) -> AsyncIterator[Chat]:
    """A customer of a shop whose key leads to the stand-in; patient, as test machines are busy."""
    async with with_model(catalogue, openai, patience_s=20.0) as chat:
        yield chat


@pytest.fixture
async def hurried_chat(catalogue: MemoryCatalogue, openai: OpenAIStandin) -> AsyncIterator[Chat]:
    """The same with little time for a turn."""
    async with with_model(catalogue, openai, patience_s=2.0) as chat:
        yield chat


@asynccontextmanager
async def with_model(
    catalogue: MemoryCatalogue, openai: OpenAIStandin, *, patience_s: float
) -> AsyncIterator[Chat]:
    ladder = build_ladder(
        openai_api_key="test-key",
        openai_base_url=openai.url,
        model="gpt-4o-mini",
        clock=lambda: NOW,
        monotonic=time.monotonic,
        patience_s=patience_s,
    )
    yield Chat(ladder, catalogue, MERCHANT)
    await ladder.close()
