"""The stand-in itself: what other tests and the benchmark rely on."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from channels.errors import OutcomeUnknown
from channels.instagram.client import InstagramClient
from channels.instagram.signature import verify
from models.message import EventKind, InboundEvent
from tests.channels.payloads import only
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.meta_webhooks import ACCOUNT_ID, APP_SECRET

ANNA = "990000000000001"
ROOT = Path(__file__).parents[2]


class Receiver:
    """Our webhook as Meta sees it; `answers` are the next statuses, then 200 for ever."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert verify(body, request.headers.get("X-Hub-Signature-256"), [APP_SECRET])
        self.bodies.append(body)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def event(self) -> InboundEvent:
        [body] = self.bodies
        return only(body)


@pytest.fixture
async def receiver(instagram: Instagram) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/webhook", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    instagram.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    yield receiver
    await runner.cleanup()


async def test_a_customers_words_come_as_a_signed_webhook(instagram: Instagram, receiver: Receiver) -> None:
    assert await instagram.customer_says(ANNA, "hi", mid="m1", timestamp=1760000000001) == 200
    event = receiver.event()
    assert (event.kind, event.customer_id, event.key, event.text) == (EventKind.MESSAGE, ANNA, "m1", "hi")


async def test_a_comment_comes_too_and_knows_who_gets_the_private_reply(
    instagram: Instagram, receiver: Receiver, client: InstagramClient
) -> None:
    await instagram.customer_comments(ANNA, "price?", "179")
    assert receiver.event().kind is EventKind.COMMENT
    await client.private_reply(ACCOUNT_ID, TOKEN, "179", "$65")
    assert instagram.ledger[0].recipient_id == ANNA


async def test_a_person_in_the_app_is_an_echo(instagram: Instagram, receiver: Receiver) -> None:
    await instagram.person_types(ANNA, "I take over")
    assert (receiver.event().kind, receiver.event().customer_id) == (EventKind.ECHO, ANNA)


@pytest.mark.parametrize("when", ["after", "before"])
async def test_what_is_sent_is_echoed_under_its_id(
    instagram: Instagram, receiver: Receiver, client: InstagramClient, when: str
) -> None:
    instagram.echo = when
    mid = await client.send_text(ACCOUNT_ID, TOKEN, ANNA, "hello")
    await instagram.settle()
    assert (receiver.event().kind, receiver.event().message_id) == (EventKind.ECHO, mid)


async def test_a_webhook_is_tried_again_until_it_is_taken(instagram: Instagram, receiver: Receiver) -> None:
    receiver.answers = [500]
    assert await instagram.customer_says(ANNA, "hi", attempts=2) == 200
    assert receiver.bodies[0] == receiver.bodies[1]
    receiver.answers = [500]
    assert await instagram.customer_says(ANNA, "hi") == 500


async def test_a_webhook_may_arrive_twice(instagram: Instagram, receiver: Receiver) -> None:
    instagram.copies = 2
    await instagram.customer_says(ANNA, "hi")
    assert len(receiver.bodies) == 2
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_no_answer_at_all_is_status_0(instagram: Instagram) -> None:
    instagram.webhook_url = "http://127.0.0.1:1/"
    assert await instagram.customer_says(ANNA, "hi") == 0


async def test_accounts_can_be_looked_up_and_subscribed(
    instagram: Instagram, session: aiohttp.ClientSession
) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with session.get(f"{instagram.url}/v25.0/me", headers=bearer) as answer:
        assert (await answer.json())["user_id"] == ACCOUNT_ID
    subscribe = (
        f"{instagram.url}/v25.0/me/subscribed_apps?subscribed_fields=messages,comments&access_token={TOKEN}"
    )
    async with session.post(subscribe) as answer:
        assert await answer.json() == {"success": True}
    assert instagram.subscribed == {ACCOUNT_ID: ["messages", "comments"]}
    async with session.get(subscribe) as answer:
        assert (await answer.json())["data"][0]["subscribed_fields"] == ["messages", "comments"]


async def test_it_runs_by_itself_and_is_steered_over_http(session: aiohttp.ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.standins.instagram", "--port", "0"),
        cwd=ROOT,
        env=os.environ,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    try:
        client = InstagramClient(session, graph_url=url, api_version="v25.0", app_url="")
        faults = [{"do": "answer", "status": 500, "body": {}, "times": 1}]
        async with session.post(f"{url}/_faults", json=faults) as answer:
            assert await answer.json() == {"waiting": 1}
        with pytest.raises(OutcomeUnknown):
            await client.send_text(ACCOUNT_ID, TOKEN, ANNA, "lost")
        mid = await client.send_text(ACCOUNT_ID, TOKEN, ANNA, "hello")
        async with session.get(f"{url}/_ledger") as answer:
            assert [(sent["mid"], sent["text"]) for sent in await answer.json()] == [(mid, "hello")]
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
