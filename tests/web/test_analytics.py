from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.store.rows import open_shop
from tests.store.shown import click, roll_up, show

PATH = "/api/merchants/m1/analytics/products"


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def asked(api: httpx.AsyncClient, **params: Any) -> Any:
    answer = await api.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_products_are_counted_over_the_days_asked_for(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    now = datetime.now(UTC)
    before = now - timedelta(days=5)
    conversation = await show(engine, "dress", "hat", at=now)
    await show(engine, "hat", at=now)
    await show(engine, "dress", "dress", at=before)
    await click(engine, conversation, "dress", now)
    for day in (now, before):
        await roll_up(engine, day.date())

    dress = {"id": "dress", "name": "", "clicks": 1}
    hat = {"id": "hat", "name": "", "clicks": 0, "recommendations": 2}
    assert (await asked(api))["items"] == [dress | {"recommendations": 3}, hat]
    assert (await asked(api, days=3))["items"] == [hat, dress | {"recommendations": 1}]
    assert (await asked(api, days=6))["items"] == [dress | {"recommendations": 3}, hat]


async def test_pages_show_each_product_once(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    await show(engine, *"abcd", "with a space", at=now)
    await show(engine, "d", at=now)
    await roll_up(engine, now.date())
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        page = await asked(api, limit=2, **({"cursor": cursor} if cursor else {}))
        pages.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert pages == [["d", "a"], ["b", "c"], ["with a space"]]


async def test_a_shop_sees_its_own_products(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    await open_shop(engine, "m2")
    now = datetime.now(UTC)
    await show(engine, "dress", at=now, merchant="m2")
    await roll_up(engine, now.date(), "m2")
    assert await asked(api) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"days": "all"}, "days"),
        ({"limit": 201}, "limit"),
        ({"cursor": "~~~"}, "cursor"),
        ({"cursor": "Zm91ciBkcmVzcw=="}, "cursor"),  # "four dress"
        ({"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OSBk"}, "cursor"),  # a number no database holds
    ],
)
async def test_what_cannot_be_counted_names_its_field(
    api: httpx.AsyncClient, params: dict[str, Any], field: str
) -> None:
    answer = await api.get(PATH, params=params)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_it_takes_a_token_and_a_shop(api: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
    assert (await browser.get(PATH)).status_code == 401
    assert (await api.get(PATH.replace("m1", "m9"))).status_code == 404
