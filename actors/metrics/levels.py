"""What waits and in what state things are, looked up in the database now and then."""

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.metrics import names
from actors.metrics.instruments import Instruments
from store import levels
from store.database import autocommit


class LevelMetrics:
    def __init__(self, engine: AsyncEngine, instruments: Instruments) -> None:
        self._engine = engine
        self._tell = instruments
        # A state that nothing is in any more is told once more, as 0.
        self._states: dict[str, set[str]] = {}

    async def read(self) -> None:
        try:
            async with autocommit(self._engine) as connection:
                now = await levels.read(connection)
        except (DBAPIError, OSError):
            self._tell.set(names.DATABASE_UP, 0)
            raise
        self._tell.set(names.DATABASE_UP, 1)
        self._tell.set(names.INBOX_WAITING, now.inbox_waiting)
        self._tell.set(names.INBOX_OLDEST, now.inbox_oldest_s)
        self._tell.set(names.OUTBOX_WAITING, now.outbox_waiting)
        self._tell.set(names.OUTBOX_OLDEST, now.outbox_oldest_s)
        self._tell.set(names.NEEDING_PERSON, now.needing_person)
        self._tell.set(names.JOBS_WAITING, now.jobs_waiting)
        self._tell.set(names.MERCHANTS_OVER_BUDGET, now.merchants_over_budget)
        if now.token_left_s is not None:
            self._tell.set(names.TOKEN_LEFT, now.token_left_s)
        if now.sync_age_s is not None:
            self._tell.set(names.SYNC_AGE, now.sync_age_s)
        self._tell_states(names.INSTAGRAM_ACCOUNTS, now.accounts)
        self._tell_states(names.STORES, now.stores)

    def _tell_states(self, name: str, counts: Mapping[str, int]) -> None:
        seen = self._states.setdefault(name, set())
        seen.update(counts)
        for state in seen:
            self._tell.set(name, counts.get(state, 0), state=state)
