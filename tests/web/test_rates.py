"""Who calls too often hears when to come back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.conversation import Answered
from actors.gateway import Gateway
from settings import Settings
from store.inbox import Taken
from tests.standins.clock import Clock
from tests.store.rows import open_shop
from tests.web.conftest import APP_URL, AUTHORIZED, Actors
from tests.web.people import token
from web.app import build
from web.rates import Rate

MERCHANTS = "/api/merchants"


class Silent(Actors):
    """Whose turns take longer than anybody waits."""

    async def answered(self, taken: Taken, timeout_s: float) -> Answered:  # noqa: ARG002 - a gateway's shape
        return Answered(turn_id="turn", finished=False)


def limited(engine: AsyncEngine, configuration: Settings, **limits: int) -> FastAPI:
    changed = configuration.model_copy(update=limits)
    return build(changed, cast(Gateway, Silent(engine)))


@asynccontextmanager
async def at(app: FastAPI, address: str = "192.0.2.1") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL) as client:
        yield client


def refused(answer: httpx.Response, setting: str) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert setting in answer.json()["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    return True


def test_a_minutes_worth_may_come_at_once_and_is_made_up_for_steadily() -> None:
    clock = Clock()
    rate = Rate(60, monotonic=clock)
    assert [rate.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait_s("a") == pytest.approx(1.0)
    assert rate.wait_s("b") == 0
    clock.now += 2
    assert [rate.wait_s("a") for _ in range(2)] == [0.0] * 2
    assert rate.wait_s("a") == pytest.approx(1.0)


def test_who_called_longest_ago_is_forgotten_before_memory_runs_out() -> None:
    rate = Rate(1, monotonic=Clock(), most_keys=2)
    assert [rate.wait_s(key) for key in ("a", "b", "c")] == [0.0] * 3
    assert rate.wait_s("a") == 0
    assert rate.wait_s("c") > 0


def test_nothing_is_counted_without_a_limit() -> None:
    rate = Rate(0, monotonic=Clock())
    assert {rate.wait_s("a") for _ in range(1000)} == {0.0}


async def test_an_address_that_calls_too_often_is_refused_whatever_it_brings(
    engine: AsyncEngine, configuration: Settings
) -> None:
    app = limited(engine, configuration, requests_per_address=2)
    async with at(app) as stranger, at(app, "192.0.2.2") as other:
        assert [(await stranger.get(MERCHANTS)).status_code for _ in range(2)] == [401, 401]
        assert refused(await stranger.get(MERCHANTS, headers=AUTHORIZED), "REQUESTS_PER_ADDRESS")
        assert (await other.get(MERCHANTS, headers=AUTHORIZED)).status_code == 200
        assert (await stranger.get("/healthz")).status_code == 200


async def test_webhooks_have_no_limit(engine: AsyncEngine, configuration: Settings) -> None:
    app = limited(engine, configuration, requests_per_address=1)
    async with at(app) as instagram:
        answers = [await instagram.post("/webhooks/instagram", content=b"{}") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {401}


async def test_a_token_that_calls_too_often_is_refused_from_everywhere(
    engine: AsyncEngine, configuration: Settings
) -> None:
    app = limited(engine, configuration, requests_per_token=1)
    till, shelf = await token(app, None, "till"), await token(app, None, "shelf")
    async with at(app) as here, at(app, "192.0.2.2") as there:
        assert (await here.get(MERCHANTS, headers=till)).status_code == 200
        assert refused(await there.get(MERCHANTS, headers=till), "REQUESTS_PER_TOKEN")
        assert (await there.get(MERCHANTS, headers=shelf)).status_code == 200


async def test_a_customer_who_writes_too_often_is_refused_and_nothing_of_it_is_kept(
    engine: AsyncEngine, configuration: Settings
) -> None:
    await open_shop(engine)
    app = limited(engine, configuration, messages_per_customer=1)
    async with at(app) as client:

        async def says(customer: str) -> httpx.Response:
            body = {"customer_id": customer, "text": "hello"}
            return await client.post(f"{MERCHANTS}/m1/chat", json=body, headers=AUTHORIZED)

        assert (await says("ada")).status_code == 504
        assert refused(await says("ada"), "MESSAGES_PER_CUSTOMER")
        assert (await says("bob")).status_code == 504
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM inbox")).scalar() == 2
