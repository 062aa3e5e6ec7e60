"""How several shops fare, each in a few figures: the same few queries however many there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.period import Period, last_days
from store import uptime
from store.figures import Costs, Figures, added
from store.merchant_days import COLUMNS, Counts

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopHealth:
    """`waiting`: conversations in which a person is needed. `cut_off`: accounts and stores to reconnect."""

    figures: Figures
    waiting: int
    cut_off: Sequence[str]


async def of(
    connection: AsyncConnection, merchant_ids: Sequence[str], now: datetime
) -> Mapping[str, ShopHealth]:
    """The last seven days, today's in the shops' own time zones included."""
    ids = list(merchant_ids)
    period = last_days(DAYS, now.date())
    counts = await _counts(connection, ids, period)
    spent = await _by_merchant(
        connection,
        "SELECT merchant_id, microdollars FROM spending "
        "WHERE day = :today AND merchant_id = ANY(CAST(:ids AS text[]))",
        ids=ids,
        today=now.date(),
    )
    waiting = await _by_merchant(
        connection,
        "SELECT merchant_id, count(*) FROM conversations "
        "WHERE handover_at IS NOT NULL AND merchant_id = ANY(CAST(:ids AS text[])) GROUP BY 1",
        ids=ids,
    )
    cut_off = await _cut_off(connection, ids)
    up = await uptime.between(connection, period.first, period.last, now)
    none = Costs(today=0, month=0, period=0, before=0, days={})
    return {
        each: ShopHealth(
            figures=Figures(
                period=period,
                days=(),
                total=counts[each],
                before=Counts(),
                groups=(),
                costs=Costs(today=spent[each], month=0, period=0, before=0, days={})
                if each in spent
                else none,
                uptime=up,
                uptime_before=up,
            ),
            waiting=waiting.get(each, 0),
            cut_off=cut_off[each],
        )
        for each in ids
    }


async def _counts(connection: AsyncConnection, ids: list[str], period: Period) -> Mapping[str, Counts]:
    found = await connection.execute(
        text(
            f"SELECT merchant_id, {', '.join(COLUMNS)} FROM merchant_days "  # noqa: S608 - constants
            # East of Greenwich it is tomorrow already.
            "WHERE merchant_id = ANY(CAST(:ids AS text[])) AND day BETWEEN :first AND :last"
        ),
        {"ids": ids, "first": period.first, "last": period.last + timedelta(days=1)},
    )
    days: dict[str, list[Counts]] = defaultdict(list)
    for row in found:
        days[row.merchant_id].append(Counts(**{name: getattr(row, name) for name in COLUMNS}))
    return {each: added(days[each]) for each in ids}


async def _by_merchant(connection: AsyncConnection, sql: str, **values: object) -> dict[str, int]:
    found = await connection.execute(text(sql), values)
    return {row[0]: int(row[1]) for row in found}


async def _cut_off(connection: AsyncConnection, ids: list[str]) -> Mapping[str, list[str]]:
    """`instagram`, `shopify` and the like, by merchant."""
    found = await connection.execute(
        text("""
            SELECT merchant_id, channel AS what FROM accounts
            WHERE status <> 'connected' AND merchant_id = ANY(CAST(:ids AS text[]))
            UNION
            SELECT merchant_id, 'shopify' FROM shopify_stores
            WHERE status IN ('reconnect', 'paused') AND merchant_id = ANY(CAST(:ids AS text[]))
            ORDER BY 1, 2
        """),
        {"ids": ids},
    )
    cut_off: dict[str, list[str]] = defaultdict(list)
    for row in found:
        cut_off[row.merchant_id].append(row.what)
    return cut_off
