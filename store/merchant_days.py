"""A merchant's days in figures, counted from turns, messages, parts, clicks and orders on record.

As often as anybody likes: the rows of a day become what was counted. A day runs from midnight to midnight
in the merchant's time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.histogram import GROWTH
from store import installation, turn_facts

_CLOSED = "merchant_days_closed"
# Who has written nothing for so long, and needs no person, has been helped.
QUIET = timedelta(hours=24)
_DAY = timedelta(days=1)


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From its first moment to that of the next day, in UTC. With summer time it may have 23 or 25 hours."""
    start, end = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (day, day + _DAY))
    return start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sums over a day, or over several: docs/console.md says what each counts."""

    conversations: int = 0
    started: int = 0
    reopened: int = 0
    handed_over: int = 0
    resolved: int = 0
    customer_messages: int = 0
    assistant_messages: int = 0
    person_messages: int = 0
    turns: int = 0
    answered: int = 0
    fell_back: int = 0
    apologised: int = 0
    undelivered: int = 0
    erroneous: int = 0
    confidence: float = 0
    products: int = 0
    responses: int = 0
    response_ms: int = 0
    response_times: Mapping[str, int] = field(default_factory=dict)
    silences: Mapping[str, int] = field(default_factory=dict)
    searches: int = 0
    search_ms: float = 0
    results: int = 0
    remembered: int = 0
    missed: int = 0
    empty: int = 0
    deliveries: Mapping[str, int] = field(default_factory=dict)
    clicks: int = 0
    orders: int = 0
    buyers: int = 0
    revenue: Mapping[str, int] = field(default_factory=dict)


COLUMNS = tuple(each.name for each in fields(Counts))
_NAMES = ", ".join(COLUMNS)

_ROLL_UP = text(f"""
    WITH talks AS (
        SELECT c.id,
               count(*) FILTER (WHERE m.role = 'customer' AND today) AS customer_messages,
               count(*) FILTER (WHERE m.role = 'assistant' AND today) AS assistant_messages,
               count(*) FILTER (WHERE m.role = 'person' AND today) AS person_messages,
               min(m.at) FILTER (WHERE m.role = 'customer' AND today) AS first,
               max(m.at) FILTER (WHERE m.role = 'customer' AND today) AS last,
               max(m.at) FILTER (WHERE m.role = 'customer' AND m.at < :start) AS before,
               min(m.at) FILTER (WHERE m.role = 'customer' AND m.at >= :end) AS next,
               EXISTS (SELECT FROM turn_facts f WHERE f.conversation_id = c.id AND f.handed_over
                       AND f.at >= :start AND f.at < :end) AS handed_over
        FROM conversations c
        JOIN messages m ON m.conversation_id = c.id
        CROSS JOIN LATERAL (SELECT m.at >= :start AND m.at < :end AS today) t
        WHERE c.merchant_id = :merchant_id AND c.updated_at >= :start
        GROUP BY c.id
    ),
    talk AS (
        SELECT count(last) AS conversations,
               count(*) FILTER (WHERE last IS NOT NULL AND before IS NULL) AS started,
               count(*) FILTER (WHERE first - before >= :quiet) AS reopened,
               count(*) FILTER (WHERE last IS NOT NULL AND handed_over) AS handed_over,
               count(*) FILTER (WHERE NOT handed_over AND coalesce(next, :now) - last >= :quiet) AS resolved,
               coalesce(sum(customer_messages), 0) AS customer_messages,
               coalesce(sum(assistant_messages), 0) AS assistant_messages,
               coalesce(sum(person_messages), 0) AS person_messages
        FROM talks
    ),
    facts AS (
        SELECT *, silence IS NULL AS answered, rung = 'apology' OR undelivered AS erroneous
        FROM turn_facts WHERE merchant_id = :merchant_id AND at >= :start AND at < :end
    ),
    turn AS (
        SELECT count(*) AS turns, count(*) FILTER (WHERE answered) AS answered,
               count(*) FILTER (WHERE answered AND fell_back) AS fell_back,
               count(*) FILTER (WHERE answered AND rung = 'apology') AS apologised,
               count(*) FILTER (WHERE answered AND undelivered) AS undelivered,
               count(*) FILTER (WHERE answered AND erroneous) AS erroneous,
               coalesce(sum(confidence) FILTER (WHERE answered), 0) AS confidence,
               coalesce(sum(products) FILTER (WHERE answered), 0) AS products,
               count(response_ms) FILTER (WHERE answered) AS responses,
               coalesce(sum(response_ms) FILTER (WHERE answered), 0) AS response_ms,
               coalesce(sum(searches), 0) AS searches, coalesce(sum(search_ms), 0) AS search_ms,
               coalesce(sum(results), 0) AS results, coalesce(sum(remembered), 0) AS remembered,
               coalesce(sum(cardinality(missed)), 0) AS missed, coalesce(sum(empty), 0) AS empty
        FROM facts
    ),
    times AS (
        SELECT coalesce(jsonb_object_agg(bucket, turns), '{{}}') AS response_times FROM (
            SELECT CASE WHEN response_ms <= 1 THEN 0
                        ELSE ceil(round(ln(CAST(response_ms AS numeric)) / ln({GROWTH}), 9)) END AS bucket,
                   count(*) AS turns
            FROM facts WHERE answered AND response_ms IS NOT NULL GROUP BY 1
        ) b
    ),
    quiet AS (
        SELECT coalesce(jsonb_object_agg(silence, turns), '{{}}') AS silences FROM (
            SELECT silence, count(*) AS turns FROM facts WHERE silence IS NOT NULL GROUP BY 1
        ) s
    ),
    sent AS (
        SELECT coalesce(jsonb_object_agg(ended, parts), '{{}}') AS deliveries FROM (
            SELECT CASE WHEN o.status IN ('failed', 'cancelled')
                        THEN o.status || '/' || coalesce(o.reason, '') ELSE o.status END AS ended,
                   count(*) AS parts
            FROM conversations c JOIN outbox o ON o.conversation_id = c.id
            WHERE c.merchant_id = :merchant_id AND c.updated_at >= :start
              AND o.created_at >= :start AND o.created_at < :end
            GROUP BY 1
        ) p
    ),
    clicked AS (
        SELECT count(*) AS clicks FROM clicks
        WHERE merchant_id = :merchant_id AND at >= :start AND at < :end
    ),
    sold AS (
        SELECT * FROM shopify_sales WHERE merchant_id = :merchant_id AND at >= :start AND at < :end
    ),
    bought AS (
        SELECT (SELECT count(*) FROM sold) AS orders,
               (SELECT count(DISTINCT conversation_id) FROM sold) AS buyers,
               coalesce((SELECT jsonb_object_agg(currency, amount) FROM (
                   SELECT currency, sum(amount_minor) AS amount FROM sold GROUP BY 1
               ) a), '{{}}') AS revenue
    ),
    gone AS (
        DELETE FROM turn_days d WHERE merchant_id = :merchant_id AND day = CAST(:day AS date)
            AND NOT EXISTS (SELECT FROM facts f WHERE answered AND f.rung = d.rung AND f.intent = d.intent)
    ),
    by_rung AS (
        INSERT INTO turn_days (merchant_id, day, rung, intent, turns, handed_over, erroneous, confidence,
                               products, microdollars, responses, response_ms)
        SELECT :merchant_id, CAST(:day AS date), rung, intent, count(*),
               count(*) FILTER (WHERE handed_over), count(*) FILTER (WHERE erroneous), sum(confidence),
               sum(products), sum(microdollars), count(response_ms), coalesce(sum(response_ms), 0)
        FROM facts WHERE answered GROUP BY rung, intent
        ON CONFLICT (merchant_id, day, rung, intent) DO UPDATE SET
            turns = excluded.turns, handed_over = excluded.handed_over, erroneous = excluded.erroneous,
            confidence = excluded.confidence, products = excluded.products,
            microdollars = excluded.microdollars, responses = excluded.responses,
            response_ms = excluded.response_ms
    )
    INSERT INTO merchant_days (merchant_id, day, zone, {_NAMES})
    SELECT :merchant_id, CAST(:day AS date), :zone, {_NAMES}
    FROM talk, turn, times, quiet, sent, clicked, bought
    ON CONFLICT (merchant_id, day) DO UPDATE SET
        zone = excluded.zone, {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
""")  # noqa: S608 - constants


async def roll_up(
    connection: AsyncConnection, merchant_id: str, day: date, zone: ZoneInfo, now: datetime
) -> None:
    """What is still to come counts once it is there: call it again."""
    start, end = bounds(day, zone)
    await turn_facts.count(connection, merchant_id, start, end)
    await connection.execute(
        _ROLL_UP,
        {
            "merchant_id": merchant_id,
            "day": day,
            "zone": zone.key,
            "start": start,
            "end": end,
            "now": now,
            "quiet": QUIET,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantDay:
    day: date
    zone: str
    counts: Counts


async def between(
    connection: AsyncConnection, merchant_id: str, first: date, last: date
) -> list[MerchantDay]:
    """Both ends included, oldest first; without days on which nothing ever happened."""
    found = await connection.execute(
        text(
            f"SELECT day, zone, {_NAMES} FROM merchant_days "  # noqa: S608 - constants
            "WHERE merchant_id = :merchant_id AND day BETWEEN :first AND :last ORDER BY day"
        ),
        {"merchant_id": merchant_id, "first": first, "last": last},
    )
    return [
        MerchantDay(
            day=row.day,
            zone=row.zone,
            counts=Counts(**{name: getattr(row, name) for name in COLUMNS}),
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnGroup:
    """Answered turns of one rung and intent."""

    rung: str
    intent: str
    turns: int
    handed_over: int
    erroneous: int
    confidence: float
    products: int
    microdollars: int
    responses: int
    response_ms: int


async def by_rung_and_intent(
    connection: AsyncConnection, merchant_id: str, first: date, last: date
) -> list[TurnGroup]:
    """Over all the days; the most turns first."""
    found = await connection.execute(
        text("""
            SELECT rung, intent, sum(turns) AS turns, sum(handed_over) AS handed_over,
                   sum(erroneous) AS erroneous, sum(confidence) AS confidence, sum(products) AS products,
                   sum(microdollars) AS microdollars, sum(responses) AS responses,
                   sum(response_ms) AS response_ms
            FROM turn_days WHERE merchant_id = :merchant_id AND day BETWEEN :first AND :last
            GROUP BY rung, intent ORDER BY 3 DESC, 1, 2
        """),
        {"merchant_id": merchant_id, "first": first, "last": last},
    )
    return [
        TurnGroup(
            rung=row.rung,
            intent=row.intent,
            turns=row.turns,
            handed_over=row.handed_over,
            erroneous=row.erroneous,
            confidence=row.confidence,
            products=row.products,
            microdollars=int(row.microdollars),
            responses=row.responses,
            response_ms=int(row.response_ms),
        )
        for row in found
    ]


async def first_day(connection: AsyncConnection, merchant_id: str) -> date | None:
    found = await connection.execute(
        text("SELECT min(day) FROM merchant_days WHERE merchant_id = :merchant_id"),
        {"merchant_id": merchant_id},
    )
    return found.scalar()


async def active(connection: AsyncConnection, since: datetime, until: datetime) -> list[str]:
    """Merchants of whom a turn, a click, an order or a word is on record from `since` to before `until`."""
    found = await connection.execute(
        text("""
            SELECT id FROM merchants WHERE leaving_at IS NULL AND (EXISTS (
                SELECT FROM executions
                WHERE merchant_id = merchants.id AND started_at >= :since AND started_at < :until
            ) OR EXISTS (
                SELECT FROM clicks WHERE merchant_id = merchants.id AND at >= :since AND at < :until
            ) OR EXISTS (
                SELECT FROM shopify_sales WHERE merchant_id = merchants.id AND at >= :since AND at < :until
            ) OR EXISTS (
                SELECT FROM conversations
                WHERE merchant_id = merchants.id AND updated_at >= :since AND updated_at < :until
            )) ORDER BY id
        """),
        {"since": since, "until": until},
    )
    return list(found.scalars())


async def last_closed(connection: AsyncConnection) -> date | None:
    """The UTC day up to which all is counted for good. None: nothing has ever been."""
    return await installation.day(connection, _CLOSED)


async def close(connection: AsyncConnection, day: date) -> None:
    await installation.put_day(connection, _CLOSED, day)
