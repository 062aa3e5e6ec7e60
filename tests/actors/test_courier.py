"""However a send ends, the part has an end or another try, with a reason on record."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
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
from channels.pace import Rate
from models.turn import Part, PartType
from store import accounts, conversations
from store.outbox import Delivery
from store.vault import Vault
from tests.standins.clock import Clock
from tests.standins.instagram import TOKEN
from tests.store.rows import (
    CHANNEL,
    CUSTOMER,
    NOW,
    SOON,
    account_of,
    conversation_of,
    end_of_part,
    queue,
    select,
)

TEXTS, CARDS = Rate(per_s=1000, burst=1000), Rate(per_s=999, burst=999)


class Wire:
    """A channel that remembers what it was given, and fails as it is told to."""

    name = CHANNEL

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.sent: list[tuple[Destination, Part]] = []
        self.on_rate: Callable[[], None] = lambda: None
        self.rest = 0.0
        self.typed: list[Destination] = []

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

    def rest_s(self, destination: Destination) -> float:  # noqa: ARG002 - same
        return self.rest

    async def show_typing(self, destination: Destination) -> None:
        self.typed.append(destination)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def courier(courier_on: Callable[[Channel], Courier], wire: Wire) -> Courier:
    return courier_on(wire)


async def sent_in_turn(courier: Courier) -> list[str]:
    """What is taken now, to be sent one after another."""
    taken = await courier.take(["m1"])
    for delivery in taken:
        await courier.send(delivery)
    return [delivery.part.text for delivery in taken]


def said(wire: Wire) -> list[str]:
    return [part.text for _, part in wire.sent]


async def waits_s(engine: AsyncEngine) -> float:
    return float((await select(engine, "extract(epoch FROM due_at - now()) FROM outbox"))[0][0])


async def tried(engine: AsyncEngine, delivery: Delivery, attempts: int) -> Delivery:
    """The same, the last of so many."""
    async with engine.begin() as connection:
        change = text("UPDATE outbox SET attempts = :attempts WHERE id = :id")
        await connection.execute(change, {"attempts": attempts, "id": delivery.id})
    return replace(delivery, attempts=attempts)


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
    assert await end_of_part(engine) == end


@pytest.mark.parametrize("error", [TokenInvalid(), PermissionMissing()], ids=lambda each: each.reason)
async def test_an_account_that_cannot_send_is_parked_with_what_waits(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery, error: SendError
) -> None:
    wire.error = error
    await courier.send(delivery)
    assert await account_status(engine) == error.reason


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TokenInvalid(), True),
        (PermissionMissing(), True),
        (RateLimited(retry_after_s=3600), True),
        (RateLimited(retry_after_s=60), False),
        (Transient(), False),
        (OutsideWindow(), False),
    ],
    ids=str,
)
async def test_what_needs_a_person_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
    courier: Courier,
    wire: Wire,
    delivery: Delivery,
    *,
    error: SendError,
    told: bool,
) -> None:
    wire.error = error
    with caplog.at_level(logging.INFO):
        await courier.send(delivery)
    assert (logging.ERROR in [record.levelno for record in caplog.records]) is told


async def test_a_token_that_no_key_opens_is_as_good_as_none(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    sealed = Vault(["lost"]).seal(TOKEN)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET access_token = :sealed"), {"sealed": sealed})
    await courier.send(replace(delivery, sealed_token=sealed))
    assert wire.sent == []
    assert await end_of_part(engine) == ("pending", "token_invalid")
    assert await account_status(engine) == "token_invalid"


async def test_a_part_whose_window_has_closed_is_not_even_tried(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await courier.send(replace(delivery, expires_at=NOW - timedelta(seconds=1)))
    assert wire.sent == []
    assert await end_of_part(engine) == ("failed", "outside_window")


async def test_a_part_that_keeps_failing_while_others_get_through_is_given_up(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    other = await conversation_of(engine, "c2")
    await queue(engine, other, "to another customer")
    await sent_in_turn(courier)
    wire.error = Transient()
    await courier.send(await tried(engine, delivery, TRANSIENT_ATTEMPTS))
    assert await end_of_part(engine) == ("failed", "provider_failed")


@pytest.mark.parametrize("error", [NotSent(), Transient()], ids=lambda each: each.reason)
async def test_an_outage_is_waited_out_as_long_as_the_window_is_open(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery, error: SendError
) -> None:
    wire.error = error
    await courier.send(await tried(engine, delivery, TRANSIENT_ATTEMPTS * 10))
    assert await end_of_part(engine) == ("pending", error.reason)
    assert 20 < await waits_s(engine) < 40


@pytest.mark.parametrize(("attempts", "least", "most"), [(1, 0.8, 1.2), (3, 3.2, 4.8), (12, 24, 36)])
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
    await courier.send(await tried(engine, delivery, attempts))
    assert least - 0.5 < await waits_s(engine) < most


async def test_a_private_reply_of_unknown_outcome_waits_for_its_echo(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    wire.error = OutcomeUnknown()
    wire.error.again = False  # as the channel says of what may be seen only once
    await courier.send(delivery)
    assert await end_of_part(engine) == ("sending", "outcome_unknown")


async def test_a_rate_limit_holds_back_whatever_the_account_sends_next(
    engine: AsyncEngine, courier: Courier, wire: Wire, clock: Clock, delivery: Delivery
) -> None:
    wire.error = RateLimited(retry_after_s=30)
    await courier.send(delivery)
    assert 29 < await waits_s(engine) <= 30
    wire.error = None
    await queue(engine, await conversation_of(engine, "c2"), "two")
    await queue(engine, await conversation_of(engine, "c3"), "three", comment_id="179")
    assert await sent_in_turn(courier) == []
    clock.now += 30
    await sent_in_turn(courier)
    assert said(wire) == ["two", "three"]


async def test_an_account_near_its_limits_leaves_room_between_its_calls(
    engine: AsyncEngine, courier: Courier, wire: Wire, clock: Clock, delivery: Delivery
) -> None:
    for customer in ("c2", "c3", "c4"):
        await queue(engine, await conversation_of(engine, customer), customer)
    wire.rest = 6
    await courier.send(delivery)
    assert (await end_of_part(engine))[0] == "sent"
    sent = []
    for _ in range(3):
        assert await sent_in_turn(courier) == []
        clock.now += 6
        sent += await sent_in_turn(courier)
    assert sent == ["c2", "c3", "c4"]


async def test_while_nothing_gets_through_one_part_after_another_tries(
    engine: AsyncEngine, courier: Courier, wire: Wire, clock: Clock, delivery: Delivery
) -> None:
    for customer in ("c2", "c3", "c4"):
        await queue(engine, await conversation_of(engine, customer), customer)
    wire.error = Transient()
    await courier.send(delivery)
    assert await sent_in_turn(courier) == ["c2", "c3", "c4"]
    assert await sent_in_turn(courier) == []
    for customer in ("c2", "c3", "c4"):
        clock.now += 40
        wire.error = Transient()
        assert len(await sent_in_turn(courier)) == 1, customer


async def test_when_one_gets_through_all_that_wait_follow_at_once(
    engine: AsyncEngine, courier: Courier, wire: Wire, clock: Clock, delivery: Delivery
) -> None:
    customers = [f"c{number}" for number in range(2, 9)]
    for customer in customers:
        await queue(engine, await conversation_of(engine, customer), customer)
    wire.error = Transient()
    await courier.send(delivery)
    await sent_in_turn(courier)
    for _ in customers:
        clock.now += 40
        await sent_in_turn(courier)
    wire.error = None
    clock.now += 40
    assert len(await sent_in_turn(courier)) == 1
    await sent_in_turn(courier)
    assert sorted(said(wire)) == customers


async def test_who_waits_for_its_turn_when_the_limit_is_met_goes_back_untried(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await queue(engine, await conversation_of(engine, "c2"), "two")
    (other,) = await courier.take(["m1"])
    wire.error = RateLimited(retry_after_s=30)
    await courier.send(delivery)
    await courier.send(other)
    row = (await select(engine, "status, reason, attempts FROM outbox ORDER BY id"))[1]
    assert tuple(row) == ("pending", "account_waits", 0)


async def test_a_part_gives_way_to_a_person_who_stepped_in_while_it_waited_for_its_turn(
    engine: AsyncEngine, courier: Courier, wire: Wire, clock: Clock, delivery: Delivery
) -> None:
    def waits() -> None:
        clock.now += 1

    wire.on_rate = waits
    async with engine.begin() as connection:
        await conversations.pause(connection, delivery.conversation_id, SOON, "person_answered")
    await courier.send(delivery)
    assert wire.sent == []
    assert await end_of_part(engine) == ("cancelled", "paused")


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
    assert await end_of_part(engine) == ("sending", None)


async def test_typing_is_shown_while_the_account_may_send(
    engine: AsyncEngine, courier: Courier, wire: Wire, delivery: Delivery
) -> None:
    await courier.show_typing(delivery.key)
    assert [(to.token, to.customer_id) for to in wire.typed] == [(TOKEN, CUSTOMER)]
    wire.error = RateLimited(retry_after_s=30)
    await courier.send(delivery)
    await courier.show_typing(delivery.key)
    async with engine.begin() as connection:
        await accounts.park(
            connection, CHANNEL, delivery.key.account_id, "token_invalid", sealed_token=delivery.sealed_token
        )
    await courier.show_typing(delivery.key)
    assert len(wire.typed) == 1
