"""A database that is slow or away: a webhook is sent back in time, comes again, and is kept once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from settings import Settings
from store.database import connect
from tests.standins.instagram import Instagram
from tests.standins.meta_webhooks import build_message_event, encode, sign
from tests.store.rows import account_of, open_shop, select
from tests.web.conftest import APP_URL, Actors
from web import intake
from web.app import build


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def post(client: httpx.AsyncClient, instagram: Instagram, mid: str) -> httpx.Response:
    event = build_message_event(
        account_id=account_of("m1"), customer_id="c1", text="hi", mid=mid, timestamp=1_760_000_000_000
    )
    body = encode(event)
    headers = {"X-Hub-Signature-256": sign(body, instagram.app_secret)}
    return await client.post("/webhooks/instagram", content=body, headers=headers)


def check_sent_back(answer: httpx.Response, words: str) -> None:
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]


async def kept(engine: AsyncEngine) -> list[str]:
    return [row.key for row in await select(engine, "key FROM inbox ORDER BY key")]


@asynccontextmanager
async def held_up(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nothing gets into the inbox meanwhile."""
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        yield


async def test_a_database_that_takes_too_long_has_the_webhook_sent_again(
    browser: httpx.AsyncClient, engine: AsyncEngine, instagram: Instagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ANSWER_S", 0.05)
    async with held_up(engine):
        check_sent_back(await post(browser, instagram, "m1"), "could not be kept in time")
    monkeypatch.undo()
    assert (await post(browser, instagram, "m1")).status_code == 200
    assert await kept(engine) == ["m1"]


async def test_who_comes_behind_one_that_waits_too_long_is_sent_away_at_once(
    browser: httpx.AsyncClient, engine: AsyncEngine, instagram: Instagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING_S", -1.0)
    async with held_up(engine):
        first = asyncio.ensure_future(post(browser, instagram, "m1"))
        while not await select(engine, "1 FROM pg_locks WHERE NOT granted"):
            pass
        check_sent_back(await post(browser, instagram, "m2"), "more events come than can be kept")
        assert not first.done()
    assert (await first).status_code == 200
    assert await kept(engine) == ["m1"]


async def test_a_database_that_is_away_has_the_webhook_sent_again(
    configuration: Settings, instagram: Instagram
) -> None:
    engine = connect("postgresql://nobody@127.0.0.1:1/nothing")
    app = build(configuration, cast(Gateway, Actors(engine)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=APP_URL) as client:
        check_sent_back(await post(client, instagram, "m1"), "the database does not answer")
    await engine.dispose()
