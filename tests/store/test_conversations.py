"""One customer's state, found within its merchant and paused for a person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Conflict, NotFound
from models.message import Role
from models.turn import Memory, Wish
from store import conversations, inbox
from store.conversations import Said
from tests.store.rows import NOW, SOON, commit, conversation_of, event, open_shop, queue, ready, reply, select


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def parts(engine: AsyncEngine) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await select(engine, "status, reason FROM outbox ORDER BY id")]


async def test_a_new_customer_has_an_empty_memory_and_is_not_paused(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        found = await conversations.get(connection, await conversation_of(engine))
    assert (found.memory, found.version, found.state(NOW)) == (Memory(), 0, "active")


async def test_a_customer_on_two_channels_is_found_by_naming_one(engine: AsyncEngine) -> None:
    first = await conversation_of(engine)
    elsewhere = event("hi", channel="simulator", account_id="m1")
    async with engine.begin() as connection:
        await inbox.take(connection, [("m1", elsewhere)])
        with pytest.raises(Conflict, match=r"channel.*instagram, simulator"):
            await conversations.find(connection, "m1", "c1")
        assert (await conversations.find(connection, "m1", "c1", "instagram")).id == first


async def test_a_conversation_of_another_merchant_is_not_found(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    theirs = await conversation_of(engine, "theirs", "m2")
    async with engine.begin() as connection:
        with pytest.raises(NotFound):
            await conversations.find(connection, "m1", "theirs")
        with pytest.raises(NotFound):
            await conversations.within(connection, "m1", theirs)
        assert (await conversations.within(connection, "m2", theirs)).id == theirs


async def test_a_pause_cancels_what_the_assistant_has_not_sent_but_not_what_a_person_typed(
    engine: AsyncEngine,
) -> None:
    conversation_id = await conversation_of(engine)
    await queue(engine, conversation_id, "from the assistant")
    await queue(engine, conversation_id, "from a person", execution_id=None, even_paused=True)
    await queue(engine, conversation_id, "already there", status="sent")
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
        found = await conversations.get(connection, conversation_id)
    assert (found.state(NOW), found.pause_reason) == ("paused", "person_answered")
    assert await parts(engine) == [("cancelled", "paused"), ("pending", None), ("sent", None)]


async def test_a_pause_ends_by_itself_or_when_it_is_resumed(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
        paused = await conversations.get(connection, conversation_id)
        await conversations.resume(connection, conversation_id)
        resumed = await conversations.get(connection, conversation_id)
    assert paused.paused(SOON - timedelta(seconds=1))
    assert not paused.paused(SOON)
    assert not resumed.paused(datetime.now(UTC))


async def test_every_change_of_state_moves_the_version(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    versions = []
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "person_answered")
        versions.append((await conversations.get(connection, conversation_id)).version)
        await conversations.resume(connection, conversation_id)
        versions.append((await conversations.get(connection, conversation_id)).version)
        await conversations.forget(connection, conversation_id, NOW)
        versions.append((await conversations.get(connection, conversation_id)).version)
        await conversations.touch(connection, conversation_id)
        versions.append((await conversations.get(connection, conversation_id)).version)
    assert versions == [1, 2, 3, 4]


async def test_forgetting_leaves_what_was_said(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    await commit(engine, await ready(engine, conversation_id, reply(memory=Memory(wish=Wish(query="hats")))))
    async with engine.begin() as connection:
        said = [Said(role=Role.PERSON, text="Hello", at=NOW)]
        await conversations.record(connection, "m1", conversation_id, said)
        assert (await conversations.get(connection, conversation_id)).memory.wish.query == "hats"
        await conversations.forget(connection, conversation_id, NOW)
        assert (await conversations.get(connection, conversation_id)).memory == Memory(since=NOW)
        assert [line.text for line in await conversations.lines(connection, conversation_id)] == ["Hello"]


async def test_the_newest_lines_come_oldest_first(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    said = [
        Said(role=Role.CUSTOMER, text=str(number), at=NOW, product_ids=("p", str(number)))
        for number in range(12)
    ]
    async with engine.begin() as connection:
        await conversations.record(connection, "m1", conversation_id, said)
        lines = await conversations.lines(connection, conversation_id)
    assert [line.text for line in lines] == [str(number) for number in range(2, 12)]
    assert lines[0].message.product_ids == ("p", "2")
