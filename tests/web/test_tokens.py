"""Tokens for programs."""

from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.store.rows import open_shop, select
from tests.web.console.visitor import Visitor
from tests.web.people import at_console, token


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def made(api: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await api.post("/api/tokens", json={"name": "the till", **body})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_token_is_told_once_and_stored_as_a_hash(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    told = await made(api, merchant_id="m1")
    assert told["token"].startswith(told["prefix"])
    (listed,) = (await api.get("/api/tokens")).json()["items"]
    assert "token" not in listed
    assert listed["id"] == told["id"]
    everything = str(await select(engine, "* FROM api_tokens"))
    assert told["token"] not in everything
    assert told["prefix"] in everything


async def test_a_token_says_who_it_is_and_when_it_was_used_last(
    api: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    told = await made(api, merchant_id="m1")
    assert told["last_used_at"] is None
    headers = {"Authorization": f"Bearer {told['token']}"}
    answer = await browser.get("/api/account", headers=headers)
    assert answer.json() == {
        "kind": "api_token",
        "id": told["id"],
        "name": "the till",
        "email": "",
        "merchants": ["m1"],
    }
    (listed,) = (await api.get("/api/tokens")).json()["items"]
    assert listed["last_used_at"]


async def test_a_revoked_token_lets_nobody_in_any_more(
    api: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    told = await made(api)
    headers = {"Authorization": f"Bearer {told['token']}"}
    assert (await browser.get("/api/merchants", headers=headers)).status_code == 200
    assert (await api.delete(f"/api/tokens/{told['id']}")).status_code == 204
    assert (await browser.get("/api/merchants", headers=headers)).status_code == 401
    assert (await api.delete(f"/api/tokens/{told['id']}")).status_code == 204  # again, it is no less revoked
    assert (await api.delete("/api/tokens/none")).status_code == 404


async def test_a_token_makes_no_others_and_keeps_no_accounts(
    app: FastAPI, browser: httpx.AsyncClient
) -> None:
    everything = await token(app)
    body = {"name": "another"}
    assert (await browser.post("/api/tokens", json=body, headers=everything)).status_code == 403
    person = {"name": "Eve", "email": "eve@shop.example", "role": "operator"}
    assert (await browser.post("/api/users", json=person, headers=everything)).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["Bearer shopkeep_", "Bearer shopkeep_made-up", "Basic shopkeep_made-up", "shopkeep_made-up", "Bearer  "],
)
async def test_a_made_up_token_lets_nobody_in(browser: httpx.AsyncClient, header: str) -> None:
    assert (await browser.get("/api/merchants", headers={"Authorization": header})).status_code == 401


async def test_a_token_for_a_shop_that_is_not_there_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/tokens", json={"name": "x", "merchant_id": "nobody"})
    assert (answer.status_code, answer.json()["field"]) == (404, "merchant_id")
    blank = await api.post("/api/tokens", json={"name": "  "})
    assert (blank.status_code, blank.json()["field"]) == (422, "name")


async def test_tokens_come_in_pages_newest_first(api: httpx.AsyncClient) -> None:
    for number in range(3):
        await made(api, name=f"token {number}")
    first = (await api.get("/api/tokens?limit=2")).json()
    assert [one["name"] for one in first["items"]] == ["token 2", "token 1"]
    rest = (await api.get("/api/tokens", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["name"] for one in rest["items"]] == ["token 0"]
    assert rest["next_cursor"] is None


async def test_a_token_opens_no_page(app: FastAPI, browser: httpx.AsyncClient) -> None:
    """The console is for people: a token in a header is not what their browsers send."""
    assert (await browser.get("/console/", headers=await token(app))).status_code == 401


async def test_on_its_page_a_token_is_shown_once_and_revoking_it_asks_first(
    app: FastAPI, browser: httpx.AsyncClient
) -> None:
    async with at_console(app, None) as visitor:
        assert "No token yet" in (await visitor.page("/api-tokens")).get_text()
        answer = await visitor.send("/api-tokens", {"name": "<b>till</b>", "merchant_id": "m1"})
        assert answer.status_code == 201
        assert answer.headers["Cache-Control"] == "no-store"
        secret = answer.text.split('id="token" value="', 1)[1].split('"', 1)[0]
        headers = {"Authorization": f"Bearer {secret}"}
        assert (await browser.get("/api/merchants/m1", headers=headers)).status_code == 200
        page = await visitor.page("/api-tokens")
        assert secret not in str(page)
        assert "<b>till</b>" in page.get_text()
        asks = page.select_one("a.danger")
        assert asks
        await _revoke(visitor, str(asks["href"]))
        assert (await browser.get("/api/merchants/m1", headers=headers)).status_code == 401


async def _revoke(visitor: Visitor, href: str) -> None:
    path = href.removeprefix("/console")
    assert "cannot be undone" in (await visitor.page(path)).get_text()
    assert "is revoked" in (await visitor.follow(await visitor.send(path))).get_text()
