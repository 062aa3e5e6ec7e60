"""Conversations as a merchant looks through them: the newest activity first, by kind, by words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.message import Role
from store import conversations
from store.conversation_tables import FAILED_STEP
from store.conversations import Conversation

# Counted no further: who has a thousand of them needs no other number.
MOST_COUNTED = 1000
# Of a message, as much as a line shows.
_PREVIEW = 160


class Show(StrEnum):
    ALL = "all"
    NEEDS_PERSON = "needs_person"
    UNANSWERED = "unanswered"
    PAUSED = "paused"
    COMMENTS = "comments"
    ERRORS = "errors"


# `errors`: of the last week; something could not be sent, or could not be answered as it should have been.
_WHERE: Mapping[Show, str] = {
    Show.ALL: "true",
    Show.NEEDS_PERSON: "c.handover_at IS NOT NULL",
    Show.UNANSWERED: """(c.unanswered_since IS NOT NULL OR c.id IN (
        SELECT conversation_id FROM inbox
        WHERE merchant_id = :merchant_id AND status = 'waiting' AND kind IN ('message', 'comment')))""",
    Show.PAUSED: "c.paused_until IS NOT NULL AND c.paused_until > now()",
    Show.COMMENTS: "c.commented_at IS NOT NULL",
    Show.ERRORS: f"""c.id IN (
        SELECT conversation_id FROM outbox
        WHERE merchant_id = :merchant_id AND status = 'failed' AND created_at > now() - interval '7 days'
        UNION
        SELECT conversation_id FROM executions
        WHERE merchant_id = :merchant_id AND {FAILED_STEP} AND started_at > now() - interval '7 days')""",  # noqa: S608 - a constant
}
# Whoever was erased is nobody to look for.
_OF_MERCHANT = "c.merchant_id = :merchant_id AND c.customer_id <> 'erased-' || c.id"
_SEARCH = """ AND (c.customer_id ILIKE :part OR c.customer_name ILIKE :part OR c.id IN (
    SELECT conversation_id FROM messages
    WHERE merchant_id = :merchant_id AND role <> 'assistant'
      AND to_tsvector('simple'::regconfig, text) @@ to_tsquery('simple'::regconfig, :words)))"""
_CHANNEL = " AND c.channel = :channel"
_BEFORE = " AND (c.updated_at, c.id) < (:before_at, :before_id)"
_LAST_SAID = f"""
    -- The newest line, and what came in after it.
    LEFT JOIN LATERAL (
        SELECT role, left(m.text, {_PREVIEW}) AS body, m.at, jsonb_array_length(product_ids) AS products
        FROM messages m WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT left(event->>'text', {_PREVIEW}) AS body, i.at FROM inbox i
        WHERE i.conversation_id = c.id AND i.status = 'waiting' AND i.kind IN ('message', 'comment')
        ORDER BY i.at DESC, i.seq DESC LIMIT 1
    ) new ON true
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a page ended."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSaid:
    """`products`: how many cards it shows. `waiting`: nobody has looked at it yet."""

    role: Role
    text: str
    at: datetime
    products: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    conversation: Conversation
    updated_at: datetime
    commented: bool
    unanswered_since: datetime | None
    last: LastSaid | None

    @property
    def unanswered(self) -> bool:
        return self.unanswered_since is not None or (self.last is not None and self.last.waiting)

    @property
    def position(self) -> Position:
        return Position(at=self.updated_at, id=self.conversation.id)


async def page(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    show: Show = Show.ALL,
    needs_person: bool | None = None,
    channel: str | None = None,
    search: str = "",
    before: Position | None = None,
    limit: int,
) -> Sequence[Listed]:
    """`search`: part of a customer's name or id, or the beginnings of words that were written."""
    where = f"{_OF_MERCHANT} AND {_WHERE[show]}"
    asked: dict[str, Any] = {"merchant_id": merchant_id, "limit": limit}
    if needs_person is not None:
        where += f" AND (c.handover_at IS NOT NULL) = {needs_person}"
    if channel is not None:
        where += _CHANNEL
        asked["channel"] = channel
    if search:
        where += _SEARCH
        asked |= {"part": f"%{_escaped(search)}%", "words": _words(search)}
    if before is not None:
        where += _BEFORE
        asked |= {"before_at": before.at, "before_id": before.id}
    found = await connection.execute(text(_page(where)), asked)
    return [_listed(row) for row in found]


def _page(where: str) -> str:
    """All of it constants; what is asked for goes as parameters."""
    return (
        f"WITH c AS (SELECT c.* FROM conversations c WHERE {where} "  # noqa: S608 - as above
        "ORDER BY c.updated_at DESC, c.id DESC LIMIT :limit) "
        f"SELECT {conversations.columns('c')}, c.updated_at, c.commented_at, c.unanswered_since, "
        "said.role, said.body, said.at, said.products, new.body AS new_body, new.at AS new_at "
        f"FROM c {_LAST_SAID} ORDER BY c.updated_at DESC, c.id DESC"
    )


def _count(show: Show) -> str:
    found = f"SELECT FROM conversations c WHERE {_OF_MERCHANT} AND {_WHERE[show]} LIMIT {MOST_COUNTED}"
    return f'(SELECT count(*) FROM ({found}) found) AS "{show.value}"'  # noqa: S608 - constants


_COUNTS = text(f"SELECT {', '.join(map(_count, Show))}")


async def counts(connection: AsyncConnection, merchant_id: str) -> Mapping[Show, int]:
    """Of each kind, MOST_COUNTED standing for that many and more."""
    row = (await connection.execute(_COUNTS, {"merchant_id": merchant_id})).one()
    return dict(zip(Show, row, strict=True))


def _escaped(part: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", part)


def _words(search: str) -> str:
    """All of them, the last perhaps not typed to its end. Nothing is found by what has no word in it."""
    words = re.findall(r"\w+", search)
    return " & ".join([*words[:-1], *(f"{last}:*" for last in words[-1:])])


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        conversation=conversations.from_row(row),
        updated_at=row.updated_at,
        commented=row.commented_at is not None,
        unanswered_since=row.unanswered_since,
        last=_last(row),
    )


def _last(row: Row[Any]) -> LastSaid | None:
    if row.new_at is not None:
        return LastSaid(role=Role.CUSTOMER, text=row.new_body or "", at=row.new_at, waiting=True)
    if row.role is None:
        return None
    return LastSaid(role=Role(row.role), text=row.body, at=row.at, products=row.products)
