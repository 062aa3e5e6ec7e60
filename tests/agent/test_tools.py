"""What the tools tell a model, and that a reply may say it."""

import json
from typing import Any

import pytest

from agent.tools import TOOLS
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.standins.openai import Fault, OpenAIStandin, answer_call, tool_call

LIMITS: dict[str, Any] = {"price_max": None, "colors": [], "sizes": []}


def shape(*categories: str) -> Any:
    return tool_call("get_catalogue_shape", LIMITS | {"categories": categories, "brands": []})


def told(openai: OpenAIStandin) -> Any:
    """The last result a model was given."""
    return json.loads(openai.requests[-1]["messages"][-1]["content"])


async def test_the_shape_of_a_category_is_told_with_its_ends(model_chat: Chat, openai: OpenAIStandin) -> None:
    text = "We have 6 dresses, from $39 up to $149. The dearest is the Orchid Evening Gown."
    openai.faults += [
        Fault(message=shape("Dresses")),
        Fault(message=answer_call(text, ["d3"])),
    ]
    reply = await model_chat.say("what dresses do you have, and which is the most expensive?")
    whole = told(openai)["all"]
    assert (whole["products"], whole["price_from"], whole["price_to"]) == (6, "39.00 USD", "149.00 USD")
    assert (whole["cheapest"], whole["dearest"]) == ("d5", "d3")
    assert whole["colors"] == {"Blue": 3, "Black": 2, "Red": 2, "Green": 1, "White": 1, "Yellow": 1}
    assert [one["category"] for one in told(openai)["by_category"]][-1] == "Clothing > Women > Dresses"
    assert [one["id"] for one in told(openai)["products"]] == ["d5", "d3"]
    assert (reply.rung, shown(reply), failed_steps(reply)) == ("model", ["d3"], [])
    assert text in text_of(reply)


async def test_a_number_no_shape_has_goes_back_to_the_model(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults += [
        Fault(message=shape()),
        Fault(message=answer_call("We have 75 dresses.")),
        Fault(message=answer_call("We have 14 products.")),
    ]
    reply = await model_chat.say("how much do you have?")
    assert "'75'" in openai.requests[-1]["messages"][-1]["content"]
    assert (reply.rung, failed_steps(reply)) == ("model", ["repair"])
    assert "14 products" in text_of(reply)


async def test_cheaper_and_similar_products_are_told_and_may_be_shown(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    like = LIMITS | {"product_id": "d1", "cheaper": False}
    less = like | {"cheaper": True, "sizes": ["M"]}
    cheaper, similar = (tool_call("find_alternatives", one) for one in (less, like))
    openai.faults += [Fault(message=cheaper), Fault(message=answer_call("These cost less:", ["d5", "d4"]))]
    reply = await model_chat.say("the same but cheaper, in M")
    assert [one["id"] for one in told(openai)["products"]] == ["d5", "d4", "d6"]
    assert [one["variant"]["size"] for one in told(openai)["products"]] == ["M", "M", "M"]
    assert shown(reply) == ["d5", "d4"]

    openai.faults += [Fault(message=similar), Fault(message=answer_call("More like it:", ["d2"]))]
    assert shown(await model_chat.say("more like the Marina dress")) == ["d2"]


@pytest.mark.parametrize("cheaper", [True, False])
async def test_a_product_that_is_not_there_is_said_so_to_the_model(
    model_chat: Chat, openai: OpenAIStandin, *, cheaper: bool
) -> None:
    asked = LIMITS | {"product_id": "nothing", "cheaper": cheaper}
    openai.faults.append(Fault(message=tool_call("find_alternatives", asked)))
    reply = await model_chat.say("more like this")
    assert reply.rung == "model"
    assert "no product nothing" in str(openai.requests[1]["messages"][-1]["content"])


def test_every_tool_is_strict() -> None:
    for tool in TOOLS:
        function = tool["function"]
        assert function["strict"] is True
        assert function["description"]
        parameters = function["parameters"]
        assert parameters["additionalProperties"] is False
        assert set(parameters["required"]) == set(parameters["properties"])
        assert all("default" not in field for field in parameters["properties"].values())
