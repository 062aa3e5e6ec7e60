"""An account's owner leaves: by removing the app, or by asking to be forgotten."""

from urllib.parse import quote

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.channels.test_signed_request import VECTOR
from tests.standins.meta_webhooks import ACCOUNT_ID, sign_request
from tests.store.rows import arrive, event, open_shop, select

APP_SCOPED = "17840000000000001"  # of the signed request of the fact sheet
PATHS = ("/instagram/deauthorize", "/instagram/data-deletion")


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    """Of two merchants; the first is the one that leaves."""
    await open_shop(engine)
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE accounts SET account_id = :id, app_scoped_id = :app, username = 'linden' "
                "WHERE merchant_id = 'm1'"
            ),
            {"id": ACCOUNT_ID, "app": APP_SCOPED},
        )


def asked(user_id: str) -> dict[str, str]:
    return {"signed_request": sign_request({"algorithm": "HMAC-SHA256", "user_id": user_id})}


async def accounts_left(engine: AsyncEngine) -> list[tuple[str, bool, str]]:
    """Merchant, whether there is a token, status."""
    rows = await select(
        engine, "merchant_id, access_token IS NOT NULL, status FROM accounts ORDER BY merchant_id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("user_id", [APP_SCOPED, ACCOUNT_ID])
async def test_whoever_removes_the_app_takes_the_token_with_them(
    browser: httpx.AsyncClient, engine: AsyncEngine, user_id: str
) -> None:
    answer = await browser.post(PATHS[0], data=asked(user_id))
    assert (answer.status_code, answer.json()) == (200, {"accounts": 1})
    assert await accounts_left(engine) == [("m1", False, "deauthorized"), ("m2", True, "connected")]


async def test_whoever_wants_to_be_forgotten_is_and_can_read_it(
    browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await arrive(engine, event("to an account nobody has", account_id=APP_SCOPED))
    answer = await browser.post(PATHS[1], data={"signed_request": VECTOR})
    assert answer.status_code == 200
    body = answer.json()
    assert body["url"] == f"https://shop.example/deletion/{body['confirmation_code']}"
    assert await accounts_left(engine) == [("m2", True, "connected")]
    assert await select(engine, "* FROM unrouted") == []
    page = await browser.get(body["url"])
    assert page.status_code == 200
    assert body["confirmation_code"] in page.text
    assert "name and its access token" in page.text
    assert "linden" not in page.text


async def test_a_request_that_comes_twice_gets_the_same_code_and_the_same_page(
    browser: httpx.AsyncClient,
) -> None:
    first = (await browser.post(PATHS[1], data=asked(APP_SCOPED))).json()
    page = (await browser.get(first["url"])).text
    assert (await browser.post(PATHS[1], data=asked(APP_SCOPED))).json() == first
    assert (await browser.get(first["url"])).text == page


async def test_of_somebody_unknown_there_is_nothing_to_delete_and_the_page_says_so(
    browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    body = (await browser.post(PATHS[1], data=asked("17840000000000999"))).json()
    assert "held nothing" in (await browser.get(body["url"])).text
    assert len(await accounts_left(engine)) == 2


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_but_meta_is_believed(
    browser: httpx.AsyncClient, engine: AsyncEngine, path: str
) -> None:
    before = await accounts_left(engine)
    forged = sign_request({"algorithm": "HMAC-SHA256", "user_id": APP_SCOPED}, "another secret")
    weak = sign_request({"algorithm": "none", "user_id": APP_SCOPED})
    for body in (forged, weak, "x", ".", VECTOR[:-1]):
        answer = await browser.post(path, data={"signed_request": body})
        assert answer.status_code == 401, body
    assert (await browser.post(path, content=b"\xff\xfe")).json()["field"] == "signed_request"
    assert await accounts_left(engine) == before


@pytest.mark.parametrize("code", ["nobody", "a" * 5000, quote("<script>")])
async def test_a_code_that_was_never_given_is_not_there(browser: httpx.AsyncClient, code: str) -> None:
    assert (await browser.get(f"/deletion/{code}")).status_code == 404
