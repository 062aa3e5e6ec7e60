"""The log of what happens: written with it, read exactly once by who goes on from a snapshot."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.message import EventKind, Role
from store import conversations, customers, events, jobs, outbox
from store.conversations import Said
from store.events import Happening
from tests.store.rows import NOW, SOON, arrive, conversation_of, event, open_shop, reply, select, turn


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def now(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        return await events.now(connection)


async def since(engine: AsyncEngine, snapshot: str, **asked: Any) -> list[Happening]:
    async with engine.connect() as connection:
        return list((await events.after(connection, snapshot, **asked)).happenings)


def told(happenings: list[Happening]) -> list[tuple[str, dict[str, Any]]]:
    return [(one.kind, one.data) for one in happenings]


async def test_a_message_and_its_turn_are_told_with_their_customer(engine: AsyncEngine) -> None:
    began = await now(engine)
    finished = await turn(engine, "hello", reply("hi"))
    happened = await since(engine, began)
    assert told(happened) == [
        ("message", {"role": "customer"}),
        ("turn", {"execution_id": finished.turn.id, "silence_reason": None}),
    ]
    assert {(one.merchant_id, one.customer_id, one.channel) for one in happened} == {
        ("m1", "c1", "instagram")
    }


async def test_a_handover_a_pause_a_resume_and_a_reset_are_told(engine: AsyncEngine) -> None:
    finished = await turn(engine, "a person!", reply(handover="asked"))
    began = await now(engine)
    conversation_id = finished.conversation.id
    changes: list[Callable[[AsyncConnection], Awaitable[None]]] = [
        lambda c: conversations.resume(c, conversation_id),
        lambda c: conversations.pause(c, conversation_id, SOON, "paused_by_person"),
        lambda c: conversations.forget(c, conversation_id, NOW),
        lambda c: conversations.record(
            c, "m1", conversation_id, [Said(role=Role.PERSON, text="Mia here", at=NOW)]
        ),
    ]
    for change in changes:
        async with engine.begin() as connection:
            await change(connection)
    assert told(await since(engine, began)) == [
        ("resume", {}),
        ("pause", {}),
        ("reset", {}),
        ("message", {"role": "person"}),
    ]
    assert ("handover", {}) in told(await since(engine, "1:1:", merchant_id="m1"))


async def test_a_part_that_ended_is_told_and_one_on_its_way_is_not(engine: AsyncEngine) -> None:
    finished = await turn(engine, "hello", reply("one", "two"))
    began = await now(engine)
    async with engine.begin() as connection:
        (first,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {first.id: "mid"})
        (second,) = await outbox.claim(connection, ["m1"])
        await outbox.fail(connection, second, "rejected")
    assert [
        (one.data["part"], one.data["status"], one.data["reason"]) for one in await since(engine, began)
    ] == [(1, "sent", None), (2, "failed", "rejected")]
    assert {one.data["execution_id"] for one in await since(engine, began)} == {finished.turn.id}


async def test_the_progress_of_a_job_is_told(engine: AsyncEngine) -> None:
    began = await now(engine)
    async with engine.begin() as connection:
        await jobs.start(connection, job_id="j1", kind="import", merchant_id="m1", options={})
        await jobs.set_total(connection, "j1", 9)
        await jobs.advance(connection, "j1", cursor=4, done=4, faults=(), lease_s=30)
        await jobs.renew(connection, "j1", 30)
        await jobs.finish(connection, "j1", "done")
    happened = await since(engine, began)
    assert [(one.kind, one.data["status"], one.data["done"], one.data["total"]) for one in happened] == [
        ("job", "running", 0, 0),
        ("job", "running", 0, 9),
        ("job", "running", 4, 9),
        ("job", "done", 4, 9),
    ]
    assert {one.conversation_id for one in happened} == {None}


async def test_what_only_looks_like_something_is_not_told(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    began = await now(engine)
    await arrive(engine, event("", EventKind.READ, ignored="read"))
    await arrive(engine, event("❤️", EventKind.REACTION, ignored="reaction"))
    async with engine.begin() as connection:
        await conversations.touch(connection, conversation_id)
    assert told(await since(engine, began)) == []


async def test_a_transaction_that_ends_after_a_later_one_is_not_left_out(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    began = await now(engine)
    async with engine.connect() as slow:
        await events.note(slow, conversation_id, "slow")
        async with engine.begin() as quick:
            await events.note(quick, conversation_id, "quick")
        async with engine.connect() as reader:
            first = await events.after(reader, began)
        await slow.commit()
    async with engine.connect() as reader:
        second = await events.after(reader, first.upto)
        third = await events.after(reader, second.upto)
    assert [[one.kind for one in news.happenings] for news in (first, second, third)] == [
        ["quick"],
        ["slow"],
        [],
    ]


async def test_a_stretch_can_be_read_up_to_a_snapshot(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    stamps = [await now(engine)]
    for kind in ("one", "two", "three"):
        async with engine.begin() as connection:
            await events.note(connection, conversation_id, kind)
        stamps.append(await now(engine))
    assert [one.kind for one in await since(engine, stamps[0], until=stamps[2])] == ["one", "two"]
    assert [one.kind for one in await since(engine, stamps[0], limit=1)] == ["one"]


async def test_a_merchant_hears_only_of_its_own(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    began = await now(engine)
    await turn(engine, "hello", reply("hi"), merchant="m2")
    assert await since(engine, began, merchant_id="m1") == []
    assert len(await since(engine, began, merchant_id="m2")) == 2


async def test_who_was_erased_is_named_by_no_event(engine: AsyncEngine) -> None:
    began = await now(engine)
    await turn(engine, "my secret", reply("hi"), customer="ada")
    async with engine.begin() as connection:
        await customers.erase(connection, "m1", "ada")
    happened = await since(engine, began)
    assert "erased" in [one.kind for one in happened]
    assert all("ada" not in str(one) and "secret" not in str(one) for one in happened)


async def test_events_go_when_they_are_an_hour_old(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    async with engine.begin() as connection:
        await events.note(connection, conversation_id, "old")
        await connection.execute(text("UPDATE events SET at = at - interval '61 minutes'"))
        await events.note(connection, conversation_id, "new")
        await events.prune(connection)
    assert [row.kind for row in await select(engine, "kind FROM events")] == ["new"]


@pytest.mark.parametrize(
    ("given", "good"),
    [
        ("10:20:", True),
        ("10:20:10,12,19", True),
        ("1:1:", True),
        ("", False),
        ("10:20", False),
        ("20:10:", False),
        ("0:5:", False),
        ("10:20:12,12", False),
        ("10:20:9", False),
        ("10:20:20", False),
        ("10:99999999999999999999:", False),
        ("9223372036854775807:9223372036854775808:", False),
        ("10:20:'); DROP TABLE events", False),
    ],
)
async def test_a_snapshot_from_outside_is_looked_at_before_it_is_asked_for(
    engine: AsyncEngine, given: str, good: bool
) -> None:
    assert events.is_snapshot(given) is good
    if good:
        await since(engine, given)
