"""What comes in from Instagram, up to the reply that leaves."""

import asyncio
from typing import Any

import pytest

from tests.cluster.api import Answer, Api
from tests.cluster.conftest import OLD_APP_SECRET
from tests.cluster.launching import VERIFY_TOKEN
from tests.cluster.polling import until
from tests.cluster.shops import Account, Shop, connect_account, dress, open_shop
from tests.cluster.wishes import BLUE_DRESS, check_blue_carousel
from tests.standins.instagram import Sent
from tests.standins.meta_webhooks import build_echo, build_message_event, build_messaging, encode, sign

WEBHOOK = "/webhooks/instagram"


def message(account: Account, customer_id: str, text: str, mid: str) -> Any:
    return build_message_event(
        account_id=account.id,
        customer_id=customer_id,
        text=text,
        mid=f"{account.instagram.prefix}{account.id}{mid}",
        timestamp=account.instagram.now_ms(),
    )


async def post(api: Api, payload: Any, secret: str | None = None, **headers: str) -> Answer:
    body = encode(payload)
    signed = {"X-Hub-Signature-256": sign(body, secret)} if secret else {}
    return await api.post(WEBHOOK, data=body, headers={**signed, **headers})


async def customers(shop: Shop) -> set[str]:
    listed = (await shop.get("/conversations")).body["items"]
    return {conversation["customer_id"] for conversation in listed}


async def test_instagram_gets_its_challenge_back(nobody: Api) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    answer = await nobody.get(WEBHOOK, params=asked)
    assert (answer.status, answer.raw) == (200, b"1158201444")
    assert (await nobody.get(WEBHOOK, params=asked | {"hub.verify_token": "wrong"})).status == 403
    assert (await nobody.get(WEBHOOK, params=asked | {"hub.mode": "guess"})).status == 403
    assert (await nobody.get(WEBHOOK)).problem()["status"] == 403


async def test_what_is_not_signed_by_our_app_leaves_no_trace(
    nobody: Api, shop: Shop, account: Account
) -> None:
    payload = message(account, "990000000000011", "hello", "forged")
    secret = account.instagram.app_secret
    forgeries = [
        await post(nobody, payload),
        await post(nobody, payload, "another secret"),
        await post(nobody, payload, **{"X-Hub-Signature-256": "sha256="}),
        await post(nobody, payload, **{"X-Hub-Signature-256": sign(b"another body", secret)}),
        await post(nobody, payload, **{"X-Hub-Signature": sign(encode(payload), secret)}),
    ]
    for refused in forgeries:
        assert (refused.status, refused.problem()["field"]) == (401, "X-Hub-Signature-256")
    # A webhook's answer comes after its events are in: nothing of theirs can still be under way.
    assert await customers(shop) == set()


@pytest.mark.parametrize("number", [0, 1])
async def test_either_secret_signs(nobody: Api, account: Account, number: int) -> None:
    secret = (account.instagram.app_secret, OLD_APP_SECRET)[number]
    payload = message(account, "990000000000012", "hello", f"secret{number}")
    assert (await post(nobody, payload, secret)).status == 200
    await account.replies("990000000000012")


async def test_a_signed_body_that_is_no_json_is_told_so(nobody: Api, account: Account) -> None:
    signed = {"X-Hub-Signature-256": sign(b"{", account.instagram.app_secret)}
    assert (await nobody.post(WEBHOOK, data=b"{", headers=signed)).field() == "body"


async def test_a_dm_is_answered_with_products_that_meet_it(demo: Shop, demo_account: Account) -> None:
    customer_id = "990000000000013"
    await demo_account.says(customer_id, BLUE_DRESS)

    async def carousel() -> list[Sent]:
        return [sent for sent in demo_account.sent_to(customer_id) if sent.kind == "cards"]

    (cards,) = await until(carousel, what="a carousel")
    await check_blue_carousel(demo, cards.elements)


async def test_a_message_that_comes_again_is_answered_once(shop: Shop, account: Account) -> None:
    customer_id = "990000000000014"
    for _ in range(3):
        await account.says(customer_id, "hello", mid=f"{account.id}again")
    await asyncio.gather(*[account.says(customer_id, "hello", mid=f"{account.id}again") for _ in range(5)])
    await account.replies(customer_id)
    # Turns are in order: once the next one is answered, nothing of the first is left to come.
    await account.says(customer_id, "thank you")
    answers = await shop.messages(customer_id, "assistant", at_least=2)
    assert len({line["execution_id"] for line in answers}) == 2
    heard = await shop.messages(customer_id, "customer")
    assert [line["text"] for line in heard] == ["hello", "thank you"]


async def test_a_burst_is_one_turn(shop: Shop, account: Account) -> None:
    await shop.add(dress("ocean", "Blue"), dress("ember", "Red"))
    customer_id = "990000000000015"
    burst = ("hi", "do you have dresses", "in blue")
    # In one webhook, so that no pause between them depends on this machine.
    entry = {"id": account.id, "time": account.instagram.now_ms(), "messaging": []}
    for number, text in enumerate(burst):
        entry["messaging"] += message(account, customer_id, text, f"burst{number}")["entry"][0]["messaging"]
    assert await account.instagram.post_webhook({"object": "instagram", "entry": [entry]}) == 200
    answers = await shop.messages(customer_id, "assistant")
    heard = await shop.messages(customer_id, "customer", at_least=3)
    assert [line["text"] for line in heard] == list(burst)
    assert {line["execution_id"] for line in [*heard, *answers]} == {answers[0]["execution_id"]}
    execution = (await shop.get(f"/executions/{answers[0]['execution_id']}")).body
    assert [card["product_id"] for card in execution["reply"]["cards"]] == ["ocean"]


async def test_one_webhook_brings_the_messages_of_many_customers(shop: Shop, account: Account) -> None:
    names = [f"99000000000002{number}" for number in range(5)]
    payloads = [message(account, name, "hello", f"batch{name}") for name in names]
    batch = {"object": "instagram", "entry": [payload["entry"][0] for payload in payloads]}
    assert await account.instagram.post_webhook(batch) == 200
    for name in names:
        await account.replies(name)
    assert await customers(shop) == set(names)


async def test_one_bad_event_does_not_cost_its_neighbours(account: Account) -> None:
    good = message(account, "990000000000016", "hello", "neighbour")["entry"][0]
    batch = {"object": "instagram", "entry": [{"id": None}, good, "nonsense", {"id": account.id}]}
    assert await account.instagram.post_webhook(batch) == 200
    await account.replies("990000000000016")


async def test_an_echo_of_our_own_is_no_person(shop: Shop, account: Account) -> None:
    customer_id = "990000000000017"
    await account.says(customer_id, "hello")
    (sent, *_) = await account.replies(customer_id)
    said = {"mid": sent.mid, "text": sent.text}
    echo = build_echo(account.id, customer_id, account.instagram.now_ms(), said)
    assert await account.instagram.post_webhook(echo) == 200
    await account.says(customer_id, "are you still there?")
    await shop.messages(customer_id, "assistant", at_least=2)
    assert (await shop.conversation(customer_id))["state"] == "active"


async def test_the_assistant_steps_back_for_a_person_who_answers_in_the_app(
    shop: Shop, account: Account
) -> None:
    customer_id = "990000000000018"
    await account.says(customer_id, "hello")
    await account.replies(customer_id)
    await account.instagram.person_types(customer_id, "Mia here, hello!", account_id=account.id)

    async def paused() -> bool:
        return bool((await shop.conversation(customer_id))["state"] == "paused")

    await until(paused, what="the pause")
    assert (await shop.messages(customer_id, "person"))[0]["text"] == "Mia here, hello!"
    before = len(account.sent_to(customer_id))
    await account.says(customer_id, "hello Mia")
    heard = await shop.messages(customer_id, "customer", at_least=2)
    silent = (await shop.get(f"/executions/{heard[1]['execution_id']}")).body
    assert (silent["silence_reason"], silent["reply"]) == ("paused", None)

    await account.instagram.person_types(customer_id, "#bot on", account_id=account.id)

    async def active() -> bool:
        return bool((await shop.conversation(customer_id))["state"] == "active")

    await until(active, what="the end of the pause")
    await account.says(customer_id, "and you?")
    await account.replies(customer_id, at_least=before + 1)


async def test_an_unsent_message_leaves_no_trace(shop: Shop, account: Account) -> None:
    customer_id, mid = "990000000000031", f"{account.id}secret"
    await account.says(customer_id, "do you have a zanzibar dress?", mid=mid)
    (answered, *_) = await shop.messages(customer_id, "assistant")
    unsent = build_messaging(
        account.id,
        customer_id,
        account.id,
        account.instagram.now_ms(),
        message={"mid": mid, "is_deleted": True},
    )
    assert await account.instagram.post_webhook(unsent) == 200

    async def erased() -> bool:
        return [line["text"] for line in await shop.messages(customer_id, "customer")] == [""]

    await until(erased, what="the message to be erased")
    execution = await shop.get(f"/executions/{answered['execution_id']}")
    assert execution.status == 200
    assert b"zanzibar" not in execution.raw


async def test_an_account_nobody_connected_is_heard_and_left_alone(nobody: Api, account: Account) -> None:
    stranger = build_message_event(
        account_id="17840000000000009", customer_id="1", text="hello", mid="stranger", timestamp=1
    )
    assert (await post(nobody, stranger, account.instagram.app_secret)).status == 200


async def test_a_comment_gets_one_private_reply_and_a_line_that_says_so(shop: Shop, account: Account) -> None:
    await shop.add(dress("ocean", "Blue"))
    customer_id, comment_id = "990000000000019", f"1800{account.id}"
    for _ in range(2):
        await account.comments(customer_id, "do you have a blue dress?", comment_id)
    private, public = await account.replies(customer_id, at_least=2)
    assert (private.comment_id, private.kind) == (comment_id, "text")
    assert "Ocean dress" in private.text
    assert "https://shop.example/ocean" in private.text
    assert (public.comment_id, public.kind) == (comment_id, "public_reply")
    assert len(public.text) <= 300
    await account.says(customer_id, "thank you")
    await shop.messages(customer_id, "assistant", at_least=3)
    assert [each.comment_id for each in account.sent_to(customer_id)].count(comment_id) == 2


async def test_a_customer_of_two_shops_is_two_customers(api: Api, account: Account, shop: Shop) -> None:
    other = await open_shop(api)
    other_account = await connect_account(other, account.instagram)
    customer_id = "990000000000030"
    await account.says(customer_id, "hello")
    await account.replies(customer_id)
    assert await other.conversation(customer_id) is None
    await other_account.says(customer_id, "hello")
    await other_account.replies(customer_id)
    assert len(await shop.messages(customer_id, "customer")) == 1
