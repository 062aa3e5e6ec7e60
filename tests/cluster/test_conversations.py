from typing import Any

import pytest

from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.shops import Account, Shop, dress, open_shop


async def thread(shop: Shop, customer_id: str = "ada") -> Any:
    return (await shop.get(f"/conversations/{customer_id}")).body


async def test_a_conversation_shows_what_was_said_by_whom(shop: Shop) -> None:
    reply = await shop.chat("hello")
    said = (await thread(shop))["messages"]
    assert said[0]["role"] == "customer"
    assert said[0]["text"] == "hello"
    assert {line["role"] for line in said[1:]} == {"assistant"}
    assert {line["execution_id"] for line in said} == {reply["execution_id"]}
    assert [line["id"] for line in said] == sorted(line["id"] for line in said)


async def test_conversations_are_listed_newest_first_in_pages(shop: Shop) -> None:
    customers = ["ada", "bob", "cleo", "dan", "eve"]
    for customer in customers:
        await shop.chat("hello", customer)
    listed: list[str] = []
    cursor = None
    while not listed or cursor:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await shop.get("/conversations", params=params)).body
        listed += [conversation["customer_id"] for conversation in page["items"]]
        cursor = page["next_cursor"]
    assert listed == customers[::-1]


async def test_a_paused_assistant_is_silent_and_says_why(shop: Shop) -> None:
    await shop.chat("hello")
    assert (await shop.post("/conversations/ada/pause")).status == 204
    assert (await thread(shop))["state"] == "paused"
    silent = await shop.chat("are you there?")
    assert (silent["parts"], silent["silence_reason"]) == ([], "paused")
    assert (await thread(shop))["messages"][-1]["text"] == "are you there?"


async def test_a_resumed_assistant_answers_again(shop: Shop) -> None:
    await shop.chat("hello")
    await shop.post("/conversations/ada/pause")
    assert (await shop.post("/conversations/ada/resume")).status == 204
    assert (await thread(shop))["state"] == "active"
    assert (await shop.chat("are you there?"))["parts"]


async def test_a_person_who_answers_silences_the_assistant(shop: Shop) -> None:
    await shop.chat("hello")
    said = await shop.post("/conversations/ada/messages", {"text": "  This is Mia. How can I help?  "})
    assert (said.status, said.body["state"]) == (202, "paused")
    conversation = await thread(shop)
    assert conversation["state"] == "paused"
    assert conversation["messages"][-1]["role"] == "person"
    assert conversation["messages"][-1]["text"] == "This is Mia. How can I help?"
    assert (await shop.chat("thanks"))["silence_reason"] == "paused"


async def test_a_person_who_answers_a_dm_is_delivered(shop: Shop, account: Account) -> None:
    await account.says("990000000000001", "hello")
    before = len(await account.replies("990000000000001"))
    await shop.post("/conversations/990000000000001/messages", {"text": "This is Mia."})
    sent = await account.replies("990000000000001", at_least=before + 1)
    assert sent[-1].text == "This is Mia."


async def test_a_person_may_answer_for_a_week_and_the_assistant_for_a_day(
    shop: Shop, account: Account
) -> None:
    hour_ms = 3_600_000
    now_ms = account.instagram.now_ms()
    await account.says("990000000000003", "hello", timestamp=now_ms - 30 * hour_ms)
    await account.says("990000000000004", "hello", timestamp=now_ms - 8 * 24 * hour_ms)
    for customer_id in ("990000000000003", "990000000000004"):
        await shop.messages(customer_id, "assistant")
    late = await shop.post("/conversations/990000000000004/messages", {"text": "Mia here."})
    assert (late.status, "7 days" in late.problem()["detail"]) == (409, True)
    assert (await shop.post("/conversations/990000000000003/messages", {"text": "Mia here."})).status == 202
    (sent,) = await account.replies("990000000000003")
    assert (sent.text, sent.tag) == ("Mia here.", "HUMAN_AGENT")
    assert account.sent_to("990000000000004") == []


async def test_a_reset_forgets_the_context_and_keeps_the_record(shop: Shop) -> None:
    await shop.add(dress("ocean", "Blue"), dress("ember", "Red"))
    await shop.chat("do you have a blue dress in size M?")
    said = (await thread(shop))["messages"]
    assert (await shop.post("/conversations/ada/reset")).status == 204
    conversation = await thread(shop)
    assert conversation["messages"] == said
    assert not any(conversation["preferences"].values())
    reply = await shop.chat("any dress?")
    assert {product["id"] for product in reply["products"]} == {"ocean", "ember"}


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "text"), ({"text": "   "}, "text"), ({"text": "x" * 10_001}, "text"), ({"txt": "x"}, "text")],
)
async def test_a_person_must_say_something(shop: Shop, body: object, field: str) -> None:
    await shop.chat("hello")
    assert (await shop.post("/conversations/ada/messages", body)).field() == field


async def test_a_person_may_type_what_a_database_cannot_hold(shop: Shop) -> None:
    await shop.chat("hello")
    assert (await shop.post("/conversations/ada/messages", {"text": "Hi\0 there"})).status == 202
    assert (await thread(shop))["messages"][-1]["text"] == "Hi there"


async def test_what_is_not_there_is_404(shop: Shop) -> None:
    assert (await shop.get("/conversations/nobody")).status == 404
    assert (await shop.get("/conversations/no%00body")).status == 404
    assert (await shop.get("/executions/turn-0")).status == 404
    for action in ("pause", "resume", "reset"):
        assert (await shop.post(f"/conversations/nobody/{action}")).status == 404
    assert (await shop.post("/conversations/nobody/messages", {"text": "hi"})).status == 404


async def test_a_merchant_sees_no_conversation_of_another_one(api: Api, shop: Shop) -> None:
    reply = await shop.chat("hello")
    other = await open_shop(api)
    assert (await other.get("/conversations/ada")).status == 404
    assert (await other.get(f"/executions/{reply['execution_id']}")).status == 404
    assert (await other.post("/conversations/ada/pause")).status == 404
    assert (await other.get("/conversations")).body["items"] == []
    assert (await thread(shop))["state"] == "active"


async def test_one_id_on_two_channels_asks_which(shop: Shop, account: Account) -> None:
    customer_id = "990000000000002"
    await shop.chat("hello", customer_id)
    await account.says(customer_id, "hello")
    await account.replies(customer_id)
    unclear = await shop.get(f"/conversations/{customer_id}")
    assert (unclear.status, unclear.problem()["field"]) == (409, "channel")
    for channel in ("instagram", "simulator"):
        conversation = await shop.conversation(customer_id, channel)
        assert conversation["channel"] == channel


async def test_who_asks_for_a_person_is_listed_until_one_answers(shop: Shop) -> None:
    await shop.chat("hello", "bob")
    handed = await shop.chat("can I talk to a human?")
    assert handed["handover"]
    waiting = (await shop.get("/conversations", params={"needs_person": "true"})).body["items"]
    assert [one["customer_id"] for one in waiting] == ["ada"]
    assert waiting[0]["handover"]["reason"] == handed["handover"]["reason"]
    assert waiting[0]["state"] == "paused"
    await shop.post("/conversations/ada/messages", {"text": "This is Mia."})
    assert (await shop.get("/conversations", params={"needs_person": "true"})).body["items"] == []
    assert (await thread(shop))["handover"] is None


async def test_a_resumed_assistant_does_not_hand_over_again(shop: Shop) -> None:
    await shop.chat("can I talk to a human?")
    await shop.chat("hello??")
    await shop.post("/conversations/ada/resume")
    reply = await shop.chat("hi again")
    assert reply["parts"]
    assert reply["handover"] is None
    assert (await thread(shop))["handover"] is None


async def test_who_waits_for_a_product_is_listed_with_it(shop: Shop) -> None:
    gone = dress("ocean", "Blue")
    for variant in gone["variants"]:
        variant["stock"] = 0
    await shop.add(gone)
    await shop.chat(f"let me know when the {gone['name']} is back")
    (waiter,) = (await shop.get("/restock-wishes")).body["items"]
    assert (waiter["customer_id"], waiter["product_id"]) == ("ada", "ocean")
    assert waiter["product_name"] == gone["name"]
    assert (await shop.get("/restock-wishes", params={"product_id": "other"})).body["items"] == []
    assert (await shop.get("/restock-wishes", params={"cursor": "x"})).field() == "cursor"


async def test_a_merchants_customers_are_strangers_to_another_merchant(api: Api, shop: Shop) -> None:
    other = await open_shop(api)
    for each, color in ((shop, "blue"), (other, "red")):
        await each.add(dress("ocean", "Blue"), dress("ember", "Red"))
        await each.chat(f"do you have a {color} dress?")
    assert (await thread(shop))["preferences"]["colors"] == ["blue"]
    assert (await thread(other))["preferences"]["colors"] == ["red"]


async def test_a_customer_who_waits_for_something_is_told_when_it_is_back(
    shop: Shop, account: Account
) -> None:
    await shop.add(dress("ocean", "Blue", stock=0))
    customer_id = "990000000000005"
    await account.says(customer_id, "is the ocean dress in stock?")
    await account.replies(customer_id)
    await account.says(customer_id, "let me know when it's back")

    async def wished() -> list[Any]:
        return list((await shop.get("/restock-wishes")).body["items"])

    await until(wished, what="the wish")
    said = len(await shop.messages(customer_id, "assistant", at_least=2))
    assert (await shop.put("/products/ocean", dress("ocean", "Blue", stock=4))).status == 200
    told = await shop.messages(customer_id, "assistant", at_least=said + 1)
    assert "Ocean dress" in told[said]["text"]
    sent = await account.replies(customer_id, at_least=len(told))
    assert [each.kind for each in sent[-2:]] == ["text", "cards"]
    assert await wished() == []
    assert len(await shop.messages(customer_id, "customer", at_least=2)) == 2
