"""How turns end: one statement, for as many as there are.

One statement is one transaction and one round trip: inbox, memory, messages, log and outbox change
together or not at all, and a turn costs the database little.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import to_json
from models.message import Role
from models.turn import PAUSED, Memory, Part, Reply, RestockWish, Turn
from store import restock
from store.conversations import Conversation, Said


class Outcome(Enum):
    COMMITTED = auto()
    STALE = auto()  # somebody else changed the conversation: load it again
    NEWER = auto()  # more messages came in: start over with them
    ASIDE = auto()  # an edit, an unsent message or an echo came in: look at it first


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a turn ended, and what models have cost the merchant today, this turn included.

    `more`: something else waits in the conversation.
    """

    outcome: Outcome
    spent_microdollars: int = 0
    more: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A turn that is ready to be kept. `silence` says why nothing is said, `reply` is None if nobody asked.

    `seqs` are the inbox numbers it answers, `seen` all that waited when it began. `cost_microdollars` counts
    what was answered and discarded, too. `may_restart`: a newer message discards it.
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
    may_restart: bool
    customer_name: str | None = None  # None: it did not come with what was said


_KEEP = text("""
    WITH ended AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:ended AS jsonb)->'turns') AS e(
            conversation_id bigint, version bigint, may_restart boolean, seqs bigint[], seen bigint[],
            memory jsonb, last_customer_at timestamptz, handover text, pause_until timestamptz,
            silence text, execution_id text, said jsonb, turn jsonb, reply jsonb, started_at timestamptz,
            comment_id text, expires_at timestamptz, delivered boolean, told text[], wishes jsonb,
            cost bigint, customer_name text, answered boolean, unanswered boolean
        )
    ),
    -- What came in meanwhile and could change the answer. A comment does not: its turn is another one.
    newer AS (
        SELECT e.conversation_id, i.kind
        FROM ended e JOIN inbox i ON i.conversation_id = e.conversation_id AND i.status = 'waiting'
        WHERE i.seq <> ALL(e.seen)
          AND (i.kind IN ('edit', 'unsend', 'echo') OR (i.kind = 'message' AND e.may_restart))
    ),
    -- The version is the guard: one turn at a time, whoever else believes to be at it.
    moved AS (
        UPDATE conversations c SET
            version = c.version + 1, updated_at = now(), memory = e.memory,
            last_customer_at = greatest(c.last_customer_at, e.last_customer_at),
            paused_until = CASE WHEN e.handover IS NULL THEN c.paused_until ELSE e.pause_until END,
            pause_reason = coalesce(e.handover, c.pause_reason),
            handover_reason = coalesce(e.handover, c.handover_reason),
            handover_at = CASE WHEN e.handover IS NULL THEN c.handover_at ELSE now() END,
            unanswered_since = CASE WHEN e.answered THEN NULL
                                    WHEN e.unanswered THEN coalesce(c.unanswered_since, now())
                                    ELSE c.unanswered_since END,
            commented_at = CASE WHEN e.comment_id IS NULL THEN c.commented_at ELSE now() END,
            customer_name = coalesce(e.customer_name, c.customer_name)
        FROM ended e
        WHERE c.id = e.conversation_id AND c.version = e.version
          AND NOT EXISTS (SELECT FROM newer WHERE newer.conversation_id = c.id)
        RETURNING c.id, c.merchant_id
    ),
    kept AS MATERIALIZED (
        SELECT e.*, moved.merchant_id FROM ended e JOIN moved ON moved.id = e.conversation_id
    ),
    settled AS (
        UPDATE inbox i SET status = CASE WHEN kept.silence IS NULL THEN 'answered' ELSE 'silent' END,
                           reason = kept.silence, execution_id = kept.execution_id
        FROM kept
        WHERE i.conversation_id = kept.conversation_id AND i.seq = ANY(kept.seqs) AND i.status = 'waiting'
    ),
    -- What should have bridged the wait and has not left yet comes too late.
    interim AS (
        UPDATE outbox o SET status = CASE o.status WHEN 'pending' THEN 'cancelled' ELSE o.status END,
                            reason = CASE o.status WHEN 'pending' THEN 'overtaken' ELSE o.reason END
        FROM kept
        WHERE o.conversation_id = kept.conversation_id AND o.execution_id = kept.execution_id AND o.part = 0
        RETURNING o.execution_id, o.body->>'text' AS body, o.created_at, o.status
    ),
    -- From now a person speaks. What announces that must still go out.
    silenced AS (
        UPDATE outbox o SET status = 'cancelled', reason = 'paused'
        FROM kept
        WHERE o.conversation_id = kept.conversation_id AND kept.handover IS NOT NULL
          AND o.status = 'pending' AND NOT o.even_paused
          AND o.execution_id IS DISTINCT FROM kept.execution_id
    ),
    said AS (
        INSERT INTO messages (merchant_id, conversation_id, role, text, product_ids, at,
                              inbox_seq, provider_id, execution_id)
        SELECT kept.merchant_id, kept.conversation_id, line.role, line.text, line.product_ids, line.at,
               line.inbox_seq, line.provider_id, kept.execution_id
        FROM kept CROSS JOIN LATERAL (
            SELECT s.line->>'role' AS role, s.line->>'text' AS text, s.line->'product_ids' AS product_ids,
                   CAST(s.line->>'at' AS timestamptz) AS at,
                   CAST(s.line->>'inbox_seq' AS bigint) AS inbox_seq,
                   s.line->>'provider_id' AS provider_id, s.line->>'role' <> 'customer' AS answers, s.n
            FROM jsonb_array_elements(kept.said) WITH ORDINALITY AS s(line, n)
            UNION ALL
            -- Between what was heard and what is answered.
            SELECT 'assistant', body, '[]', created_at, NULL, NULL, true, 0
            FROM interim WHERE interim.execution_id = kept.execution_id AND status IN ('sending', 'sent')
        ) line
        ORDER BY kept.conversation_id, line.answers, line.n
    ),
    -- The profile and the steps stand elsewhere; the log need not repeat them.
    logged AS (
        INSERT INTO executions (id, merchant_id, conversation_id, turn, reply, steps,
                                silence_reason, started_at)
        SELECT execution_id, merchant_id, conversation_id, turn - 'merchant', reply - 'steps',
               coalesce(reply->'steps', '[]'), silence, started_at
        FROM kept
    ),
    parts AS (
        INSERT INTO outbox (merchant_id, conversation_id, execution_id, part, body, comment_id,
                            even_paused, expires_at, status, sent_at)
        SELECT kept.merchant_id, kept.conversation_id, kept.execution_id, n, body, kept.comment_id,
               kept.handover IS NOT NULL, kept.expires_at,
               CASE WHEN kept.delivered THEN 'sent' ELSE 'pending' END,
               CASE WHEN kept.delivered THEN now() END
        FROM kept CROSS JOIN LATERAL jsonb_array_elements(kept.reply->'parts') WITH ORDINALITY AS p(body, n)
        ORDER BY kept.conversation_id, n
    ),
    told AS (
        DELETE FROM restocks r USING kept
        WHERE r.conversation_id = kept.conversation_id AND r.product_id = ANY(kept.told)
    ),
    wished AS (
        INSERT INTO restock_wishes (merchant_id, conversation_id, product_id, variant_ids, execution_id)
        SELECT kept.merchant_id, kept.conversation_id, w.product_id, w.variant_ids, kept.execution_id
        FROM kept CROSS JOIN LATERAL jsonb_to_recordset(kept.wishes) AS w(product_id text, variant_ids text[])
        ON CONFLICT (conversation_id, product_id) DO UPDATE
            -- As in restock.joined.
            SET variant_ids = CASE WHEN excluded.variant_ids = '{}' THEN '{}' ELSE ARRAY(
                    SELECT DISTINCT unnest(restock_wishes.variant_ids || excluded.variant_ids) ORDER BY 1
                ) END,
                execution_id = excluded.execution_id, created_at = now()
    ),
    spent AS (
        INSERT INTO spending (merchant_id, day, microdollars, turns)
        SELECT merchant_id, CAST(now() AT TIME ZONE 'UTC' AS date), sum(cost), count(*)
        FROM kept WHERE cost > 0 GROUP BY merchant_id
        ON CONFLICT (merchant_id, day) DO UPDATE
            SET microdollars = spending.microdollars + excluded.microdollars,
                turns = spending.turns + excluded.turns
        RETURNING merchant_id, microdollars
    )
    SELECT e.conversation_id, moved.id IS NOT NULL AS moved,
           ARRAY(SELECT kind FROM newer WHERE newer.conversation_id = e.conversation_id) AS newer,
           EXISTS (SELECT FROM inbox i WHERE i.conversation_id = e.conversation_id
                   AND i.status = 'waiting' AND i.seq <> ALL(e.seqs)) AS more,
           coalesce(spent.microdollars, 0) AS spent
    FROM ended e
    LEFT JOIN moved ON moved.id = e.conversation_id
    LEFT JOIN spent ON spent.merchant_id = moved.merchant_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """A finished turn as the statement takes it."""

    conversation_id: int
    version: int
    may_restart: bool
    seqs: tuple[int, ...]
    seen: tuple[int, ...]
    memory: Memory
    last_customer_at: datetime | None
    handover: str | None
    pause_until: datetime
    silence: str | None
    execution_id: str
    said: tuple[Said, ...]
    turn: Turn
    reply: Reply | None
    started_at: datetime
    comment_id: str | None
    expires_at: datetime
    delivered: bool
    told: tuple[str, ...]
    wishes: tuple[RestockWish, ...]
    cost: int
    customer_name: str | None
    answered: bool
    unanswered: bool


@dataclass(frozen=True, slots=True)
class _Group:
    turns: tuple[_Ended, ...]


async def commit(connection: AsyncConnection, group: Sequence[Finished]) -> list[Kept]:
    """Of turns of different conversations, how each ended: all of it is kept, or nothing unless COMMITTED.

    An error is one of all: then nothing of any of them is kept.
    """
    ended = _Group(tuple(_ended(finished) for finished in group))
    found = await connection.execute(_KEEP, {"ended": to_json(ended)})
    rows = {row.conversation_id: row for row in found}
    spent = _spent_after_each(group, rows)
    return [
        _kept(rows[finished.conversation.id], spent_microdollars)
        for finished, spent_microdollars in zip(group, spent, strict=True)
    ]


def _kept(row: Row[Any], spent_microdollars: int) -> Kept:
    if row.moved:
        return Kept(outcome=Outcome.COMMITTED, spent_microdollars=spent_microdollars, more=row.more)
    if "message" in row.newer:
        return Kept(outcome=Outcome.NEWER)
    return Kept(outcome=Outcome.ASIDE if row.newer else Outcome.STALE)


def _spent_after_each(group: Sequence[Finished], rows: Mapping[int, Row[Any]]) -> list[int]:
    """The table tells what its merchant has spent after all of them; each is told as if it had come alone."""
    later: Counter[str] = Counter()
    spent = []
    for finished in reversed(group):
        row = rows[finished.conversation.id]
        spent.append(row.spent - later[finished.turn.merchant.id])
        if row.moved:
            later[finished.turn.merchant.id] += finished.cost_microdollars
    return spent[::-1]


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


def _ended(finished: Finished) -> _Ended:
    reply = finished.reply
    return _Ended(
        conversation_id=finished.conversation.id,
        version=finished.conversation.version,
        may_restart=finished.may_restart,
        seqs=finished.seqs,
        seen=finished.seen,
        memory=finished.memory,
        last_customer_at=finished.last_customer_at,
        handover=reply.handover.reason if reply and reply.handover else None,
        pause_until=finished.pause_until,
        silence=finished.silence,
        execution_id=finished.turn.id,
        said=tuple(finished.said),
        turn=finished.turn,
        reply=reply,
        started_at=finished.turn.now,
        comment_id=finished.comment_id,
        expires_at=finished.expires_at,
        delivered=finished.delivered_by_answer,
        told=reply.told if reply else (),
        wishes=restock.joined(reply.restock_wishes) if reply else (),
        cost=finished.cost_microdollars,
        customer_name=finished.customer_name,
        answered=bool(reply and reply.parts),
        # A person is to answer it.
        unanswered=finished.silence == PAUSED and any(line.role is Role.CUSTOMER for line in finished.said),
    )
