"""Daily roll-ups: what a shop's customers saw and took to, by product and day in UTC.

A day is counted from the turns and clicks that began in it, as often as anybody likes: the rows of that
day become what was counted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store import installation

_CLOSED = "product_days_closed"


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1))


_ROLL_UP = text("""
    WITH shown AS (
        SELECT card->>'product_id' AS product_id, count(*) AS recommendations
        FROM executions, jsonb_array_elements(reply->'cards') AS card
        WHERE merchant_id = :merchant_id AND started_at >= :start AND started_at < :end
        GROUP BY 1
    ),
    clicked AS (
        SELECT product_id, count(*) AS clicks, count(DISTINCT conversation_id) AS clickers
        FROM clicks WHERE merchant_id = :merchant_id AND at >= :start AND at < :end
        GROUP BY 1
    ),
    counted AS (SELECT * FROM shown FULL JOIN clicked USING (product_id)),
    gone AS (
        DELETE FROM product_days WHERE merchant_id = :merchant_id AND day = CAST(:day AS date)
            AND product_id NOT IN (SELECT product_id FROM counted)
    )
    INSERT INTO product_days (merchant_id, day, product_id, recommendations, clicks, clickers)
    SELECT :merchant_id, CAST(:day AS date), product_id,
           coalesce(recommendations, 0), coalesce(clicks, 0), coalesce(clickers, 0)
    FROM counted
    ON CONFLICT (merchant_id, day, product_id) DO UPDATE SET
        recommendations = excluded.recommendations, clicks = excluded.clicks, clickers = excluded.clickers
""")


async def roll_up(connection: AsyncConnection, merchant_id: str, day: date) -> None:
    """One statement: nobody sees half a day."""
    await connection.execute(
        _ROLL_UP, {"merchant_id": merchant_id, "day": day, "start": start_of(day), "end": end_of(day)}
    )


async def active(connection: AsyncConnection, since: datetime, until: datetime) -> list[str]:
    """Merchants something was shown for, or clicked at, from `since` to before `until`."""
    found = await connection.execute(
        text("""
            SELECT id FROM merchants WHERE leaving_at IS NULL AND (EXISTS (
                SELECT FROM executions
                WHERE merchant_id = merchants.id AND started_at >= :since AND started_at < :until
            ) OR EXISTS (
                SELECT FROM clicks WHERE merchant_id = merchants.id AND at >= :since AND at < :until
            )) ORDER BY id
        """),
        {"since": since, "until": until},
    )
    return list(found.scalars())


async def last_closed(connection: AsyncConnection) -> date | None:
    """The day up to which all is counted for good. None: nothing has ever been."""
    return await installation.day(connection, _CLOSED)


async def close(connection: AsyncConnection, day: date) -> None:
    await installation.put_day(connection, _CLOSED, day)


async def first_day(connection: AsyncConnection) -> date | None:
    """Of the oldest turn or click there is. It reads them all."""
    found = await connection.execute(
        text("SELECT least((SELECT min(started_at) FROM executions), (SELECT min(at) FROM clicks))")
    )
    at = found.scalar()
    return at.astimezone(UTC).date() if at is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCount:
    """`name` is empty where the product's row is gone."""

    product_id: str
    name: str
    recommendations: int
    clicks: int


async def most_recommended(
    connection: AsyncConnection,
    merchant_id: str,
    *,
    since: date,
    until: date | None = None,
    limit: int,
    after: tuple[int, str] | None = None,
) -> list[ProductCount]:
    """From the day `since` on, up to `until` where there is one.

    `after`: recommendations and product id of the last one of the page before.
    """
    most, last = after or (2**62, "")
    found = await connection.execute(
        text("""
            SELECT product_id, coalesce(body->>'name', '') AS name, recommendations, clicks
            FROM (
                SELECT merchant_id, product_id,
                       sum(recommendations) AS recommendations, sum(clicks) AS clicks
                FROM product_days
                WHERE merchant_id = :merchant_id AND day >= :since
                  AND day <= coalesce(CAST(:until AS date), 'infinity')
                GROUP BY merchant_id, product_id
            ) counted
            LEFT JOIN products ON products.merchant_id = counted.merchant_id AND products.id = product_id
            WHERE recommendations < :most OR (recommendations = :most AND product_id > :last)
            ORDER BY recommendations DESC, product_id LIMIT :limit
        """),
        {
            "merchant_id": merchant_id,
            "since": since,
            "until": until,
            "most": most,
            "last": last,
            "limit": limit,
        },
    )
    return [
        ProductCount(
            product_id=row.product_id, name=row.name, recommendations=row.recommendations, clicks=row.clicks
        )
        for row in found
    ]
