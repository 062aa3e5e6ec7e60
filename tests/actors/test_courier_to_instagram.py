"""The courier and the Graph API over real HTTP."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.courier import Courier
from channels.channel import Channel
from channels.instagram.channel import InstagramChannel
from channels.instagram.client import InstagramClient
from store.outbox import Delivery
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import TOKEN, Instagram
from tests.store.rows import CUSTOMER, account_of, end_of_part, select


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram(accounts={account_of("m1"): TOKEN}) as running:
        yield running


@pytest.fixture
async def courier_to_instagram(
    instagram: Instagram, courier_on: Callable[[Channel], Courier]
) -> AsyncIterator[Courier]:
    async with aiohttp.ClientSession() as session:
        yield courier_on(
            InstagramChannel(
                InstagramClient(
                    session, graph_url=instagram.url, api_version="v25.0", app_url="https://shop.example"
                )
            )
        )


async def test_a_message_arrives_at_instagram_once(
    engine: AsyncEngine, courier_to_instagram: Courier, instagram: Instagram, delivery: Delivery
) -> None:
    await courier_to_instagram.send(delivery)
    assert [(sent.recipient_id, sent.text) for sent in instagram.ledger] == [(CUSTOMER, "hello")]
    row = (await select(engine, "status, message_id FROM outbox"))[0]
    assert tuple(row) == ("sent", instagram.ledger[0].mid)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (Fault(do="cut_after"), ("sending", "outcome_unknown")),
        (Fault(do="answer", status=400, body=error_body(10, 2534022)), ("failed", "outside_window")),
        (Fault(do="answer", status=400, body=error_body(551)), ("failed", "recipient_unavailable")),
        (Fault(do="answer", status=401, body=error_body(190, 463)), ("pending", "token_invalid")),
        (Fault(do="answer", status=400, body=error_body(613)), ("pending", "rate_limited")),
        (Fault(do="answer", status=500, body=error_body(2)), ("pending", "provider_failed")),
    ],
    ids=lambda value: "" if isinstance(value, Fault) else value[1],
)
async def test_what_instagram_answers_is_what_becomes_of_the_part(
    engine: AsyncEngine,
    courier_to_instagram: Courier,
    instagram: Instagram,
    delivery: Delivery,
    *,
    fault: Fault,
    end: tuple[str, str],
) -> None:
    instagram.faults.add(fault)
    await courier_to_instagram.send(delivery)
    assert await end_of_part(engine) == end


async def test_a_host_that_is_not_there_has_surely_received_nothing(
    engine: AsyncEngine, courier_to_instagram: Courier, instagram: Instagram, delivery: Delivery
) -> None:
    await instagram.__aexit__()
    await courier_to_instagram.send(delivery)
    await instagram.__aenter__()
    assert await end_of_part(engine) == ("pending", "not_sent")
    assert instagram.ledger == []
