"""The last webhook whose signature fitted none of our secrets: what tells a wrong secret from silence."""

import re
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from store import installation
from store.database import autocommit

_KEY = "refused_signature"
# Anybody can post rubbish, as often as they like: it must not cost a write each time.
_EVERY_S = 60.0
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


class Refusals:
    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._noted_at = float("-inf")

    async def note(self, signature: str | None) -> None:
        """Only what has the form of a signature: the rest was never Meta."""
        now = self._clock()
        if now - self._noted_at < _EVERY_S or not _SIGNATURE.fullmatch(signature or ""):
            return
        self._noted_at = now
        async with autocommit(self._engine) as connection:
            await installation.note_moment(connection, _KEY)

    async def last(self) -> datetime | None:
        async with autocommit(self._engine) as connection:
            return await installation.moment(connection, _KEY)
