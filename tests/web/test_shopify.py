"""A store connected by hand, how it stands, its settings, a sync on demand, its log."""

from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import jobs, shopify_log, shopify_stores
from store.shopify_log import Kind, Note
from store.shopify_stores import Status, Tokens
from store.vault import Vault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SCOPES, SHOP, TOKEN
from tests.store.rows import open_shop, select
from tests.web.conftest import APP_URL, Actors

STORE = "/api/merchants/m1/shopify"
BY_HAND = {"shop": SHOP, "access_token": TOKEN}


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await open_shop(engine, "m2")


@pytest.fixture
async def connected(api: httpx.AsyncClient, engine: AsyncEngine) -> Any:
    """As it was answered; the first sync has ended since."""
    answer = await api.put(STORE, json=BY_HAND)
    assert answer.status_code == 200, answer.text
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET status = 'done', finished_at = now()"))
    return answer.json()


async def park(engine: AsyncEngine, status: Status, reason: str) -> None:
    async with engine.begin() as connection:
        tokens = (await shopify_stores.get(connection, "m1")).tokens
        assert tokens is not None
        await shopify_stores.park(connection, "m1", status, reason, tokens=tokens)


async def running(engine: AsyncEngine) -> list[Any]:
    rows = await select(engine, "options FROM jobs WHERE status = 'running' ORDER BY created_at")
    return [row.options for row in rows]


async def test_a_token_of_a_custom_app_connects_a_store(
    connected: Any, engine: AsyncEngine, actors: Actors, api: httpx.AsyncClient
) -> None:
    assert connected["shop"] == SHOP
    assert (connected["status"], connected["reason"]) == ("connected", None)
    assert connected["scopes"] == list(SCOPES)
    assert connected["warnings"] == []
    assert connected["last_sync_at"] is None
    assert connected["progress"]["status"] == "running"
    assert connected["progress"]["total"] == connected["progress"]["done"] == 0
    (row,) = await select(engine, "access_token FROM shopify_stores")
    assert Vault(["a key of this test"]).open(row.access_token) == TOKEN
    assert [row.options for row in await select(engine, "options FROM jobs")] == [{"mode": "full"}]
    assert actors.jobs_started == 1
    again = (await api.get(STORE)).json()
    assert again["progress"]["status"] == "done"
    assert again | {"progress": {}} == connected | {"progress": {}}
    assert TOKEN not in (await api.get(STORE)).text


@pytest.mark.parametrize("shop", ["demo-shop", "https://Demo-Shop.myshopify.com/admin"])
async def test_the_shop_may_be_written_as_people_write_it(api: httpx.AsyncClient, shop: str) -> None:
    assert (await api.put(STORE, json=BY_HAND | {"shop": shop})).json()["shop"] == SHOP


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"shop": "a.myshopify.com.evil.test"}, "shop"),
        ({"shop": ""}, "shop"),
        ({"shop": None}, "shop"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": "two words"}, "access_token"),
        ({"access_token": "a\r\nb"}, "access_token"),
        ({"access_token": "shpat_of_nobody"}, "access_token"),
        ({"more": 1}, "more"),
    ],
)
async def test_what_is_wrong_with_it_is_named_and_nothing_is_kept(
    api: httpx.AsyncClient, engine: AsyncEngine, body: Any, field: str
) -> None:
    answer = await api.put(STORE, json=BY_HAND | body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert await select(engine, "* FROM shopify_stores") == []


async def test_a_token_that_may_not_read_stock_is_told_what_it_lacks(
    api: httpx.AsyncClient, shopify: ShopifyStandin
) -> None:
    shopify.store().scopes = ("read_products",)
    answer = await api.put(STORE, json=BY_HAND)
    assert (answer.status_code, answer.json()["field"]) == (422, "access_token")
    assert "read_inventory" in answer.json()["detail"]


async def test_when_shopify_does_not_answer_the_token_is_taken_with_a_warning(
    api: httpx.AsyncClient, shopify: ShopifyStandin
) -> None:
    shopify.answers[SHOP] = 402
    answer = await api.put(STORE, json=BY_HAND)
    assert answer.status_code == 200
    assert "HTTP 402" in answer.json()["warnings"][0]
    assert answer.json()["scopes"] is None


async def test_a_second_merchant_and_a_second_store_are_refused(
    api: httpx.AsyncClient, connected: Any, shopify: ShopifyStandin
) -> None:
    assert connected
    other = await api.put(STORE.replace("m1", "m2"), json=BY_HAND)
    assert (other.status_code, other.json()["field"]) == (409, "shop")
    shopify.store("other.myshopify.com")
    second = await api.put(STORE, json=BY_HAND | {"shop": "other.myshopify.com"})
    assert second.status_code == 409
    assert SHOP in second.json()["detail"]
    assert (await api.put(STORE, json=BY_HAND)).status_code == 200


async def test_who_has_no_store_is_told_so(api: httpx.AsyncClient) -> None:
    for answer in (
        await api.get(STORE),
        await api.delete(STORE),
        await api.post(f"{STORE}/sync"),
        await api.get(f"{STORE}/log"),
        await api.patch(STORE, json={"automatic_sync": False}),
        await api.get("/api/merchants/nobody/shopify"),
    ):
        assert answer.status_code == 404


async def test_disconnecting_drops_the_token_and_the_subscriptions_and_keeps_the_rest(
    api: httpx.AsyncClient, connected: Any, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    assert connected
    ours = {"id": "gid://shopify/WebhookSubscription/1", "topic": "PRODUCTS_UPDATE"}
    other = {"id": "gid://shopify/WebhookSubscription/2", "topic": "PRODUCTS_UPDATE"}
    shopify.store().subscriptions[1] = ours | {"uri": f"{APP_URL}/webhooks/shopify"}
    shopify.store().subscriptions[2] = other | {"uri": "https://other.example/hooks"}
    await api.patch(STORE, json={"options": {"Ton": "color"}})
    assert (await api.delete(STORE)).status_code == 204
    assert list(shopify.store().subscriptions) == [2]
    state = (await api.get(STORE)).json()
    assert (state["status"], state["options"]) == ("disconnected", {"Ton": "color"})
    (row,) = await select(engine, "access_token FROM shopify_stores")
    assert row.access_token is None
    assert (await api.delete(STORE)).status_code == 404
    again = (await api.put(STORE, json=BY_HAND)).json()
    assert (again["status"], again["options"]) == ("connected", {"Ton": "color"})


async def test_nobody_is_kept_from_leaving_by_a_store_that_does_not_answer(
    api: httpx.AsyncClient, connected: Any, shopify: ShopifyStandin
) -> None:
    assert connected
    shopify.store().tokens.clear()
    assert (await api.delete(STORE)).status_code == 204
    assert (await api.get(STORE)).json()["status"] == "disconnected"


async def test_a_sync_is_begun_once_however_often_it_is_asked_for(
    api: httpx.AsyncClient, connected: Any, engine: AsyncEngine
) -> None:
    assert connected
    first = await api.post(f"{STORE}/sync")
    assert first.status_code == 202
    assert (await api.post(f"{STORE}/sync")).json() == first.json()
    assert await running(engine) == [{"mode": "full", "remove_many": False}]
    async with engine.begin() as connection:
        await jobs.set_total(connection, first.json()["id"], 40)
        await jobs.advance(connection, first.json()["id"], cursor=10, done=10, faults=[], lease_s=1)
    progress = (await api.get(STORE)).json()["progress"]
    assert (progress["status"], progress["total"], progress["done"]) == ("running", 40, 10)
    assert progress["seconds_left"] >= 0


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        (Status.RECONNECT, f"{APP_URL}/shopify/auth?merchant=m1"),
        (Status.PAUSED, "tried again every hour"),
    ],
)
async def test_a_store_that_cannot_be_read_says_why_and_the_way_out(
    api: httpx.AsyncClient, connected: Any, engine: AsyncEngine, status: Status, way_out: str
) -> None:
    assert connected
    await park(engine, status, "what happened")
    state = (await api.get(STORE)).json()
    assert (state["status"], state["reason"]) == (status, "what happened")
    assert "nothing was deleted" in state["warnings"][0]
    assert way_out in state["warnings"][0]
    refused = await api.post(f"{STORE}/sync")
    assert (refused.status_code, refused.json()["field"]) == (409, "status")
    assert way_out in refused.json()["detail"]


async def test_other_roles_of_options_are_applied_to_everything(
    api: httpx.AsyncClient, connected: Any, engine: AsyncEngine
) -> None:
    assert connected
    answer = await api.patch(STORE, json={"options": {"Ton": "color", "Schnitt": "none"}})
    assert answer.json()["options"] == {"Ton": "color", "Schnitt": "none"}
    assert await running(engine) == [{"mode": "full"}]
    strange = await api.patch(STORE, json={"options": {"Ton": "colour"}})
    assert (strange.status_code, strange.json()["field"]) == (422, "options.Ton")


async def test_automatic_sync_can_be_turned_off_and_catches_up_when_it_is_on_again(
    api: httpx.AsyncClient, connected: Any, engine: AsyncEngine
) -> None:
    assert connected
    off = (await api.patch(STORE, json={"automatic_sync": False})).json()
    assert off["automatic_sync"] is False
    assert "automatic sync is off" in off["warnings"][0]
    assert await running(engine) == []
    on = (await api.patch(STORE, json={"automatic_sync": True})).json()
    assert on["warnings"] == []
    (row,) = await select(engine, "full_due_at <= now() AS due FROM shopify_stores")
    assert row.due


async def test_the_log_comes_in_pages_and_its_sum_is_a_warning(
    api: httpx.AsyncClient, connected: Any, engine: AsyncEngine
) -> None:
    assert connected
    notes = [
        Note(kind=Kind.WARNING, field="price", detail="none", product_id=str(number)) for number in range(3)
    ]
    async with engine.begin() as connection:
        await shopify_log.note(
            connection, "m1", [*notes, Note(kind=Kind.EVENT, field="sync", detail="ended")]
        )
    page = (await api.get(f"{STORE}/log", params={"limit": 3})).json()
    assert [item["detail"] for item in page["items"]] == ["ended", "none", "none"]
    assert page["items"][1]["product_id"] == "2"
    rest = (await api.get(f"{STORE}/log", params={"limit": 3, "cursor": page["next_cursor"]})).json()
    assert [item["product_id"] for item in rest["items"]] == ["0"]
    assert rest["next_cursor"] is None
    assert "3 products: warnings" in (await api.get(STORE)).json()["warnings"][0]


async def test_who_cannot_be_reached_is_told_what_that_means(api: httpx.AsyncClient, app: FastAPI) -> None:
    app.state.shopkeep.settings.app_url = "http://localhost:8000"
    assert "once an hour" in (await api.put(STORE, json=BY_HAND)).json()["warnings"][0]


async def test_only_who_may_call_the_api_sees_a_store(browser: httpx.AsyncClient) -> None:
    assert (await browser.get(STORE)).status_code == 401
    assert (await browser.put(STORE, json=BY_HAND)).status_code == 401


async def test_a_sealed_token_is_told_to_nobody() -> None:
    assert "secret" not in repr(Tokens(access=b"secret", refresh=b"secret"))
