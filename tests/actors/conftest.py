import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.actors.talk import Agent, Talk
from tests.store.rows import open_shop


@pytest.fixture
async def talk(engine: AsyncEngine) -> Talk:
    await open_shop(engine)
    return Talk(engine=engine, agent=Agent())
