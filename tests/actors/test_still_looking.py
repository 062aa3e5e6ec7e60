"""Who waits long is told once that an answer is being made, and never after it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from models.message import EventKind
from store import conversations, endings, outbox
from tests.actors.talk import PAUSE, Talk
from tests.store.rows import SOON, part, reply, select

TOLD = "still looking: hi"


@pytest.fixture
def slow(talk: Talk) -> Talk:
    """The agent answers when the customer has been told to wait."""
    talk.still_looking_after = timedelta(0)
    talk.agent.while_answering = [talk.heard_of.wait]
    return talk


async def test_it_leaves_before_the_answer_and_is_on_record_between_the_two(slow: Talk) -> None:
    async def send() -> None:
        await slow.heard_of.wait()
        await slow.claim()

    slow.agent.while_answering = [send]
    await slow.says("hi")
    assert await slow.outbox() == [("sending", TOLD), ("pending", "re: hi")]
    assert await slow.record() == [("customer", "hi"), ("assistant", TOLD), ("assistant", "re: hi")]
    assert slow.announced == ["m1", "m1"]


async def test_it_is_no_part_of_the_turns_answer(slow: Talk) -> None:
    await slow.says("hi")
    (row,) = await select(slow.engine, "reply->'parts' AS parts FROM executions")
    assert [one["text"] for one in row.parts] == ["re: hi"]


async def test_what_has_not_left_when_the_answer_is_there_does_not_leave(slow: Talk) -> None:
    await slow.says("hi")
    assert await slow.outbox() == [("cancelled", TOLD), ("pending", "re: hi")]
    assert await slow.record() == [("customer", "hi"), ("assistant", "re: hi")]


async def test_a_quick_answer_comes_alone(talk: Talk) -> None:
    await talk.says("hi")
    assert await talk.outbox() == [("pending", "re: hi")]


async def test_a_comment_gets_only_its_answer(slow: Talk) -> None:
    slow.agent.while_answering = [partial(asyncio.sleep, 0)]
    await slow.says("hi", kind=EventKind.COMMENT)
    assert await slow.outbox() == [("pending", "re: hi")]


async def test_a_turn_that_is_repeated_after_a_crash_says_it_once(slow: Talk) -> None:
    async def crash() -> None:
        await slow.heard_of.wait()
        await slow.claim()
        raise ConnectionError("the agent is gone")

    async def look() -> None:
        # Long enough for a second one, had it been allowed.
        await asyncio.sleep(0.1)

    slow.agent.while_answering = [crash, look]
    with pytest.raises(ConnectionError):
        await slow.says("hi")
    await slow.work()
    assert await slow.outbox() == [("sending", TOLD), ("pending", "re: hi")]


async def test_a_turn_that_starts_over_says_it_once(slow: Talk) -> None:
    async def newer() -> None:
        await slow.heard_of.wait()
        await slow.arrives("in blue")

    slow.agent.while_answering = [newer, partial(asyncio.sleep, 0.1)]
    await slow.says("hi")
    assert await slow.outbox() == [("cancelled", TOLD), ("pending", "re: hi\nin blue")]


async def test_it_never_comes_after_the_answer(talk: Talk) -> None:
    await talk.arrives("hi")
    before = await talk.state()
    await talk.work()
    async with talk.engine.begin() as connection:
        assert not await endings.say_meanwhile(connection, before, "turn-late", part("late"), SOON)
    assert await talk.outbox() == [("pending", "re: hi")]


async def test_nothing_is_said_over_a_person_who_has_just_answered(talk: Talk) -> None:
    await talk.arrives("hi")
    before = await talk.state()
    await talk.arrives("I can help", EventKind.ECHO)
    async with talk.engine.begin() as connection:
        assert not await endings.say_meanwhile(connection, before, "turn-1", part("late"), SOON)


async def test_a_pause_takes_it_back(slow: Talk) -> None:
    async def pause() -> None:
        await slow.heard_of.wait()
        async with slow.engine.begin() as connection:
            await conversations.pause(connection, slow.id, datetime.now(UTC) + PAUSE, "person_answered")

    slow.agent.while_answering = [pause]
    await slow.says("hi")
    assert await slow.outbox() == [("cancelled", TOLD)]
    async with slow.engine.begin() as connection:
        assert await outbox.claim(connection, ["m1"]) == []


async def test_a_database_that_fails_meanwhile_costs_no_answer(
    slow: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> bool:
        slow.heard_of.set()
        raise ConnectionError("the database is gone")

    monkeypatch.setattr(endings, "say_meanwhile", fails)
    await slow.says("hi")
    assert await slow.outbox() == [("pending", "re: hi")]


async def test_what_discarded_answers_cost_is_counted_with_the_turn(talk: Talk) -> None:
    talk.agent.reply = reply("ok", cost=300)
    talk.agent.while_answering = [partial(talk.arrives, "in blue")]
    await talk.says("hi")
    assert [tuple(row) for row in await select(talk.engine, "microdollars, turns FROM spending")] == [
        (600, 1)
    ]
