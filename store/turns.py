"""What a turn starts from, and how it ends: each is one statement.

One statement is one transaction and one round trip: inbox, memory, messages, log and outbox change
together or not at all, and a turn costs the database little.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable, to_json
from models.merchant import Merchant
from models.message import Message, Role
from models.turn import Memory, Part, Reply, RestockWish, Turn
from store import conversations
from store.conversations import HISTORY, Conversation, Said
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
    FROM conversations c
    JOIN merchants m ON m.id = c.merchant_id
    LEFT JOIN accounts a ON a.channel = c.channel AND a.account_id = c.account_id
    WHERE c.id = :id
""")  # noqa: S608 - constants


async def read(connection: AsyncConnection, conversation_id: int) -> Start:
    row = (await connection.execute(_READ, {"id": conversation_id})).one()
    return Start(
        conversation=conversations.from_row(row),
        merchant=from_jsonable(Merchant, row.profile),
        account_name=row.username,
        spent_microdollars=row.spent,
        history=tuple(from_jsonable(Message, line) for line in reversed(row.newest)),
        waiting=tuple(from_jsonable(Waiting, item) for item in row.waiting),
        restocked=tuple(from_jsonable(RestockWish, wish) for wish in row.restocked),
    )


class Outcome(Enum):
    COMMITTED = auto()
    STALE = auto()  # somebody else changed the conversation: load it again
    NEWER = auto()  # more messages came in: start over with them
    ASIDE = auto()  # an edit, an unsent message or an echo came in: look at it first


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a turn ended, and what models have cost the merchant today, this turn included."""

    outcome: Outcome
    spent_microdollars: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A turn that is ready to be kept. `silence` says why nothing is said, `reply` is None if nobody asked.

    `seqs` are the inbox numbers it answers, `seen` all that waited when it began. `cost_microdollars` counts
    what was answered and discarded, too.
    """

    turn: Turn
    conversation: Conversation
    seqs: tuple[int, ...]
    seen: tuple[int, ...]
    said: Sequence[Said]
    reply: Reply | None
    memory: Memory
    cost_microdollars: int
    silence: str | None
    last_customer_at: datetime | None
    expires_at: datetime
    comment_id: str | None
    pause_until: datetime
    delivered_by_answer: bool


_KEEP = text("""
    -- What came in meanwhile and could change the answer. A comment does not: its turn is another one.
    WITH newer AS (
        SELECT kind FROM inbox
        WHERE conversation_id = :conversation_id AND status = 'waiting'
          AND seq <> ALL(CAST(:seen AS bigint[]))
          AND (kind IN ('edit', 'unsend', 'echo') OR (kind = 'message' AND :may_restart))
    ),
    -- The version is the guard: one turn at a time, whoever else believes to be at it.
    moved AS (
        UPDATE conversations SET
            version = version + 1, updated_at = now(), memory = CAST(:memory AS jsonb),
            last_customer_at = greatest(last_customer_at, CAST(:last_customer_at AS timestamptz)),
            paused_until = CASE WHEN CAST(:handover AS text) IS NULL THEN paused_until
                                ELSE CAST(:pause_until AS timestamptz) END,
            pause_reason = coalesce(CAST(:handover AS text), pause_reason),
            handover_reason = coalesce(CAST(:handover AS text), handover_reason),
            handover_at = CASE WHEN CAST(:handover AS text) IS NULL THEN handover_at ELSE now() END
        WHERE id = :conversation_id AND version = :version AND NOT EXISTS (SELECT FROM newer)
        RETURNING id, merchant_id
    ),
    settled AS (
        UPDATE inbox SET status = :inbox_status, reason = :silence, execution_id = :execution_id
        FROM moved
        WHERE conversation_id = moved.id AND seq = ANY(CAST(:seqs AS bigint[])) AND status = 'waiting'
    ),
    -- What should have bridged the wait and has not left yet comes too late.
    interim AS (
        UPDATE outbox SET status = CASE status WHEN 'pending' THEN 'cancelled' ELSE status END,
                          reason = CASE status WHEN 'pending' THEN 'overtaken' ELSE reason END
        FROM moved
        WHERE outbox.conversation_id = moved.id AND outbox.execution_id = :execution_id AND part = 0
        RETURNING body->>'text' AS body, outbox.created_at, status
    ),
    said AS (
        INSERT INTO messages (merchant_id, conversation_id, role, text, product_ids, at,
                              inbox_seq, provider_id, execution_id)
        SELECT moved.merchant_id, moved.id, role, body, CAST(product_ids AS jsonb), at,
               inbox_seq, provider_id, :execution_id
        FROM moved, (
            SELECT * FROM unnest(CAST(:said_role AS text[]), CAST(:said_text AS text[]),
                                 CAST(:said_product_ids AS text[]), CAST(:said_at AS timestamptz[]),
                                 CAST(:said_inbox_seq AS bigint[]), CAST(:said_provider_id AS text[]))
                          WITH ORDINALITY AS s(role, body, product_ids, at, inbox_seq, provider_id, n)
            UNION ALL
            -- Between what was heard and what is answered.
            SELECT 'assistant', body, '[]', created_at, NULL, NULL, :heard + 0.5
            FROM interim WHERE status IN ('sending', 'sent')
        ) lines
        ORDER BY n
    ),
    -- The profile and the steps stand elsewhere; the log need not repeat them.
    logged AS (
        INSERT INTO executions (id, merchant_id, conversation_id, turn, reply, steps,
                                silence_reason, started_at)
        SELECT :execution_id, moved.merchant_id, moved.id, CAST(:turn AS jsonb) - 'merchant',
               CAST(:reply AS jsonb) - 'steps', coalesce(CAST(:reply AS jsonb)->'steps', '[]'),
               :silence, :started_at
        FROM moved
    ),
    parts AS (
        INSERT INTO outbox (merchant_id, conversation_id, execution_id, part, body, comment_id,
                            even_paused, expires_at, status, sent_at)
        SELECT moved.merchant_id, moved.id, :execution_id, n, CAST(body AS jsonb), :comment_id,
               -- The reply that announces a person must still go out.
               CAST(:handover AS text) IS NOT NULL, :expires_at,
               CASE WHEN :delivered THEN 'sent' ELSE 'pending' END, CASE WHEN :delivered THEN now() END
        FROM moved, unnest(CAST(:parts AS text[])) WITH ORDINALITY AS p(body, n)
        ORDER BY n
    ),
    told AS (
        DELETE FROM restocks USING moved
        WHERE conversation_id = moved.id AND product_id = ANY(CAST(:told AS text[]))
    ),
    wished AS (
        INSERT INTO restock_wishes (merchant_id, conversation_id, product_id, variant_ids, execution_id)
        SELECT moved.merchant_id, moved.id, product_id,
               ARRAY(SELECT jsonb_array_elements_text(CAST(variant_ids AS jsonb))), :execution_id
        FROM moved, unnest(CAST(:wish_product_id AS text[]), CAST(:wish_variant_ids AS text[]))
                    AS w(product_id, variant_ids)
        ON CONFLICT (conversation_id, product_id) DO UPDATE
            SET variant_ids = excluded.variant_ids, execution_id = excluded.execution_id, created_at = now()
    ),
    spent AS (
        INSERT INTO spending (merchant_id, day, microdollars, turns)
        SELECT merchant_id, CAST(now() AT TIME ZONE 'UTC' AS date), CAST(:cost AS bigint), 1
        FROM moved WHERE CAST(:cost AS bigint) > 0
        ON CONFLICT (merchant_id, day) DO UPDATE
            SET microdollars = spending.microdollars + excluded.microdollars, turns = spending.turns + 1
        RETURNING microdollars
    )
    SELECT EXISTS (SELECT FROM moved) AS moved, array(SELECT kind FROM newer) AS newer,
           coalesce((SELECT microdollars FROM spent), 0) AS spent
""")


async def commit(connection: AsyncConnection, finished: Finished, *, may_restart: bool) -> Kept:
    """Keeps all of the turn, or nothing unless the outcome is COMMITTED."""
    row = (await connection.execute(_KEEP, _parameters(finished, may_restart=may_restart))).one()
    if row.moved:
        return Kept(outcome=Outcome.COMMITTED, spent_microdollars=row.spent)
    if "message" in row.newer:
        return Kept(outcome=Outcome.NEWER)
    return Kept(outcome=Outcome.ASIDE if row.newer else Outcome.STALE)


# Waits for whoever keeps the turn just now, and then finds another version.
_INTERIM = text("""
    INSERT INTO outbox (merchant_id, conversation_id, execution_id, part, body, expires_at)
    SELECT merchant_id, id, :execution_id, 0, CAST(:body AS jsonb), :expires_at
    FROM (SELECT id, merchant_id FROM conversations WHERE id = :id AND version = :version FOR UPDATE) c
    WHERE NOT EXISTS (
        SELECT FROM inbox
        WHERE conversation_id = c.id AND status = 'waiting' AND kind IN ('edit', 'unsend', 'echo')
    )
    ON CONFLICT (execution_id) WHERE part = 0 DO NOTHING
    RETURNING id
""")


async def say_meanwhile(
    connection: AsyncConnection, conversation: Conversation, turn_id: str, part: Part, expires_at: datetime
) -> bool:
    """Something to read before the turn's reply: once, and never after it. False when nothing goes out."""
    found = await connection.execute(
        _INTERIM,
        {
            "id": conversation.id,
            "version": conversation.version,
            "execution_id": turn_id,
            "body": to_json(part),
            "expires_at": expires_at,
        },
    )
    return found.first() is not None


def _parameters(finished: Finished, *, may_restart: bool) -> dict[str, object]:
    reply, said = finished.reply, finished.said
    wishes = reply.restock_wishes if reply else ()
    return {
        "may_restart": may_restart,
        "conversation_id": finished.conversation.id,
        "version": finished.conversation.version,
        "seqs": list(finished.seqs),
        "seen": list(finished.seen),
        "memory": to_json(finished.memory),
        "last_customer_at": finished.last_customer_at,
        "handover": reply.handover.reason if reply and reply.handover else None,
        "pause_until": finished.pause_until,
        "inbox_status": "silent" if finished.silence else "answered",
        "silence": finished.silence,
        "execution_id": finished.turn.id,
        "heard": sum(line.role is Role.CUSTOMER for line in said),
        "said_role": [line.role.value for line in said],
        "said_text": [line.text for line in said],
        "said_product_ids": [json.dumps(line.product_ids) for line in said],
        "said_at": [line.at for line in said],
        "said_inbox_seq": [line.inbox_seq for line in said],
        "said_provider_id": [line.provider_id for line in said],
        "turn": to_json(finished.turn),
        "reply": to_json(reply) if reply else None,
        "started_at": finished.turn.now,
        "comment_id": finished.comment_id,
        "expires_at": finished.expires_at,
        "delivered": finished.delivered_by_answer,
        "parts": [to_json(part) for part in reply.parts] if reply else [],
        "told": list(reply.told) if reply else [],
        "wish_product_id": [wish.product_id for wish in wishes],
        "wish_variant_ids": [json.dumps(wish.variant_ids) for wish in wishes],
        "cost": finished.cost_microdollars,
    }
