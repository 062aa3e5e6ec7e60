"""Whatever is sent, a customer gets a sensible answer, by the rules and around a model, never an error."""

import json

import pytest

from agent.words import tokens_of
from models.turn import Intent
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import PRODUCTS, MemoryCatalogue
from tests.standins.openai import Fault, OpenAIStandin, answer_call, tool_call

BAD = {
    "empty": "",
    "white space": " \n\t ",
    "only invisible": "\u200b\u2060\ufeff",
    "10,000 letters": "x" * 10_000,
    "10,000 digits": "1" * 10_000,
    "10,000 signs": "$" * 10_000,
    "20,000 lines": "\n" * 20_000,
    "100,000 letters": "word " * 20_000,
    "a page of words": "lorem ipsum dolor sit amet " * 400,
    "a page of refusals": "no not without " * 700,
    "Arabic": "فستان أزرق",
    "Hebrew": "שמלה כחולה",
    "Chinese": "蓝色连衣裙",
    "digits of another script": "٣٤٥",
    "a template": "{shop} %s {0} {{wish}}",
    "a lone surrogate": "dress \ud83d",
    "control signs": "\x00\x01\x1b[31m",
    "stacked accents": "d" + "\u0301" * 500 + "ress",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
async def test_the_rules_answer_anything(chat: Chat, text: str) -> None:
    reply = await chat.say(text)
    assert reply.rung == "rules"
    assert failed_steps(reply) == []
    assert text_of(reply)
    assert reply.handover is None


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
async def test_a_model_is_asked_anything(model_chat: Chat, openai: OpenAIStandin, text: str) -> None:
    openai.faults.append(Fault(message=answer_call("What are you looking for?", intent="general_question")))
    reply = await model_chat.say(text)
    assert text_of(reply)
    assert reply.handover is None
    assert all(len(json.dumps(one["messages"])) < 60_000 for one in openai.requests)


@pytest.mark.parametrize(
    ("attached", "asked"),
    [(each, "in words") for each in ("image", "video", "share", "sticker", "file")]
    + [("audio", "Write to me")],
)
async def test_an_attachment_alone_is_asked_for_words(chat: Chat, attached: str, asked: str) -> None:
    reply = await chat.say("", attachments=[attached])
    assert asked in text_of(reply)
    assert reply.cards == ()


async def test_a_picture_with_words_is_answered_by_its_words(chat: Chat) -> None:
    assert shown(await chat.say("do you have blue dresses?", attachments=["image"]))


@pytest.mark.parametrize(
    "text",
    [
        "b\u200blue dr\u200bess un\u00adder 80",
        "\u202eblue dress\u202c under 80",
        "\u200fblue\u200f dress under 80",
    ],
    ids=["zero-width", "turned round", "marks"],
)
async def test_invisible_signs_change_nothing(chat: Chat, text: str) -> None:
    plain = await chat.say("blue dress under 80")
    chat.memory = type(chat.memory)()
    reply = await chat.say(text)
    assert (shown(reply), reply.filters) == (shown(plain), plain.filters)


def test_a_family_of_joined_emoji_is_read() -> None:
    assert "§dress" in tokens_of("👩\u200d🦰 👗")


async def test_a_long_message_keeps_the_wish_it_begins_with(chat: Chat) -> None:
    reply = await chat.say("A red dress in size M please. " + "I really love your shop. " * 500)
    assert (reply.filters.colors, reply.filters.sizes) == (("red",), ("M",))
    assert shown(reply)


async def test_the_second_one_that_is_gone_since_is_no_other_one(chat: Chat) -> None:
    first, second, third, *_ = shown(await chat.say("show me dresses"))
    chat.catalogue = MemoryCatalogue([one for one in PRODUCTS if one.id != second])
    reply = await chat.say("how much is the second one?")
    assert "no longer" in text_of(reply)
    assert {first, third} <= set(shown(reply))
    assert second not in shown(reply)


async def test_the_third_one_is_still_the_third_when_the_second_is_gone(chat: Chat) -> None:
    _, second, third, *_ = shown(await chat.say("show me dresses"))
    chat.catalogue = MemoryCatalogue([one for one in PRODUCTS if one.id != second])
    assert shown(await chat.say("how much is the third one?")) == [third]


async def test_when_all_that_was_shown_is_gone_it_is_asked_back(chat: Chat) -> None:
    await chat.say("show me dresses")
    chat.catalogue = MemoryCatalogue([one for one in PRODUCTS if not one.id.startswith("d")])
    assert failed_steps(await chat.say("how much is the second one?")) == []
    assert failed_steps(await chat.say("is it available in red?")) == []


@pytest.mark.parametrize(
    "text",
    ["compare the first one with the first one", "compare {name} with {name}", "compare {name} and {name}"],
)
async def test_a_comparison_with_itself_asks_for_the_other_one(chat: Chat, text: str) -> None:
    first = (await chat.say("show me dresses")).cards[0]
    reply = await chat.say(text.format(name=first.name))
    assert reply.intent is Intent.COMPARISON
    assert f"compare {first.name} with?" in text_of(reply)
    assert shown(reply) == [first.product_id]


async def test_a_model_that_compares_a_product_with_itself_reads_it_once(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.faults += [
        Fault(message=tool_call("compare_products", {"product_ids": ["d1", "d1"]})),
        Fault(message=answer_call("It is one and the same.", ["d1"], intent="comparison")),
    ]
    reply = await model_chat.say("compare the Marina Summer Dress with itself")
    assert reply.rung == "model"
    read = json.loads(openai.requests[1]["messages"][-1]["content"])
    assert [one["id"] for one in read["products"]] == ["d1"]
