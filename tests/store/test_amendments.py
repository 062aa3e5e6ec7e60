"""Edited and unsent messages: what is on record afterwards, in whatever order it was reported."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import Attachment, EventKind, Message, Role
from models.search import Filters
from models.turn import Memory, Step, Wish
from store import amendments, conversations, inbox, outbox
from store.conversations import Said
from tests.store.rows import NOW, arrive, commit, event, open_shop, queue, ready, reply, select

SECRET = "my address is Linden Lane 7"


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def edit(engine: AsyncEngine, words: str, number: int = 1) -> int:
    """The conversation; the message is "a"."""
    at = NOW + timedelta(seconds=number)
    taken = await arrive(engine, event(words, EventKind.EDIT, message_id="a", at=at))
    async with engine.begin() as connection:
        await amendments.amend(connection, taken[0].conversation_id, "a")
        await inbox.settle(connection, [taken[0].seq], "recorded")
    return taken[0].conversation_id


async def unsend(engine: AsyncEngine) -> None:
    (taken,) = await arrive(engine, event("", EventKind.UNSEND, message_id="a"))
    async with engine.begin() as connection:
        await amendments.withdraw(connection, taken.conversation_id, "a")
        await inbox.settle(connection, [taken.seq], "recorded")


async def waiting(engine: AsyncEngine, conversation_id: int) -> list[str]:
    async with engine.begin() as connection:
        return [item.event.text for item in await inbox.waiting(connection, conversation_id)]


async def everything(engine: AsyncEngine) -> str:
    """All that the database holds of conversations, as text."""
    tables = ("inbox", "messages", "executions", "conversations", "outbox")
    return "\n".join([str([*row]) for table in tables for row in await select(engine, f"* FROM {table}")])


async def test_an_edit_of_a_waiting_message_is_its_text(engine: AsyncEngine) -> None:
    await arrive(engine, event("red", message_id="a"), event("hats", message_id="b"))
    assert await waiting(engine, await edit(engine, "blue")) == ["blue", "hats"]


async def test_of_two_edits_the_later_one_counts_whichever_comes_first(engine: AsyncEngine) -> None:
    await arrive(engine, event("red", message_id="a"))
    await edit(engine, "green", 2)
    assert await waiting(engine, await edit(engine, "blue", 1)) == ["green"]


async def test_an_edit_that_comes_before_its_message_counts(engine: AsyncEngine) -> None:
    await edit(engine, "blue")
    (taken,) = await arrive(engine, event("red", message_id="a"))
    assert await waiting(engine, taken.conversation_id) == ["blue"]


async def test_an_edit_of_an_answered_message_changes_its_record(engine: AsyncEngine) -> None:
    conversation_id = (await arrive(engine, event("red", message_id="a")))[0].conversation_id
    said = [Said(role=Role.CUSTOMER, text="red", at=NOW, provider_id="a")]
    await commit(engine, replace(await ready(engine, conversation_id, reply("ok")), said=said))
    await edit(engine, "blue")
    assert [row.text for row in await select(engine, "text FROM messages")] == ["blue"]


async def test_an_unsent_message_waits_no_more_and_leaves_no_content(engine: AsyncEngine) -> None:
    picture = (Attachment(type="image", url="https://cdn.example/1.jpg"),)
    (taken,) = await arrive(engine, event(SECRET, message_id="a", attachments=picture))
    await edit(engine, f"{SECRET}!")
    await unsend(engine)
    assert await waiting(engine, taken.conversation_id) == []
    row = (await select(engine, "status, reason FROM inbox ORDER BY seq"))[0]
    assert tuple(row) == ("silent", "unsent")
    assert "Linden Lane" not in await everything(engine)
    assert "cdn.example" not in await everything(engine)


async def test_a_message_that_was_taken_back_before_it_came_is_not_heard(engine: AsyncEngine) -> None:
    await unsend(engine)
    (taken,) = await arrive(engine, event(SECRET, message_id="a"))
    assert not taken.waiting
    await edit(engine, SECRET)
    assert "Linden Lane" not in await everything(engine)
    assert (await select(engine, "reason FROM inbox WHERE kind = 'message'"))[0][0] == "unsent"


async def test_an_answered_message_is_erased_in_all_that_was_made_of_it(engine: AsyncEngine) -> None:
    (taken, _) = await arrive(engine, event(SECRET, message_id="a"), event("a dress", message_id="b"))
    memory = Memory(wish=Wish(query=SECRET, filters=Filters(colors=("blue",))), focus=("p1",))
    step = Step(name="search", status="ok", started_at=NOW, duration_ms=1, data={"query": SECRET})
    answer = replace(reply("ok", memory=memory), steps=(step,))
    first = await ready(engine, taken.conversation_id, answer)
    said = [
        Said(role=Role.CUSTOMER, text=SECRET, at=NOW, provider_id="a"),
        Said(role=Role.CUSTOMER, text="a dress", at=NOW, provider_id="b"),
    ]
    turn = replace(first.turn, text=f"{SECRET}\na dress")
    await commit(engine, replace(first, turn=turn, said=said))

    await arrive(engine, event("and shoes", message_id="c"))
    second = await ready(engine, taken.conversation_id, answer)
    history = (
        Message(role=Role.CUSTOMER, text=SECRET, at=NOW),
        Message(role=Role.ASSISTANT, text="ok", at=NOW),
    )
    shoes = [Said(role=Role.CUSTOMER, text="and shoes", at=NOW, provider_id="c")]
    turn = replace(second.turn, text="and shoes", history=history, memory=memory)
    await commit(engine, replace(second, turn=turn, said=shoes))

    await unsend(engine)
    assert "Linden Lane" not in await everything(engine)
    rows = await select(
        engine, "turn->>'text' AS text, turn->'history' AS history FROM executions ORDER BY id"
    )
    assert [row.text for row in rows] == ["a dress", "and shoes"]
    assert [line["text"] for line in rows[1].history] == ["", "ok"]
    assert [row.name for row in await select(engine, "steps->0->>'name' AS name FROM executions")] == [
        "search",
        "search",
    ]
    assert (await select(engine, "memory->'focus' FROM conversations"))[0][0] == ["p1"]
    assert [tuple(row) for row in await select(engine, "text FROM messages ORDER BY id")] == [
        ("",),
        ("a dress",),
        ("and shoes",),
    ]


async def test_what_a_person_wrote_in_the_app_can_be_taken_back_as_well(engine: AsyncEngine) -> None:
    await arrive(engine, event(SECRET, EventKind.ECHO, message_id="a"))
    await unsend(engine)
    assert "Linden Lane" not in await everything(engine)


async def test_a_reply_that_somebody_took_back_in_the_app_leaves_no_content(engine: AsyncEngine) -> None:
    (taken,) = await arrive(engine, event("where are you?", message_id="q"))
    answer = reply(SECRET, "Come and see us!")
    said = [Said(role=Role.ASSISTANT, text=part.text, at=NOW) for part in answer.parts]
    first = await ready(engine, taken.conversation_id, answer)
    said = [replace(line, execution_id=first.turn.id) for line in said]
    await commit(engine, replace(first, said=said))
    async with engine.begin() as connection:
        (leaving,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {leaving.id: "a"})

    await arrive(engine, event("thanks", message_id="t"))
    second = await ready(engine, taken.conversation_id, reply("You are welcome."))
    history = (Message(role=Role.ASSISTANT, text=SECRET, at=NOW),)
    await commit(
        engine,
        replace(
            second,
            turn=replace(second.turn, history=history),
            said=[
                Said(role=Role.CUSTOMER, text="thanks", at=NOW, provider_id="t", execution_id=second.turn.id)
            ],
        ),
    )

    await unsend(engine)
    assert "Linden Lane" not in await everything(engine)
    assert [row.text for row in await select(engine, "body->>'text' AS text FROM outbox ORDER BY id")] == [
        "",
        "Come and see us!",
        "You are welcome.",
    ]


async def test_what_a_person_sent_from_here_is_erased_when_it_is_taken_back(engine: AsyncEngine) -> None:
    (taken,) = await arrive(engine, event("where are you?", message_id="q"))
    async with engine.begin() as connection:
        said = [Said(role=Role.PERSON, text=SECRET, at=NOW)]
        await conversations.record(connection, "m1", taken.conversation_id, said)
    await queue(engine, taken.conversation_id, SECRET, execution_id=None)
    async with engine.begin() as connection:
        (leaving,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {leaving.id: "a"})
    await unsend(engine)
    assert "Linden Lane" not in await everything(engine)
