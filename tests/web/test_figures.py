"""A shop in figures, over HTTP."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from store import product_days
from tests.store.rows import arrive, commit, event, open_shop, ready, reply
from tests.store.shown import click, show
from web.csv_export import plain

PATH = "/api/merchants/m1/analytics"


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def count(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    await FigureRollUps(engine).run(now)
    async with engine.begin() as connection:
        await product_days.roll_up(connection, "m1", now.date())


async def asked(api: httpx.AsyncClient, **params: Any) -> Any:
    answer = await api.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_shop_to_which_nothing_happened_has_no_rates(api: httpx.AsyncClient) -> None:
    found = await asked(api)
    today = datetime.now(UTC).date()
    assert (found["from"], found["to"]) == (str(today - timedelta(days=29)), str(today))
    assert found["time_zone"] == "UTC"
    assert set(found["rates"].values()) == {None}
    assert (found["days"], found["groups"], found["products"], found["missed_queries"]) == ([], [], [], [])
    assert found["counts"]["turns"] == 0


async def test_what_happened_is_counted_in_its_period(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    conversation = await show(engine, "dress", at=now)
    await show(engine, "hat", "sock", at=now - timedelta(days=8))
    await click(engine, conversation, "dress", now)
    await count(engine)
    week = await asked(api, **{"from": now.date() - timedelta(days=6)})
    assert (week["counts"]["answered"], week["before"]["counts"]["answered"]) == (1, 1)
    assert (week["rates"]["products_per_response"], week["before"]["rates"]["products_per_response"]) == (
        1,
        2,
    )
    assert week["rates"]["error_rate"] == 0
    assert week["counts"]["clicks"] == 1
    assert [day["day"] for day in week["days"]] == [str(now.date())]
    assert [(group["rung"], group["intent"], group["turns"]) for group in week["groups"]] == [
        ("rules", "general_question", 1)
    ]
    assert [item["id"] for item in week["products"]] == ["dress"]
    month = await asked(api)
    assert month["counts"]["answered"] == 2


async def test_cost_is_that_of_the_models_and_of_the_budget(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    (taken,) = await arrive(engine, event("hello"))
    await commit(engine, await ready(engine, taken.conversation_id, reply("hi", cost=30_000)))
    await api.patch("/api/merchants/m1", json={"model_budget_per_day": 30})
    cost = (await asked(api))["cost"]
    assert (cost["today_microdollars"], cost["month_microdollars"], cost["microdollars"]) == (30_000,) * 3
    assert cost["budget_share_today"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "from"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"to": "0001-01-01"}, "to"),
    ],
)
async def test_a_period_that_is_none_names_its_field(
    api: httpx.AsyncClient, params: dict[str, Any], field: str
) -> None:
    answer = await api.get(PATH, params=params)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_every_table_is_exported(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    await show(engine, "dress", at=datetime.now(UTC))
    await count(engine)
    sizes = {}
    for table in ("days", "groups", "deliveries", "silences", "cost", "products", "missed_queries"):
        answer = await api.get(f"{PATH}/{table}.csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{table}-')
        head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
        assert all(len(row) == len(head) for row in rows)
        sizes[table] = len(rows)
    assert sizes == {
        "days": 1,
        "groups": 1,
        "deliveries": 1,
        "silences": 0,
        "cost": 0,
        "products": 1,
        "missed_queries": 0,
    }
    assert (await api.get(f"{PATH}/passwords.csv")).status_code == 404


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_words_of_a_stranger_become_a_formula(words: str) -> None:
    assert plain(words) == f"'{words}"


def test_other_cells_stay_what_they_are() -> None:
    assert [plain(cell) for cell in ("a=1", "", -3, 0.5, None)] == ["a=1", "", -3, 0.5, None]


async def test_a_formula_among_the_queries_is_words(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    await show(engine, "dress", at=datetime.now(UTC))
    await count(engine)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE turn_facts SET missed = ARRAY['=cmd()']"))
    answer = await api.get(f"{PATH}/missed_queries.csv")
    assert "'=cmd(),1" in answer.text


async def test_a_shop_is_told_its_own_figures(
    engine: AsyncEngine, api: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    await open_shop(engine, "m2")
    await show(engine, "dress", at=datetime.now(UTC), merchant="m2")
    await count(engine)
    assert (await asked(api))["counts"]["turns"] == 0
    assert (await browser.get(PATH)).status_code == 401
    assert (await api.get(PATH.replace("m1", "m9"))).status_code == 404
