"""What every answer says, whatever it is."""

from typing import cast

import httpx2 as httpx
from fastapi import FastAPI

from actors.gateway import Gateway
from settings import Settings
from tests.web.conftest import Actors
from tests.web.routes import ways
from web.app import build


async def test_no_answer_of_any_kind_may_be_taken_for_another_or_come_by_plain_http(
    app: FastAPI, browser: httpx.AsyncClient
) -> None:
    for way in ways(app):
        if way.path == "/readyz":  # asks actors, and there are none here
            continue
        answer = await browser.request(way.method, way.filled("m1"))
        assert answer.headers["X-Content-Type-Options"] == "nosniff", str(way)
        assert "max-age" in answer.headers["Strict-Transport-Security"], str(way)
        if way.is_api:
            assert answer.headers["Cache-Control"] == "no-store", str(way)


async def test_an_installation_without_https_does_not_ask_for_it(
    configuration: Settings, actors: Actors
) -> None:
    plain = configuration.model_copy(update={"app_url": "http://localhost:8000"})
    transport = httpx.ASGITransport(build(plain, cast(Gateway, actors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        assert "Strict-Transport-Security" not in (await client.get("/healthz")).headers
