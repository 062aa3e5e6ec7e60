"""Comments that no webhook brought are found, once each, and cost few calls."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.comment_poll import CommentPoll
from channels.instagram import ignored
from channels.instagram.comments import NOBODY
from channels.instagram.post_api import PostApi
from models.merchant import CommentRules, Merchant
from models.message import EventKind
from store import merchants
from store.inbox import Taken
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import Instagram
from tests.store.rows import account_of, arrive, event, open_shop, select

POST, OLDER_POST = "181", "180"
ANNA = "990000000000001"
ACCOUNT = account_of("m1")
EVERY = timedelta(minutes=10)


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram(accounts={ACCOUNT: "token"}) as running:
        for media_id in (OLDER_POST, POST):
            running.media.post(ACCOUNT, media_id)
        yield running


class Poll:
    def __init__(self, engine: AsyncEngine, poll: CommentPoll, told: list[Taken]) -> None:
        self.engine, self.now, self.told = engine, poll.run, told

    async def run(self) -> list[tuple[str, str]]:
        """A round when the account is due; keys and status of all that is in the inbox."""
        await self.pass_time(EVERY)
        await self.now()
        return [tuple(row) for row in await select(self.engine, "key, status FROM inbox ORDER BY key")]

    async def pass_time(self, time: timedelta) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(
                text("UPDATE comment_polls SET due_at = due_at - CAST(:time AS interval)"), {"time": time}
            )


@pytest.fixture
async def poll(engine: AsyncEngine, vault: Vault, instagram: Instagram) -> AsyncIterator[Poll]:
    """Of a shop that was connected a day ago."""
    await open_shop(engine, token=vault.seal("token"))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET connected_at = now() - interval '1 day'"))
    told: list[Taken] = []
    async with aiohttp.ClientSession() as session:
        api = PostApi(session, graph_url=instagram.url, api_version="v25.0", timeout_s=1)
        yield Poll(engine, CommentPoll(engine, api, vault, told.extend, every=EVERY), told)


async def test_a_comment_without_a_webhook_is_taken_once(poll: Poll, instagram: Instagram) -> None:
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    assert await poll.run() == [("c1", "waiting")]
    instagram.media.comment(POST, "c2", "in red?", ANNA)
    assert await poll.run() == [("c1", "waiting"), ("c2", "waiting")]
    assert len(poll.told) == 2
    row = (await select(poll.engine, "kind, event FROM inbox WHERE key = 'c1'"))[0]
    assert row.kind == "comment"
    assert (row.event["text"], row.event["customer_id"], row.event["subjects"]) == ("how much?", ANNA, [POST])


async def test_what_a_webhook_brought_is_not_taken_again(poll: Poll, instagram: Instagram) -> None:
    await arrive(poll.engine, event("how much?", EventKind.COMMENT, key="c1", customer=ANNA))
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    assert await poll.run() == [("c1", "waiting")]
    assert poll.told == []


async def test_a_comment_whose_webhook_named_no_author_is_answered_once_it_is_read(
    poll: Poll, instagram: Instagram
) -> None:
    nameless = event(
        "how much?", EventKind.COMMENT, key="c1", customer=NOBODY, ignored=ignored.UNKNOWN_AUTHOR
    )
    await arrive(poll.engine, nameless)
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    assert await poll.run() == [("c1", "waiting")]
    await arrive(poll.engine, nameless)
    assert await poll.run() == [("c1", "waiting")]


async def test_only_posts_whose_number_of_comments_has_changed_are_read(
    poll: Poll, instagram: Instagram
) -> None:
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    await poll.run()
    await poll.run()
    assert instagram.media.reads == {ACCOUNT: 2, POST: 1}


async def test_an_account_is_asked_no_more_often_than_it_is_due(poll: Poll, instagram: Instagram) -> None:
    await poll.run()
    await poll.now()
    assert instagram.media.reads[ACCOUNT] == 1


async def test_what_is_too_old_or_from_before_the_account_was_connected_is_left_alone(
    poll: Poll, instagram: Instagram
) -> None:
    instagram.media.comment(POST, "c1", "how much?", ANNA, at=datetime.now(UTC) - timedelta(days=2))
    assert await poll.run() == []
    async with poll.engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET connected_at = now() - interval '90 days'"))
    instagram.media.comment(POST, "c2", "how much?", ANNA, at=datetime.now(UTC) - timedelta(days=8))
    instagram.media.comment(POST, "c3", "how much?", ANNA, at=datetime.now(UTC) - timedelta(days=6))
    assert [key for key, _ in await poll.run()] == ["c1", "c3"]


async def test_our_own_comments_and_threads_in_which_the_shop_has_answered_are_left_alone(
    poll: Poll, instagram: Instagram
) -> None:
    instagram.media.comment(POST, "c1", "new in!", ACCOUNT)
    instagram.media.comment(POST, "c2", "how much?", ANNA)
    instagram.media.comment(POST, "c3", "$65", ACCOUNT, under="c2")
    instagram.media.comment(POST, "c4", "how much is the red one?", ANNA)
    instagram.media.comment(POST, "c5", "yes, how much?", "990000000000002", under="c4")
    assert [key for key, _ in await poll.run()] == ["c4", "c5"]
    row = (await select(poll.engine, "event->>'parent_id' FROM inbox WHERE key = 'c5'"))[0]
    assert row[0] == "c4"


async def test_a_shop_that_answers_no_comments_is_not_asked(poll: Poll, instagram: Instagram) -> None:
    async with poll.engine.begin() as connection:
        silent = Merchant(id="m1", name="Linden & Lark", comments=CommentRules(answer="off"))
        await merchants.save(connection, silent)
    await poll.run()
    assert instagram.media.reads == {}


async def test_a_limit_is_waited_out(poll: Poll, instagram: Instagram) -> None:
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    await poll.run()
    used = {"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 60}]}'}
    instagram.faults.add(Fault(do="answer", status=400, body=error_body(80002), headers=used))
    await poll.run()
    instagram.media.comment(POST, "c2", "in red?", ANNA)
    assert [key for key, _ in await poll.run()] == ["c1"]
    await poll.pass_time(timedelta(hours=1))
    assert [key for key, _ in await poll.run()] == ["c1", "c2"]


async def test_a_round_that_fails_reads_the_same_comments_next_time(poll: Poll, instagram: Instagram) -> None:
    instagram.media.comment(POST, "c1", "how much?", ANNA)
    instagram.faults.add(Fault(do="answer", status=500, body=error_body(2), path="/comments"))
    assert await poll.run() == []
    assert [key for key, _ in await poll.run()] == ["c1"]


async def test_the_words_of_a_mention_are_fetched_where_that_is_possible(
    poll: Poll, instagram: Instagram
) -> None:
    for key, more in (
        ("c9", {"message_id": "c9"}),
        ("183", {"media_id": "183"}),
        ("gone", {"message_id": "gone"}),
    ):
        mention = event(
            "",
            EventKind.OTHER,
            key=f"mention:{key}",
            customer="",
            ignored="mention",
            **{"message_id": None, **more},
        )
        await arrive(poll.engine, mention)
    instagram.media.mentions |= {"c9": "look what @the_shop has", "183": "my new dress by @the_shop"}
    await poll.run()
    found = await select(poll.engine, "event->>'text', reason FROM inbox ORDER BY seq")
    assert [tuple(row) for row in found] == [
        ("look what @the_shop has", "mention"),
        ("my new dress by @the_shop", "mention"),
        ("", "mention_unreadable"),
    ]
