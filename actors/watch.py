"""Somebody looks, a few times a minute, whether everything answers."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from store import uptime
from store.database import autocommit

# What takes longer is no answer to a customer either.
PATIENCE_S = 5.0


class Checked(Protocol):
    async def check(self) -> None: ...


class Watch:
    def __init__(self, engine: AsyncEngine, actors: Checked) -> None:
        self._engine = engine
        self._actors = actors

    async def look(self, now: datetime | None = None) -> None:
        """Without a database nothing can be noted; then nobody looked."""
        ready = await self._ready()
        async with autocommit(self._engine) as connection:
            await uptime.note(connection, now or datetime.now(UTC), ready=ready)

    async def _ready(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._actors.check()
        except Exception:  # noqa: BLE001 - whatever it is, somebody did not answer
            return False
        return True
