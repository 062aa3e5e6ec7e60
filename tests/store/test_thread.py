"""One conversation as it went, with what became of each part and what got no reply."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import Attachment, EventKind, Role
from store import conversations, inbox, outbox, thread
from store.conversations import Said
from store.thread import Thread
from tests.store.rows import NOW, SOON, arrive, conversation_of, event, open_shop, part, reply, turn


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def read(engine: AsyncEngine, conversation_id: int, **asked: int) -> Thread:
    async with engine.begin() as connection:
        return await thread.page(connection, conversation_id, **asked)


async def send(engine: AsyncEngine, conversation_id: int) -> None:
    async with engine.begin() as connection:
        (delivery,) = await outbox.claim(connection, ["m1"])
        assert delivery.conversation_id == conversation_id
        await outbox.sent(connection, {delivery.id: "mid-of-ours"})


async def test_each_part_says_whether_it_has_left(engine: AsyncEngine) -> None:
    finished = await turn(engine, "hello", reply("one", "two"))
    await send(engine, finished.conversation.id)
    entries = (await read(engine, finished.conversation.id)).entries
    assert [(one.line.role, one.line.text) for one in entries] == [
        (Role.CUSTOMER, "hello"),
        (Role.ASSISTANT, "one"),
        (Role.ASSISTANT, "two"),
    ]
    assert [one.sent and one.sent.status for one in entries] == [None, "sent", "pending"]


async def test_two_parts_that_say_the_same_are_two(engine: AsyncEngine) -> None:
    finished = await turn(engine, "hello", reply("again", "again"))
    await send(engine, finished.conversation.id)
    entries = (await read(engine, finished.conversation.id)).entries
    assert [one.sent and one.sent.status for one in entries] == [None, "sent", "pending"]


async def test_a_turn_says_why_it_is_silent_and_how_it_was_answered(engine: AsyncEngine) -> None:
    answered = await turn(engine, "a person please", reply("Wait.", handover="asked for a person"))
    silent = await turn(engine, "hello?", None)
    turns = (await read(engine, answered.conversation.id)).turns
    assert turns[answered.turn.id].rung == "rules"
    assert turns[answered.turn.id].handover_reason == "asked for a person"
    assert (turns[silent.turn.id].rung, turns[silent.turn.id].silence_reason) == (None, "paused")


async def test_what_a_person_typed_here_has_a_part_and_what_was_typed_in_the_app_an_event(
    engine: AsyncEngine,
) -> None:
    conversation_id = (await turn(engine, "hello", reply("hi"))).conversation.id
    (echo,) = await arrive(engine, event("from the app", EventKind.ECHO))
    async with engine.begin() as connection:
        await conversations.record(
            connection, "m1", conversation_id, [Said(role=Role.PERSON, text="from here", at=NOW)]
        )
        await outbox.put(
            connection, "m1", conversation_id, [part("from here")], execution_id=None, expires_at=SOON
        )
        in_app = Said(role=Role.PERSON, text="from the app", at=NOW, inbox_seq=echo.seq)
        await conversations.record(connection, "m1", conversation_id, [in_app])
        await inbox.settle(connection, [echo.seq], "recorded", reason="person_answered")
    read_now = await read(engine, conversation_id)
    here, app = read_now.entries[-2:]
    assert (here.sent and here.sent.status, here.event) == ("pending", None)
    assert (app.sent, app.event and app.event.kind) == (None, EventKind.ECHO)
    assert read_now.noted == ()


async def test_a_comment_is_known_from_a_message_and_pictures_come_along(engine: AsyncEngine) -> None:
    picture = Attachment(type="image", url="https://cdn.example/1.jpg")
    commented = await turn(engine, "price?", reply("$5"), EventKind.COMMENT, media_id="18")
    await turn(engine, "", reply("hm"), attachments=(picture,))
    entries = [one for one in (await read(engine, commented.conversation.id)).entries if one.event]
    assert [(one.event.kind, one.event.media_id) for one in entries if one.event] == [
        (EventKind.COMMENT, "18"),
        (EventKind.MESSAGE, None),
    ]
    assert entries[1].event
    assert entries[1].event.attachments == (picture,)


async def test_what_waits_and_what_got_no_reply_is_noted_with_its_reason(engine: AsyncEngine) -> None:
    conversation_id = (await turn(engine, "hello", reply("hi"))).conversation.id
    await arrive(engine, event("❤️", EventKind.REACTION, ignored="reaction"))
    await arrive(engine, event("", EventKind.READ, ignored="read"))
    await arrive(engine, event("and in blue?"))
    noted = (await read(engine, conversation_id)).noted
    assert [(one.event.kind, one.status, one.reason) for one in noted] == [
        (EventKind.REACTION, "silent", "reaction"),
        (EventKind.READ, "silent", "read"),
        (EventKind.MESSAGE, "waiting", None),
    ]


async def test_older_messages_come_page_by_page_and_notes_stand_on_one_of_them(engine: AsyncEngine) -> None:
    at = NOW - timedelta(days=1)
    conversation_id = await conversation_of(engine)
    for number in range(7):
        said = [Said(role=Role.CUSTOMER, text=str(number), at=at + timedelta(minutes=number))]
        async with engine.begin() as connection:
            await conversations.record(connection, "m1", conversation_id, said)
        reaction = event(
            str(number), EventKind.REACTION, ignored="reaction", at=at + timedelta(minutes=number, seconds=9)
        )
        await arrive(engine, reaction)
    pages = [await read(engine, conversation_id, limit=3)]
    while (older := pages[-1].older) is not None:
        pages.append(await read(engine, conversation_id, limit=3, before=older))
    assert [[one.line.text for one in page.entries] for page in pages] == [
        ["4", "5", "6"],
        ["1", "2", "3"],
        ["0"],
    ]
    reactions = [
        [one.event.text for one in page.noted if one.event.kind is EventKind.REACTION] for page in pages
    ]
    assert reactions == [["4", "5", "6"], ["1", "2", "3"], ["0"]]
