"""Replies leave in order, once each, through everything that Instagram may answer."""

import asyncio

from tests.cluster.polling import until
from tests.cluster.shops import Account, Shop
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.meta_webhooks import build_echo


async def said(shop: Shop, customer_id: str, *, at_least: int = 1) -> list[str]:
    """What the assistant has on record as its own."""
    return [line["text"] for line in await shop.messages(customer_id, "assistant", at_least=at_least)]


async def test_what_instagram_could_not_take_is_sent_again_once(shop: Shop, account: Account) -> None:
    customer_id = "990000000000041"
    path = f"/{account.id}/"
    account.instagram.faults.add(
        Fault(do="answer", status=500, body=error_body(2), path=path),
        Fault(do="answer", status=503, body=error_body(1), path=path),
    )
    await account.says(customer_id, "hello")
    await account.replies(customer_id)
    await account.says(customer_id, "thanks")
    everything = await said(shop, customer_id, at_least=2)
    sent = await account.replies(customer_id, at_least=len(everything))
    assert [each.text for each in sent] == everything


async def test_a_limit_of_the_account_is_waited_out(account: Account) -> None:
    limit = Fault(do="answer", status=429, body=error_body(613), path=f"/{account.id}/")
    account.instagram.faults.add(limit)
    began = account.instagram.clock()
    await account.says("990000000000042", "hello")
    (sent, *_) = await account.replies("990000000000042", timeout_s=60)
    assert sent.at - began >= 10


async def test_an_expired_token_holds_the_replies_until_there_is_a_new_one(
    shop: Shop, account: Account
) -> None:
    customers = [f"99000000000005{number}" for number in range(3)]
    account.instagram.accounts[account.id] = "the token after a change of password"
    for customer_id in customers:
        await account.says(customer_id, "hello")
        await shop.messages(customer_id, "customer")
        await account.says(customer_id, "do you have dresses?")
        await shop.messages(customer_id, "customer", at_least=2)
    assert [account.sent_to(customer_id) for customer_id in customers] == [[], [], []]

    body = {"account_id": account.id, "access_token": account.instagram.accounts[account.id]}
    assert (await shop.put("/instagram", body)).status == 200
    for customer_id in customers:
        everything = await said(shop, customer_id, at_least=2)
        sent = await account.replies(customer_id, at_least=len(everything))
        assert [each.text for each in sent] == everything


async def test_a_lost_answer_is_settled_by_the_echo(shop: Shop, account: Account) -> None:
    """The message is out, and nobody told us: it must not go out again."""
    customer_id = "990000000000061"
    account.instagram.faults.add(Fault(do="cut_after", path=f"/{account.id}/"))
    await account.says(customer_id, "hello")
    (sent, *_) = await account.replies(customer_id)
    message = {"mid": sent.mid, "text": sent.text}
    echo = build_echo(account.id, customer_id, account.instagram.now_ms(), message)
    assert await account.instagram.post_webhook(echo) == 200
    await account.says(customer_id, "thanks")
    everything = await said(shop, customer_id, at_least=2)
    sent_once = await account.replies(customer_id, at_least=len(everything))
    assert [each.text for each in sent_once] == everything
    assert (await shop.conversation(customer_id))["state"] == "active"


async def test_a_lost_answer_without_an_echo_is_sent_again(shop: Shop, account: Account) -> None:
    customer_id = "990000000000062"
    account.instagram.faults.add(Fault(do="cut_before", path=f"/{account.id}/"))
    await account.says(customer_id, "hello")
    sent = await account.replies(customer_id, timeout_s=60)
    assert [each.text for each in sent] == await said(shop, customer_id)


async def test_a_customer_who_cannot_be_reached_holds_up_nobody(shop: Shop, account: Account) -> None:
    account.instagram.blocked.add("990000000000063")
    await asyncio.gather(*[account.says(f"99000000000006{number}", "hello") for number in (3, 4, 5)])
    await account.replies("990000000000064")
    await account.replies("990000000000065")
    await shop.messages("990000000000063", "assistant")
    assert account.sent_to("990000000000063") == []


async def test_a_pause_stops_what_has_not_left(shop: Shop, account: Account) -> None:
    customer_id = "990000000000066"
    account.instagram.faults.add(Fault(do="answer", status=400, body=error_body(613), path=f"/{account.id}/"))
    await account.says(customer_id, "hello")
    await shop.messages(customer_id, "assistant")

    async def refused() -> bool:
        return not account.instagram.faults.waiting

    await until(refused, what="the first attempt")
    assert (await shop.post(f"/conversations/{customer_id}/pause")).status == 204
    await shop.post(f"/conversations/{customer_id}/messages", {"text": "Mia here."})
    sent = await account.replies(customer_id, timeout_s=60)
    assert [each.text for each in sent] == ["Mia here."]
