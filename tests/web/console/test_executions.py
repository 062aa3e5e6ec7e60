"""The inspector of a turn and its replay, as pages without script."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.turn import Step
from store import customers
from tests.fuzz.world import Actors
from tests.store.rows import NOW, open_shop, reply, select, turn
from tests.web.console.living import open_living_shop, says
from tests.web.console.visitor import Visitor
from web.console.traces import trace


@pytest.fixture
def actors(engine: AsyncEngine, tmp_path: Path) -> Actors:
    return Actors(engine, tmp_path)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine, actors: Actors) -> None:
    await open_living_shop(engine, actors)


async def played(engine: AsyncEngine) -> str:
    """The page of the last turn."""
    (row,) = await select(engine, "id FROM executions ORDER BY started_at DESC LIMIT 1")
    return f"/m1/executions/{row.id}"


async def test_a_turn_shows_its_steps_filters_scores_and_verdict(
    visitor: Visitor, actors: Actors, engine: AsyncEngine
) -> None:
    await says(actors, "do you have a blue dress under 90?")
    page = await visitor.page(await played(engine))
    assert page.select_one("h1").text == "Product search"  # type: ignore[union-attr]
    assert "do you have a blue dress under 90?" in page.select_one(".asked").text  # type: ignore[union-attr]
    figures = " ".join(page.select_one(".figures").text.split())  # type: ignore[union-attr]
    for words in ("Rules", "Total time", "Confidence", "Cost", "message", "all true"):
        assert words in figures
    assert "up to €90" in page.select_one(".beside").text  # type: ignore[union-attr]
    names = [step.text.strip() for step in page.select(".step-name")]
    assert {"Rules", "Understand", "Search products", "Check facts", "Compose"} <= set(names)
    hit = page.select_one(".hits > li")
    assert hit
    assert [one.text for one in hit.select(".scores li > span:first-child")] == [
        "Meaning",
        "Words",
        "Popularity",
        "In stock",
        "Price",
        "New",
    ]
    assert all(0 <= float(str(one["value"])) <= 1 for one in hit.select("meter"))
    for lane in page.select("rect.lane"):
        assert 0 <= float(str(lane["x"])) <= float(str(lane["x"])) + float(str(lane["width"])) <= 100


async def test_a_model_call_shows_its_prompt_what_it_said_and_what_it_cost(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    called = {"id": "1", "type": "function", "function": {"name": "answer", "arguments": '{"text": "Hi"}'}}
    data = {
        "model": "gpt-test",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "<b>hi</b>"}],
        "said": {"role": "assistant", "content": "", "tool_calls": [called]},
        "tokens": {"prompt": 90, "cached": 0, "completion": 10},
        "cost_microdollars": 4600,
        "calls": ["answer"],
    }
    steps = (Step(name="model_call", status="ok", started_at=NOW, duration_ms=900, data=data),)
    await turn(engine, "hi", replace(reply("Hi"), steps=steps, rung="model", cost_microdollars=4600))
    page = await visitor.page(await played(engine))
    figures = page.select_one(".figures").text  # type: ignore[union-attr]
    assert "$0.0046" in figures
    assert "gpt-test" in figures
    assert "100" in figures
    assert [one.text for one in page.select(".prompt pre")] == ["Be kind.", "<b>hi</b>"]
    assert [one.text for one in page.select(".step-detail > ol pre")] == ['{"text": "Hi"}']


async def test_a_silent_turn_says_why(visitor: Visitor, engine: AsyncEngine) -> None:
    await turn(engine, "hello?", None)
    page = await visitor.page(await played(engine))
    assert "a person has taken over" in page.select_one(".notice").text  # type: ignore[union-attr]


async def test_a_replay_asks_first_and_shows_both_sides_with_what_differs(
    visitor: Visitor, actors: Actors, engine: AsyncEngine
) -> None:
    await says(actors, "do you have a blue dress?")
    address = f"{await played(engine)}/replay"
    counts = "(SELECT count(*) FROM messages), (SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox)"
    before = await select(engine, counts)
    assert not (await visitor.page(address)).select(".played")
    same = await visitor.send(address)
    assert same.status_code == 200
    assert "Nothing differs." in same.text
    await actors.delete("m1", "p0", None)
    now = await visitor.send(address)
    assert "Different: " in now.text
    assert "only here" in now.text
    assert await select(engine, counts) == before


async def test_what_was_erased_is_shown_as_far_as_it_is_left_and_not_played(
    visitor: Visitor, actors: Actors, engine: AsyncEngine
) -> None:
    await says(actors, "my secret", customer="ada")
    async with engine.begin() as connection:
        await customers.erase(connection, "m1", "ada")
    page = await visitor.page(await played(engine))
    assert "secret" not in page.text
    refused = await visitor.send(f"{await played(engine)}/replay")
    assert refused.status_code == 409
    assert "erased" in refused.text


async def test_another_merchants_turn_is_not_there(visitor: Visitor, engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    theirs = (await turn(engine, "secret", reply("hi"), merchant="m2")).turn.id
    await visitor.page(f"/m1/executions/{theirs}", status=404)
    await visitor.page(f"/m1/executions/{theirs}/replay", status=404)
    assert (await visitor.send(f"/m1/executions/{theirs}/replay")).status_code == 404


def test_steps_of_another_clock_still_lie_within_the_turn() -> None:
    def step(name: str, at: str, duration_ms: float, **data: object) -> dict[str, object]:
        return {
            "name": name,
            "status": "failed" if data else "ok",
            "started_at": f"2026-01-01T10:00:{at}Z",
            "duration_ms": duration_ms,
            "data": data,
        }

    old = {"filters": {"price": "1"}, "products": [{"id": "p", "name": "P"}], "found": 1}
    steps = [step("rules", "05", 40.0), step("facets", "05.030", 50.0), step("old", "05.010", 0.0, **old)]
    read = trace(steps, duration_ms=10.0)
    assert all(0 <= step.start <= step.start + step.width <= 100 for step in read[:2])
    assert (read[2].failed, read[2].hits[0].scores, read[2].kind) == (True, (), "tool")
    assert trace([], 0.0) == []
