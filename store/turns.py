"""What turns start from: one statement, for as many as there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.merchant import Merchant
from models.message import Message
from models.turn import RestockWish
from store import conversations
from store.conversations import HISTORY, Conversation
from store.inbox import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """`history` and `waiting` are oldest first. `spent_microdollars`: on models, today."""

    conversation: Conversation
    merchant: Merchant
    account_name: str | None
    spent_microdollars: int
    history: tuple[Message, ...]
    waiting: tuple[Waiting, ...]
    restocked: tuple[RestockWish, ...] = ()


_READ = text(f"""
    SELECT {conversations.columns("c")}, m.profile, a.username,
        coalesce((SELECT microdollars FROM spending s
                  WHERE s.merchant_id = m.id AND s.day = CAST(now() AT TIME ZONE 'UTC' AS date)), 0) AS spent,
        ARRAY(
            SELECT jsonb_build_object(
                'seq', i.seq, 'event', i.event, 'received_at', i.received_at,
                'product_ids', coalesce(
                    (SELECT p.product_ids
                     FROM jsonb_array_elements_text(i.event->'subjects') WITH ORDINALITY AS s(id, n)
                     JOIN posts p ON p.merchant_id = c.merchant_id AND p.media_id = s.id
                     ORDER BY s.n LIMIT 1),
                    -- A link or a shop's page may name a product itself.
                    (SELECT jsonb_build_array(p.id)
                     FROM jsonb_array_elements_text(i.event->'subjects') WITH ORDINALITY AS s(id, n)
                     JOIN products p ON p.merchant_id = c.merchant_id AND p.id = s.id AND NOT p.deleted
                     ORDER BY s.n LIMIT 1),
                    (SELECT jsonb_path_query_array(o.body, '$.cards[*].product_id')
                     FROM outbox o
                     WHERE o.conversation_id = c.id AND o.message_id = i.event->>'reply_to' LIMIT 1),
                    '[]'))
            FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting' ORDER BY i.at, i.seq
        ) AS waiting,
        ARRAY(
            SELECT jsonb_build_object('product_id', r.product_id, 'variant_ids', r.variant_ids)
            FROM restocks r WHERE r.conversation_id = c.id ORDER BY r.id
        ) AS restocked,
        ARRAY(
            SELECT jsonb_build_object('role', l.role, 'text', l.text, 'at', l.at,
                                      'product_ids', l.product_ids)
            FROM messages l WHERE l.conversation_id = c.id ORDER BY l.id DESC LIMIT {HISTORY}
        ) AS newest
    -- As JSON: PostgreSQL would plan anew for every array, which takes longer than the reading.
    FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id)
    JOIN conversations c ON c.id = CAST(asked.id AS bigint)
    JOIN merchants m ON m.id = c.merchant_id
    LEFT JOIN accounts a ON a.channel = c.channel AND a.account_id = c.account_id
""")  # noqa: S608 - constants


async def read(connection: AsyncConnection, conversation_ids: Sequence[int]) -> dict[int, Start]:
    """By conversation; without those that are gone."""
    found = await connection.execute(_READ, {"ids": to_json(list(conversation_ids))})
    return {row.id: _start(row) for row in found}


def _start(row: Row[Any]) -> Start:
    return Start(
        conversation=conversations.from_row(row),
        merchant=from_jsonable(Merchant, row.profile),
        account_name=row.username,
        spent_microdollars=row.spent,
        history=tuple(from_jsonable(Message, line) for line in reversed(row.newest)),
        waiting=tuple(from_jsonable(Waiting, item) for item in row.waiting),
        restocked=tuple(from_jsonable(RestockWish, wish) for wish in row.restocked),
    )
