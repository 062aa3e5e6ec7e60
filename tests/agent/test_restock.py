"""Whoever wants to know when something is back: offered by the rules, asked for, agreed to."""

from dataclasses import replace

import pytest

from models.turn import RestockWish
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import PRODUCTS, MemoryCatalogue
from tests.standins.openai import Fault, OpenAIStandin, answer_call, tool_call

GONE = "do you have the Marina Summer Dress in blue and large?"


@pytest.fixture
def sold_out(chat: Chat) -> Chat:
    """The Marina Summer Dress is gone in every size and colour."""
    none = tuple(replace(one, stock=0) for one in PRODUCTS[0].variants)
    chat.catalogue = MemoryCatalogue([replace(PRODUCTS[0], variants=none), *PRODUCTS[1:]])
    return chat


async def test_what_is_gone_is_offered_to_be_told_of_and_a_yes_is_a_wish(chat: Chat) -> None:
    offered = await chat.say(GONE)
    assert "when it's back" in text_of(offered)
    assert offered.restock_wishes == ()
    agreed = await chat.say("yes please")
    assert agreed.restock_wishes == (RestockWish(product_id="d1", variant_ids=("d1-Blue-L",)),)
    assert "Marina Summer Dress is back" in text_of(agreed)
    assert failed_steps(agreed) == []


async def test_an_offer_stands_for_one_message(chat: Chat) -> None:
    await chat.say(GONE)
    await chat.say("how much is shipping?")
    assert (await chat.say("yes")).restock_wishes == ()


async def test_a_no_wishes_nothing(chat: Chat) -> None:
    await chat.say(GONE)
    assert (await chat.say("no thanks")).restock_wishes == ()


async def test_who_asks_to_be_told_is_told(chat: Chat) -> None:
    await chat.say("show me dresses")
    reply = await chat.say("let me know when the Marina Summer Dress is back in blue L")
    assert reply.restock_wishes == (RestockWish(product_id="d1", variant_ids=("d1-Blue-L",)),)


async def test_a_product_that_is_gone_altogether_is_waited_for_in_any_variant(sold_out: Chat) -> None:
    reply = await sold_out.say("let me know when the Marina Summer Dress is back")
    assert reply.restock_wishes == (RestockWish(product_id="d1"),)


async def test_who_names_a_colour_of_what_is_gone_altogether_waits_for_that_colour(sold_out: Chat) -> None:
    reply = await sold_out.say("let me know when the Marina Summer Dress is back in blue")
    (wish,) = reply.restock_wishes
    assert wish.variant_ids == tuple(one.id for one in PRODUCTS[0].variants if one.color == "Blue")
    assert len(wish.variant_ids) < len(PRODUCTS[0].variants)


async def test_what_can_be_bought_is_not_waited_for(chat: Chat) -> None:
    await chat.say("show me dresses")
    reply = await chat.say("let me know when the Marina Summer Dress is back in blue M")
    assert reply.restock_wishes == ()
    assert shown(reply)


async def test_a_model_notes_a_wish_for_what_it_has_looked_up(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    notify = {"kind": "notify", "product_id": "d1", "color": "blue", "size": "L"}
    asked = {"product_name": "Marina Summer Dress", "color": "blue", "size": "L"}
    openai.faults += [
        Fault(message=tool_call("get_product_variants", asked)),
        Fault(message=answer_call("I'll let you know.", effects=[notify])),
    ]
    reply = await model_chat.say("tell me when it is back in blue L")
    assert reply.rung == "model"
    assert reply.restock_wishes == (RestockWish(product_id="d1", variant_ids=("d1-Blue-L",)),)


@pytest.mark.parametrize(
    "notify",
    [
        {"kind": "notify", "product_id": "made-up", "color": None, "size": None},
        {"kind": "notify", "product_id": "d1", "color": "blue", "size": "M"},
        {"kind": "notify", "product_id": "d1", "color": "green", "size": None},
    ],
    ids=["invented", "can be bought", "no such variant"],
)
async def test_a_model_cannot_wish_for_what_nobody_can_wait_for(
    model_chat: Chat, openai: OpenAIStandin, notify: dict[str, str | None]
) -> None:
    asked = {"product_name": "Marina Summer Dress", "color": None, "size": None}
    openai.faults += [
        Fault(message=tool_call("get_product_variants", asked)),
        Fault(message=answer_call("I'll let you know.", effects=[notify])),
        Fault(message=answer_call("It is here.", ["d1"])),
    ]
    reply = await model_chat.say("tell me when it is back")
    assert reply.restock_wishes == ()
    assert failed_steps(reply) == ["repair"]
