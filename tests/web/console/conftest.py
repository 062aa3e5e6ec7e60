"""A browser that is signed in, and what it makes of a page."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from store import merchants
from tests.web.conftest import APP_URL
from tests.web.console.stock_room import StockRoom
from tests.web.console.visitor import Visitor
from web.access import SESSION_COOKIE, Access


@pytest.fixture
def actors(engine: AsyncEngine, tmp_path: Path) -> StockRoom:
    return StockRoom(engine, tmp_path)


@pytest.fixture
async def shop(engine: AsyncEngine) -> Merchant:
    return await opened(engine, "m1", "Blue Door")


@pytest.fixture
async def other_shop(engine: AsyncEngine) -> Merchant:
    """Somebody else's."""
    return await opened(engine, "m2", "Red Door")


async def opened(engine: AsyncEngine, merchant_id: str, name: str) -> Merchant:
    merchant = Merchant(id=merchant_id, name=name)
    async with engine.begin() as connection:
        await merchants.create(connection, merchant, "catalog-0")
    return merchant


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Visitor]:
    """An operator with a session. It follows nothing by itself."""
    access: Access = app.state.access
    transport = httpx.ASGITransport(app)
    session = await access.new_session(None)
    cookies = {f"__Host-{SESSION_COOKIE}": session}
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL, cookies=cookies) as client:
        yield Visitor(client, access.csrf_token(session))
