"""What came in is kept once, in order, and ends with a reason."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from models.message import ConversationKey, EventKind
from store import inbox, outbox
from tests.store.rows import (
    CHANNEL,
    NOW,
    account_of,
    arrive,
    event,
    open_shop,
    queue,
    select,
)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def texts(engine: AsyncEngine, conversation_id: int) -> list[str]:
    async with engine.begin() as connection:
        return [item.event.text for item in await inbox.waiting(connection, conversation_id)]


async def test_an_event_that_comes_twice_in_one_batch_is_taken_once(engine: AsyncEngine) -> None:
    once = event("hi")
    assert len(await arrive(engine, once, once)) == 1


async def test_an_event_that_comes_again_is_not_new(engine: AsyncEngine) -> None:
    once = event("hi")
    await arrive(engine, once)
    taken = await arrive(engine, once, event("there"))
    assert len(taken) == 1
    assert await texts(engine, taken[0].conversation_id) == ["hi", "there"]


async def test_an_event_that_comes_on_two_connections_at_once_is_taken_once(engine: AsyncEngine) -> None:
    for _ in range(5):
        once = event("hi")
        first, second = await asyncio.gather(arrive(engine, once), arrive(engine, once))
        assert len([*first, *second]) == 1


async def test_the_same_events_at_once_in_another_order_do_not_deadlock(engine: AsyncEngine) -> None:
    for _ in range(5):
        events = [event("hi", customer="c1") for _ in range(300)]
        first, second = await asyncio.gather(arrive(engine, *events), arrive(engine, *reversed(events)))
        assert len([*first, *second]) == len(events)


async def test_what_comes_together_is_numbered_as_it_came(engine: AsyncEngine) -> None:
    events = [event(str(number), key=f"key-{-number}", at=NOW) for number in range(12)]
    taken = await arrive(engine, *events)
    assert await texts(engine, taken[0].conversation_id) == [str(number) for number in range(12)]
    assert [one.seq for one in taken] == sorted(one.seq for one in taken)


async def test_the_same_key_of_two_accounts_is_two_events(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    assert len(await arrive(engine, event(key="k"), event(key="k", merchant="m2"))) == 2


async def test_events_of_unknown_accounts_are_set_aside_and_the_others_taken(engine: AsyncEngine) -> None:
    stranger = event("hi", account_id="nobody")
    taken = await arrive(engine, stranger, event("hi"), stranger)
    assert len(taken) == 1
    assert [row.key for row in await select(engine, "key FROM unrouted")] == [stranger.key]


async def test_new_events_come_back_in_the_order_they_arrived(engine: AsyncEngine) -> None:
    customers = ["z", "a", "m", "a", "z"]
    taken = await arrive(engine, *(event(customer=customer) for customer in customers))
    assert [each.seq for each in taken] == sorted(each.seq for each in taken)
    found = await select(engine, "event->>'customer_id' AS customer FROM inbox ORDER BY seq")
    assert [row.customer for row in found] == customers


async def test_messages_wait_in_the_order_of_the_providers_time_then_of_arrival(engine: AsyncEngine) -> None:
    late = event("first", at=NOW - timedelta(seconds=5))
    taken = await arrive(engine, event("second", at=NOW), event("third", at=NOW), late)
    assert await texts(engine, taken[0].conversation_id) == ["first", "second", "third"]


async def test_an_event_nobody_answers_is_silent_from_the_start_with_its_reason(engine: AsyncEngine) -> None:
    taken = await arrive(
        engine, event("buy followers", ignored="spam"), event(kind=EventKind.READ), event("hi")
    )
    assert [each.waiting for each in taken] == [False, False, True]
    found = await select(engine, "status, reason FROM inbox ORDER BY seq")
    assert [tuple(row) for row in found] == [
        ("silent", "spam"),
        ("silent", "no_reply_due"),
        ("waiting", None),
    ]


async def test_the_echo_of_a_message_we_sent_is_silent_from_the_start(engine: AsyncEngine) -> None:
    conversation_id = (await arrive(engine, event("hi")))[0].conversation_id
    await queue(engine, conversation_id, "hello")
    async with engine.begin() as connection:
        (part,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {part.id: "mid-of-ours"})
    echoes = [
        event("hello", EventKind.ECHO, message_id="mid-of-ours"),
        event("hello", EventKind.ECHO, message_id="mid-of-ours", customer="c2"),
        event("hello", EventKind.ECHO, message_id="from-the-app"),
    ]
    taken = await arrive(engine, *echoes)
    assert [each.waiting for each in taken] == [False, True, True]
    assert [tuple(row) for row in await select(engine, "reason FROM inbox WHERE status = 'silent'")] == [
        ("own_echo",)
    ]


async def test_no_events_are_no_work(engine: AsyncEngine) -> None:
    assert await arrive(engine) == []


async def test_a_bucket_is_the_same_in_every_process(engine: AsyncEngine) -> None:
    key = ConversationKey(merchant_id="m1", channel=CHANNEL, account_id=account_of("m1"), customer_id="c1")
    assert inbox.bucket(key) == 2941912018
    assert (await arrive(engine, event()))[0].bucket == inbox.bucket(key)


async def test_every_waiting_conversation_is_swept_by_exactly_one_shard(engine: AsyncEngine) -> None:
    taken = await arrive(engine, *(event(customer=f"c{number}") for number in range(20)))
    async with engine.begin() as connection:
        swept = [await inbox.conversations_waiting(connection, shard, 3) for shard in range(3)]
        await inbox.settle(connection, [taken[0].seq], "answered", execution_id="turn-1")
        again = [await inbox.conversations_waiting(connection, shard, 3) for shard in range(3)]
    assert sorted(itertools.chain(*swept)) == sorted(each.conversation_id for each in taken)
    assert sum(map(len, again)) == 19


async def test_an_event_is_settled_once(engine: AsyncEngine) -> None:
    seq = (await arrive(engine, event("hi")))[0].seq
    async with engine.begin() as connection:
        assert await inbox.turn_of(connection, seq) is None
        await inbox.settle(connection, [seq], "answered", execution_id="turn-1")
        await inbox.settle(connection, [seq], "silent", reason="paused", execution_id="turn-2")
        assert await inbox.turn_of(connection, seq) == "turn-1"


async def test_an_event_is_found_again_by_its_customer_alone(engine: AsyncEngine) -> None:
    once = event("hi", key="k")
    taken = (await arrive(engine, once))[0]
    async with engine.begin() as connection:
        assert await inbox.find(connection, CHANNEL, once.account_id, "k", customer_id="c1") == taken
        with pytest.raises(NotFound):
            await inbox.find(connection, CHANNEL, once.account_id, "k", customer_id="c2")


async def test_what_came_before_the_account_was_connected_is_taken_when_it_is(engine: AsyncEngine) -> None:
    early = replace(event("hello"), account_id="late-account")
    async with engine.begin() as connection:
        assert await inbox.route(connection, CHANNEL, [early]) == []
        (taken,) = await inbox.adopt(connection, "m1", CHANNEL, "late-account")
        assert taken.waiting
        assert await inbox.adopt(connection, "m1", CHANNEL, "late-account") == []
