"""The same paths with a model behind them: a stand-in that calls tools and answers."""

from tests.cluster.second import Second
from tests.cluster.shops import open_shop
from tests.cluster.wishes import BLUE_DRESS, check_blue_carousel, check_blue_dresses
from tests.standins.openai import Fault


async def test_the_model_answers_with_products_that_meet_the_wish(second: Second) -> None:
    reply = await second.demo.chat(BLUE_DRESS)
    assert second.openai.requests
    execution = (await second.demo.get(f"/executions/{reply['execution_id']}")).body
    assert execution["reply"]["rung"] == "model"
    assert execution["reply"]["cost_microdollars"] > 0
    await check_blue_dresses(second.demo, reply["products"])


async def test_a_dm_is_answered_by_the_model(second: Second) -> None:
    await second.account.says("990000000000101", BLUE_DRESS)
    sent = await second.account.replies("990000000000101", at_least=2)
    assert [each.kind for each in sent] == ["text", "cards"]
    await check_blue_carousel(second.demo, sent[1].elements)
    (heard,) = await second.demo.messages("990000000000101", "customer")
    execution = (await second.demo.get(f"/executions/{heard['execution_id']}")).body
    assert execution["reply"]["rung"] == "model"


async def test_the_model_is_told_what_was_said_before(second: Second) -> None:
    await second.demo.chat("I am looking for a wedding present", "with-context")
    await second.demo.chat("something blue", "with-context")
    told = [message.get("content") for message in second.openai.requests[-1]["messages"]]
    assert any("wedding present" in str(text) for text in told)


async def test_what_models_cost_is_counted_and_the_rules_answer_beyond_the_budget(second: Second) -> None:
    shop = await open_shop(second.demo.api)
    assert (await shop.get("/budget")).body["state"] == "unlimited"
    await shop.chat("hello")
    spent = (await shop.get("/budget")).body
    assert spent["spent_microdollars"] > 0
    assert spent["days"] == [{"day": spent["day"], "microdollars": spent["spent_microdollars"], "turns": 1}]
    await shop.api.patch(shop.path, {"model_budget_per_day": 0})
    assert (await shop.get("/budget")).body["state"] == "used_up"
    reply = await shop.chat("hello again")
    execution = (await shop.get(f"/executions/{reply['execution_id']}")).body
    assert execution["reply"]["rung"] == "rules"


async def test_who_waits_long_is_told_so_before_the_answer(second: Second) -> None:
    second.openai.faults += [Fault(delay=30)] * 2  # for the rung with the whole context, and the short one
    await second.account.says("990000000000102", "blue dresses please")
    sent = await second.account.replies("990000000000102", at_least=2)
    assert "looking" in sent[0].text
    assert "looking" not in sent[1].text
    assert ("990000000000102", "typing_on") in second.account.instagram.actions
    lines = await second.demo.messages("990000000000102", "assistant", at_least=2)
    assert lines[0]["text"] == sent[0].text


async def test_the_rules_answer_while_the_model_is_down(second: Second) -> None:
    second.openai.down = Fault(status=503)
    try:
        reply = await second.demo.chat(BLUE_DRESS, "while-down")
    finally:
        second.openai.down = None
    execution = (await second.demo.get(f"/executions/{reply['execution_id']}")).body
    assert execution["reply"]["rung"] == "rules"
    await check_blue_dresses(second.demo, reply["products"])


async def test_the_key_of_the_model_is_in_no_trace(second: Second) -> None:
    reply = await second.demo.chat("hello", "curious")
    execution = await second.demo.get(f"/executions/{reply['execution_id']}")
    assert second.openai_key.encode() not in execution.raw
    assert second.openai_key not in second.launcher.printed()
