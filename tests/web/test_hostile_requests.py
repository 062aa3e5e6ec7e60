"""What no client of ours would send, and somebody will."""

import base64
import json
import logging
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Message

from models.errors import Invalid
from tests.store.rows import open_shop
from web.products import version_of

SHOP = "/api/merchants/m1"
NOT_OUR_DIGITS = ["\u00b2", "\u0663", "9" * 19, "9" * 5000, "-1", "1e3", "NaN"]


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


def field(answer: httpx.Response) -> Any:
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    return answer.json()["field"]


@pytest.mark.parametrize("number", NOT_OUR_DIGITS)
@pytest.mark.parametrize("place", ["conversations", "restock-wishes", "analytics/products"])
async def test_a_cursor_that_is_no_number_of_ours_is_refused(
    api: httpx.AsyncClient, place: str, number: str
) -> None:
    cursor = base64.urlsafe_b64encode(f"{number}".encode()).decode()
    assert field(await api.get(f"{SHOP}/{place}", params={"cursor": cursor})) == "cursor"


@pytest.mark.parametrize("version", [*NOT_OUR_DIGITS, "", "one"])
def test_a_version_that_is_no_number_of_ours_is_refused(version: str) -> None:
    with pytest.raises(Invalid) as refused:
        version_of(version)
    assert refused.value.field == "If-Match"


async def test_a_length_of_five_thousand_digits_is_not_believed(api: httpx.AsyncClient) -> None:
    headers = {"Content-Length": "9" * 5000, "Content-Type": "application/json"}
    answer = await api.post("/api/merchants", content=b'{"name": "A shop"}', headers=headers)
    assert answer.status_code == 201


async def test_an_account_id_is_written_in_plain_digits(api: httpx.AsyncClient) -> None:
    body = {"account_id": "١٢٣", "access_token": "token"}
    assert field(await api.put(f"{SHOP}/instagram", json=body)) == "account_id"


@pytest.mark.parametrize("name", [rb"\ud800", rb"a\u0000b", b"x" * 600])
async def test_a_name_of_a_field_may_be_anything(api: httpx.AsyncClient, name: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.patch(SHOP, content=b'{"' + name + b'": 1}', headers=headers)
    assert field(answer)


async def test_the_api_describes_how_its_errors_look(api: httpx.AsyncClient) -> None:
    described = (await api.get("/api/openapi.json")).json()
    for path in described["paths"].values():
        for operation in path.values():
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
            assert "422" not in operation["responses"]  # what FastAPI would say of it


async def test_who_hangs_up_in_the_middle_of_a_body_is_no_error_of_ours(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    came: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return came.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    path = "/webhooks/instagram"
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    with caplog.at_level(logging.ERROR):
        await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["field"] == "body"
    assert not caplog.records
