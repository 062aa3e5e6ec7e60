"""A slim row for each turn, read from its log: days are counted from it, lists of turns filtered by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

_COUNT = text("""
    INSERT INTO turn_facts (
        execution_id, merchant_id, conversation_id, at, rung, intent, silence, handed_over, fell_back,
        undelivered, confidence, products, microdollars, response_ms,
        searches, search_ms, results, remembered, missed, empty, settled,
        experiment, variant
    )
    SELECT e.id, e.merchant_id, e.conversation_id, e.started_at,
           CASE WHEN e.silence_reason IS NULL THEN coalesce(e.reply->>'rung', '') ELSE '' END,
           CASE WHEN e.silence_reason IS NULL THEN coalesce(e.reply->>'intent', '') ELSE '' END,
           e.silence_reason,
           coalesce(jsonb_typeof(e.reply->'handover') = 'object', false),
           step.fell_back, coalesce(part.undelivered, false),
           coalesce(CAST(e.reply->>'confidence' AS float), 0),
           coalesce(jsonb_array_length(e.reply->'cards'), 0),
           coalesce(CAST(e.reply->>'cost_microdollars' AS bigint), 0),
           CASE WHEN part.first_sent < heard.at THEN 0  -- clocks differ
                ELSE CAST(extract(epoch FROM part.first_sent - heard.at) * 1000 AS bigint) END,
           step.searches, step.search_ms, step.results, step.remembered, step.missed, step.empty,
           coalesce(part.ended, true),
           coalesce(e.turn->>'experiment', ''), coalesce(e.turn->>'variant', '')
    FROM executions e
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(s->>'name' = 'budget_used_up' OR s->>'status' = 'failed'
                                AND s->>'name' IN ('model', 'model_short', 'rules')), false) AS fell_back,
               count(*) FILTER (WHERE searched) AS searches,
               coalesce(sum(CAST(s->>'duration_ms' AS float)) FILTER (WHERE searched), 0) AS search_ms,
               coalesce(sum(CAST(s->'data'->>'found' AS integer)) FILTER (WHERE searched), 0) AS results,
               count(*) FILTER (WHERE searched AND s->'data'->>'remembered' = 'true') AS remembered,
               coalesce(array_agg(left(lower(s->'data'->>'query'), 200)) FILTER (WHERE searched AND (
                   s->'data'->>'found' = '0' OR jsonb_array_length(s->'data'->'relaxed') > 0
               )), '{}') AS missed,
               count(*) FILTER (WHERE searched AND s->'data'->>'found' = '0') AS empty
        FROM (
            SELECT s, s->>'name' = 'search_products' AND s->>'status' = 'ok' AS searched
            FROM jsonb_array_elements(e.steps) s
        ) steps
    ) step
    LEFT JOIN LATERAL (
        SELECT max(i.at) AS at FROM inbox i
        WHERE i.conversation_id = e.conversation_id AND i.execution_id = e.id
    ) heard ON true
    LEFT JOIN LATERAL (
        SELECT min(o.sent_at) FILTER (WHERE o.status = 'sent') AS first_sent,
               bool_or(o.status = 'failed') AS undelivered,
               bool_and(o.status NOT IN ('pending', 'sending')) AS ended
        FROM outbox o
        WHERE o.conversation_id = e.conversation_id AND o.execution_id = e.id AND o.part > 0
    ) part ON true
    WHERE e.merchant_id = :merchant_id AND e.started_at >= :since AND e.started_at < :until
      AND NOT EXISTS (SELECT FROM turn_facts f WHERE f.execution_id = e.id AND f.settled)
    ON CONFLICT (execution_id) DO UPDATE SET
        undelivered = excluded.undelivered, response_ms = excluded.response_ms, settled = excluded.settled
""")


async def count(connection: AsyncConnection, merchant_id: str, since: datetime, until: datetime) -> None:
    """Of turns that began in that time: the new ones, and those of which something was still to be sent."""
    await connection.execute(_COUNT, {"merchant_id": merchant_id, "since": since, "until": until})


async def unsettled(connection: AsyncConnection, since: datetime, until: datetime) -> list[str]:
    """Merchants with a turn in that time of which something is still to be sent."""
    found = await connection.execute(
        text("""
            SELECT id FROM merchants WHERE leaving_at IS NULL AND EXISTS (
                SELECT FROM turn_facts
                WHERE merchant_id = merchants.id AND at >= :since AND at < :until AND NOT settled
            ) ORDER BY id
        """),
        {"since": since, "until": until},
    )
    return list(found.scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which turns. What is None does not matter.

    `outcome`: answered, handed_over, silent, failed (an apology, or not delivered) or fell_back.
    """

    since: datetime
    until: datetime
    intent: str | None = None
    rung: str | None = None
    experiment: str | None = None
    variant: str | None = None
    outcome: str | None = None
    silence: str | None = None
    searched: bool = False
    missed: bool = False
    query: str | None = None  # one that nothing fitted
    slower_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFact:
    execution_id: str
    conversation_id: int
    channel: str
    customer_id: str
    at: datetime
    text: str
    rung: str
    intent: str
    silence: str | None
    handed_over: bool
    fell_back: bool
    undelivered: bool
    confidence: float
    products: int
    microdollars: int
    response_ms: int | None
    missed: Sequence[str]


_OUTCOMES = {
    "answered": "silence IS NULL",
    "handed_over": "handed_over",
    "silent": "silence IS NOT NULL",
    "failed": "silence IS NULL AND (rung = 'apology' OR undelivered)",
    "fell_back": "silence IS NULL AND fell_back",
}
OUTCOMES = tuple(_OUTCOMES)


async def listing(
    connection: AsyncConnection,
    merchant_id: str,
    wanted: Wanted,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[TurnFact]:
    """Newest first. `after`: when the last turn of the page before began, and its id."""
    conditions, values = _where(wanted)
    if after is not None:
        conditions.append("(at, execution_id) < (:last_at, :last_id)")
        values |= {"last_at": after[0], "last_id": after[1]}
    found = await connection.execute(
        text(f"""
            SELECT f.*, c.channel, c.customer_id, left(coalesce(e.turn->>'text', ''), 300) AS text
            FROM (
                SELECT * FROM turn_facts WHERE merchant_id = :merchant_id AND {" AND ".join(conditions)}
                ORDER BY at DESC, execution_id DESC LIMIT :limit
            ) f
            JOIN conversations c ON c.id = f.conversation_id
            LEFT JOIN executions e ON e.id = f.execution_id
            ORDER BY f.at DESC, f.execution_id DESC
        """),  # noqa: S608 - conditions of our own
        {"merchant_id": merchant_id, "limit": limit, **values},
    )
    return [_fact(row) for row in found]


def _where(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    conditions = ["at >= :since", "at < :until"]
    values: dict[str, Any] = {"since": wanted.since, "until": wanted.until}
    for name in ("intent", "rung", "silence", "experiment", "variant"):
        if (value := getattr(wanted, name)) is not None:
            conditions.append(f"{name} = :{name}")
            values[name] = value
    if wanted.outcome is not None:
        conditions.append(f"({_OUTCOMES[wanted.outcome]})")
    if wanted.searched:
        conditions.append("searches > 0")
    if wanted.missed:
        conditions.append("missed <> '{}'")
    if wanted.query is not None:
        conditions.append("missed <> '{}' AND :query = ANY(missed)")
        values["query"] = wanted.query
    if wanted.slower_ms is not None:
        conditions.append("response_ms > :slower_ms")
        values["slower_ms"] = wanted.slower_ms
    return conditions, values


def _fact(row: Row[Any]) -> TurnFact:
    return TurnFact(**{name: getattr(row, name) for name in TurnFact.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedQuery:
    """A query nothing fitted, and in how many turns."""

    query: str
    turns: int


async def missed_queries(
    connection: AsyncConnection, merchant_id: str, since: datetime, until: datetime, *, limit: int
) -> list[MissedQuery]:
    """The commonest first."""
    found = await connection.execute(
        text("""
            SELECT query, count(DISTINCT execution_id) AS turns
            FROM turn_facts CROSS JOIN LATERAL unnest(missed) AS query
            WHERE merchant_id = :merchant_id AND at >= :since AND at < :until AND missed <> '{}'
              AND query <> ''
            GROUP BY query ORDER BY 2 DESC, 1 LIMIT :limit
        """),
        {"merchant_id": merchant_id, "since": since, "until": until, "limit": limit},
    )
    return [MissedQuery(query=row.query, turns=row.turns) for row in found]
