"""The calls that read posts, their comments, and what mentions us: for what no webhook brought."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import aiohttp

from channels.instagram.comments import COMMENTS, read_comment
from channels.instagram.envelopes import Notice
from channels.instagram.fields import Json, child, identifier, text
from channels.instagram.graph import Graph
from models.message import InboundEvent

_COMMENT = "id,text,timestamp,from"
# Of one page; newest first.
_MOST_POSTS = 25
_MOST_COMMENTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    media_id: str
    comments: int


class PostApi:
    """Every method raises the tree of channels/errors.py."""

    def __init__(
        self, session: aiohttp.ClientSession, *, graph_url: str, api_version: str, timeout_s: float = 10.0
    ) -> None:
        self._graph = Graph(session, root=f"{graph_url.rstrip('/')}/{api_version}", timeout_s=timeout_s)

    async def recent(self, account_id: str, token: str) -> list[Post]:
        answer = await self._graph.get(
            f"{quote(account_id, safe='')}/media", token, fields="id,comments_count", limit=str(_MOST_POSTS)
        )
        return [
            Post(media_id=media_id, comments=count)
            for row in _rows(answer)
            if (media_id := identifier(row, "id")) and isinstance(count := row.get("comments_count"), int)
        ]

    async def comments(self, account_id: str, token: str, media_id: str, now: datetime) -> list[InboundEvent]:
        """The newest, and those under them, as a webhook would have brought each.

        A thread in which the account has spoken is left out: somebody has answered it.
        """
        answer = await self._graph.get(
            f"{quote(media_id, safe='')}/comments",
            token,
            fields=f"{_COMMENT},replies{{{_COMMENT}}}",
            limit=str(_MOST_COMMENTS),
        )
        return [
            event
            for thread in map(_thread, _rows(answer))
            if all(identifier(child(one, "from"), "id") != account_id for one in thread)
            for one in thread
            if (event := read_comment(_notice(account_id, media_id, one), now))
        ]

    async def mention(self, account_id: str, token: str, event: InboundEvent) -> str:
        """What was written where somebody else's post or comment mentions the account."""
        if event.message_id:
            field, words = f"mentioned_comment.comment_id({event.message_id})", "text"
        else:
            field, words = f"mentioned_media.media_id({event.media_id})", "caption"
        answer = await self._graph.get(quote(account_id, safe=""), token, fields=f"{field}{{{words}}}")
        return text(child(answer, field.split(".", maxsplit=1)[0]), words)

    def rest_s(self, token: str) -> float:
        """Seconds this token's account had better not call, as its last answer said."""
        return self._graph.rest_s(token)


def _thread(comment: Json) -> list[Json]:
    replies = _rows(child(comment, "replies"))
    return [comment, *({**reply, "parent_id": comment.get("id")} for reply in replies)]


def _notice(account_id: str, media_id: str, comment: Json) -> Notice:
    value = {**comment, "media": {"id": media_id}}
    return Notice(account_id=account_id, field=COMMENTS, value=value, entry={})


def _rows(answer: Json) -> Iterator[Json]:
    rows = answer.get("data")
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())
