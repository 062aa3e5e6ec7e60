"""Asks now and then for comments that no webhook brought. What one did bring has the same key."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from channels.errors import RateLimited, Refused, SendError
from channels.instagram import ignored
from channels.instagram.direct import CHANNEL
from channels.instagram.post_api import Post, PostApi
from models.message import InboundEvent
from store import comment_polls, inbox
from store.comment_polls import Poll
from store.database import autocommit
from store.inbox import Taken
from store.vault import Expired, Vault

log = logging.getLogger(__name__)

# Later a comment can no longer be answered privately.
OLDEST = timedelta(days=7)
MENTIONS = 10


class CommentPoll:
    """Each round costs an account one call, and one more for each post with other comments than last time."""

    def __init__(
        self,
        engine: AsyncEngine,
        api: PostApi,
        vault: Vault,
        notify: Callable[[Sequence[Taken]], None],
        *,
        every: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._api = api
        self._vault = vault
        self._notify = notify
        self._every = every
        self._clock = clock

    async def run(self) -> None:
        """The accounts that are due."""
        async with autocommit(self._engine) as connection:
            due = await comment_polls.take_due(connection, CHANNEL, self._every)
        for poll in due:
            try:
                token = self._vault.open(poll.sealed_token)
                await self._comments(poll, token)
                await self._mentions(poll, token)
                await self._put_off(poll, self._api.rest_s(token))
            except RateLimited as error:
                await self._put_off(poll, error.retry_after_s)
            except (SendError, Expired) as error:
                # Whoever sends for it finds out what is wrong with the account.
                log.info("account %s: comments could not be read: %s", poll.account_id, error)

    async def _comments(self, poll: Poll, token: str) -> None:
        posts = await self._api.recent(poll.account_id, token)
        for post in posts:
            if post.comments and post.comments != poll.counts.get(post.media_id):
                await self._post(poll, token, post)
        counts = {post.media_id: post.comments for post in posts}
        async with autocommit(self._engine) as connection:
            await comment_polls.note_counts(connection, CHANNEL, poll.account_id, counts)

    async def _post(self, poll: Poll, token: str, post: Post) -> None:
        now = self._clock()
        found = await self._api.comments(poll.account_id, token, post.media_id, now)
        # A comment's time is in whole seconds.
        oldest = max(poll.connected_at, now - OLDEST).replace(microsecond=0)
        # What is ignored here may yet come with all that is missing.
        events = [(poll.merchant_id, event) for event in found if not event.ignored and event.at >= oldest]
        async with autocommit(self._engine) as connection:
            await comment_polls.make_room(
                connection, CHANNEL, poll.account_id, [one.key for _, one in events]
            )
            taken = await inbox.take(connection, events)
        if taken:
            log.info("account %s: %d comments came without a webhook", poll.account_id, len(taken))
            self._notify(taken)

    async def _mentions(self, poll: Poll, token: str) -> None:
        """A webhook names only where we were mentioned; the words belong on record as well."""
        async with autocommit(self._engine) as connection:
            unread = await comment_polls.unread_mentions(connection, CHANNEL, poll.account_id, MENTIONS)
        for seq, event in unread:
            words, reason = await self._mention(poll, token, event)
            async with autocommit(self._engine) as connection:
                await comment_polls.note_mention(connection, seq, words, reason)

    async def _mention(self, poll: Poll, token: str, event: InboundEvent) -> tuple[str, str]:
        try:
            words = await self._api.mention(poll.account_id, token, event)
        except Refused:
            words = ""
        return words, ignored.MENTION if words else ignored.MENTION_UNREADABLE

    async def _put_off(self, poll: Poll, wait_s: float) -> None:
        async with autocommit(self._engine) as connection:
            await comment_polls.put_off(connection, CHANNEL, poll.account_id, wait_s)
