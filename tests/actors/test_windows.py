"""When a person may still write to a customer."""

from datetime import UTC, datetime, timedelta

import pytest

from actors.windows import person_may_write_until
from models.errors import Conflict
from models.message import EventKind
from store import inbox
from tests.actors.talk import Talk

DAYS = timedelta(days=1)


async def until(talk: Talk) -> timedelta:
    """From now."""
    now = datetime.now(UTC)
    async with talk.engine.begin() as connection:
        waiting = await inbox.waiting(connection, talk.id)
    return person_may_write_until(await talk.state(), waiting, now) - now


async def test_a_person_may_answer_the_very_first_message_while_the_assistant_is_at_it(talk: Talk) -> None:
    await talk.arrives("hi")
    assert await until(talk) > 6 * DAYS
    await talk.work()
    assert await until(talk) > 6 * DAYS


async def test_a_comment_that_waits_is_no_message_a_person_may_answer(talk: Talk) -> None:
    await talk.arrives("price?", EventKind.COMMENT)
    with pytest.raises(Conflict, match="only commented"):
        await until(talk)


async def test_after_a_week_the_customer_has_to_write_again(talk: Talk) -> None:
    await talk.says("hi", at=datetime.now(UTC) - 8 * DAYS)
    with pytest.raises(Conflict, match="more than 7 days ago"):
        await until(talk)
    await talk.arrives("hi again")
    assert await until(talk) > 6 * DAYS
