"""An account's posts and the comments under them, as the Graph API shows them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.standins.graph_rules import GraphError


@dataclass(slots=True, kw_only=True)
class Posted:
    account_id: str
    comments: list[dict[str, Any]] = field(default_factory=list)


class Media:
    """`posts` by media id, newest last. `mentions`: the words of foreign comments and captions by id."""

    def __init__(self) -> None:
        self.posts: dict[str, Posted] = {}
        self.mentions: dict[str, str] = {}
        self.reads: dict[str, int] = defaultdict(int)

    def post(self, account_id: str, media_id: str) -> None:
        self.posts.setdefault(media_id, Posted(account_id=account_id))

    def comment(
        self,
        media_id: str,
        comment_id: str,
        text: str,
        author_id: str,
        *,
        at: datetime | None = None,
        under: str | None = None,
    ) -> None:
        """Without any webhook."""
        written = {
            "id": comment_id,
            "text": text,
            "timestamp": (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "from": {"id": author_id, "username": f"user_{author_id[-4:]}"},
        }
        comments = self.posts[media_id].comments
        if under is None:
            comments.insert(0, written)
        else:
            thread = next(one for one in comments if one["id"] == under)
            thread.setdefault("replies", {"data": []})["data"].append(written)

    def listed(self, account_id: str) -> web.Response:
        self.reads[account_id] += 1
        own = [(media_id, post) for media_id, post in self.posts.items() if post.account_id == account_id]
        rows = [{"id": media_id, "comments_count": _count(post)} for media_id, post in reversed(own)]
        return web.json_response({"data": rows})

    def commented(self, account_id: str, media_id: str) -> web.Response:
        self.reads[media_id] += 1
        post = self.posts.get(media_id)
        if post is None or post.account_id != account_id:
            raise GraphError(100, 33, f"Object with ID '{media_id}' does not exist")
        return web.json_response({"data": post.comments})

    def mentioned(self, fields: str) -> web.Response:
        """`mentioned_comment.comment_id(ID){text}` or `mentioned_media.media_id(ID){caption}`."""
        kind, _, rest = fields.partition(".")
        media_id = rest.partition("(")[2].partition(")")[0]
        if media_id not in self.mentions:
            raise GraphError(100, 33, f"Object with ID '{media_id}' does not exist")
        words = "text" if kind == "mentioned_comment" else "caption"
        return web.json_response({kind: {words: self.mentions[media_id], "id": media_id}, "id": "1"})


def _count(post: Posted) -> int:
    return sum(1 + len(one.get("replies", {"data": []})["data"]) for one in post.comments)
