"""However a send ends, the part has an end or another try, with a reason on record."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.courier import TRANSIENT_ATTEMPTS, Courier
from channels.channel import Channel, Destination
from channels.errors import (
    BadRequest,
    NotSent,
    OutcomeUnknown,
    OutsideWindow,
    PermissionMissing,
    PictureRefused,
    RateLimited,
    RecipientUnavailable,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.instagram.channel import InstagramChannel
from channels.instagram.client import InstagramClient
from channels.pace import Rate
from models.turn import Part, PartType
from store import conversations, outbox
from store.outbox import Delivery
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import TOKEN, Instagram
from tests.store.rows import CHANNEL, NOW, SOON, account_of, conversation_of, open_shop, queue, select

TEXTS, CARDS = Rate(per_s=1000, burst=1000), Rate(per_s=999, burst=999)
CUSTOMER = "990000000000001"


class Wire:
    """A channel that remembers what it was given, and fails as it is told to."""

    name = CHANNEL

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.sent: list[tuple[Destination, Part]] = []
        self.on_rate: Callable[[], None] = lambda: None

    def fit(self, parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:  # noqa: ARG002 - a channel's shape
        return tuple(parts)

    def rate(self, destination: Destination, part: Part) -> Rate:  # noqa: ARG002 - same
        self.on_rate()
        return CARDS if part.type is PartType.CARDS else TEXTS

    async def send(self, destination: Destination, part: Part) -> str:
        if self.error:
            raise self.error
        self.sent.append((destination, part))
        return f"mid-of-{part.text}"

    async def show_typing(self, destination: Destination) -> None:
        raise NotImplementedError


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def vault() -> Vault:
    return Vault(["key"])


@pytest.fixture
def courier_on(engine: AsyncEngine, vault: Vault) -> Callable[[Channel], Courier]:
    def made(channel: Channel) -> Courier:
        return Courier(
            engine=engine, channels={CHANNEL: channel}, open_token=vault.open, monotonic=time.monotonic
        )

    return made


@pytest.fixture
def courier(courier_on: Callable[[Channel], Courier], wire: Wire) -> Courier:
    return courier_on(wire)


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


@pytest.fixture
async def delivery(engine: AsyncEngine, vault: Vault) -> Delivery:
    """Claimed, on its way."""
    await open_shop(engine, token=vault.seal(TOKEN))
    await queue(engine, await conversation_of(engine, CUSTOMER), "hello")
    return await claimed(engine)


async def claimed(engine: AsyncEngine) -> Delivery:
    async with engine.begin() as connection:
        (delivery,) = await outbox.claim(connection, ["m1"])
    return delivery


async def ended(engine: AsyncEngine) -> tuple[str, str | None]:
    return tuple((await select(engine, "status, reason FROM outbox ORDER BY id"))[0])


async def waits_s(engine: AsyncEngine) -> float:
    return float((await select(engine, "extract(epoch FROM due_at - now()) FROM outbox"))[0][0])


async def account_status(engine: AsyncEngine) -> str:
    return str((await select(engine, "status FROM accounts"))[0][0])


async def test_a_part_is_sent_with_the_token_of_its_account(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await courier.send(delivery)
    assert [(to.account_id, to.token, to.customer_id) for to, _ in wire.sent] == [
        (account_of("m1"), TOKEN, CUSTOMER)
    ]
    row = (await select(engine, "status, message_id, sent_at IS NULL FROM outbox"))[0]
    assert tuple(row) == ("sent", "mid-of-hello", False)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (OutsideWindow(), ("failed", "outside_window")),
        (RecipientUnavailable(), ("failed", "recipient_unavailable")),
        (BadRequest(), ("failed", "bad_request")),
        (PictureRefused(), ("failed", "picture_refused")),
        (NotSent(), ("pending", "not_sent")),
        (Transient(), ("pending", "provider_failed")),
        (RateLimited(retry_after_s=30), ("pending", "rate_limited")),
        (OutcomeUnknown(), ("sending", "outcome_unknown")),
        (TokenInvalid(), ("pending", "token_invalid")),
        (PermissionMissing(), ("pending", "permission_missing")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, SendError) else "",
)
async def test_every_error_has_its_end(
    engine: AsyncEngine,
    courier: Courier,
    wire: Wire,
    delivery: Delivery,
    *,
    error: SendError,
    end: tuple[str, str],
) -> None:
    wire.error = error
    await courier.send(delivery)
    assert await ended(engine) == end


@pytest.mark.parametrize("error", [TokenInvalid(), PermissionMissing()], ids=lambda each: each.reason)
async def test_an_account_that_cannot_send_is_parked_with_what_waits(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery, error: SendError
) -> None:
    wire.error = error
    await courier.send(delivery)
    assert await account_status(engine) == "token_invalid"


async def test_a_token_that_no_key_opens_is_as_good_as_none(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await courier.send(replace(delivery, sealed_token=Vault(["lost"]).seal(TOKEN)))
    assert wire.sent == []
    assert await ended(engine) == ("pending", "token_invalid")
    assert await account_status(engine) == "token_invalid"


async def test_a_part_whose_window_has_closed_is_not_even_tried(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await courier.send(replace(delivery, expires_at=NOW - timedelta(seconds=1)))
    assert wire.sent == []
    assert await ended(engine) == ("failed", "outside_window")


async def test_a_provider_that_keeps_failing_is_given_up(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    wire.error = Transient()
    await courier.send(replace(delivery, attempts=TRANSIENT_ATTEMPTS))
    assert await ended(engine) == ("failed", "provider_failed")


async def test_an_outage_is_waited_out_as_long_as_the_window_is_open(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    wire.error = NotSent()
    await courier.send(replace(delivery, attempts=TRANSIENT_ATTEMPTS * 10))
    assert await ended(engine) == ("pending", "not_sent")
    assert 90 < await waits_s(engine) < 150


@pytest.mark.parametrize(("attempts", "least", "most"), [(1, 0.8, 1.2), (3, 3.2, 4.8), (12, 96, 144)])
async def test_each_try_waits_longer_than_the_one_before(
    engine: AsyncEngine,
    courier: Courier,
    wire: Wire,
    delivery: Delivery,
    *,
    attempts: int,
    least: float,
    most: float,
) -> None:
    wire.error = Transient()
    await courier.send(replace(delivery, attempts=attempts))
    assert least - 0.5 < await waits_s(engine) < most


async def test_a_private_reply_of_unknown_outcome_waits_for_its_echo(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    wire.error = OutcomeUnknown()
    wire.error.again = False  # as the channel says of what may be seen only once
    await courier.send(delivery)
    assert await ended(engine) == ("sending", "outcome_unknown")


@pytest.mark.parametrize("kind", [PartType.TEXT, PartType.CARDS])
async def test_a_rate_limit_holds_back_whatever_the_account_sends_next(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery, kind: PartType
) -> None:
    wire.error = RateLimited(retry_after_s=0.2)
    await courier.send(delivery)
    assert 0 < await waits_s(engine) <= 0.2
    wire.error = None
    began = time.monotonic()
    await courier.send(replace(delivery, part=Part(type=kind, text="next")))
    assert time.monotonic() - began >= 0.15


async def test_a_part_gives_way_to_a_person_who_stepped_in_while_it_waited_for_its_turn(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    async with engine.begin() as connection:
        await conversations.pause(connection, delivery.conversation_id, SOON, "person_answered")
    await courier.send(delivery)
    assert wire.sent == []
    assert await ended(engine) == ("cancelled", "paused")


async def test_a_part_is_held_from_its_claim_to_its_end(
    courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    held: list[int] = []
    wire.on_rate = lambda: held.extend(courier.held)
    await courier.send(delivery)
    assert held == [delivery.id]
    assert not courier.held


async def test_another_account_goes_on_meanwhile(courier: Courier, wire: Wire, delivery: Delivery) -> None:
    wire.error = RateLimited(retry_after_s=60)
    await courier.send(replace(delivery, id=delivery.id + 1000))
    wire.error = None
    await courier.send(replace(delivery, key=replace(delivery.key, account_id="another")))
    assert len(wire.sent) == 1


async def test_a_bug_in_a_channel_leaves_the_part_on_its_way(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    wire.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await courier.send(delivery)
    assert await ended(engine) == ("sending", None)


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
    assert await ended(engine) == end


async def test_a_host_that_is_not_there_has_surely_received_nothing(
    engine: AsyncEngine, courier_to_instagram: Courier, instagram: Instagram, delivery: Delivery
) -> None:
    await instagram.__aexit__()
    await courier_to_instagram.send(delivery)
    await instagram.__aenter__()
    assert await ended(engine) == ("pending", "not_sent")
    assert instagram.ledger == []
