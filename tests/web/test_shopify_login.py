"""Connecting a store by login, from the first click to the row: all of it, or nothing and why."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import shopify_stores
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SCOPES, SHOP
from tests.store.rows import open_shop, select
from tests.web.conftest import AUTHORIZED, Actors
from web.access import SESSION_COOKIE
from web.shopify_login import COOKIE

Back = Callable[[], Awaitable[str]]
AUTH = f"/shopify/auth?merchant=m1&shop={SHOP}"


@pytest.fixture(autouse=True)
async def opened(engine: AsyncEngine, shopify: ShopifyStandin) -> None:
    await open_shop(engine)
    shopify.login.now = int(time.time())


@pytest.fixture
async def begun(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(AUTH, headers=AUTHORIZED)


async def followed(begun: httpx.Response) -> str:
    """Off to Shopify; the address it sends the browser back to."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(begun.headers["Location"], allow_redirects=False) as response,
    ):
        assert response.status == 302, await response.text()
        return response.headers["Location"]


@pytest.fixture
def back(begun: httpx.Response) -> Back:
    return lambda: followed(begun)


async def connected(engine: AsyncEngine) -> Any:
    rows = await select(engine, "* FROM shopify_stores WHERE merchant_id = 'm1'")
    return rows[0] if rows else None


async def test_a_login_asks_for_what_reading_takes_with_a_nonce_that_is_plain(
    begun: httpx.Response, shopify: ShopifyStandin
) -> None:
    assert begun.status_code == 302
    address = urlsplit(begun.headers["Location"])
    assert address.path == f"/{SHOP}/admin/oauth/authorize"
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked.pop("state").replace("-", "").replace("_", "").isalnum()
    assert asked == {
        "client_id": shopify.login.api_key,
        "scope": "read_products,read_inventory",
        "redirect_uri": "https://shop.example/shopify/callback",
    }
    cookie = begun.headers["Set-Cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=lax", "path=/shopify"))


async def test_a_yes_connects_the_store_with_both_tokens_and_begins_to_read_it(
    engine: AsyncEngine, browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin, actors: Actors
) -> None:
    page = await browser.get(await back())
    assert page.status_code == 200, page.text
    assert SHOP in page.text
    row = await connected(engine)
    assert (row.shop, row.status, row.scopes) == (SHOP, "connected", list(SCOPES))
    vault = Vault(["a key of this test"])
    assert vault.open(row.access_token) in shopify.store().tokens
    assert vault.open(row.refresh_token) == shopify.login.refreshes[SHOP]
    assert timedelta(minutes=59) < row.expires_at - datetime.now(UTC) <= timedelta(minutes=60)
    assert timedelta(days=89) < row.refresh_expires_at - datetime.now(UTC) <= timedelta(days=90)
    assert [job.options for job in await select(engine, "options FROM jobs")] == [{"mode": "full"}]
    assert actors.jobs_started == 1
    assert vault.open(row.access_token) not in page.text


async def test_an_app_whose_tokens_do_not_expire_is_connected_as_well(
    engine: AsyncEngine, browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin
) -> None:
    shopify.login.expiring = False
    assert (await browser.get(await back())).status_code == 200
    row = await connected(engine)
    assert (row.refresh_token, row.expires_at) == (None, None)


async def test_sales_are_asked_for_only_by_who_wants_them_counted_and_then_again(
    browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    begun = await browser.get(f"{AUTH}&orders=true", headers=AUTHORIZED)
    assert "read_orders" in begun.headers["Location"]
    assert (await browser.get(await followed(begun))).status_code == 200
    assert "read_orders" in (await connected(engine)).scopes
    again = await browser.get("/shopify/auth?merchant=m1", headers=AUTHORIZED)
    assert "read_orders" in again.headers["Location"]


@pytest.mark.parametrize("left", [(), ("read_products",), ("read_orders", "read_products")])
async def test_scopes_that_were_taken_out_of_the_address_are_missed(
    engine: AsyncEngine, browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin, left: Any
) -> None:
    shopify.login.agrees_to = left
    page = await browser.get(await back())
    assert page.status_code == 403
    assert "read_inventory" in page.text
    assert await connected(engine) is None


async def test_who_may_write_may_read(
    browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin
) -> None:
    shopify.login.agrees_to = ("write_products", "write_inventory")
    assert (await browser.get(await back())).status_code == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hmac=", "hmac=0"),
        ("code=", "code=x"),
        (f"shop={SHOP}", "shop=evil.myshopify.com"),
        ("timestamp=", "timestamp=1"),
        ("timestamp=", "more=1&timestamp="),
    ],
)
async def test_a_forged_callback_changes_nothing(
    engine: AsyncEngine, browser: httpx.AsyncClient, back: Back, old: str, new: str
) -> None:
    address = await back()
    page = await browser.get(address.replace(old, new, 1))
    assert page.status_code == 401
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
    address = await back()
    browser.cookies.clear()
    page = await browser.get(address)
    assert page.status_code == 400
    assert "not begun in this browser" in page.text
    assert await connected(engine) is None


async def test_the_cookie_of_one_login_does_not_serve_another(browser: httpx.AsyncClient, back: Back) -> None:
    address = await back()
    await browser.get(AUTH, headers=AUTHORIZED)
    assert (await browser.get(address)).status_code == 400


@pytest.mark.parametrize("cookie", ["", "made-up", "gAAAAA"])
async def test_a_cookie_that_is_not_ours_finishes_nothing(
    browser: httpx.AsyncClient, back: Back, cookie: str
) -> None:
    address = await back()
    browser.cookies.clear()
    browser.cookies.set(COOKIE, cookie)
    assert (await browser.get(address)).status_code == 400


async def test_another_store_than_the_one_it_was_begun_for_is_refused(
    browser: httpx.AsyncClient, begun: httpx.Response, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    shopify.store("other.myshopify.com")
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    address = shopify.login.opened("/shopify/callback", code="c", shop="other.myshopify.com", state=state)
    page = await browser.get(address)
    assert page.status_code == 400
    assert "another store" in page.text
    assert await connected(engine) is None


async def test_a_login_that_took_too_long_is_refused(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine
) -> None:
    address = await back()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE installation SET expires_at = now() - interval '1 second'"))
    assert (await browser.get(address)).status_code == 400


async def test_an_address_of_two_minutes_ago_is_a_copy(
    browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin
) -> None:
    shopify.login.now -= 120
    assert (await browser.get(await back())).status_code == 401


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "answer", "status": 400, "body": {"error": "invalid_request"}},
        {"do": "answer", "status": 500, "body": "Bad gateway"},
        {"do": "cut_before"},
        {"do": "garble"},
    ],
    ids=["refused", "down", "cut", "no JSON"],
)
async def test_when_shopify_does_not_exchange_the_code_nothing_is_kept_and_the_page_says_so(
    browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin, engine: AsyncEngine, fault: Any
) -> None:
    address = await back()
    shopify.faults.add(Fault(path="/access_token", **fault))
    page = await browser.get(address)
    assert page.status_code == 502
    assert "did not exchange the code" in page.text
    assert "Try again" in page.text
    assert await connected(engine) is None


async def test_a_store_of_another_merchant_is_left_there(
    browser: httpx.AsyncClient, back: Back, engine: AsyncEngine
) -> None:
    await open_shop(engine, "m2")
    assert (await browser.get(await back())).status_code == 200
    page = await browser.get(AUTH.replace("m1", "m2"), headers=AUTHORIZED)
    assert page.status_code == 409
    assert "another merchant" in page.text
    other = await browser.get("/shopify/auth?merchant=m1&shop=other", headers=AUTHORIZED)
    assert other.status_code == 409
    assert SHOP in other.text


@pytest.mark.parametrize("shop", ["evil.test", "a.myshopify.com.evil.test", "", "my shop"])
async def test_what_is_no_store_is_not_opened(browser: httpx.AsyncClient, shop: str) -> None:
    answer = await browser.get("/shopify/auth", params={"merchant": "m1", "shop": shop}, headers=AUTHORIZED)
    assert answer.status_code == 400
    assert "not the name of a Shopify store" in answer.text


async def test_only_who_runs_the_installation_begins_a_login(browser: httpx.AsyncClient) -> None:
    assert (await browser.get(AUTH)).status_code == 401
    nobody = await browser.get(AUTH.replace("m1", "nobody"), headers=AUTHORIZED)
    assert nobody.status_code == 404
    unsaid = await browser.get(f"/shopify/auth?shop={SHOP}", headers=AUTHORIZED)
    assert unsaid.status_code == 400


async def test_a_store_that_is_opened_at_shopify_for_the_first_time_is_given_to_a_shop_by_the_operator(
    browser: httpx.AsyncClient, shopify: ShopifyStandin, app: FastAPI
) -> None:
    opened = shopify.login.opened("/shopify/auth", shop=SHOP)
    stranger = await browser.get(opened)
    assert stranger.status_code == 403
    assert "No shop of this installation" in stranger.text
    browser.cookies.set(f"__Host-{SESSION_COOKIE}", await app.state.access.new_session(None))
    page = await browser.get(opened)
    assert page.status_code == 200
    assert f"/shopify/auth?merchant=m1&amp;shop={SHOP}" in page.text or AUTH in page.text
    assert (await browser.get(AUTH)).status_code == 302


async def test_a_store_that_was_here_before_needs_no_operator_to_come_back(
    browser: httpx.AsyncClient, back: Back, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    await browser.get(await back())
    async with engine.begin() as connection:
        await shopify_stores.disconnect(connection, "m1", "the app was removed")
    begun = await browser.get(shopify.login.opened("/shopify/auth", shop=SHOP))
    assert begun.status_code == 302
    assert (await browser.get(await followed(begun))).status_code == 200
    row = await connected(engine)
    assert (row.status, row.reason) == ("connected", None)


async def test_an_entry_that_shopify_did_not_sign_is_refused(
    browser: httpx.AsyncClient, shopify: ShopifyStandin
) -> None:
    forged = shopify.login.opened("/shopify/auth", shop=SHOP).replace("hmac=", "hmac=0")
    assert (await browser.get(forged)).status_code == 401


async def test_without_an_app_the_page_says_what_to_set(browser: httpx.AsyncClient, app: FastAPI) -> None:
    app.state.shopkeep.settings.shopify_api_key = None
    page = await browser.get(AUTH, headers=AUTHORIZED)
    assert page.status_code == 503
    assert "SHOPIFY_API_KEY is not set" in page.text
