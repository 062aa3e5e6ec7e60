import asyncio
from uuid import uuid4

import pytest

from tests.cluster.polling import until
from tests.cluster.shops import Shop, dress
from tests.cluster.wishes import BLUE_DRESS, check_blue_dresses


async def test_a_blue_dress_under_80_is_blue_a_dress_in_stock_and_under_80(demo: Shop) -> None:
    reply = await demo.chat(BLUE_DRESS, "blue-dress")
    assert reply["intent"] == "product_search"
    assert reply["filters"]["price_max"] == 8000
    assert reply["filters"]["colors"] == ["blue"]
    assert reply["handover"] is None
    assert reply["silence_reason"] is None
    await check_blue_dresses(demo, reply["products"])


async def test_every_product_shown_is_in_the_parts(demo: Shop) -> None:
    reply = await demo.chat("show me boots", "boots")
    cards = [card for part in reply["parts"] for card in part["cards"]]
    assert [card["product_id"] for card in cards] == [product["id"] for product in reply["products"]]
    assert all(part["text"] for part in reply["parts"])


async def test_a_talk_goes_on_where_it_was(demo: Shop) -> None:
    first = await demo.chat("do you have a blue dress?", "multi-turn")
    cheaper = await demo.chat("under 60", "multi-turn")
    assert cheaper["filters"]["colors"] == ["blue"]
    assert all(product["price_minor"] <= 6000 for product in cheaper["products"])
    second = await demo.chat("is the second one available in M?", "multi-turn")
    assert second["intent"] == "variant_question"
    assert [product["id"] for product in second["products"]] == [cheaper["products"][1]["id"]]
    assert first["turn_id"] != cheaper["turn_id"] != second["turn_id"]


async def test_two_customers_do_not_hear_each_other(shop: Shop) -> None:
    await shop.add(dress("ocean", "Blue"), dress("ember", "Red"))
    await shop.chat("a blue dress please", "ada")
    reply = await shop.chat("any dress?", "bob")
    assert {product["id"] for product in reply["products"]} == {"ocean", "ember"}
    assert len((await shop.conversation("ada", "simulator"))["messages"]) >= 2


async def test_one_key_is_one_message_however_often_it_is_sent(shop: Shop) -> None:
    body = {"customer_id": "ada", "text": "hello"}
    headers = {"Idempotency-Key": uuid4().hex}
    at_once = await asyncio.gather(*[shop.post("/chat", body, headers=headers) for _ in range(3)])
    later = await shop.post("/chat", body, headers=headers)
    assert [answer.status for answer in [*at_once, later]] == [200] * 4
    assert len({answer.raw for answer in [*at_once, later]}) == 1
    said = (await shop.conversation("ada", "simulator"))["messages"]
    assert [line["role"] for line in said].count("customer") == 1


async def test_a_key_of_another_customer_is_a_conflict(shop: Shop) -> None:
    headers = {"Idempotency-Key": uuid4().hex}
    await shop.post("/chat", {"customer_id": "ada", "text": "hello"}, headers=headers)
    refused = await shop.post("/chat", {"customer_id": "bob", "text": "hello"}, headers=headers)
    assert (refused.status, refused.problem()["field"]) == (409, "Idempotency-Key")


async def test_none_of_many_messages_at_once_is_lost_and_their_turns_are_in_order(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    texts = [f"dress number {number}" for number in range(12)]
    replies = await asyncio.gather(*[shop.chat(text) for text in texts])
    said = (await shop.conversation("ada", "simulator"))["messages"]
    heard = [line for line in said if line["role"] == "customer"]
    assert sorted(line["text"] for line in heard) == sorted(texts)
    # Each post returned the turn that took its message.
    turn_of = {line["text"]: line["execution_id"] for line in heard}
    assert [reply["turn_id"] for reply in replies] == [turn_of[text] for text in texts]
    # A turn is a stretch of messages and their answer: none lies within another.
    stretches = [
        line["execution_id"]
        for before, line in zip([None, *said], said, strict=False)
        if before is None or line["execution_id"] != before["execution_id"]
    ]
    assert len(stretches) == len(set(stretches))


async def test_a_comment_is_answered_as_one(demo: Shop) -> None:
    reply = await demo.chat("how much is the garden party dress?", "commenter", channel="comment")
    execution = (await demo.get(f"/executions/{reply['execution_id']}")).body
    assert execution["turn"]["surface"] == "comment"
    assert len(reply["products"]) <= 3


async def test_a_turn_is_on_record_step_by_step(demo: Shop) -> None:
    reply = await demo.chat("a red scarf", "traced")
    execution = (await demo.get(f"/executions/{reply['execution_id']}")).body
    assert execution["reply"]["rung"] == "rules"
    assert execution["turn"]["text"] == "a red scarf"
    assert execution["steps"]
    for step in execution["steps"]:
        assert {"name", "status", "started_at", "duration_ms", "data"} <= step.keys()


async def test_a_text_of_any_kind_is_answered(demo: Shop) -> None:
    for text in ("", "   ", "\0", "😀" * 3000, "blue dress " * 900, "'; DROP TABLE inbox; --"):
        reply = await demo.chat(text, f"odd-{uuid4().hex}")
        assert reply["parts"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "hi"}, "customer_id"),
        ({"customer_id": "", "text": "hi"}, "customer_id"),
        ({"customer_id": "ü" * 129, "text": "hi"}, "customer_id"),
        ({"customer_id": "c" * 257, "text": "hi"}, "customer_id"),
        ({"customer_id": 7, "text": "hi"}, "customer_id"),
        ({"customer_id": "\0", "text": "hi"}, "customer_id"),
        ({"customer_id": "ada"}, "text"),
        ({"customer_id": "ada", "text": ["hi"]}, "text"),
        ({"customer_id": "ada", "text": "x" * 100_001}, "text"),
        ({"customer_id": "ada", "text": "hi", "channel": "email"}, "channel"),
        ({"customer_id": "ada", "text": "hi", "to": "bob"}, "to"),
    ],
)
async def test_a_chat_call_that_is_wrong_names_its_field(shop: Shop, body: object, field: str) -> None:
    assert (await shop.post("/chat", body)).field() == field


async def test_an_id_of_256_bytes_is_short_enough(shop: Shop) -> None:
    assert (await shop.chat("hi", "ü" * 128))["parts"]


async def test_preferences_are_learned(shop: Shop) -> None:
    await shop.add(dress("ocean", "Blue", "Red"))
    await shop.chat("I always wear size M, show me blue dresses")

    async def learned() -> bool:
        conversation = await shop.conversation("ada", "simulator")
        return conversation is not None and "M" in conversation["preferences"]["sizes"]

    await until(learned, what="the preferred size")
