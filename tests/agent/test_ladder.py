"""Every rung of the ladder, over real HTTP against an endpoint that misbehaves on command."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from agent.instructions import VOICES
from agent.ladder import build_ladder
from models.errors import Unavailable
from models.merchant import FaqEntry, VoiceExample, VoiceStyle
from models.search import Facets, Filters, SearchResult
from models.turn import Intent, Reply
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import MERCHANT, NOW, MemoryCatalogue
from tests.standins.openai import Fault, OpenAIStandin, answer_call, refusal, tool_call


def filters(**changes: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"colors": [], "sizes": [], "categories": [], "brands": [], "in_stock": None}
    return empty | {"price_min": None, "price_max": None} | changes


def step_data(reply: Reply, name: str) -> list[dict[str, Any]]:
    return [step.data for step in reply.steps if step.name == name]


async def test_a_model_searches_and_answers_with_what_it_found(
    model_chat: Chat, openai: OpenAIStandin, catalogue: MemoryCatalogue
) -> None:
    reply = await model_chat.say("do you have a blue dress under 80?")
    assert reply.rung == "model"
    assert catalogue.searches == [("dress", Filters(price_max=8000, colors=("blue",)))]
    assert sorted(shown(reply)) == ["d1", "d2"]
    assert reply.memory.wish.query == "dress"
    assert reply.memory.wish.filters.price_max == 8000
    assert failed_steps(reply) == []
    assert len(openai.requests) == 2


async def test_tokens_and_cost_of_every_model_call_are_on_record(model_chat: Chat) -> None:
    reply = await model_chat.say("show me dresses")
    calls = step_data(reply, "model_call")
    assert len(calls) == 2
    assert all(call["tokens"]["completion"] == 40 for call in calls)
    assert reply.cost_microdollars > 48


async def test_tools_are_strict_and_the_shared_prompt_comes_first(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    await model_chat.say("hi")
    model_chat.merchant = MERCHANT
    await model_chat.say("show me dresses")
    first, later = openai.requests[0], openai.requests[-1]
    assert first["messages"][0] == later["messages"][0]
    assert '"Dresses"' in first["messages"][1]["content"]
    for tool in first["tools"]:
        parameters = tool["function"]["parameters"]
        assert tool["function"]["strict"] is True
        assert parameters["additionalProperties"] is False
        assert set(parameters["required"]) == set(parameters["properties"])


async def test_a_model_is_told_what_a_search_could_not_keep_to(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    reply = await model_chat.say("do you have a blue dress under 20?")
    told = json.loads(openai.requests[-1]["messages"][-1]["content"])
    assert told["left_out"] == ["price"]
    assert [one["id"] for one in told["products"]] == ["d1", "d2", "d3"]
    assert (reply.rung, reply.filters.price_max, reply.filters.colors) == ("model", None, ("blue",))


async def test_a_model_may_ask_for_the_dearest_of_all(model_chat: Chat, openai: OpenAIStandin) -> None:
    search = {"query": "dress", "filters": filters(), "order": "dearest"}
    openai.faults.append(Fault(message=tool_call("search_products", search)))
    assert shown(await model_chat.say("your most expensive dress?"))[0] == "d3"


async def test_calls_of_one_round_run_side_by_side(model_chat: Chat, openai: OpenAIStandin) -> None:
    running, most = 0, 0

    class Slow(MemoryCatalogue):
        async def search(self, query: str, filters: Filters, limit: int, **more: Any) -> SearchResult:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1
            return await super().search(query, filters, limit, **more)

    model_chat.catalogue = Slow()
    both = tool_call("search_products", {"query": "dress", "filters": filters(price_max=80)})
    shoes = tool_call("search_products", {"query": "shoe", "filters": filters(price_max=59.9)})
    both["tool_calls"].append(shoes["tool_calls"][0] | {"id": "call_2"})
    openai.faults += [Fault(message=both), Fault(message=answer_call("Both are here.", ["d1", "s2"]))]
    reply = await model_chat.say("a dress under 80 and shoes under 59.90")
    assert most == 2
    assert shown(reply) == ["d1", "s2"]
    assert model_chat.catalogue.searches[1][1].price_max == 5990


async def test_retry_after_is_waited_for_within_the_budget(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults.append(Fault(status=429, headers={"Retry-After": "0.05"}))
    assert (await model_chat.say("show me dresses")).rung == "model"
    assert len(openai.requests) == 3


async def test_a_retry_after_beyond_the_budget_is_not_waited_for(
    hurried_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.down = Fault(status=429, headers={"Retry-After": "60"})
    began = time.monotonic()
    reply = await hurried_chat.say("show me dresses")
    assert time.monotonic() - began < 10
    assert reply.rung == "rules"


async def test_one_server_error_is_tried_again(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults.append(Fault(status=500))
    assert (await model_chat.say("show me dresses")).rung == "model"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(cut=True),
        Fault(body="{not json"),
        Fault(body='{"object": "chat.completion"}'),
        Fault(body="[]"),
        Fault(status=401),
        Fault(message=refusal("I can't help with that.")),
        Fault(message={"role": "assistant", "content": "Just text."}),
        Fault(message=tool_call("search_products", "{broken")),
        Fault(message=tool_call("search_products", {"query": "dress"})),
        Fault(message=tool_call("search_products", {"query": "x", "filters": filters(price_max=-3.0)})),
        Fault(message=tool_call("delete_products", {})),
        Fault(message=answer_call("Here you go:", ["made-up"])),
        Fault(message=answer_call("   ")),
        Fault(message=tool_call("answer", {"text": "half an answer"})),
    ],
    ids=lambda fault: str(fault.message or fault.body or fault.status)[:40],
)
async def test_whatever_the_endpoint_does_the_rules_answer(
    model_chat: Chat, openai: OpenAIStandin, fault: Fault
) -> None:
    openai.down = fault
    reply = await model_chat.say("show me dresses under $50")
    assert reply.rung == "rules"
    assert shown(reply) == ["d4", "d5"]
    assert {"model", "model_short"} <= set(failed_steps(reply))
    assert all(step.data["reason"] for step in reply.steps if step.status == "failed")


async def test_an_endpoint_that_hangs_costs_its_share_of_the_turn(
    hurried_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.down = Fault(delay=30)
    began = time.monotonic()
    reply = await hurried_chat.say("show me dresses")
    assert reply.rung == "rules"
    assert time.monotonic() - began < 10  # of the 30 the endpoint would take; the machine may be busy


async def test_after_a_timeout_the_short_context_answers(hurried_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults.append(Fault(delay=30))
    reply = await hurried_chat.say("show me dresses")
    assert reply.rung == "model_short"
    assert "faq" not in openai.requests[-1]["messages"][1]["content"]


async def test_an_outage_costs_only_the_first_turns_their_patience(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.down = Fault(status=503)
    await model_chat.say("show me dresses")
    asked = len(openai.requests)
    reply = await model_chat.say("under $50")
    assert reply.rung == "rules"
    assert len(openai.requests) == asked
    assert any("left alone" in str(data["reason"]) for data in step_data(reply, "model_call"))


async def test_feedback_puts_a_wrong_call_right(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults.append(Fault(message=tool_call("search_products", {"query": "dress"})))
    reply = await model_chat.say("show me dresses")
    assert reply.rung == "model"
    assert failed_steps(reply) == ["repair"]
    assert "filters: Field required" in openai.requests[1]["messages"][-1]["content"]


async def test_a_model_that_never_answers_is_made_to_in_its_last_round(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    search = tool_call("search_products", {"query": "dress", "filters": filters()})
    openai.faults += [Fault(message=search)] * 3
    reply = await model_chat.say("show me dresses")
    assert reply.rung == "model"
    assert openai.requests[-1]["tool_choice"]["function"]["name"] == "answer"


async def test_variants_and_comparisons_are_tools(model_chat: Chat, openai: OpenAIStandin) -> None:
    variants = {"product_name": "Marina Summer Dress", "color": "blue", "size": "M"}
    openai.faults += [
        Fault(message=tool_call("get_product_variants", variants)),
        Fault(message=tool_call("compare_products", {"product_ids": ["d1", "d2"]})),
        Fault(
            message=answer_call(
                "Marina Summer Dress is $14 less than Harbour Midi Dress.", ["d1", "d2"], intent="comparison"
            )
        ),
    ]
    reply = await model_chat.say("compare the Marina dress in blue M with Harbour")
    assert reply.rung == "model"
    assert reply.intent is Intent.COMPARISON
    assert reply.cards[0].variant_id == "d1-Blue-M"
    assert [step.name for step in reply.steps if step.name == "products"] == ["products", "products"]


async def test_a_handover_is_an_effect_of_the_answer(model_chat: Chat, openai: OpenAIStandin) -> None:
    effects = [{"kind": "handover", "reason": "Order never arrived."}]
    openai.faults.append(
        Fault(message=answer_call("A colleague takes over.", intent="support", effects=effects))
    )
    reply = await model_chat.say("where is my order")
    assert reply.handover is not None
    assert reply.handover.reason == "Order never arrived."


async def test_when_the_catalogue_is_down_too_the_apology_hands_over(chat: Chat) -> None:
    class Down(MemoryCatalogue):
        async def facets(self) -> Facets:
            raise Unavailable("the catalogue restarts")

    chat.catalogue = Down()
    reply = await chat.say("show me dresses")
    assert reply.rung == "apology"
    assert reply.handover is not None
    assert "hello@lindenlark.example" in text_of(reply)
    assert step_data(reply, "rules")[0]["reason"] == "Unavailable: the catalogue restarts"


async def test_a_cancelled_turn_is_cancelled(openai: OpenAIStandin) -> None:
    ladder = build_ladder(
        openai_api_key="test-key",
        openai_base_url=openai.url,
        model="gpt-4o-mini",
        clock=lambda: NOW,
        monotonic=time.monotonic,
    )
    openai.down = Fault(delay=30)
    turn = asyncio.create_task(Chat(ladder, MemoryCatalogue(), MERCHANT).say("hi"))
    await openai.asked.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    await ladder.close()


async def test_no_step_holds_the_key(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.down = Fault(status=401, body='{"error": {"message": "Incorrect API key provided: test-key"}}')
    reply = await model_chat.say("hi")
    assert "test-key" not in str(reply.steps)


async def test_several_wrong_calls_of_one_round_are_one_repair(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    wrong = tool_call("search_products", {"query": "dress"})
    wrong["tool_calls"].append(tool_call("no_such_tool", {})["tool_calls"][0] | {"id": "call_2"})
    openai.faults.append(Fault(message=wrong))
    reply = await model_chat.say("show me dresses")
    assert reply.rung == "model"
    assert failed_steps(reply) == ["repair"]


async def test_a_refused_message_goes_back_as_one_an_endpoint_takes(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.faults.append(Fault(message=refusal("I can't help with that.")))
    reply = await model_chat.say("show me dresses")
    assert reply.rung == "model"
    assert openai.requests[1]["messages"][-2] == {"role": "assistant", "content": "I can't help with that."}


async def test_a_question_about_the_shop_keeps_the_wish(model_chat: Chat, openai: OpenAIStandin) -> None:
    await model_chat.say("dresses under 80")
    openai.faults.append(
        Fault(message=answer_call("You can return it within 30 days.", intent="general_question"))
    )
    reply = await model_chat.say("what about returns?")
    assert reply.memory.wish.query == "dresses"
    assert reply.memory.wish.filters.price_max == 8000
    assert reply.memory.focus == tuple(shown(await model_chat.say("dresses under 80")))


async def test_a_handover_is_told_to_the_customer_by_code(model_chat: Chat, openai: OpenAIStandin) -> None:
    effects = [{"kind": "handover", "reason": "Wants a person."}]
    openai.faults.append(Fault(message=answer_call("Of course.", intent="support", effects=effects)))
    reply = await model_chat.say("can I talk to somebody")
    assert "Someone from our team will answer you here" in text_of(reply)
    assert "hello@lindenlark.example" in text_of(reply)
    assert reply.memory.handed_over_at == NOW


async def test_after_a_handover_the_model_knows_of_it(model_chat: Chat, openai: OpenAIStandin) -> None:
    model_chat.memory = replace(model_chat.memory, handed_over_at=NOW)
    await model_chat.say("blue dresses")
    assert any("was handed over" in str(one["content"]) for one in openai.requests[0]["messages"])


async def test_after_a_handover_the_rules_answer_without_another_one(chat: Chat) -> None:
    assert (await chat.say("I want to talk to a human")).handover
    for text in ("blue dresses", "thanks", "in size M"):
        assert (await chat.say(text)).handover is None


@pytest.mark.parametrize(("spent", "rung"), [(0, "model"), (999_999, "model"), (1_000_000, "rules")])
async def test_a_budget_that_is_used_up_leaves_it_to_the_rules(
    model_chat: Chat, openai: OpenAIStandin, spent: int, rung: str
) -> None:
    model_chat.merchant = replace(MERCHANT, model_budget_per_day=100)
    model_chat.spent_microdollars = spent
    reply = await model_chat.say("show me dresses")
    assert reply.rung == rung
    assert failed_steps(reply) == []
    assert bool(openai.requests) == (rung == "model")
    assert bool(step_data(reply, "budget_used_up")) == (rung == "rules")


async def test_a_budget_of_nothing_never_asks_a_model(model_chat: Chat, openai: OpenAIStandin) -> None:
    model_chat.merchant = replace(MERCHANT, model_budget_per_day=0)
    assert (await model_chat.say("show me dresses")).rung == "rules"
    assert openai.requests == []


@pytest.mark.parametrize("voice", ["professional", "casual", "playful", "luxury", "Like a pirate, arr."])
async def test_the_shop_speaks_in_its_voice(model_chat: Chat, openai: OpenAIStandin, voice: str) -> None:
    model_chat.merchant = replace(MERCHANT, voice=voice)
    await model_chat.say("hi")
    assert f"Your voice: {VOICES.get(voice, voice)}" in openai.requests[0]["messages"][1]["content"]


async def test_two_turns_of_a_talk_share_all_but_the_end_of_their_prompt(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    await model_chat.say("show me dresses")
    first = openai.requests[0]["messages"]
    await model_chat.say("under $50")
    later = next(one["messages"] for one in openai.requests if one["messages"][-1]["content"] == "under $50")
    shared = [one for one, other in zip(first, later, strict=False) if one == other]
    assert shared == first[:2] == later[:2]
    assert [one["role"] for one in later] == [
        "system",
        "system",
        "user",
        "assistant",
        "assistant",
        "system",
        "user",
    ]


async def test_long_answers_of_the_shop_are_looked_up_and_not_in_every_prompt(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    faq = tuple(
        FaqEntry(question=f"What about topic {number}?", answer="It depends on many things. " * 9)
        for number in range(20)
    )
    duty = FaqEntry(question="Do I pay customs duty?", answer="Customs duty is 12 % and paid by us.")
    model_chat.merchant = replace(MERCHANT, faq=(*faq, duty))
    openai.faults += [
        Fault(message=tool_call("shop_information", {"question": "who pays the customs duty?"})),
        Fault(message=answer_call("Customs duty is 12 % and paid by us.", intent="general_question")),
    ]
    reply = await model_chat.say("do I have to pay customs?")
    assert reply.rung == "model"
    assert failed_steps(reply) == []
    assert "It depends" not in openai.requests[0]["messages"][1]["content"]
    assert "Do I pay customs duty?" in openai.requests[0]["messages"][1]["content"]
    assert "paid by us" in openai.requests[1]["messages"][-1]["content"]


async def test_a_policy_is_looked_up_by_its_subject_in_any_language(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.faults += [
        Fault(message=tool_call("shop_information", {"question": "Kann ich das zurückgeben?"})),
        Fault(message=answer_call("Das geht innerhalb von 30 Tagen.", intent="general_question")),
    ]
    reply = await model_chat.say("Kann ich das zurückgeben?")
    assert "within 30 days" in openai.requests[1]["messages"][-1]["content"]
    assert reply.rung == "model"


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_request_that_is_refused_is_no_outage(
    model_chat: Chat, openai: OpenAIStandin, status: int
) -> None:
    openai.down = Fault(status=status)
    for _ in range(4):
        assert (await model_chat.say("show me dresses")).rung == "rules"
    openai.down = None
    assert (await model_chat.say("show me dresses")).rung == "model"


async def test_who_is_handed_over_is_told_so_even_in_place_of_an_untrue_text(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    effects = [{"kind": "handover", "reason": "Upset."}]
    untrue = answer_call("I give you 90 % off.", intent="support", effects=effects)
    openai.faults += [Fault(message=untrue), Fault(message=untrue)]
    reply = await model_chat.say("this is a scam")
    assert reply.handover is not None
    assert "90" not in text_of(reply)
    assert "Someone from our team will answer you here" in text_of(reply)


async def test_a_shop_that_wants_no_model_is_answered_by_rules(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    model_chat.merchant = replace(MERCHANT, use_model=False)
    reply = await model_chat.say("show me dresses")
    assert (reply.rung, openai.requests) == ("rules", [])


async def test_a_model_is_told_the_style_of_a_voice_and_its_examples(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    style = VoiceStyle(emoji="none", length="short", address="formal")
    example = VoiceExample(customer="Is it warm?", reply="As toast, dear.")
    model_chat.merchant = replace(
        MERCHANT, voice="Like a sailor.", voice_style=style, voice_examples=(example,)
    )
    await model_chat.say("hi")
    prompt = " ".join(one["content"] for one in openai.requests[0]["messages"])
    for told in ("Like a sailor.", "No emoji at all.", "formally", "at most 30 words", "As toast, dear."):
        assert told in prompt


async def test_what_an_example_says_is_no_fact(model_chat: Chat, openai: OpenAIStandin) -> None:
    example = VoiceExample(customer="Any discount?", reply="Yes, 70 percent off everything!")
    model_chat.merchant = replace(MERCHANT, voice_examples=(example,))
    openai.faults += [Fault(message=answer_call("Yes, 70 percent off everything!"))] * 2
    assert "70" not in text_of(await model_chat.say("any discount?"))
