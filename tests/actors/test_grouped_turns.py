"""Turns of one shard that begin or end at the same moment."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.grouped_turns import GroupedTurns
from models.errors import NotFound
from store.endings import Outcome
from tests.store.rows import conversation_of, open_shop, ready, reply, select


@pytest.fixture
async def grouped(engine: AsyncEngine) -> GroupedTurns:
    await open_shop(engine)
    return GroupedTurns(engine)


async def test_each_conversation_is_read_as_if_alone(engine: AsyncEngine, grouped: GroupedTurns) -> None:
    ids = [await conversation_of(engine, f"c{number}") for number in range(5)]
    starts = await asyncio.gather(*(grouped.read(each) for each in (*ids, *ids[:2])))
    assert [start.conversation.id for start in starts] == [*ids, *ids[:2]]
    assert all(len(start.waiting) == 1 for start in starts)


async def test_a_conversation_that_is_gone_fails_nobody_else(
    engine: AsyncEngine, grouped: GroupedTurns
) -> None:
    here = await conversation_of(engine)
    results = await asyncio.gather(
        grouped.read(here), grouped.read(here + 1), grouped.read(here), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["Start", NotFound.__name__, "Start"]


async def test_each_turn_ends_for_itself_and_knows_what_was_spent_after_it(
    engine: AsyncEngine, grouped: GroupedTurns
) -> None:
    ids = [await conversation_of(engine, f"c{number}") for number in range(4)]
    finished = [await ready(engine, each, reply("yes", cost=100)) for each in ids]
    stale = replace(finished[2], conversation=replace(finished[2].conversation, version=99))
    kept = await asyncio.gather(*map(grouped.commit, [finished[0], finished[1], stale, finished[3]]))
    assert [each.outcome for each in kept] == [
        *(Outcome.COMMITTED, Outcome.COMMITTED, Outcome.STALE, Outcome.COMMITTED)
    ]
    assert [kept[at].spent_microdollars for at in (0, 1, 3)] == [100, 200, 300]
    assert len(await select(engine, "id FROM outbox")) == 3


async def test_a_turn_that_cannot_be_kept_costs_only_itself(
    engine: AsyncEngine, grouped: GroupedTurns
) -> None:
    ids = [await conversation_of(engine, f"c{number}") for number in range(4)]
    finished = [await ready(engine, each, reply("yes")) for each in ids]
    # An execution of that id is on record already.
    await grouped.commit(finished[0])
    finished[2] = replace(finished[2], turn=replace(finished[2].turn, id=finished[0].turn.id))
    results = await asyncio.gather(*map(grouped.commit, finished[1:]), return_exceptions=True)
    kept = [result for result in results if not isinstance(result, BaseException)]
    assert [each.outcome for each in kept] == [Outcome.COMMITTED, Outcome.COMMITTED]
    assert isinstance(results[1], DBAPIError)
    assert len(await select(engine, "id FROM executions")) == 3


async def test_more_says_whether_something_else_waits(engine: AsyncEngine, grouped: GroupedTurns) -> None:
    conversation_id = await conversation_of(engine)
    finished = await ready(engine, conversation_id, reply("yes"))
    assert not (await grouped.commit(finished)).more
    await conversation_of(engine)
    finished = await ready(engine, conversation_id, reply("yes"))
    await conversation_of(engine)
    kept = await grouped.commit(replace(finished, may_restart=False))
    assert (kept.outcome, kept.more) == (Outcome.COMMITTED, True)
