"""Connecting an account by login, from the operator's click to the row: all of it, or nothing and why."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from settings import Settings
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import Instagram
from tests.standins.login import SCOPES, app_scoped
from tests.standins.meta_webhooks import ACCOUNT_ID
from tests.store.rows import account_of, arrive, event, open_shop, select
from tests.web.conftest import AUTHORIZED, Actors
from web.instagram_login import COOKIE

Back = Callable[[], Awaitable[str]]
AUTH = "/instagram/auth?merchant=m1"


@pytest.fixture
async def begun(browser: httpx.AsyncClient, engine: AsyncEngine) -> httpx.Response:
    await open_shop(engine)
    return await browser.get(AUTH, headers=AUTHORIZED)


@pytest.fixture
def back(begun: httpx.Response) -> Back:
    """Off to Instagram; the address it sends the browser back to."""

    async def answered() -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.get(begun.headers["Location"], allow_redirects=False) as response,
        ):
            assert response.status == 302, await response.text()
            return response.headers["Location"]

    return answered


@pytest.fixture
def login(
    browser: httpx.AsyncClient, back: Back, instagram: Instagram
) -> tuple[httpx.AsyncClient, Back, Instagram]:
    return browser, back, instagram


async def connected(engine: AsyncEngine) -> Any:
    """The row of the account that logged in; None when there is none."""
    rows = await select(engine, f"* FROM accounts WHERE account_id = '{ACCOUNT_ID}'")
    return rows[0] if rows else None


async def test_a_login_asks_for_three_permissions_with_a_state_that_says_nothing(
    begun: httpx.Response, configuration: Settings
) -> None:
    assert begun.status_code == 302
    address = urlsplit(begun.headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked["client_id"] == configuration.instagram_app_id
    assert asked["redirect_uri"] == "https://shop.example/instagram/callback"
    assert (asked["response_type"], asked["scope"]) == ("code", ",".join(SCOPES))
    assert ":" not in asked["state"]  # nothing is legible in it
    cookie = begun.headers["Set-Cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=lax", "path=/instagram"))


@pytest.mark.parametrize("envelope", ["flat", "data"])
async def test_a_yes_connects_the_account_with_both_ids_and_subscribes_it(
    engine: AsyncEngine, browser: httpx.AsyncClient, back: Back, instagram: Instagram, envelope: str
) -> None:
    instagram.envelope = envelope
    page = await browser.get(await back())
    assert page.status_code == 200, page.text
    assert f"@shop_{ACCOUNT_ID[-4:]}" in page.text
    assert 'href="/console/m1/settings/instagram"' in page.text
    row = await connected(engine)
    assert (row.merchant_id, row.status) == ("m1", "connected")
    assert row.app_scoped_id == app_scoped(ACCOUNT_ID)
    assert row.permissions == list(SCOPES)
    assert instagram.subscribed[ACCOUNT_ID] == row.subscribed
    assert timedelta(days=59) < row.expires_at - datetime.now(UTC) <= timedelta(days=60)
    token = Vault(["a key of this test"]).open(row.access_token)
    assert instagram.account_of(token) == ACCOUNT_ID
    assert token not in page.text


async def test_what_came_before_the_account_was_connected_is_taken(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine, actors: Actors
) -> None:
    await arrive(engine, event("anybody here?", account_id=ACCOUNT_ID))
    await browser.get(await back())
    assert (await connected(engine)).last_event_at is not None
    assert len(actors.notified) == 1
    assert actors.ready == ["m1"]


async def test_a_merchant_may_have_several_accounts(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, back: Back
) -> None:
    await browser.get(await back())
    listed = (await api.get("/api/merchants/m1/instagram")).json()["items"]
    assert [account["account_id"] for account in listed] == [account_of("m1"), ACCOUNT_ID]
    assert listed[1]["username"] == f"shop_{ACCOUNT_ID[-4:]}"
    assert listed[1]["warnings"] == []


async def test_a_no_changes_nothing_and_is_told_in_words(
    browser: httpx.AsyncClient, back: Back, instagram: Instagram, engine: AsyncEngine
) -> None:
    instagram.denies = True
    page = await browser.get(await back())
    assert page.status_code == 403
    assert "did not agree" in page.text
    assert AUTH in page.text
    assert await connected(engine) is None


async def test_a_login_works_once(browser: httpx.AsyncClient, back: Back) -> None:
    address = await back()
    cookies = dict(browser.cookies)
    assert (await browser.get(address)).status_code == 200
    browser.cookies.update(cookies)
    assert (await browser.get(address)).status_code == 400


async def test_another_browser_cannot_finish_a_login(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine
) -> None:
    """Whoever is lured to such an address must not connect an account of a stranger's choice."""
    address = await back()
    browser.cookies.clear()
    page = await browser.get(address)
    assert page.status_code == 400
    assert "not begun in this browser" in page.text
    assert await connected(engine) is None


@pytest.mark.parametrize("state", ["", "made-up", "%00", "gAAAAA"])
async def test_a_state_that_is_not_ours_is_refused(
    browser: httpx.AsyncClient, begun: httpx.Response, state: str
) -> None:
    assert begun.status_code == 302
    answer = await browser.get(f"/instagram/callback?code=AQ_1&state={state}")
    assert answer.status_code in (400, 404)


async def test_the_cookie_of_one_login_does_not_serve_another(browser: httpx.AsyncClient, back: Back) -> None:
    address = await back()
    await browser.get(AUTH, headers=AUTHORIZED)
    assert (await browser.get(address)).status_code == 400


async def test_a_login_that_took_too_long_is_refused(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine
) -> None:
    address = await back()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE installation SET expires_at = now() - interval '1 second'"))
    assert (await browser.get(address)).status_code == 400


async def test_an_account_of_another_merchant_is_left_there(
    browser: httpx.AsyncClient, back: Back, instagram: Instagram, engine: AsyncEngine
) -> None:
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE accounts SET account_id = :id WHERE merchant_id = 'm2'"), {"id": ACCOUNT_ID}
        )
    page = await browser.get(await back())
    assert page.status_code == 409
    assert "another merchant" in page.text
    row = await connected(engine)
    assert (row.merchant_id, row.access_token) == ("m2", b"sealed")
    assert instagram.subscribed == {}


STEPS = {
    "/oauth/access_token": "did not exchange the code",
    "/access_token": "longer than an hour",
    "/me": "which professional account",
    "/subscribed_apps": "did not subscribe",
}


@pytest.mark.parametrize("path", STEPS)
@pytest.mark.parametrize(
    "fault",
    [
        {"do": "answer", "status": 400, "body": error_body(100)},
        {"do": "answer", "status": 500, "body": "Bad gateway"},
        {"do": "cut_before", "times": 2},  # what asks again by itself gets the same
        {"do": "garble"},
    ],
    ids=["refused", "down", "cut", "no JSON"],
)
async def test_whichever_step_fails_nothing_is_kept_and_the_page_says_which(
    login: tuple[httpx.AsyncClient, Back, Instagram], engine: AsyncEngine, path: str, fault: Any
) -> None:
    browser, back, instagram = login
    address = await back()
    if path == "/access_token":
        # The exchange of the code has a path that ends the same way: let that one pass.
        instagram.faults.add(Fault(do="delay", path="/oauth/access_token"))
    instagram.faults.add(Fault(path=path, **fault))
    page = await browser.get(address)
    assert page.status_code == 502
    assert STEPS[path] in page.text
    assert "Try again" in page.text
    assert await connected(engine) is None


async def test_a_permission_that_was_left_out_is_named(
    browser: httpx.AsyncClient, back: Back, instagram: Instagram
) -> None:
    instagram.agrees_to = SCOPES[:2]
    page = await browser.get(await back())
    assert page.status_code == 200
    assert f"not permitted: {SCOPES[2]}" in page.text


async def test_connecting_again_brings_a_new_token_and_tells_the_delivery(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine, actors: Actors
) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE accounts SET account_id = :id, status = 'token_invalid'"), {"id": ACCOUNT_ID}
        )
    await browser.get(await back())
    row = await connected(engine)
    assert (row.status, row.access_token == b"sealed") == ("connected", False)
    assert actors.ready == ["m1"]


async def test_nobody_begins_a_login_without_the_operators_session(
    browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await open_shop(engine)
    assert (await browser.get(AUTH)).status_code == 401
    assert (await browser.get(AUTH, headers={"Cookie": f"{COOKIE}=x"})).status_code == 401
    assert (await browser.get("/instagram/auth?merchant=nobody", headers=AUTHORIZED)).status_code == 404
    assert (await browser.get("/instagram/auth", headers=AUTHORIZED)).json()["field"] == "merchant"


@pytest.mark.parametrize("missing", ["instagram_app_id", "instagram_app_secret"])
async def test_a_missing_setting_is_named(
    browser: httpx.AsyncClient, engine: AsyncEngine, configuration: Settings, missing: str
) -> None:
    await open_shop(engine)
    setattr(configuration, missing, None if missing.endswith("id") else ())
    page = await browser.get(AUTH, headers=AUTHORIZED)
    assert page.status_code == 503
    assert f"{missing.upper()} is not set" in page.text


async def test_no_word_of_a_stranger_becomes_a_part_of_the_page(
    browser: httpx.AsyncClient, back: Back, instagram: Instagram
) -> None:
    instagram.denies = True
    address = (await back()).replace("The+user+denied+your+request.", "%3Cscript%3Ealert(1)%3C/script%3E")
    page = await browser.get(address)
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
