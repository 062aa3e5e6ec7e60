"""In which minutes everything answered, as far as somebody looked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MINUTES = 24 * 60


def minute_of(at: datetime) -> int:
    """Of its day in UTC."""
    at = at.astimezone(UTC)
    return at.hour * 60 + at.minute


async def note(connection: AsyncConnection, now: datetime, *, ready: bool) -> None:
    """A minute counts as ready when every look in it found all ready."""
    await connection.execute(
        text("""
            INSERT INTO uptime_days AS u (day, first_minute, last_minute, last_ready, ready_minutes)
            VALUES (:day, :minute, :minute, CAST(:ready AS boolean),
                    CAST(CAST(:ready AS boolean) AS integer))
            ON CONFLICT (day) DO UPDATE SET
                last_minute = excluded.last_minute,
                last_ready = excluded.last_ready
                             AND (u.last_ready OR u.last_minute <> excluded.last_minute),
                ready_minutes = u.ready_minutes + CASE
                    WHEN u.last_minute <> excluded.last_minute THEN excluded.ready_minutes
                    WHEN u.last_ready AND NOT excluded.last_ready THEN -1 ELSE 0 END
            WHERE u.last_minute <= excluded.last_minute
        """),
        {"day": now.astimezone(UTC).date(), "minute": minute_of(now), "ready": ready},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """A minute in which nobody looked was not ready: whoever looks is a part of what has to be up."""

    ready: int
    minutes: int

    @property
    def share(self) -> float | None:
        return self.ready / self.minutes if self.minutes else None


async def between(connection: AsyncConnection, first: date, last: date, now: datetime) -> Uptime:
    """Days in UTC, both included: from the first minute anybody ever looked, up to the last whole one."""
    found = await connection.execute(
        text("""
            SELECT (SELECT min(day) FROM uptime_days) AS ever, day, first_minute, last_minute, ready_minutes
            FROM uptime_days WHERE day BETWEEN :first AND :last
        """),
        {"first": first, "last": last},
    )
    rows = {row.day: row for row in found}
    if not rows:
        return Uptime(ready=0, minutes=0)
    ever, today = next(iter(rows.values())).ever, now.astimezone(UTC).date()
    minutes = MINUTES * (min(last, today) - max(first, ever)).days + MINUTES
    if ever >= first:
        minutes -= rows[ever].first_minute
    if last >= today:
        # The minute that has just begun counts once somebody has looked in it.
        looked = today in rows and rows[today].last_minute == minute_of(now)
        minutes -= MINUTES - minute_of(now) - int(looked)
    return Uptime(ready=sum(row.ready_minutes for row in rows.values()), minutes=minutes)
