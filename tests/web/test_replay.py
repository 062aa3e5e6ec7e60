"""A turn again, with today's catalogue and settings: told side by side, kept nowhere."""

from dataclasses import replace
from typing import Any

import httpx2 as httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from models.experiment import Experiment, Variant
from models.merchant import Merchant
from models.message import Message, Role
from models.turn import Intent, Memory, Step, Wish
from store import customers, merchants
from store.endings import Outcome
from tests.store.rows import NOW, arrive, commit, event, open_shop, ready, reply, select
from tests.store.shown import card
from tests.web.conftest import Actors

STEP = Step(name="rules", status="ok", started_at=NOW, duration_ms=2.0)
COUNTS = (
    "(SELECT count(*) FROM messages), (SELECT count(*) FROM executions), (SELECT count(*) FROM outbox), "
    "(SELECT count(*) FROM inbox), (SELECT max(version) FROM conversations)"
)


async def played(engine: AsyncEngine, **of_turn: Any) -> str:
    """The id of a turn that is over."""
    await open_shop(engine)
    (taken,) = await arrive(engine, event("a coat?"))
    answer = replace(reply("This coat.", memory=Memory(wish=Wish(query="coat"))), steps=(STEP,))
    finished = await ready(engine, taken.conversation_id, replace(answer, cards=(card("coat"),)))
    history = (Message(role=Role.CUSTOMER, text="hello", at=NOW),)
    turn = replace(finished.turn, text="a coat?", history=history, memory=Memory(focus=("hat",)), **of_turn)
    assert await commit(engine, replace(finished, turn=turn)) is Outcome.COMMITTED
    return turn.id


async def test_what_the_turn_was_given_is_played_with_todays_settings(
    api: httpx.AsyncClient, engine: AsyncEngine, actors: Actors
) -> None:
    execution_id = await played(engine)
    async with engine.begin() as connection:
        await merchants.save(
            connection, Merchant(id="m1", name="Linden & Lark", currency="EUR", voice="casual")
        )
    new = replace(reply("That hat.", cost=700), intent=Intent.COMPARISON, cards=(card("hat"),), steps=(STEP,))
    actors.replies = [new]
    answer = await api.post(f"/api/merchants/m1/executions/{execution_id}/replay")
    assert answer.status_code == 200, answer.text
    (turn,) = actors.asked
    assert (turn.text, turn.memory.focus, turn.now) == ("a coat?", ("hat",), NOW)
    assert [line.text for line in turn.history] == ["hello"]
    assert turn.merchant.voice == "casual"
    body = answer.json()
    assert [part["text"] for part in body["old"]["parts"]] == ["This coat."]
    assert [part["text"] for part in body["new"]["parts"]] == ["That hat."]
    assert [one["id"] for one in body["old"]["products"]] == ["coat"]
    assert [one["id"] for one in body["new"]["products"]] == ["hat"]
    assert (body["old"]["intent"], body["new"]["intent"]) == ("general_question", "comparison")
    assert (body["old"]["cost_microdollars"], body["new"]["cost_microdollars"]) == (0, 700)
    assert [step["name"] for step in body["old"]["steps"]] == ["rules"]
    assert body["differs"] == ["text", "products", "intent"]


async def test_a_turn_is_played_by_the_variant_that_answered_it_while_there_is_one(
    api: httpx.AsyncClient, engine: AsyncEngine, actors: Actors
) -> None:
    warm = Variant(name="warm", share=0, use_model=False, voice="Warm.")
    trial = Experiment(name="voice", variants=(Variant(name="as it is", share=100), warm))
    execution_id = await played(engine, experiment="voice", variant="warm")
    for experiment in (trial, replace(trial, name="another"), None):
        shop = Merchant(id="m1", name="Linden & Lark", voice="casual", experiment=experiment)
        async with engine.begin() as connection:
            await merchants.save(connection, shop)
        actors.replies = [reply("one")]
        assert (await api.post(f"/api/merchants/m1/executions/{execution_id}/replay")).status_code == 200
    assert [(turn.merchant.voice, turn.merchant.use_model, turn.variant) for turn in actors.asked] == [
        ("Warm.", False, "warm"),
        ("casual", True, ""),
        ("casual", True, ""),
    ]


async def test_nothing_is_kept_but_what_it_cost(
    api: httpx.AsyncClient, engine: AsyncEngine, actors: Actors
) -> None:
    execution_id = await played(engine)
    before = await select(engine, COUNTS)
    actors.replies = [reply("one", cost=300), reply("one", cost=200), reply("one")]
    for _ in range(3):
        assert (await api.post(f"/api/merchants/m1/executions/{execution_id}/replay")).status_code == 200
    assert await select(engine, COUNTS) == before
    assert [turn.spent_microdollars for turn in actors.asked] == [0, 300, 500]
    assert [tuple(row) for row in await select(engine, "microdollars, turns FROM spending")] == [(500, 0)]


async def test_an_answer_that_is_the_same_differs_in_nothing(
    api: httpx.AsyncClient, engine: AsyncEngine, actors: Actors
) -> None:
    execution_id = await played(engine)
    later = replace(STEP, started_at=NOW.replace(year=2030), duration_ms=9.0)
    actors.replies = [replace(reply("This coat."), cards=(card("coat"),), steps=(later,))]
    body = (await api.post(f"/api/merchants/m1/executions/{execution_id}/replay")).json()
    assert body["differs"] == []


async def test_what_was_erased_cannot_be_played(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    execution_id = await played(engine)
    async with engine.begin() as connection:
        await customers.erase(connection, "m1", "c1")
    answer = await api.post(f"/api/merchants/m1/executions/{execution_id}/replay")
    assert answer.status_code == 409
    assert "erased" in answer.json()["detail"]


async def test_another_merchants_turn_cannot_be_played(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    execution_id = await played(engine)
    await open_shop(engine, "m2")
    for path in (f"m2/executions/{execution_id}", "m1/executions/turn-0"):
        assert (await api.post(f"/api/merchants/{path}/replay")).status_code == 404
