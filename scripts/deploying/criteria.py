"""When a version goes back by itself: the figures of the turns it answers, held against limits.

Turns that end in an apology or do not arrive, beyond 10 %; response times beyond 15 s; messages that wait
longer than that without any answer; a front door that says it is not ready. Each has to be so at several
looks in a row. What was as bad before is no reason to go back.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from store.database import autocommit, connect

ERRORS = 0.10
SLOW_S = 15.0
LOOKS = 3
# Of so few turns a single one would decide.
FEWEST_TURNS = 5

_FIGURES = text("""
    WITH turns AS (
        SELECT e.reply->>'rung' = 'apology' AS apology, part.*, e.finished_at, heard.at AS heard
        FROM executions e
        CROSS JOIN LATERAL (
            SELECT max(i.at) AS at, min(i.received_at) AS received FROM inbox i
            WHERE i.conversation_id = e.conversation_id AND i.execution_id = e.id
        ) heard
        CROSS JOIN LATERAL (
            SELECT bool_or(o.status = 'failed') AS failed, min(o.sent_at) AS sent FROM outbox o
            WHERE o.conversation_id = e.conversation_id AND o.execution_id = e.id AND o.part > 0
        ) part
        WHERE e.finished_at >= :since AND e.silence_reason IS NULL AND heard.received >= :since
    )
    SELECT count(*) AS turns,
           count(*) FILTER (WHERE apology OR coalesce(failed, false)) AS errors,
           coalesce(extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (
               ORDER BY coalesce(sent, finished_at) - heard)), 0)::float AS p95_s,
           (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float FROM inbox
            WHERE status = 'waiting' AND received_at >= :since) AS waiting_s
    FROM turns
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of the messages that came since a moment. `waiting_s`: how long the oldest has had no answer."""

    turns: int = 0
    errors: int = 0
    p95_s: float = 0.0
    waiting_s: float = 0.0

    @property
    def error_rate(self) -> float:
        return self.errors / self.turns if self.turns else 0.0

    def __str__(self) -> str:
        return (
            f"{self.turns} turns, {self.error_rate:.0%} failed, 95 % answered within {self.p95_s:.1f} s, "
            f"the oldest waits {self.waiting_s:.0f} s"
        )


async def figures(database_url: str, since: datetime) -> Figures:
    engine = connect(database_url)
    try:
        async with autocommit(engine) as connection:
            row = (await connection.execute(_FIGURES, {"since": since})).one()
    finally:
        await engine.dispose()
    return Figures(turns=row.turns, errors=row.errors, p95_s=row.p95_s, waiting_s=row.waiting_s)


def wrong(now: Figures, before: Figures) -> Iterator[str]:
    """What is beyond the limits, and was not already before."""
    if now.turns >= FEWEST_TURNS:
        if now.error_rate > max(ERRORS, before.error_rate):
            yield f"more than {ERRORS:.0%} of the turns fail"
        if now.p95_s > max(SLOW_S, before.p95_s):
            yield f"answers take more than {SLOW_S:g} s"
    if now.waiting_s > max(SLOW_S, before.waiting_s):
        yield f"messages wait for more than {SLOW_S:g} s"


@dataclass(slots=True)
class Consistently:
    """What has been wrong at so many looks in a row."""

    looks: int = LOOKS
    _seen: Counter[str] = field(default_factory=Counter)

    def look(self, reasons: list[str]) -> list[str]:
        self._seen = Counter({reason: self._seen[reason] + 1 for reason in reasons})
        return [reason for reason, times in self._seen.items() if times >= self.looks]
