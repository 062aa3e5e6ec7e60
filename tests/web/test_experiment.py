"""An experiment's figures over HTTP: each customer once, rates with their intervals, a verdict in words."""

import csv
import io
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from models.experiment import Experiment, Variant
from models.intervals import ENOUGH, rate
from store import merchants
from tests.store.rows import NOW, arrive, commit, event, open_shop, ready, reply

PATH = "/api/merchants/m1/analytics/experiment"
RUNNING = Experiment(
    name="model", variants=(Variant(name="rules", share=50), Variant(name="=model", share=50))
)


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def run(engine: AsyncEngine, experiment: Experiment | None) -> None:
    async with engine.begin() as connection:
        shop = await merchants.get(connection, "m1")
        await merchants.save(connection, replace(shop, experiment=experiment))


async def answered(
    engine: AsyncEngine, customer: str, variant: str, handover: str | None = None, of: str = "model"
) -> None:
    (taken,) = await arrive(engine, event("hello", customer=customer))
    finished = await ready(engine, taken.conversation_id, reply("hi", handover=handover, cost=100))
    await commit(engine, replace(finished, turn=replace(finished.turn, experiment=of, variant=variant)))


async def asked(api: httpx.AsyncClient, **params: str) -> Any:
    answer = await api.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def nothing_to_say(**known: float | None) -> dict[str, Any]:
    """Of a figure that is counted of too few."""
    return {"low": None, "high": None, "difference": None, "verdict": None, **known}


async def test_without_an_experiment_there_is_nothing_to_compare(api: httpx.AsyncClient) -> None:
    assert await asked(api) == {"experiment": None, "variants": []}


async def test_one_that_has_just_begun_has_its_variants_and_nobody_in_them(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    await run(engine, RUNNING)
    found = await asked(api)
    assert (found["experiment"], found["running"], found["first"]) == ("model", True, None)
    assert [(one["variant"], one["share"], one["customers"]) for one in found["variants"]] == [
        ("rules", 50, 0),
        ("=model", 50, 0),
    ]
    nothing = nothing_to_say(customers=0, value=None)
    assert found["variants"][1]["outcomes"]["bought"] == nothing
    assert found["variants"][1]["averages"]["microdollars"] == nothing


async def test_each_customer_counts_once_however_often_they_write(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    await run(engine, RUNNING)
    for _ in range(2):
        await answered(engine, "c0", "rules", handover="asked")
    for number in range(1, 12):
        await answered(engine, f"c{number}", "rules", handover="asked")
        await answered(engine, f"d{number}", "=model")
    await answered(engine, "e", "rules")
    await answered(engine, "e", "=model")
    await FigureRollUps(engine).run(NOW)
    found = await asked(api)
    rules, model = found["variants"]
    assert (rules["customers"], rules["turns"], model["customers"], found["moved"]) == (12, 13, 11, 1)
    assert model["averages"]["microdollars"] == nothing_to_say(customers=11, value=100)
    assert rules["averages"]["turns"]["value"] == pytest.approx(13 / 12)
    handed = model["outcomes"]["handed_over"]
    expected = rate(0, 11)
    assert expected
    assert [handed[name] for name in ("value", "low", "high")] == [0, 0, pytest.approx(expected.high)]
    assert handed["verdict"] == "lower"
    assert handed["difference"]["value"] == -1
    assert (handed["difference"]["low"], handed["difference"]["high"]) < (-0.9, -0.6)
    assert model["outcomes"]["bought"]["verdict"] == "no difference shown"
    assert rules["outcomes"]["handed_over"]["difference"] is None


async def test_averages_of_many_are_compared_too(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    await run(engine, RUNNING)
    for number in range(ENOUGH):
        for variant in ("rules", "=model"):
            await answered(engine, f"{variant}{number}", variant)
        await answered(engine, f"=model{number}", "=model")
    await FigureRollUps(engine).run(NOW)
    costs = (await asked(api))["variants"][1]["averages"]["microdollars"]
    assert (costs["customers"], costs["value"], costs["low"], costs["high"]) == (ENOUGH, 200, 200, 200)
    assert (costs["verdict"], costs["difference"]["value"]) == ("higher", 100)


async def test_an_experiment_that_is_over_is_asked_for_by_its_name(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    await answered(engine, "c1", "warm", of="voice")
    await FigureRollUps(engine).run(NOW)
    assert (await asked(api))["experiment"] == "voice"
    await run(engine, RUNNING)
    assert (await asked(api))["others"] == ["voice"]
    over = await asked(api, name="voice")
    assert (over["running"], [one["share"] for one in over["variants"]]) == (False, [None])
    refused = await api.get(PATH, params={"name": "nonsense"})
    assert refused.status_code == 404


async def test_a_spreadsheet_has_a_row_for_each_variant_and_figure(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    await run(engine, RUNNING)
    await answered(engine, "c1", "rules")
    await answered(engine, "c2", "=model")
    await FigureRollUps(engine).run(NOW)
    sheet = (await api.get(f"{PATH}/variants.csv")).text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert len(rows) == 20
    assert {row["variant"] for row in rows} == {"rules", "'=model"}
    (answers,) = [row for row in rows if (row["variant"], row["figure"]) == ("'=model", "answered")]
    assert (answers["of_customers"], answers["value"], answers["verdict"]) == (
        "1",
        "1.0",
        "no difference shown",
    )


async def test_a_shop_sees_its_own_experiment(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    await open_shop(engine, "m2")
    await answered(engine, "c1", "rules")
    await FigureRollUps(engine).run(NOW)
    other = await api.get(PATH.replace("m1", "m2"))
    assert other.json() == {"experiment": None, "variants": []}
