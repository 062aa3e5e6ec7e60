"""The HTTP application on a real database, with Instagram as a stand-in and no actors behind it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import httpx2 as httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from models.errors import Unavailable
from models.search import SearchResult
from models.turn import Reply, Turn
from settings import Settings
from store.inbox import Taken
from store.passwords import Passwords
from tests.standins.instagram import Instagram
from tests.standins.shopify import ShopifyStandin
from tests.store.rows import reply
from web import deps
from web.app import build

ADMIN_TOKEN = "the-admin-token-of-this-test"
AUTHORIZED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
APP_URL = "https://shop.example"


class Actors:
    """What the web tells them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.notified: list[Taken] = []
        self.ready: list[str] = []
        self.jobs_started = 0
        self.asked: list[Turn] = []
        self.replies: list[Reply] = []
        self.draft_costs = 0
        self.away = False

    def place_for(self, merchant_id: str) -> str:  # noqa: ARG002 - a gateway's shape
        return "catalog-0"

    def notify(self, taken: Sequence[Taken]) -> None:
        self.notified.extend(taken)

    def webhook_answered(self, source: str, status: int) -> None:
        """Counted, and of no consequence."""

    def delivery_ready(self, merchant_id: str) -> None:
        self.ready.append(merchant_id)

    def job_started(self) -> None:
        self.jobs_started += 1

    async def draft(self, turn: Turn) -> Reply:
        """The next of the replies; without any the question again, in the voice it was asked for."""
        if self.away:
            raise Unavailable("the assistant could not be asked just now")
        self.asked.append(turn)
        if self.replies:
            return self.replies.pop(0)
        return reply(f"{turn.merchant.voice}: {turn.text}", cost=self.draft_costs)

    async def search(self, *_: object, **__: object) -> SearchResult:
        return SearchResult(hits=(), took_ms=0)


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram() as running:
        yield running


@pytest.fixture
async def shopify() -> AsyncIterator[ShopifyStandin]:
    async with ShopifyStandin() as running:
        yield running


@pytest.fixture
def configuration(instagram: Instagram, shopify: ShopifyStandin, tmp_path: Path) -> Settings:
    given: dict[str, Any] = {
        "data_dir": tmp_path,
        "app_url": APP_URL,
        "admin_token": ADMIN_TOKEN,
        "encryption_keys": "a key of this test",
        "instagram_app_id": instagram.app_id,
        "instagram_app_secret": f"{instagram.app_secret},the one before",
        "instagram_webhook_verify_token": "verify",
        "instagram_graph_url": instagram.url,
        "instagram_api_url": instagram.url,
        "instagram_login_url": instagram.url,
        "shopify_api_key": shopify.login.api_key,
        "shopify_api_secret": f"{shopify.login.api_secret},the one before",
        "shopify_admin_url": shopify.admin_url,
    }
    return Settings(_env_file=None, **given)


@pytest.fixture
def actors(engine: AsyncEngine) -> Actors:
    return Actors(engine)


@pytest.fixture
def app(configuration: Settings, actors: Actors, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    # With the parameters of production every password would cost a tenth of a second.
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(deps, "Passwords", lambda: Passwords(cheap))
    return build(configuration, cast(Gateway, actors))


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Without credentials; it keeps cookies and follows nothing by itself."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL) as client:
        yield client


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL, headers=AUTHORIZED) as client:
        yield client
