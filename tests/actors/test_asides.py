"""Echoes: ours are known, a person's make the assistant step back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from actors.asides import SEND_LIMIT, Asides
from actors.batch import is_message
from models.merchant import HandoverRules
from models.message import Attachment, EventKind
from models.turn import Card, Part, PartType
from store import inbox, origins, outbox
from store.outbox import Delivery
from tests.actors.talk import PAUSE, Talk
from tests.store.rows import SOON, conversation_of, queue


@pytest.fixture
async def talk(talk: Talk) -> Talk:
    """With an answer of ours to be sent."""
    await talk.says("hi")
    return talk


async def echo(talk: Talk, words: str, message_id: str, *attachments: Attachment) -> None:
    await talk.arrives(words, EventKind.ECHO, message_id=message_id, attachments=attachments)


async def settle(talk: Talk) -> bool:
    """One look at all that waits; whether something must be looked at again."""
    async with talk.engine.begin() as connection:
        waiting = await inbox.waiting(connection, talk.id)
    asides = [item for item in waiting if not is_message(item)]
    return bool(await Asides(talk.id, talk.engine, PAUSE).settle(asides, talk.settled.extend))


async def sent(talk: Talk, part_id: int, message_id: str) -> None:
    async with talk.engine.begin() as connection:
        await outbox.sent(connection, {part_id: message_id})


async def unknown(talk: Talk, claimed: Delivery) -> None:
    async with talk.engine.begin() as connection:
        await outbox.unknown(connection, claimed, "outcome_unknown")


async def paused(talk: Talk) -> bool:
    return (await talk.state()).paused(datetime.now(UTC))


async def test_the_echo_of_our_own_message_is_silent(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    await echo(talk, "re: hi", "mid-1")
    assert not await settle(talk)
    assert (await talk.inbox())[-1] == ("silent", "own_echo")
    assert not await paused(talk)


async def test_an_echo_that_overtakes_the_answer_to_our_own_send_is_held(talk: Talk) -> None:
    flying = await talk.claim()
    await echo(talk, "re: hi", "mid-1")
    assert await settle(talk)
    assert (await talk.inbox())[-1] == ("waiting", None)
    await sent(talk, flying.id, "mid-1")
    assert not await settle(talk)
    assert (await talk.inbox())[-1] == ("silent", "own_echo")
    assert not await paused(talk)


async def test_a_held_echo_holds_up_no_message(talk: Talk) -> None:
    flying = await talk.claim()
    await echo(talk, "re: hi", "mid-1")

    async def arrived() -> None:
        await sent(talk, flying.id, "mid-1")

    talk.agent.while_answering = [arrived]
    await talk.says("in blue")
    assert talk.agent.texts == ["hi", "in blue"]
    assert [status for status, _ in await talk.inbox()] == ["answered", "silent", "answered"]


async def test_a_person_who_answers_pauses_the_assistant_and_cancels_what_it_had_to_say(talk: Talk) -> None:
    await echo(talk, "I can help you", "from-the-app")
    await settle(talk)
    assert await paused(talk)
    assert await talk.outbox() == [("cancelled", "re: hi")]
    assert (await talk.record())[-1] == ("person", "I can help you")
    assert (await talk.inbox())[-1] == ("recorded", "person_answered")


async def test_a_merchant_says_for_how_long_a_person_s_answer_silences(talk: Talk) -> None:
    await talk.changes_shop(handover=HandoverRules(pause_hours=48))
    await echo(talk, "I can help you", "from-the-app")
    await settle(talk)
    until = (await talk.state()).paused_until
    assert until is not None
    assert timedelta(hours=47) < until - datetime.now(UTC) < timedelta(hours=49)


async def test_a_person_who_answers_while_a_part_is_in_flight_is_known_once_it_has_landed(talk: Talk) -> None:
    flying = await talk.claim()
    await echo(talk, "I can help you", "from-the-app")
    assert await settle(talk)
    assert not await paused(talk)
    await sent(talk, flying.id, "mid-1")
    assert not await settle(talk)
    assert await paused(talk)


async def test_an_echo_that_comes_after_its_part_was_given_back_stops_it_from_leaving_twice(
    talk: Talk,
) -> None:
    flying = await talk.claim()
    await unknown(talk, flying)
    async with talk.engine.begin() as connection:
        await outbox.release(connection, ["m1"], 0)
    await echo(talk, "re: hi", "mid-1")
    assert not await settle(talk)
    assert await talk.outbox() == [("sent", "re: hi")]
    assert not await paused(talk)


async def test_the_echo_of_an_earlier_try_stops_a_part_that_later_failed(talk: Talk) -> None:
    """The first try was cut off, the second one refused: the echo of the first comes last."""
    await unknown(talk, await talk.claim())
    async with talk.engine.begin() as connection:
        await outbox.release(connection, ["m1"], 0)
    async with talk.engine.begin() as connection:
        await outbox.retry(connection, await talk.claim(), "rate_limited", 60)
    await echo(talk, "re: hi", "mid-1")
    assert not await settle(talk)
    assert await talk.outbox() == [("sent", "re: hi")]
    assert not await paused(talk)


async def test_the_echo_of_a_try_that_was_given_up_and_repeated_is_no_persons(talk: Talk) -> None:
    await unknown(talk, await talk.claim())
    async with talk.engine.begin() as connection:
        await outbox.release(connection, ["m1"], 0)
    await sent(talk, (await talk.claim()).id, "mid-2")
    await echo(talk, "re: hi", "mid-1")
    assert not await settle(talk)
    assert (await talk.inbox())[-1] == ("silent", "own_echo")
    assert not await paused(talk)


async def test_the_late_echo_of_a_private_reply_that_was_given_up_is_nobody_elses(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    await queue(talk.engine, talk.id, "in private", comment_id="179")
    await unknown(talk, await talk.claim())
    async with talk.engine.begin() as connection:
        await outbox.release(connection, ["m1"], 0)
    assert (await talk.outbox())[-1] == ("failed", "in private")
    await echo(talk, "in private", "mid-2")
    assert not await settle(talk)
    assert (await talk.outbox())[-1] == ("sent", "in private")
    assert not await paused(talk)


async def test_an_echo_after_an_unknown_outcome_is_the_proof_that_it_was_sent(talk: Talk) -> None:
    flying = await talk.claim()
    await unknown(talk, flying)
    await echo(talk, " re: hi\n", "mid-1")
    assert not await settle(talk)
    assert await talk.outbox() == [("sent", "re: hi")]
    assert (await talk.inbox())[-1] == ("silent", "own_echo")
    async with talk.engine.begin() as connection:
        assert (await origins.find(connection, talk.id, "mid-1")).ours
    assert not await paused(talk)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_private_reply_that_arrives_under_another_id_of_the_customer_is_ours(
    talk: Talk, *, landed: bool
) -> None:
    """Before or after the answer to our send: here in the conversation of who was answered."""
    commenter = await conversation_of(talk.engine, "known to the comment as")
    await sent(talk, (await talk.claim()).id, "mid-1")
    await queue(talk.engine, commenter, "in private", comment_id="179")
    flying = await talk.claim()
    if landed:
        await sent(talk, flying.id, "mid-2")
    await echo(talk, "in private", "mid-2")
    assert await settle(talk) != landed
    await sent(talk, flying.id, "mid-2")
    assert not await settle(talk)
    assert (await talk.inbox())[-1] == ("silent", "own_echo")
    assert not await paused(talk)


async def test_a_person_is_none_the_less_noticed_while_private_replies_leave(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    commenter = await conversation_of(talk.engine, "who commented")
    await queue(talk.engine, commenter, "in private", comment_id="179")
    await talk.claim()
    await echo(talk, "I can help you", "from-the-app")
    assert not await settle(talk)
    assert await paused(talk)


async def test_a_picture_that_a_person_sends_stands_in_the_talk(talk: Talk) -> None:
    await echo(talk, "", "from-the-app", Attachment(type="image"))
    await settle(talk)
    assert (await talk.record())[-1] == ("person", "[image]")


async def test_what_a_person_did_last_counts_whatever_is_reported_last(talk: Talk) -> None:
    now = datetime.now(UTC)
    for words, seconds in (("#bot on", 20), ("I can help you", 30)):
        at = now - timedelta(seconds=seconds)
        await talk.arrives(words, EventKind.ECHO, message_id=words, at=at)
        await settle(talk)
        assert not await paused(talk)
    await talk.arrives("wait", EventKind.ECHO, message_id="wait", at=now - timedelta(seconds=10))
    await settle(talk)
    assert await paused(talk)
    assert [line for line in await talk.record() if line[0] == "person"] == [
        ("person", "I can help you"),
        ("person", "wait"),
    ]


async def test_a_pause_counts_from_the_persons_answer_however_late_that_is_reported(talk: Talk) -> None:
    at = datetime.now(UTC) - PAUSE - timedelta(minutes=1)
    await talk.arrives("I can help you", EventKind.ECHO, message_id="from-the-app", at=at)
    await settle(talk)
    assert not await paused(talk)
    assert await talk.outbox() == [("pending", "re: hi")]


async def test_another_echo_after_an_unknown_outcome_was_a_person(talk: Talk) -> None:
    await unknown(talk, await talk.claim())
    await echo(talk, "I can help you", "from-the-app")
    await settle(talk)
    assert await paused(talk)


async def test_a_sender_that_died_on_the_way_is_waited_for_no_longer_than_a_send_can_take(talk: Talk) -> None:
    await talk.claim()
    await echo(talk, "re: hi", "mid-1")
    assert await settle(talk)
    async with talk.engine.begin() as connection:
        await connection.execute(
            text("UPDATE outbox SET sending_at = sending_at - CAST(:limit AS interval)"),
            {"limit": SEND_LIMIT + timedelta(seconds=1)},
        )
    assert not await settle(talk)
    assert await talk.outbox() == [("sent", "re: hi")]


async def test_cards_of_unknown_outcome_are_known_by_their_kind(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    card = Card(
        product_id="p",
        variant_id="v",
        name="Hat",
        text="$19.90",
        price_minor=1990,
        compare_at_price_minor=None,
        currency="USD",
        url=None,
        image=None,
    )
    cards = Part(type=PartType.CARDS, text="Hat, $19.90", cards=(card,))
    async with talk.engine.begin() as connection:
        await outbox.put(connection, "m1", talk.id, [cards], execution_id="turn-1", expires_at=SOON)
    await unknown(talk, await talk.claim())
    await echo(talk, "", "mid-2", Attachment(type="template"))
    await settle(talk)
    assert [status for status, _ in await talk.outbox()] == ["sent", "sent"]
    assert not await paused(talk)


async def test_a_picture_from_the_app_is_not_taken_for_cards_of_unknown_outcome(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    async with talk.engine.begin() as connection:
        cards = Part(type=PartType.CARDS, text="Hat, $19.90")
        await outbox.put(connection, "m1", talk.id, [cards], execution_id="turn-1", expires_at=SOON)
    await unknown(talk, await talk.claim())
    await echo(talk, "", "from-the-app", Attachment(type="image"))
    await settle(talk)
    assert await paused(talk)


async def test_a_person_can_switch_the_assistant_off_and_on_in_the_app(talk: Talk) -> None:
    said = await talk.record()
    await echo(talk, " #Bot OFF ", "command-1")
    await settle(talk)
    assert await paused(talk)
    assert await talk.outbox() == [("cancelled", "re: hi")]
    await echo(talk, "#bot on", "command-2")
    await settle(talk)
    assert not await paused(talk)
    assert await talk.record() == said


async def test_what_a_person_typed_in_the_console_is_no_stranger_when_its_echo_comes(talk: Talk) -> None:
    await sent(talk, (await talk.claim()).id, "mid-1")
    await queue(talk.engine, talk.id, "from the console", execution_id=None, even_paused=True)
    await sent(talk, (await talk.claim()).id, "mid-2")
    await echo(talk, "from the console", "mid-2")
    await settle(talk)
    assert (await talk.inbox())[-1] == ("silent", "own_echo")


async def test_an_edit_of_an_answered_message_changes_its_record(talk: Talk) -> None:
    await talk.says("in red", message_id="m")
    await talk.arrives("in blue", EventKind.EDIT, message_id="m")
    await talk.work()
    assert ("customer", "in blue") in await talk.record()
    assert (await talk.inbox())[-2:] == [("answered", None), ("recorded", "edit")]
    assert talk.agent.texts == ["hi", "in red"]


async def test_an_edit_that_names_no_message_changes_nothing(talk: Talk) -> None:
    before = await talk.record()
    await talk.arrives("in blue", EventKind.EDIT, message_id=None)
    await talk.work()
    assert await talk.record() == before
    assert (await talk.inbox())[-1] == ("recorded", "edit")
