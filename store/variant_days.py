"""The days of an experiment's customers, and its variants in figures.

Whom chance gave a variant is a customer: each is counted once for each outcome, however often they write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.merchant_days import bounds

# What may have happened to a customer, and the sum that says so.
OUTCOMES = {
    "answered": "answered",
    "handed_over": "handed_over",
    "failed": "erroneous",
    "fell_back": "fell_back",
    "missed": "missed",
    "clicked": "clicks",
    "bought": "orders",
}
# What is measured of a customer, from the sums.
AVERAGES = {
    "turns": "turns",
    "response_ms": "response_ms / nullif(responses, 0)",
    "microdollars": "microdollars",
}
_SUMS = ("turns", *OUTCOMES.values(), "responses", "response_ms", "microdollars")
_NAMES = ", ".join(_SUMS)

_ROLL_UP = text(f"""
    WITH seen AS (
        SELECT conversation_id, experiment, variant, 1 AS turns,
               CAST(silence IS NULL AS integer) AS answered, CAST(handed_over AS integer) AS handed_over,
               CAST(silence IS NULL AND (rung = 'apology' OR undelivered) AS integer) AS erroneous,
               CAST(silence IS NULL AND fell_back AS integer) AS fell_back,
               CAST(missed <> '{{}}' AS integer) AS missed, 0 AS clicks, 0 AS orders,
               CAST(silence IS NULL AND response_ms IS NOT NULL AS integer) AS responses,
               CASE WHEN silence IS NULL THEN coalesce(response_ms, 0) ELSE 0 END AS response_ms,
               microdollars
        FROM turn_facts
        WHERE merchant_id = :merchant_id AND at >= :start AND at < :end AND experiment <> ''
        UNION ALL
        SELECT f.conversation_id, experiment, variant, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0
        FROM clicks c JOIN turn_facts f USING (execution_id)
        WHERE c.merchant_id = :merchant_id AND c.at >= :start AND c.at < :end AND experiment <> ''
        UNION ALL
        SELECT f.conversation_id, experiment, variant, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0
        FROM shopify_sales s JOIN turn_facts f USING (execution_id)
        WHERE s.merchant_id = :merchant_id AND s.at >= :start AND s.at < :end AND experiment <> ''
    )
    INSERT INTO variant_days (merchant_id, experiment, conversation_id, day, variant, zone, {_NAMES})
    SELECT :merchant_id, experiment, conversation_id, CAST(:day AS date), variant, :zone,
           {", ".join(f"sum({name})" for name in _SUMS)}
    FROM seen GROUP BY conversation_id, experiment, variant
    ON CONFLICT (merchant_id, experiment, conversation_id, day, variant) DO UPDATE SET
        zone = excluded.zone, {", ".join(f"{name} = excluded.{name}" for name in _SUMS)}
""")  # noqa: S608 - constants


# When the shop's time zone changes, the turns of an open day become another day's.
_FORGET = text("DELETE FROM variant_days WHERE merchant_id = :merchant_id AND day = :day AND zone <> :zone")


async def roll_up(connection: AsyncConnection, merchant_id: str, day: date, zone: ZoneInfo) -> None:
    """After merchant_days.roll_up of that day, which writes what is counted here. As often as one likes."""
    start, end = bounds(day, zone)
    of_day = {"merchant_id": merchant_id, "day": day, "zone": zone.key}
    await connection.execute(_FORGET, of_day)
    await connection.execute(_ROLL_UP, of_day | {"start": start, "end": end})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An average over so many customers, and its standard deviation."""

    customers: int
    value: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`outcomes`: to how many of the customers each happened, by the names of OUTCOMES.

    `averages` by those of AVERAGES, without what was measured of nobody.
    """

    variant: str
    customers: int
    turns: int
    outcomes: Mapping[str, int]
    averages: Mapping[str, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`moved`: customers who had more than one variant, as shares were changed; none of these counts them."""

    first: date
    last: date
    moved: int
    variants: Sequence[Counted]


def _measured(name: str, each: str) -> str:
    return f"count({each}) AS {name}_of, avg({each}) AS {name}_mean, stddev_samp({each}) AS {name}_deviation"


_COUNT = text(f"""
    WITH customers AS (
        SELECT min(variant) AS variant, count(DISTINCT variant) AS variants, min(day) AS first,
               max(day) AS last, {", ".join(f"sum({name}) AS {name}" for name in _SUMS)}
        FROM variant_days WHERE merchant_id = :merchant_id AND experiment = :experiment
        GROUP BY conversation_id
    )
    SELECT CASE WHEN variants = 1 THEN variant END AS variant, count(*) AS customers, min(first) AS first,
           max(last) AS last, sum(turns) AS turns,
           {", ".join(f"count(*) FILTER (WHERE {count} > 0) AS {name}" for name, count in OUTCOMES.items())},
           {", ".join(_measured(name, each) for name, each in AVERAGES.items())}
    FROM customers GROUP BY 1 ORDER BY 1
""")  # noqa: S608 - constants


async def figures(connection: AsyncConnection, merchant_id: str, experiment: str) -> Figures | None:
    """Since it began. None: nobody has been in it, or all of them have been deleted since."""
    found = await connection.execute(_COUNT, {"merchant_id": merchant_id, "experiment": experiment})
    rows = found.all()
    if not rows:
        return None
    return Figures(
        first=min(row.first for row in rows),
        last=max(row.last for row in rows),
        moved=sum(row.customers for row in rows if row.variant is None),
        variants=[_counted(row) for row in rows if row.variant is not None],
    )


def _counted(row: Row[Any]) -> Counted:
    return Counted(
        variant=row.variant,
        customers=row.customers,
        turns=int(row.turns),
        outcomes={name: getattr(row, name) for name in OUTCOMES},
        averages={name: _average(row, name) for name in AVERAGES if getattr(row, f"{name}_of")},
    )


def _average(row: Row[Any], name: str) -> Measured:
    return Measured(
        customers=getattr(row, f"{name}_of"),
        value=float(getattr(row, f"{name}_mean")),
        deviation=float(getattr(row, f"{name}_deviation") or 0),  # none of one customer
    )


async def experiments(connection: AsyncConnection, merchant_id: str) -> list[str]:
    """Those that have figures; the latest first."""
    found = await connection.execute(
        text("""
            SELECT experiment FROM variant_days WHERE merchant_id = :merchant_id
            GROUP BY experiment ORDER BY max(day) DESC, min(day) DESC, experiment
        """),
        {"merchant_id": merchant_id},
    )
    return list(found.scalars())
