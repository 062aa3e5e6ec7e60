"""One customer's turns: strictly one after another, each kept once, whatever comes in between."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from actors.batch import next_batch, turn_id
from actors.mailbox import BURST_LIMIT
from actors.metrics import names
from models.merchant import HandoverRules
from models.message import Attachment, EventKind
from models.search import Filters
from models.turn import Liking, Memory, Preferences, Wish
from store import conversations
from store.inbox import Waiting
from tests.actors.talk import PAUSE, Talk
from tests.store.rows import NOW, event, reply, select


async def fails() -> None:
    raise ConnectionError("the agent is gone")


async def nothing() -> None:
    pass


async def test_a_message_is_answered_recorded_and_announced(talk: Talk) -> None:
    seq = await talk.says("hi")
    assert await talk.outbox() == [("pending", "re: hi")]
    assert await talk.record() == [("customer", "hi"), ("assistant", "re: hi")]
    assert await talk.inbox() == [("answered", None)]
    assert (talk.announced, talk.settled) == (["m1"], [seq])


async def test_a_turn_is_counted_and_traced_when_it_is_kept_and_not_when_it_is_thrown_away(
    talk: Talk,
) -> None:
    async def one_more() -> None:
        await talk.arrives("in blue")

    talk.agent.while_answering.append(one_more)
    await talk.says("dresses")
    assert talk.agent.texts == ["dresses", "dresses\nin blue"]
    assert talk.counted.counts(names.TURNS, "rung") == {"rules": 1}
    assert sum(talk.counted.counted[names.DISCARDED].values()) == 1
    assert len(talk.traced) == 1


async def test_what_was_said_before_is_history(talk: Talk) -> None:
    await talk.says("hi")
    await talk.says("in blue")
    assert [message.text for message in talk.agent.turns[1].history] == ["hi", "re: hi"]


async def test_a_burst_is_one_turn_that_waits_for_the_customer_to_finish(talk: Talk) -> None:
    talk.quiet = timedelta(seconds=0.3)
    await talk.arrives("hi")
    working = asyncio.create_task(talk.work())
    for words in ("do you have dresses", "in blue"):
        await talk.arrives(words)
    await working
    assert talk.agent.texts == ["hi\ndo you have dresses\nin blue"]
    assert len(talk.settled) == 3


async def test_a_burst_without_end_is_answered_all_the_same(talk: Talk) -> None:
    talk.quiet = BURST_LIMIT * 2
    await talk.arrives("hi")
    old = "UPDATE inbox SET received_at = received_at - interval '5 seconds'"
    async with talk.engine.begin() as connection:
        await connection.exec_driver_sql(old)
    await talk.arrives("and")
    await asyncio.wait_for(talk.work(), 2)
    assert talk.agent.texts == ["hi\nand"]


async def test_a_comment_does_not_wait(talk: Talk) -> None:
    talk.quiet = timedelta(hours=1)
    await talk.arrives("nice", EventKind.COMMENT)
    await asyncio.wait_for(talk.work(), 2)
    assert talk.agent.texts == ["nice"]


async def test_newer_messages_start_the_turn_over_once_and_then_form_the_next(talk: Talk) -> None:
    talk.agent.while_answering = [
        partial(talk.arrives, "dresses"),
        partial(talk.arrives, "in blue"),
        nothing,
    ]
    await talk.says("hi")
    assert talk.agent.texts == ["hi", "hi\ndresses", "in blue"]
    assert talk.agent.busiest == 1
    assert [words for _, words in await talk.outbox()] == ["re: hi\ndresses", "re: in blue"]
    assert len(await select(talk.engine, "id FROM executions")) == 2


async def test_a_turn_that_is_old_already_does_not_start_over(talk: Talk) -> None:
    await talk.arrives("hi")
    async with talk.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE inbox SET received_at = received_at - interval '9 seconds'")
    talk.agent.while_answering = [partial(talk.arrives, "in blue")]
    await talk.work()
    assert talk.agent.texts == ["hi", "in blue"]


async def test_a_comment_has_a_turn_and_a_private_reply_of_its_own(talk: Talk) -> None:
    await talk.arrives("hi")
    await talk.arrives("price?", EventKind.COMMENT, message_id="comment-1", at=NOW - timedelta(seconds=9))
    await talk.arrives("hello?")
    await talk.work()
    assert [(turn.surface, turn.text) for turn in talk.agent.turns] == [
        ("comment", "price?"),
        ("dm", "hi\nhello?"),
    ]
    found = await select(talk.engine, "body->>'text', comment_id, expires_at FROM outbox ORDER BY id")
    assert [tuple(row)[:2] for row in found] == [("re: price?", "comment-1"), ("re: hi\nhello?", None)]
    assert found[0].expires_at - NOW > timedelta(days=6)
    assert found[1].expires_at - NOW < timedelta(hours=25)


async def test_a_live_comment_is_answered_while_a_broadcast_can_last(talk: Talk) -> None:
    await talk.says("price?", kind=EventKind.COMMENT, message_id="comment-1", live=True)
    (row,) = await select(talk.engine, "expires_at FROM outbox")
    assert timedelta(hours=3) < row.expires_at - NOW < timedelta(hours=5)


async def test_a_comment_opens_no_window_for_messages(talk: Talk) -> None:
    await talk.says("nice", kind=EventKind.COMMENT)
    assert (await talk.state()).last_customer_at is None


async def test_the_same_messages_make_the_same_turn(talk: Talk) -> None:
    late = Waiting(seq=9, event=event(), received_at=NOW)
    first = Waiting(seq=4, event=event(), received_at=NOW)
    assert turn_id([late, first]) == "turn-4"
    assert next_batch([late, first]) == [late, first]
    await talk.says("hi")
    assert talk.agent.turns[0].id == f"turn-{talk.settled[0]}"


async def test_while_a_person_speaks_there_is_silence_on_record(talk: Talk) -> None:
    await talk.says("hi")
    async with talk.engine.begin() as connection:
        until = datetime.now(UTC) + PAUSE
        await conversations.pause(connection, talk.id, until, "person_answered")
    await talk.says("are you there?")
    assert talk.agent.texts == ["hi"]
    assert (await talk.inbox())[-1] == ("silent", "paused")
    assert (await talk.record())[-1] == ("customer", "are you there?")
    async with talk.engine.begin() as connection:
        await conversations.resume(connection, talk.id)
    await talk.says("hello?")
    assert [words for _, words in await talk.outbox()][-1] == "re: hello?"


async def test_a_pause_while_the_answer_is_made_silences_it(talk: Talk) -> None:
    async def pause() -> None:
        async with talk.engine.begin() as connection:
            await conversations.pause(connection, talk.id, datetime.now(UTC) + PAUSE, "person_answered")

    talk.agent.while_answering = [pause]
    await talk.says("hi")
    assert await talk.outbox() == []
    assert await talk.inbox() == [("silent", "paused")]


async def test_a_person_who_answers_in_the_app_meanwhile_is_not_talked_over(talk: Talk) -> None:
    talk.agent.while_answering = [partial(talk.arrives, "I can help", EventKind.ECHO)]
    await talk.says("hi")
    assert await talk.outbox() == []
    assert (await talk.state()).pause_reason == "person_answered"
    assert sorted(await talk.inbox()) == [("recorded", "person_answered"), ("silent", "paused")]


async def test_a_message_that_is_taken_back_meanwhile_gets_no_answer(talk: Talk) -> None:
    talk.agent.while_answering = [partial(talk.arrives, "", EventKind.UNSEND, message_id="m")]
    await talk.says("my address", message_id="m")
    assert await talk.outbox() == []
    assert await talk.record() == []
    assert await talk.inbox() == [("silent", "unsent"), ("recorded", "unsend")]


async def test_a_message_that_is_changed_meanwhile_is_answered_as_it_is_now(talk: Talk) -> None:
    talk.agent.while_answering = [partial(talk.arrives, "in blue", EventKind.EDIT, message_id="m"), nothing]
    await talk.says("in red", message_id="m")
    assert talk.agent.texts == ["in red", "in blue"]
    assert await talk.outbox() == [("pending", "re: in blue")]
    assert (await talk.record())[0] == ("customer", "in blue")


async def test_a_crash_before_the_turn_is_kept_repeats_it_unseen(talk: Talk) -> None:
    talk.agent.while_answering = [fails]
    with pytest.raises(ConnectionError):
        await talk.says("hi")
    assert await talk.outbox() == []
    assert await talk.record() == []
    await talk.work()
    await talk.work()
    assert await talk.outbox() == [("pending", "re: hi")]
    assert talk.agent.texts == ["hi", "hi"]
    assert talk.agent.turns[0].id == talk.agent.turns[1].id


async def test_a_mailbox_that_is_cut_off_while_it_answers_leaves_the_turn_to_the_next(talk: Talk) -> None:
    answering, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        answering.set()
        await never.wait()

    talk.agent.while_answering = [hang]
    await talk.arrives("hi")
    working = asyncio.create_task(talk.work())
    await answering.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await talk.work()
    assert await talk.outbox() == [("pending", "re: hi")]
    assert len(await talk.record()) == 2


async def test_of_two_mailboxes_of_one_conversation_one_turn_is_kept(talk: Talk) -> None:
    both = asyncio.Barrier(2)
    talk.agent.while_answering = [both.wait, both.wait]
    await talk.arrives("hi")
    await asyncio.gather(talk.work(), talk.work())
    assert talk.agent.texts == ["hi", "hi"]
    assert await talk.outbox() == [("pending", "re: hi")]
    assert len(await select(talk.engine, "id FROM executions")) == 1
    assert len(talk.settled) == 1


async def test_after_a_day_the_talk_starts_over_but_preferences_stay(talk: Talk) -> None:
    likes = Preferences(colors=(Liking(value="blue", weight=1, at=NOW),))
    wish = Wish(query="dress", filters=Filters(price_max=5000))
    talk.agent.reply = reply(
        "ok",
        memory=Memory(preferences=likes, wish=wish, focus=("p1",), summary="wants a dress", disclosed=True),
    )
    await talk.says("hi")
    await talk.says("under 50")
    assert talk.agent.turns[1].memory.focus == ("p1",)
    await talk.a_day_passes()
    await talk.says("hello again")
    began = talk.agent.turns[2].memory.since
    assert talk.agent.turns[2].memory == Memory(preferences=likes, disclosed=True, since=began)
    assert talk.agent.turns[2].history == ()
    talk.agent.reply = reply("ok", memory=talk.agent.turns[2].memory)
    await talk.says("a dress")
    await talk.says("in blue")
    assert [message.text for message in talk.agent.turns[4].history] == ["hello again", "ok", "a dress", "ok"]


async def test_a_reply_is_cut_to_the_size_of_its_channel(talk: Talk) -> None:
    talk.agent.reply = reply("word " * 400)
    await talk.says("hi")
    texts = [words for _, words in await talk.outbox()]
    assert len(texts) > 1
    assert all(len(words.encode()) <= 1000 for words in texts)


async def test_a_merchant_says_for_how_long_a_hand_over_silences(talk: Talk) -> None:
    await talk.changes_shop(handover=HandoverRules(pause_hours=48))
    talk.agent.reply = reply("A person will answer.", handover="asked_for_a_person")
    await talk.says("a human, please")
    until = (await talk.state()).paused_until
    assert until is not None
    assert timedelta(hours=47) < until - datetime.now(UTC) < timedelta(hours=49)


async def test_a_handover_is_said_and_then_the_assistant_is_silent(talk: Talk) -> None:
    talk.agent.reply = reply("A person will answer.", handover="asked_for_a_person")
    await talk.says("a person please")
    assert (await talk.claim()).part.text == "A person will answer."
    await talk.says("thanks")
    assert (await talk.state()).pause_reason == "asked_for_a_person"
    assert (await talk.inbox())[-1] == ("silent", "paused")


async def test_a_picture_alone_is_a_message(talk: Talk) -> None:
    await talk.says("", attachments=(Attachment(type="image", url="https://cdn.example/1.jpg"),))
    assert talk.agent.turns[0].attachments == ("image",)
    assert (await talk.record())[0] == ("customer", "[image]")


async def test_two_customers_of_one_shop_share_nothing(talk: Talk) -> None:
    await talk.says("hi", customer="c1")
    await talk.says("hello", customer="c2")
    assert talk.agent.turns[1].history == ()
    assert len(await select(talk.engine, "DISTINCT conversation_id FROM outbox")) == 2


async def test_who_waits_for_an_answer_sees_that_one_is_typed(talk: Talk) -> None:
    talk.typing_after = timedelta(0)
    talk.agent.while_answering = [talk.seen_typing.wait]
    await talk.says("hi")
    assert [key.customer_id for key in talk.typed] == ["c1"]


async def test_an_instant_answer_a_comment_and_a_pause_show_no_typing(talk: Talk) -> None:
    await talk.says("hi")
    talk.typing_after = timedelta(0)
    await talk.says("price?", kind=EventKind.COMMENT)
    async with talk.engine.begin() as connection:
        await conversations.pause(connection, talk.id, datetime.now(UTC) + PAUSE, "person_answered")
    await talk.says("hello?")
    assert talk.typed == []


async def test_after_the_set_time_the_assistant_answers_again(talk: Talk) -> None:
    await talk.says("hi")
    async with talk.engine.begin() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await conversations.pause(connection, talk.id, past, "person_answered")
    await talk.says("are you there?")
    assert talk.agent.texts == ["hi", "are you there?"]
    assert (await talk.inbox())[-1] == ("answered", None)


async def test_what_a_person_said_is_part_of_the_history(talk: Talk) -> None:
    await talk.says("hi")
    await talk.arrives("Mia here, we have it in blue", EventKind.ECHO)
    await talk.work()
    async with talk.engine.begin() as connection:
        await conversations.resume(connection, talk.id)
    await talk.says("in blue then")
    assert [(line.role, line.text) for line in talk.agent.turns[-1].history][-1] == (
        "person",
        "Mia here, we have it in blue",
    )


async def test_what_leaves_the_last_ten_messages_is_summed_up_for_the_next_turn(talk: Talk) -> None:
    for number in range(7):
        await talk.says(f"wish {number}")
        talk.agent.reply = reply("ok", memory=(await talk.state()).memory)
    turn = talk.agent.turns[-1]
    assert len(turn.history) == 10
    assert turn.history[0].text == "wish 1"
    assert turn.memory.summary.splitlines()[0] == "Customer: wish 0"
    assert "wish 1" not in turn.memory.summary


async def test_a_customer_who_starts_over_takes_nothing_along(talk: Talk) -> None:
    for number in range(6):
        await talk.says(f"wish {number}")
        talk.agent.reply = reply("ok", memory=(await talk.state()).memory)
    talk.agent.reply = reply("Sure!", memory=Memory(since=datetime.now(UTC)))
    await talk.says("start over")
    talk.agent.reply = None
    await talk.says("hats")
    assert [message.text for message in talk.agent.turns[-1].history] == ["start over", "Sure!"]
    assert talk.agent.turns[-1].memory.summary == ""


async def test_a_reset_by_a_person_ends_the_talk(talk: Talk) -> None:
    await talk.says("dresses")
    async with talk.engine.begin() as connection:
        await conversations.forget(connection, talk.id, datetime.now(UTC))
    await talk.says("hats")
    assert talk.agent.turns[-1].history == ()
