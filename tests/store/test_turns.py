"""A turn is kept whole or not at all, and only over the state it has read."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.errors import NotFound
from models.message import EventKind, Role
from models.turn import Handover, Memory, RestockWish, Step, Wish
from store import conversation_list, conversations, executions, outbox, restock, spending, turns
from store.conversations import Said
from store.endings import Outcome
from tests.store.rows import (
    NOW,
    SOON,
    arrive,
    commit,
    conversation_of,
    event,
    open_shop,
    part,
    queue,
    ready,
    reply,
    select,
)

COUNTS = (
    "(SELECT count(*) FROM messages), (SELECT count(*) FROM executions), (SELECT count(*) FROM outbox), "
    "(SELECT count(*) FROM inbox WHERE status = 'waiting'), (SELECT max(version) FROM conversations)"
)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def test_a_turn_settles_its_messages_and_leaves_memory_parts_and_log(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    step = Step(name="rules", status="ok", started_at=NOW, duration_ms=1.5, data={"found": 3})
    answer = replace(reply("one", "two", memory=Memory(wish=Wish(query="hats"))), steps=(step,))
    said = [Said(role=Role.CUSTOMER, text="hello", at=NOW)]
    finished = replace(await ready(engine, conversation_id, answer), said=said)
    assert await commit(engine, finished) is Outcome.COMMITTED
    assert tuple((await select(engine, COUNTS))[0]) == (1, 1, 2, 0, 1)
    async with engine.begin() as connection:
        conversation = await conversations.get(connection, conversation_id)
        kept = await executions.get(connection, "m1", finished.turn.id)
    assert (conversation.memory.wish.query, conversation.last_customer_at) == ("hats", NOW)
    assert kept.reply == replace(answer, steps=())
    assert [each["data"] for each in kept.steps] == [{"found": 3}]
    assert "merchant" not in kept.turn


async def test_a_turn_that_fails_half_way_leaves_nothing(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    finished = await ready(engine, conversation_id, reply("one"))
    broken = replace(finished, said=[Said(role=Role.CUSTOMER, text=None, at=NOW)])  # type: ignore[arg-type] # fails
    before = await select(engine, COUNTS)
    with pytest.raises(IntegrityError):
        await commit(engine, broken)
    assert await select(engine, COUNTS) == before
    assert await commit(engine, finished) is Outcome.COMMITTED


async def test_a_turn_over_a_state_that_has_moved_is_stale_and_leaves_nothing(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    finished = await ready(engine, conversation_id, reply("one"))
    async with engine.begin() as connection:
        await conversations.touch(connection, conversation_id)
    before = await select(engine, COUNTS)
    assert await commit(engine, finished) is Outcome.STALE
    assert await select(engine, COUNTS) == before


async def test_of_two_turns_over_the_same_messages_one_is_kept(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    first, second = [await ready(engine, conversation_id, reply(text)) for text in ("one", "two")]
    outcomes = await asyncio.gather(commit(engine, first), commit(engine, second))
    assert sorted(outcome.name for outcome in outcomes) == ["COMMITTED", "STALE"]
    assert len(await select(engine, "id FROM outbox")) == 1


async def test_a_message_that_came_meanwhile_starts_the_turn_over_once(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    finished = await ready(engine, conversation_id, reply("one"))
    await arrive(engine, event("in blue"))
    assert await commit(engine, finished, may_restart=True) is Outcome.NEWER
    assert await commit(engine, finished, may_restart=False) is Outcome.COMMITTED
    waiting = await select(engine, "event->>'text' AS text FROM inbox WHERE status = 'waiting'")
    assert [row.text for row in waiting] == ["in blue"]


async def test_a_comment_does_not_start_a_turn_over(engine: AsyncEngine) -> None:
    finished = await ready(engine, await conversation_of(engine), reply("one"))
    await arrive(engine, event("nice", EventKind.COMMENT))
    assert await commit(engine, finished) is Outcome.COMMITTED


@pytest.mark.parametrize("kind", [EventKind.ECHO, EventKind.EDIT, EventKind.UNSEND])
async def test_a_turn_waits_for_what_may_change_it_and_came_in_meanwhile(
    engine: AsyncEngine, kind: EventKind
) -> None:
    finished = await ready(engine, await conversation_of(engine), reply("one"))
    await arrive(engine, event("nice", kind))
    assert await commit(engine, finished, may_restart=False) is Outcome.ASIDE
    assert not await select(engine, "id FROM outbox")


async def test_silence_keeps_memory_and_says_why(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await commit(engine, await ready(engine, conversation_id, reply(memory=Memory(focus=("p1",)))))
    await arrive(engine, event("hm"))
    finished = await ready(engine, conversation_id, None)
    assert await commit(engine, finished) is Outcome.COMMITTED
    async with engine.begin() as connection:
        assert (await conversations.get(connection, conversation_id)).memory.focus == ("p1",)
        kept = await executions.get(connection, "m1", finished.turn.id)
    assert (kept.reply, kept.silence_reason) == (None, "paused")
    row = (await select(engine, "status, reason FROM inbox ORDER BY seq DESC LIMIT 1"))[0]
    assert tuple(row) == ("silent", "paused")


async def test_a_handover_pauses_and_its_own_words_still_leave(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await queue(engine, conversation_id, "of an earlier turn, not yet sent")
    await commit(engine, await ready(engine, conversation_id, reply("A person answers.", handover="asked")))
    async with engine.begin() as connection:
        conversation = await conversations.get(connection, conversation_id)
        claimed = await outbox.claim(connection, ["m1"])
    assert (conversation.state(NOW), conversation.pause_reason) == ("paused", "asked")
    assert [each.part for each in claimed] == [part("A person answers.")]


async def test_who_was_handed_over_needs_a_person_until_one_answers(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await commit(engine, await ready(engine, conversation_id, reply("A person answers.", handover="asked")))
    async with engine.begin() as connection:
        (found,) = await listed(connection, needs_person=True)
        assert found.handover == Handover(reason="asked")
        await conversations.pause(connection, conversation_id, SOON, "paused_by_person")
        assert await listed(connection, needs_person=True)
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
        assert await listed(connection, needs_person=True) == []
        assert len(await listed(connection, needs_person=False)) == len(await listed(connection)) == 1


async def test_who_is_resumed_needs_no_person_any_more(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await commit(engine, await ready(engine, conversation_id, reply("A person answers.", handover="asked")))
    async with engine.begin() as connection:
        await conversations.resume(connection, conversation_id)
        assert await listed(connection, needs_person=True) == []


async def listed(
    connection: AsyncConnection, needs_person: bool | None = None
) -> list[conversations.Conversation]:
    page = await conversation_list.page(connection, "m1", limit=9, needs_person=needs_person)
    return [one.conversation for one in page]


async def test_costs_add_up_by_day_and_the_next_turn_knows_them(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    for cost in (300, 0, 200):
        await commit(engine, await ready(engine, conversation_id, reply("one", cost=cost)))
        await arrive(engine, event("and"))
    async with engine.begin() as connection:
        assert (await turns.read(connection, [conversation_id]))[conversation_id].spent_microdollars == 500
        (day,) = await spending.recent(connection, "m1", 31)
        assert (day.day, day.microdollars, day.turns) == (datetime.now(UTC).date(), 500, 2)
        await connection.execute(text("UPDATE spending SET day = day - 1"))
        assert (await turns.read(connection, [conversation_id]))[conversation_id].spent_microdollars == 0


async def test_a_discarded_turn_costs_and_wishes_nothing(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    answer = reply("one", cost=300, wishes=[RestockWish(product_id="p1")], handover="asked")
    finished = await ready(engine, conversation_id, answer)
    async with engine.begin() as connection:
        await conversations.touch(connection, conversation_id)
    assert await commit(engine, finished) is Outcome.STALE
    assert not await select(engine, "1 FROM spending")
    assert not await select(engine, "1 FROM restock_wishes")
    assert not await select(engine, "1 FROM conversations WHERE handover_at IS NOT NULL")


async def test_a_wish_for_what_is_sold_out_is_kept_once_and_goes_with_the_customer(
    engine: AsyncEngine,
) -> None:
    conversation_id = await conversation_of(engine)
    for variants in (("v1", "v2"), ()):
        wish = RestockWish(product_id="p1", variant_ids=variants)
        await commit(engine, await ready(engine, conversation_id, reply("Noted.", wishes=[wish])))
        await arrive(engine, event("and"))
    async with engine.begin() as connection:
        (waiter,) = await restock.listing(connection, "m1", limit=9, before=None)
        assert (waiter.customer_id, waiter.product_id, waiter.variant_ids) == ("c1", "p1", ())
        assert await restock.listing(connection, "m1", limit=9, before=None, product_id="p2") == []
        assert await restock.listing(connection, "m2", limit=9, before=None) == []
        await connection.execute(text("DELETE FROM conversations"))
        assert await restock.listing(connection, "m1", limit=9, before=None) == []


async def test_what_the_call_itself_delivered_is_sent(engine: AsyncEngine) -> None:
    finished = await ready(engine, await conversation_of(engine), reply("one"))
    await commit(engine, replace(finished, delivered_by_answer=True))
    assert [tuple(row) for row in await select(engine, "status, sent_at IS NULL FROM outbox")] == [
        ("sent", False)
    ]


async def test_a_late_message_does_not_turn_back_the_customers_clock(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await commit(engine, await ready(engine, conversation_id, reply("one")))
    await arrive(engine, event("late"))
    finished = await ready(engine, conversation_id, reply("two"))
    earlier = NOW.replace(year=NOW.year - 1)
    await commit(engine, replace(finished, last_customer_at=earlier))
    async with engine.begin() as connection:
        assert (await conversations.get(connection, conversation_id)).last_customer_at == NOW


async def test_an_execution_of_another_merchant_is_not_found(engine: AsyncEngine) -> None:
    finished = await ready(engine, await conversation_of(engine), reply("one"))
    await commit(engine, finished)
    async with engine.begin() as connection:
        with pytest.raises(NotFound):
            await executions.get(connection, "m2", finished.turn.id)
