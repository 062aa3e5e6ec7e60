import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from agent.ladder import Ladder, build_ladder
from tests.agent.chat import Chat
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
    """A customer of a shop whose key leads to the stand-in; a turn has two seconds."""
    ladder = build_ladder(
        openai_api_key="test-key",
        openai_base_url=openai.url,
        model="gpt-4o-mini",
        clock=lambda: NOW,
        monotonic=time.monotonic,
        patience_s=2.0,
    )
    yield Chat(ladder, catalogue, replace(MERCHANT, name="Linden & Lark"))
    await ladder.close()
