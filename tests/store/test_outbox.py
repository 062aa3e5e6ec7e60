"""Parts leave one after another, when they may, and end with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import EventKind
from store import accounts, conversations, origins, outbox
from store.outbox import Delivery, Lane
from tests.store.rows import (
    CHANNEL,
    NOW,
    SOON,
    account_of,
    arrive,
    conversation_of,
    event,
    open_shop,
    part,
    queue,
    select,
)


@pytest.fixture
async def conversation_id(engine: AsyncEngine) -> int:
    await open_shop(engine)
    return await conversation_of(engine)


async def claim(engine: AsyncEngine, *merchants: str) -> list[Delivery]:
    async with engine.begin() as connection:
        return await outbox.claim(connection, merchants or ["m1"])


async def claim_one(engine: AsyncEngine) -> Delivery:
    (delivery,) = await claim(engine)
    return delivery


async def claimed_texts(engine: AsyncEngine) -> list[str]:
    return [delivery.part.text for delivery in await claim(engine)]


async def state(engine: AsyncEngine) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await select(engine, "status, reason FROM outbox ORDER BY id")]


async def shift(engine: AsyncEngine, column: str, seconds: float) -> None:
    """As if so much time had passed."""
    async with engine.begin() as connection:
        await connection.execute(
            text(f"UPDATE outbox SET {column} = {column} - make_interval(secs => :s)"),  # noqa: S608 - a column
            {"s": seconds},
        )


async def test_a_claimed_part_knows_all_it_takes_to_send_it(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "hello", comment_id="comment-1")
    delivery = await claim_one(engine)
    assert (delivery.part, delivery.comment_id, delivery.attempts) == (part("hello"), "comment-1", 1)
    assert (delivery.key.account_id, delivery.key.customer_id) == (account_of("m1"), "c1")
    assert (delivery.sealed_token, delivery.expires_at) == (b"sealed", SOON)


async def test_the_second_part_leaves_when_the_first_has_ended(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one", "two")
    first = await claim_one(engine)
    assert first.part.text == "one"
    assert await claim(engine) == []
    async with engine.begin() as connection:
        await outbox.sent(connection, {first.id: "mid"})
    assert await claimed_texts(engine) == ["two"]


async def test_a_part_that_failed_does_not_hold_up_the_next(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one", "two")
    async with engine.connect() as connection:
        first = (await outbox.claim(connection, ["m1"]))[0]
        await outbox.fail(connection, first, "bad_request")
        await connection.commit()
    assert await claimed_texts(engine) == ["two"]


async def test_a_part_that_is_not_due_holds_up_what_follows(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one", "two")
    first = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.retry(connection, first, "provider_failed", 60)
    assert await claim(engine) == []
    await shift(engine, "due_at", 61)
    again = await claim_one(engine)
    assert (again.part.text, again.attempts) == ("one", 2)


async def test_conversations_do_not_wait_for_each_other(engine: AsyncEngine, conversation_id: int) -> None:
    other = await conversation_of(engine, "c2")
    await queue(engine, conversation_id, "one", "two")
    await queue(engine, other, "three")
    assert await claimed_texts(engine) == ["one", "three"]


async def test_no_more_is_claimed_than_there_is_room_for_and_what_was_tried_least_goes_first(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    await queue(engine, await conversation_of(engine, "c2"), "two")
    await queue(engine, await conversation_of(engine, "c3"), "under a comment", comment_id="179")
    messages = Lane(channel=CHANNEL, account_id=account_of("m1"), comments=False)
    async with engine.begin() as connection:
        tried, *_ = await outbox.claim(connection, ["m1"], {messages: 1, replace(messages, comments=True): 0})
        await outbox.retry(connection, tried, "provider_failed", 0)
    assert tried.part.text == "one"
    async with engine.begin() as connection:
        claimed = await outbox.claim(connection, ["m1"], {messages: 1})
    assert [delivery.part.text for delivery in claimed] == ["two", "under a comment"]


async def test_what_was_claimed_and_not_tried_is_as_before(engine: AsyncEngine, conversation_id: int) -> None:
    await queue(engine, conversation_id, "one")
    claimed = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.give_back(connection, claimed)
    assert await state(engine) == [("pending", "account_waits")]
    assert (await claim_one(engine)).attempts == 1


async def test_only_the_merchants_that_were_asked_for_are_claimed(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    assert await claim(engine, "m2") == []
    async with engine.begin() as connection:
        assert await outbox.merchants_with_work(connection) == ["m1"]


async def test_two_that_claim_at_once_never_share_a_part(engine: AsyncEngine, conversation_id: int) -> None:
    await queue(engine, conversation_id, "one", "two")
    async with engine.connect() as first, engine.connect() as second:
        assert len(await outbox.claim(first, ["m1"])) == 1
        await second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(Exception, match="lock timeout"):  # waits for the first one's end
            await outbox.claim(second, ["m1"])
        await second.rollback()
        await first.commit()
        assert await outbox.claim(second, ["m1"]) == []


async def test_nothing_of_a_paused_conversation_leaves_but_what_may(
    engine: AsyncEngine, conversation_id: int
) -> None:
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
    await queue(engine, conversation_id, "from the assistant")
    assert await claim(engine) == []
    await queue(engine, conversation_id, "from a person", execution_id=None, even_paused=True)
    async with engine.begin() as connection:
        await outbox.give_way(connection, ["m1"])
    assert await claimed_texts(engine) == ["from a person"]
    assert (await state(engine))[0] == ("cancelled", "paused")


async def test_a_part_that_was_in_flight_when_the_pause_began_gives_way(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "from the assistant")
    flying = await claim_one(engine)
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
    await queue(engine, conversation_id, "from a person", execution_id=None, even_paused=True)
    assert await claim(engine) == []
    async with engine.begin() as connection:
        await outbox.retry(connection, flying, "provider_failed", 60)
        await outbox.give_way(connection, ["m1"])
    assert await claimed_texts(engine) == ["from a person"]


async def test_nothing_leaves_for_an_account_whose_token_is_invalid_until_it_is_connected_again(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    async with engine.begin() as connection:
        await accounts.park(connection, CHANNEL, account_of("m1"), "token_invalid", sealed_token=b"sealed")
    assert await claim(engine) == []
    async with engine.begin() as connection:
        await accounts.connect(
            connection,
            merchant_id="m1",
            channel=CHANNEL,
            account_id=account_of("m1"),
            sealed_token=b"new",
        )
    assert (await claim_one(engine)).sealed_token == b"new"


async def test_an_account_that_has_a_new_token_is_not_stopped_by_the_failure_of_the_old_one(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    async with engine.begin() as connection:
        await accounts.park(
            connection, CHANNEL, account_of("m1"), "token_invalid", sealed_token=b"the one before"
        )
    assert await claimed_texts(engine) == ["one"]


async def test_what_has_been_sent_stays_sent(engine: AsyncEngine, conversation_id: int) -> None:
    await queue(engine, conversation_id, "one")
    claimed = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.sent(connection, {claimed.id: "mid"})
        await outbox.retry(connection, claimed, "provider_failed", 0)
        await outbox.unknown(connection, claimed, "outcome_unknown")
        await outbox.fail(connection, claimed, "bad_request")
        assert (await origins.find(connection, conversation_id, "mid")).ours
        assert not (await origins.find(connection, conversation_id + 1, "mid")).ours
    assert await state(engine) == [("sent", None)]


async def test_an_unknown_outcome_is_released_when_no_echo_came_in_time(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    claimed = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.unknown(connection, claimed, "outcome_unknown")
        await outbox.release(connection, ["m1"], 15)
        flight = (await origins.find(connection, conversation_id, "other")).flight
    assert flight
    assert (flight.id, flight.unknown) == (claimed.id, True)
    await shift(engine, "sending_at", 16)
    async with engine.begin() as connection:
        await outbox.release(connection, ["m1"], 15)
    assert (await claim_one(engine)).attempts == 2


async def test_what_was_on_its_way_when_its_sender_died_is_unknown_and_keeps_its_place(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one", "two")
    await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.abandon(connection, ["m1"])
    assert await state(engine) == [("sending", "sender_died"), ("pending", None)]
    assert await claimed_texts(engine) == []
    await shift(engine, "sending_at", 5)
    async with engine.begin() as connection:
        await outbox.release(connection, ["m1"], 15, abandoned_s=4)
    assert await claimed_texts(engine) == ["one"]


async def test_a_sender_that_was_given_up_has_no_say_in_what_its_successor_tries(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    late = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.abandon(connection, ["m1"])
        await outbox.release(connection, ["m1"], 0, abandoned_s=-1)
    await claim_one(engine)
    async with engine.begin() as connection:
        assert not await outbox.depart(connection, late)
        await outbox.retry(connection, late, "provider_failed", 0)
        await outbox.give_back(connection, late)
        await outbox.unknown(connection, late, "outcome_unknown")
        await outbox.fail(connection, late, "bad_request")
    assert await state(engine) == [("sending", None)]
    async with engine.begin() as connection:
        await outbox.sent(connection, {late.id: "mid"})
    assert await state(engine) == [("sent", None)]


async def test_an_echo_is_awaited_from_when_nobody_knew_any_more(
    engine: AsyncEngine, conversation_id: int
) -> None:
    """A call that got no answer has taken ten of the fifteen seconds already."""
    await queue(engine, conversation_id, "one")
    claimed = await claim_one(engine)
    await shift(engine, "sending_at", 10)
    async with engine.begin() as connection:
        await outbox.unknown(connection, claimed, "outcome_unknown")
    await shift(engine, "sending_at", 10)
    async with engine.begin() as connection:
        await outbox.release(connection, ["m1"], 15)
    assert await state(engine) == [("sending", "outcome_unknown")]


async def test_a_private_reply_is_never_released_to_be_sent_again(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one", comment_id="comment-1")
    await claim_one(engine)
    await shift(engine, "sending_at", 16)
    async with engine.begin() as connection:
        await outbox.release(connection, ["m1"], 15)
    assert await state(engine) == [("failed", "outcome_unknown")]


async def test_a_part_in_a_couriers_hand_is_not_released(engine: AsyncEngine, conversation_id: int) -> None:
    await queue(engine, conversation_id, "one")
    part_id = (await claim_one(engine)).id
    await shift(engine, "sending_at", 600)
    async with engine.begin() as connection:
        await outbox.release(connection, ["m1"], 15, held=[part_id])
    assert await state(engine) == [("sending", None)]


async def test_a_part_departs_unless_a_person_has_stepped_in(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    claimed = await claim_one(engine)
    await shift(engine, "sending_at", 600)
    async with engine.begin() as connection:
        assert await outbox.depart(connection, claimed)
        await outbox.release(connection, ["m1"], 15)
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
        assert not await outbox.depart(connection, claimed)
        assert not await outbox.depart(connection, claimed)
    assert await state(engine) == [("cancelled", "paused")]
    await queue(engine, conversation_id, "from a person", execution_id=None, even_paused=True)
    claimed = await claim_one(engine)
    async with engine.begin() as connection:
        assert await outbox.depart(connection, claimed)


async def test_what_waits_longer_than_the_window_is_open_ends_with_its_reason(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "late", expires_at=NOW - timedelta(seconds=1))
    await queue(engine, conversation_id, "in time")
    async with engine.begin() as connection:
        await outbox.expire(connection, ["m2"])
        assert await outbox.merchants_with_work(connection) == ["m1"]
        await outbox.expire(connection, ["m1"])
    assert await state(engine) == [("failed", "outside_window"), ("pending", None)]


async def test_what_a_person_says_a_day_late_is_known_as_such(
    engine: AsyncEngine, conversation_id: int
) -> None:
    async def late(hours: int, **rest: object) -> bool:
        async with engine.begin() as connection:
            spoke_at = NOW - timedelta(hours=hours)
            await connection.execute(
                text("UPDATE conversations SET last_customer_at = :at"), {"at": spoke_at}
            )
        await queue(engine, conversation_id, "hello", **rest)
        delivery = await claim_one(engine)
        async with engine.begin() as connection:
            await outbox.sent(connection, {delivery.id: f"mid-{delivery.id}"})
        return delivery.late

    assert not await late(23, execution_id=None)
    assert await late(25, execution_id=None)
    # The assistant never speaks as a person.
    assert not await late(25, execution_id="turn-1")


async def test_a_line_under_a_comment_does_not_leave_when_its_private_reply_failed(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "private", "public", comment_id="179")
    await queue(engine, conversation_id, "other", comment_id="180")
    delivery = await claim_one(engine)
    async with engine.begin() as connection:
        await outbox.fail(connection, delivery, "bad_request")
    assert await state(engine) == [
        ("failed", "bad_request"),
        ("cancelled", "private_reply_failed"),
        ("pending", None),
    ]


async def test_an_echo_that_was_faster_than_the_record_of_its_part_is_settled_with_it(
    engine: AsyncEngine, conversation_id: int
) -> None:
    await queue(engine, conversation_id, "one")
    part_id = (await claim_one(engine)).id
    echoes = [event("one", EventKind.ECHO, message_id=mid) for mid in ("mid-of-ours", "mid-of-a-person")]
    for echo in echoes:
        await arrive(engine, echo)
    async with engine.begin() as connection:
        await outbox.sent(connection, {part_id: "mid-of-ours"})
    found = await select(engine, "status, reason FROM inbox WHERE kind = 'echo' ORDER BY seq")
    assert [tuple(row) for row in found] == [("silent", "own_echo"), ("waiting", None)]
