"""An experiment in the console: set up in a form, looked at in a table, seen behind each turn."""

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from indexes.embedders import LocalEmbedder
from models.experiment import Experiment, Variant
from models.search import Weights
from store import merchants
from store.database import autocommit
from tests.store.rows import NOW, arrive, commit, event, open_shop, ready, reply, select
from tests.web.console.visitor import Visitor

AT = "/m1/settings/experiment"
EMBEDDER = LocalEmbedder.name
FORM = {
    "embedder": EMBEDDER,
    "name": "warmer",
    "variant.0.name": "as it is",
    "variant.0.share": "80",
    "variant.0.answers": "",
    "variant.1.name": "warm",
    "variant.1.share": "20",
    "variant.1.answers": "model",
    "variant.1.voice": "Warm.",
    **{f"variant.1.{EMBEDDER}.{part}": "0,5" for part in ("semantic", "keyword", "popularity")},
    **{f"variant.1.{EMBEDDER}.{part}": "1" for part in ("availability", "price_match", "recency")},
}


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def kept(engine: AsyncEngine) -> Experiment | None:
    async with autocommit(engine) as connection:
        return (await merchants.get(connection, "m1")).experiment


async def send(visitor: Visitor, fields: dict[str, Any], status: int = 303) -> BeautifulSoup:
    field = (await visitor.page(AT)).select_one('input[name="version"]')
    assert field
    answer = await visitor.send(AT, {"version": str(field["value"])} | fields)
    assert answer.status_code == status, answer.text
    return await visitor.follow(answer) if status == 303 else BeautifulSoup(answer.text, "html.parser")


async def test_a_form_makes_an_experiment_and_shows_it_as_it_is(
    engine: AsyncEngine, visitor: Visitor
) -> None:
    page = await send(visitor, FORM)
    weights = Weights(semantic=0.5, keyword=0.5, popularity=0.5, availability=1, price_match=1, recency=1)
    warm = Variant(name="warm", share=20, use_model=True, voice="Warm.", weights={EMBEDDER: weights})
    assert await kept(engine) == Experiment(
        name="warmer", variants=(Variant(name="as it is", share=80), warm)
    )
    shown = {str(one["name"]): one.get("value") for one in page.select("input[name]")}
    assert (shown["variant.1.share"], shown[f"variant.1.{EMBEDDER}.semantic"]) == ("20", "0.5")
    overview = await visitor.page("/m1/settings")
    assert "Running: warmer" in overview.get_text()


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"variant.1.share": "30"}, "variants", "the shares add up to 110, not to 100"),
        ({"variant.1.name": "as it is"}, "variants", "two variants are called 'as it is'"),
        ({"name": " "}, "name", "must not be blank"),
        ({"variant.2.answers": "rules"}, "variant.2.name", ""),
        ({"variant.1.share": "half"}, "variant.1.share", "A whole number, please."),
        ({"variant.1.name": ""}, "variant.1.name", ""),
        ({f"variant.1.{EMBEDDER}.recency": "much"}, "", "A number, please."),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    engine: AsyncEngine, visitor: Visitor, wrong: dict[str, str], field: str, words: str
) -> None:
    page = await send(visitor, FORM | wrong, status=422)
    fault = page.find(id=f"{field}-fault") if field else page.select_one("p.fault")
    assert fault
    assert words in fault.get_text()
    name = page.select_one('[name="name"]')
    assert name
    assert name["value"] == wrong.get("name", "warmer")
    assert await kept(engine) is None


async def test_weights_for_an_embedder_that_is_not_in_use_stay(engine: AsyncEngine, visitor: Visitor) -> None:
    running = Experiment(
        name="warmer",
        variants=(
            Variant(name="as it is", share=50),
            Variant(name="warm", share=50, weights={"another": Weights()}),
        ),
    )
    await change(engine, running)
    await send(visitor, FORM)
    changed = await kept(engine)
    assert changed
    assert set(changed.variants[1].weights) == {"another", EMBEDDER}


async def change(engine: AsyncEngine, experiment: Experiment) -> None:
    async with engine.begin() as connection:
        now = await merchants.get(connection, "m1", lock=True)
        await merchants.save(connection, replace(now, experiment=experiment))


async def test_a_button_ends_it(engine: AsyncEngine, visitor: Visitor) -> None:
    assert not (await visitor.page(AT)).select('button[name="end"]')
    page = await send(visitor, FORM)
    assert page.select('button[name="end"]')
    await send(visitor, FORM | {"end": "1"})
    assert await kept(engine) is None


async def test_without_one_the_page_says_what_an_experiment_is(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics/experiment")
    assert page.find("a", {"href": "/console/m1/settings/experiment"})
    assert "No experiment yet" in page.get_text()


async def test_variants_stand_beside_each_other_with_what_their_figures_may_be(
    engine: AsyncEngine, visitor: Visitor
) -> None:
    await send(visitor, FORM)
    for number in range(8):
        await answered(engine, f"c{number}", "as it is", handover="asked")
        await answered(engine, f"d{number}", "warm")
    await FigureRollUps(engine).run(NOW)
    page = await visitor.page("/m1/analytics/experiment")
    rows = {
        row.select("th")[0].get_text(strip=True): [
            " ".join(cell.get_text(" ").split()) for cell in row.select("td")
        ]
        for row in page.select("tbody tr")
    }
    assert rows["Share today"] == ["80%", "20%"]
    assert rows["Customers"] == ["8", "8"]
    assert rows["Was handed over to a person"] == [
        "100% 67.6% to 100%",
        "0% 0% to 32.4% Lower: -100.0 to -54.1 points",
    ]
    assert rows["Bought by a link"][1] == "0% 0% to 32.4% No difference shown: -32.4 to 32.4 points"
    assert rows["Turns per customer"] == ["1.0", "1.0"]
    assert rows["Cost of models per customer"] == ["$0.00", "$0.00"]
    sheet = await visitor.client.get("/console/m1/analytics/experiment/variants.csv?name=warmer")
    assert sheet.headers["content-type"].startswith("text/csv")


async def answered(engine: AsyncEngine, customer: str, variant: str, handover: str | None = None) -> None:
    (taken,) = await arrive(engine, event("hello", customer=customer))
    finished = await ready(engine, taken.conversation_id, reply("hi", handover=handover))
    await commit(engine, replace(finished, turn=replace(finished.turn, experiment="warmer", variant=variant)))


async def test_where_all_customers_were_moved_nothing_is_compared(
    engine: AsyncEngine, visitor: Visitor
) -> None:
    for variant in ("warm", "as it is"):
        await answered(engine, "c1", variant)
    await FigureRollUps(engine).run(NOW)
    page = await visitor.page("/m1/analytics/experiment")
    assert "are counted for none: 1." in page.get_text()


async def test_the_turns_of_a_variant_are_a_click_away(engine: AsyncEngine, visitor: Visitor) -> None:
    await send(visitor, FORM)
    await answered(engine, "c1", "warm")
    await answered(engine, "c2", "as it is")
    await FigureRollUps(engine).run(NOW)
    page = await visitor.page("/m1/analytics/experiment")
    (link,) = [one for one in page.select("tbody a") if "variant=warm" in str(one["href"])]
    turns = await visitor.page(str(link["href"]).removeprefix("/console"))
    assert [one.get_text() for one in turns.select("tbody th a")] == ["c1"]


async def test_the_simulator_brings_in_a_customer_of_the_variant_that_is_wanted(visitor: Visitor) -> None:
    assert "Variant:" not in (await visitor.page("/m1/simulator")).get_text()
    await send(visitor, FORM)
    for name in ("as it is", "warm"):
        page = await visitor.page(f"/m1/simulator?variant={name}")
        assert f"Variant: {name}" in page.get_text()
    assert "Variant:" in (await visitor.page("/m1/simulator?variant=nonsense")).get_text()


async def test_a_turn_says_which_variant_answered_it(engine: AsyncEngine, visitor: Visitor) -> None:
    await answered(engine, "c1", "warm")
    ((execution_id,),) = await select(engine, "id FROM executions")
    page = await visitor.page(f"/m1/executions/{execution_id}")
    (shown,) = [one for one in page.select("dl.figures > div") if "Variant" in one.get_text()]
    assert shown.select("dd")[0].get_text() == "warm"
