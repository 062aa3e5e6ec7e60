"""Conversations as a merchant looks through them: by kind, by words, page by page."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import EventKind, Role
from models.turn import Step
from store import conversation_list, conversations, customers, outbox
from store.conversation_list import Listed, Show
from tests.store.rows import NOW, SOON, arrive, conversation_of, event, open_shop, queue, reply, select, turn


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def page(engine: AsyncEngine, **asked: Any) -> list[Listed]:
    async with engine.begin() as connection:
        return list(await conversation_list.page(connection, "m1", **{"limit": 50, **asked}))


async def names(engine: AsyncEngine, **asked: Any) -> list[str]:
    return [one.conversation.key.customer_id for one in await page(engine, **asked)]


async def test_the_newest_activity_stands_first_and_pages_go_on_where_they_ended(engine: AsyncEngine) -> None:
    for customer in ("ada", "bob", "cleo", "dan"):
        await turn(engine, "hello", reply("hi"), customer=customer)
    await turn(engine, "me again", reply("hi"), customer="bob")
    first = await page(engine, limit=3)
    rest = await page(engine, limit=3, before=first[-1].position)
    listed = [one.conversation.key.customer_id for one in [*first, *rest]]
    assert listed == ["bob", "dan", "cleo", "ada"]


async def test_a_conversation_shows_what_was_said_last(engine: AsyncEngine) -> None:
    await turn(engine, "hello", reply("Good day!"))
    (one,) = await page(engine)
    assert one.last
    assert (one.last.role, one.last.text, one.last.waiting) == (Role.ASSISTANT, "Good day!", False)
    assert not one.unanswered


async def test_what_nobody_has_looked_at_yet_is_shown_and_unanswered(engine: AsyncEngine) -> None:
    await turn(engine, "hello", reply("Good day!"))
    await arrive(engine, event("and in blue?"))
    (one,) = await page(engine, show=Show.UNANSWERED)
    assert one.last
    assert (one.last.role, one.last.text, one.last.waiting) == (Role.CUSTOMER, "and in blue?", True)
    assert one.unanswered


async def test_what_came_in_while_a_person_speaks_is_unanswered_until_somebody_answers(
    engine: AsyncEngine,
) -> None:
    conversation_id = (await turn(engine, "hello?", None)).conversation.id
    await turn(engine, "hello??", None)
    assert await names(engine, show=Show.UNANSWERED) == ["c1"]
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, conversations.PERSON_ANSWERED)
    assert await names(engine, show=Show.UNANSWERED) == []
    await turn(engine, "one more thing", None)
    await turn(engine, "anybody?", reply("Here I am."))
    assert await names(engine, show=Show.UNANSWERED) == []


async def test_who_needs_a_person_is_listed_until_one_answers(engine: AsyncEngine) -> None:
    await turn(engine, "hello", reply("hi"), customer="ada")
    handed = await turn(engine, "a person please", reply("Wait.", handover="asked"), customer="bob")
    assert await names(engine, show=Show.NEEDS_PERSON) == ["bob"]
    assert await names(engine, needs_person=False) == ["ada"]
    async with engine.begin() as connection:
        await conversations.resume(connection, handed.conversation.id)
    assert await names(engine, show=Show.NEEDS_PERSON) == []


async def test_the_paused_are_listed_while_the_pause_lasts(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine, "ada")
    await conversation_of(engine, "bob")
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, SOON, "paused_by_person")
    assert await names(engine, show=Show.PAUSED) == ["ada"]
    async with engine.begin() as connection:
        await conversations.pause(connection, conversation_id, NOW, "paused_by_person")
    assert await names(engine, show=Show.PAUSED) == []


async def test_who_commented_is_listed_by_the_name_the_comment_gave(engine: AsyncEngine) -> None:
    await turn(engine, "hello", reply("hi"), customer="ada")
    await turn(engine, "price?", reply("$5"), EventKind.COMMENT, customer="bob", username="bob.in.blue")
    (one,) = await page(engine, show=Show.COMMENTS)
    assert (one.conversation.customer_name, one.commented) == ("bob.in.blue", True)
    await turn(engine, "thanks", reply("hi"), customer="bob")
    (one,) = await page(engine, show=Show.COMMENTS)
    assert one.conversation.customer_name == "bob.in.blue"


async def test_what_could_not_be_sent_is_an_error_for_a_week(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine, "ada")
    await conversation_of(engine, "bob")
    await queue(engine, conversation_id, "hi")
    async with engine.begin() as connection:
        (delivery,) = await outbox.claim(connection, ["m1"])
        await outbox.fail(connection, delivery, "rejected")
    assert await names(engine, show=Show.ERRORS) == ["ada"]
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE outbox SET created_at = created_at - interval '8 days'"))
    assert await names(engine, show=Show.ERRORS) == []


@pytest.mark.parametrize(
    ("name", "status", "is_error"),
    [
        ("model", "failed", True),
        ("grounding", "failed", True),
        ("repair", "failed", False),
        ("rules", "ok", False),
    ],
)
async def test_a_way_of_answering_that_failed_is_an_error_and_a_repair_is_none(
    engine: AsyncEngine, name: str, status: str, is_error: bool
) -> None:
    step = Step(name=name, status=status, started_at=NOW, duration_ms=1.0)
    await turn(engine, "hello", replace(reply("hi"), steps=(step,)))
    assert bool(await names(engine, show=Show.ERRORS)) is is_error


async def test_conversations_are_found_by_name_id_or_words_the_customer_wrote(engine: AsyncEngine) -> None:
    await turn(engine, "a wool coat please", reply("Linen dresses!"), customer="17841001")
    await turn(engine, "nice", reply("hi"), EventKind.COMMENT, customer="17841002", username="Mia_B")
    for search in ("coat", "wool coa", "COAT wool", "1001"):
        assert await names(engine, search=search) == ["17841001"], search
    for search in ("mia_b", "mia"):
        assert await names(engine, search=search) == ["17841002"], search
    # What the assistant wrote, half of a word's end, wildcards.
    for search in ("linen", "oat", "%", "mia%b", "_____", "' OR 1=1 --", "!", "coat & | dress:*"):
        assert await names(engine, search=search) == [], search


async def test_a_channel_can_be_looked_at_alone(engine: AsyncEngine) -> None:
    await conversation_of(engine, "ada")
    assert await names(engine, channel="instagram") == ["ada"]
    assert await names(engine, channel="simulator") == []


async def test_every_kind_is_counted(engine: AsyncEngine) -> None:
    await turn(engine, "hello", reply("hi"), customer="ada")
    await turn(engine, "a person please", reply("Wait.", handover="asked"), customer="bob")
    await turn(engine, "price?", reply("$5"), EventKind.COMMENT, customer="cleo")
    await arrive(engine, event("hm", customer="dan"))
    async with engine.begin() as connection:
        counts = await conversation_list.counts(connection, "m1")
        nothing = await conversation_list.counts(connection, "m2")
    assert counts == {
        Show.ALL: 4,
        Show.NEEDS_PERSON: 1,
        Show.UNANSWERED: 1,
        Show.PAUSED: 1,
        Show.COMMENTS: 1,
        Show.ERRORS: 0,
    }
    assert set(nothing.values()) == {0}


async def test_nobody_sees_another_merchants_conversations(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await turn(engine, "secret", reply("hi"), merchant="m2", customer="theirs")
    await arrive(engine, event("secret", merchant="m2", customer="theirs"))
    for show in Show:
        assert await names(engine, show=show, search="secret") == []
        assert await names(engine, show=show) == []


async def test_who_was_erased_is_nobody_to_look_for(engine: AsyncEngine) -> None:
    await turn(engine, "hello", None, EventKind.COMMENT, username="ada")
    async with engine.begin() as connection:
        await customers.erase(connection, "m1", "c1")
    assert await names(engine) == []
    assert [
        tuple(row) for row in await select(engine, "customer_name, unanswered_since FROM conversations")
    ] == [(None, None)]
