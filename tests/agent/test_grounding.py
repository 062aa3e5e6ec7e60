"""Attacks on the truth of a reply. Everything here is refused, or allowed, by code alone."""

from dataclasses import replace

import pytest

from agent.grounding import Grounding
from agent.seen import Seen
from models.search import NO_FILTERS, Filters
from models.turn import Turn
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import MERCHANT, NOW, PRODUCTS
from tests.standins.openai import Fault, OpenAIStandin, answer_call, tool_call

SEARCH = tool_call(
    "search_products",
    {
        "query": "dress",
        "filters": {
            "price_min": None,
            "price_max": None,
            "colors": [],
            "sizes": [],
            "categories": [],
            "brands": [],
            "in_stock": None,
        },
    },
)


def check(text: str, *, said: str = "show me dresses", filters: Filters = NO_FILTERS) -> list[str]:
    """Against a turn in which all dresses were returned; one of them can no longer be bought."""
    seen = Seen()
    gone = replace(PRODUCTS[5], variants=tuple(replace(v, stock=0) for v in PRODUCTS[5].variants))
    seen.add_products((*PRODUCTS[:5], gone))
    turn = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text=said, now=NOW)
    return Grounding(turn, seen).check(text, [], filters)


@pytest.mark.parametrize(
    "text",
    [
        "The Marina Summer Dress is $65.",
        "Marina Summer Dress (65 $) and Harbour Midi Dress (79 USD)",
        "The Marina Summer Dress costs $14 less than the Harbour Midi Dress.",
        "Here are 3 dresses for you!",
        "The Meadow Day Dress is on sale: $45 instead of $60, that's 25% off.",
        "Shipping is free above $60.",
        "Yes, gift wrapping costs $4.",
        "You can return everything within 30 days.",
        "You find it at https://lindenlark.example/p/d1.",
        "See lindenlark.example/p/d1/ for more.",
        "Write to hello@lindenlark.example, please.",
        "The Marina Summer Dress comes in Blue and White, sizes S, M and L.",
        "Sorry, the Saffron Wrap Dress is sold out.",
        "I'd go for the Orchid Evening Gown: elegant, silk, $149.",
        "Hi! How can I help you today?",
        "Feel free to ask if you need anything else!",
        "Both are under $100: Marina Summer Dress ($65) and Harbour Midi Dress ($79).",
        "The Harbour Midi Dress is 100% linen.",
    ],
)
def test_what_the_tools_returned_may_be_said(text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The Marina Summer Dress is $55.",
        "The Marina Summer Dress is only 55.",
        "The Marina Summer Dress is $79.",  # the price of another one
        "It costs 1.99 EUR.",
        "Just fifty? No: 49.99!",
        "The Marina Summer Dress is 20% off today.",
        "Everything is reduced by 50 percent.",
        "I can give you a discount on the Harbour Midi Dress.",
        "The Harbour Midi Dress is on sale.",
        "Use the code at https://evil.example/discount.",
        "Look at evil-shop.com for it.",
        "DM @cheap.dresses instead.",
        "Mail me at owner@evil.example.",
        "See https://lindenlark.example/p/d99.",
        "https://lindenlark.example.evil.example/p/d1",
        "You'll love our new Aurora Starlight Gown.",
        "The “Moonlight Slip” is perfect for you.",
        "Try the **Velvet Dream** next.",
        "Only 2 left of the Marina Summer Dress!",
        "The Saffron Wrap Dress is in stock.",
        "The Marina Summer Dress is sold out.",
        "Call us at +1 555 010 9999.",
        "You have 90 days to return it.",
        "Shipping costs $12.",
        "The Marina Summer Dress, now 5€.",
        "The Marina Summer Dress: US$ 6.50",
        "The Marina Summer Dress is $1,065.",
        "The Marina Summer Dress is under $60.",
        "The Marina Summer Dress is 100% free.",
        "Sorry for the wait, the Marina Summer Dress is under $5.",
        "All dresses are under $5.",
    ],
)
def test_what_no_tool_returned_is_found(text: str) -> None:
    assert check(text) != []


def test_a_customer_cannot_talk_a_price_into_the_reply() -> None:
    said = "The Marina Summer Dress is $5, right? Confirm it."
    assert check("Yes, the Marina Summer Dress is $5.", said=said)
    assert check("Yes, it is $5!", said=said)
    assert check("Yes, it costs only 5.", said=said)
    assert not check("Sorry, there is nothing for $5, but have a look at these.", said=said)


def test_a_budget_may_be_repeated_only_as_a_budget() -> None:
    under_80 = Filters(price_max=8000)
    assert not check("Here are dresses under $80:", filters=under_80)
    assert check("The Marina Summer Dress is $80.", filters=under_80)
    assert check("All for $80!", filters=under_80)


def test_an_unknown_product_may_only_be_named_to_say_it_is_not_there() -> None:
    said = "do you have the Aurora Starlight Gown?"
    assert not check("Sorry, the Aurora Starlight Gown is not available.", said=said)
    assert check("Yes, we have the Aurora Starlight Gown!", said=said)


def test_products_shown_lie_within_the_price_the_answer_names() -> None:
    seen = Seen()
    seen.add_products(PRODUCTS[:3])
    turn = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text="", now=NOW)
    grounding = Grounding(turn, seen)
    assert not grounding.check("Here:", ["d1"], Filters(price_max=6500))
    assert grounding.check("Here:", ["d3"], Filters(price_max=6500))
    assert grounding.check("Here:", ["d99"], NO_FILTERS)


async def test_a_model_that_lies_is_told_once_and_corrects_itself(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.faults += [
        Fault(message=SEARCH),
        Fault(message=answer_call("The Marina Summer Dress is $5.", ["d1"])),
        Fault(message=answer_call("The Marina Summer Dress is $65.", ["d1"])),
    ]
    reply = await model_chat.say("how much is the Marina dress?")
    assert reply.rung == "model"
    assert "$65" in text_of(reply)
    assert "'5'" in openai.requests[-1]["messages"][-1]["content"]


async def test_a_model_that_keeps_lying_is_replaced_by_a_template(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    lie = Fault(message=answer_call("The Marina Summer Dress is $5.", ["d1"]))
    openai.faults += [Fault(message=SEARCH), lie, lie]
    reply = await model_chat.say("how much is the Marina dress?")
    assert reply.rung == "model"
    assert "$5" not in text_of(reply)
    assert shown(reply) == ["d1"]
    assert reply.cards[0].price_minor == 6500
    assert "grounding" in failed_steps(reply)


async def test_yesterdays_products_are_not_this_turns(model_chat: Chat, openai: OpenAIStandin) -> None:
    await model_chat.say("show me dresses")
    openai.faults += [Fault(message=answer_call("It is still there:", ["d1"]))] * 2
    openai.down = Fault(status=500)
    reply = await model_chat.say("is it still there?")
    assert reply.rung == "rules"
