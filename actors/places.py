"""Where merchants' catalogues are, as a caller last heard."""

import time
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from store import placement
from store.database import autocommit

# An old place does no harm: who is asked there says where to ask (`Moved`), for as long as it is there.
# That is longer than this; see LINGER_S of actors/placing.py.
KNOWN_S = 60.0


class Places:
    def __init__(self, engine: AsyncEngine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._known: dict[str, tuple[str, float]] = {}

    async def of(self, merchant_id: str) -> str:
        """The catalog actor's name. NotFound when there is no such merchant."""
        actor, until = self._known.get(merchant_id, ("", float("-inf")))
        if self._monotonic() >= until:
            async with autocommit(self._engine) as connection:
                actor = (await placement.of(connection, merchant_id)).actor
            self.learn(merchant_id, actor)
        return actor

    def learn(self, merchant_id: str, actor: str) -> None:
        self._known[merchant_id] = (actor, self._monotonic() + KNOWN_S)

    def forget(self, merchant_id: str) -> None:
        self._known.pop(merchant_id, None)
