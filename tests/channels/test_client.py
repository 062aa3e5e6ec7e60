"""The client against a stand-in over real HTTP: one test for each way a call can end."""

import socket
from typing import Any

import aiohttp
import pytest

from channels.errors import (
    BadRequest,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    OutsideWindow,
    RateLimited,
    RecipientUnavailable,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.instagram.client import InstagramClient
from tests.channels.test_templates import CARD
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import TOKEN, WINDOW_S, Instagram
from tests.standins.meta_webhooks import ACCOUNT_ID

ANNA = "990000000000001"


async def say(client: InstagramClient, text: str = "hi", customer_id: str = ANNA) -> str:
    return await client.send_text(ACCOUNT_ID, TOKEN, customer_id, text)


def refuse(code: int, subcode: int | None = None, **fields: Any) -> Fault:
    return Fault(do="answer", status=400, body=error_body(code, subcode), **fields)


async def test_a_text_arrives_and_its_id_comes_back(client: InstagramClient, instagram: Instagram) -> None:
    mid = await say(client, "Yes, size M is in stock. 👗")
    [sent] = instagram.ledger
    assert (sent.mid, sent.recipient_id, sent.text) == (mid, ANNA, "Yes, size M is in stock. 👗")


async def test_cards_arrive_as_a_carousel(client: InstagramClient, instagram: Instagram) -> None:
    await client.send_cards(ACCOUNT_ID, TOKEN, ANNA, [CARD, CARD])
    [sent] = instagram.ledger
    assert [element["title"] for element in sent.elements] == ["Linen dress"] * 2


async def test_a_comment_gets_one_private_reply(client: InstagramClient, instagram: Instagram) -> None:
    await client.private_reply(ACCOUNT_ID, TOKEN, "179", "Hello, it costs $65.")
    [sent] = instagram.ledger
    assert (sent.comment_id, sent.kind) == ("179", "text")
    with pytest.raises(BadRequest) as refused:
        await client.private_reply(ACCOUNT_ID, TOKEN, "179", "And it is blue.")
    assert not refused.value.again


async def test_a_public_reply_stands_under_the_comment(client: InstagramClient, instagram: Instagram) -> None:
    comment_id = await client.public_reply("179", TOKEN, "We wrote to you.")
    [sent] = instagram.ledger
    assert (sent.mid, sent.comment_id, sent.kind) == (comment_id, "179", "public_reply")


async def test_a_sender_action_says_nothing(client: InstagramClient, instagram: Instagram) -> None:
    await client.sender_action(ACCOUNT_ID, TOKEN, ANNA, "typing_on")
    assert instagram.actions == [(ANNA, "typing_on")]
    assert instagram.ledger == []


async def test_an_unknown_token_stops_the_account(client: InstagramClient) -> None:
    for token in ("IGAA_old", "", "IGAA\nX-Other: 1", "töken"):
        with pytest.raises(TokenInvalid):
            await client.send_text(ACCOUNT_ID, token, ANNA, "hi")


async def test_a_token_never_speaks_for_another_account(
    client: InstagramClient, instagram: Instagram
) -> None:
    instagram.accounts["17841400000000002"] = "IGAA_other"
    with pytest.raises(BadRequest):
        await client.send_text("17841400000000002", TOKEN, ANNA, "hi")
    assert instagram.ledger == []


async def test_more_than_a_thousand_bytes_is_our_bug(client: InstagramClient) -> None:
    await say(client, "ü" * 500)
    with pytest.raises(BadRequest):
        await say(client, "ü" * 500 + "!")


async def test_the_window_closes_a_day_after_the_customers_last_word(session: aiohttp.ClientSession) -> None:
    now = 1_760_000_000.0
    async with Instagram(enforce_window=True, clock=lambda: now) as instagram:
        client = InstagramClient(session, graph_url=instagram.url, api_version="v25.0", app_url="")
        instagram.spoke_at[ACCOUNT_ID, ANNA] = now
        await say(client)
        now += WINDOW_S + 1
        with pytest.raises(OutsideWindow):
            await say(client)


async def test_a_customer_who_blocked_the_shop_is_unavailable(
    client: InstagramClient, instagram: Instagram
) -> None:
    instagram.blocked.add(ANNA)
    with pytest.raises(RecipientUnavailable):
        await say(client)
    with pytest.raises(RecipientUnavailable):
        await say(client, customer_id="no such person")


async def test_a_limit_says_how_long_to_wait(client: InstagramClient, instagram: Instagram) -> None:
    usage = '{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":3}]}'
    instagram.faults.add(
        refuse(80002, headers={"X-Business-Use-Case-Usage": usage}),
        Fault(do="answer", status=429, body=error_body(613)),
        Fault(do="answer", status=429, body={}),
    )
    waits = []
    for _ in range(3):
        with pytest.raises(RateLimited) as limited:
            await say(client)
        waits.append(limited.value.retry_after_s)
    assert waits == [180, 10, 60]
    await say(client)


async def test_a_failure_of_the_provider_may_be_tried_again(
    client: InstagramClient, instagram: Instagram
) -> None:
    instagram.faults.add(Fault(do="answer", status=500, body=error_body(1)))
    with pytest.raises(Transient) as failed:
        await say(client)
    assert failed.value.again
    await say(client)


async def test_an_error_counts_even_under_status_200(client: InstagramClient, instagram: Instagram) -> None:
    instagram.faults.add(Fault(do="answer", status=200, body=error_body(10, 2534022)))
    with pytest.raises(OutsideWindow):
        await say(client)


async def test_when_nobody_listens_nothing_was_sent(session: aiohttp.ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: refuses
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = InstagramClient(session, graph_url=url, api_version="v25.0", app_url="")
        with pytest.raises(NotSent) as failed:
            await client.private_reply(ACCOUNT_ID, TOKEN, "179", "hi")
    assert failed.value.again


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (Fault(do="cut_before"), 0),
        (Fault(do="cut_after"), 1),
        (Fault(do="garble"), 1),
        (Fault(do="delay", delay_s=0.5), 0),
        (Fault(do="hang", delay_s=0.5), 1),
        (Fault(do="answer", status=200, body={}), 0),
        (Fault(do="answer", status=200, body={"recipient_id": "1"}), 0),
        (Fault(do="answer", status=200, body=["message_id"]), 0),
        (Fault(do="answer", status=502, body="Bad gateway"), 0),
    ],
    ids=[
        "cut before",
        "cut after",
        "no JSON",
        "timeout",
        "timeout after",
        "empty",
        "no id",
        "a list",
        "gateway",
    ],
)
async def test_when_nobody_can_know_the_outcome_is_unknown(
    client: InstagramClient, instagram: Instagram, fault: Fault, arrived: int
) -> None:
    instagram.faults.add(fault)
    with pytest.raises(OutcomeUnknown) as unknown:
        await say(client)
    assert unknown.value.again
    assert len(instagram.ledger) == arrived


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault(do="cut_after"), False),
        (refuse(10, 2534022), False),
        (refuse(190, 463), True),
        (refuse(100, 2534025), False),
        (refuse(1), True),
        (refuse(2), True),
        (refuse(613), True),
    ],
    ids=str,
)
async def test_a_private_reply_is_tried_again_only_when_it_surely_failed(
    client: InstagramClient, instagram: Instagram, fault: Fault, again: bool
) -> None:
    instagram.faults.add(fault)
    with pytest.raises(SendError) as failed:
        await client.private_reply(ACCOUNT_ID, TOKEN, "179", "hi")
    assert failed.value.again is again


async def test_the_token_follows_no_redirect(client: InstagramClient, instagram: Instagram) -> None:
    instagram.faults.add(Fault(do="answer", status=307, headers={"Location": f"{instagram.url}/v25.0/me"}))
    with pytest.raises(BadRequest):
        await say(client)


async def test_an_id_from_outside_stays_one_step_of_the_path(
    client: InstagramClient, instagram: Instagram
) -> None:
    with pytest.raises(SendError):
        await client.send_text("../me", TOKEN, ANNA, "hi")
    assert instagram.ledger == []


@pytest.mark.parametrize("code", [3, 10, 200])
async def test_a_comment_that_may_not_be_replied_to_stops_no_account(
    client: InstagramClient, instagram: Instagram, code: int
) -> None:
    instagram.faults.add(Fault(do="answer", status=400, body=error_body(code), times=2))
    for reply in (
        client.private_reply(ACCOUNT_ID, TOKEN, "179", "hi"),
        client.public_reply("179", TOKEN, "Sent!"),
    ):
        with pytest.raises(NotAllowed) as refused:
            await reply
        assert not refused.value.again
        assert refused.value.reason in ("permission_missing", "capability_missing")
