"""Merchants are moved to where they belong: big ones, and those marked so, to an actor of their own."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.placement import dedicated_name, is_dedicated
from store import placement
from store.database import autocommit
from store.placement import Placed

log = logging.getLogger(__name__)

# A merchant goes back when it has shrunk to this share of the limit, so that none moves to and fro.
BACK_AT = 0.5
# An actor that was left still tells late callers where to ask; none of them is later than KNOWN_S of
# actors/places.py and one turn.
LINGER_S = 300.0


class Fleet(Protocol):
    """The catalog actors that run."""

    def shared(self, merchant_id: str) -> str:
        """The one that the merchant belongs to when it has none of its own."""

    async def sizes(self, actor: str) -> dict[str, int]:
        """Products of each merchant that is loaded there."""

    def start(self, actor: str) -> None:
        """Unless it runs. Not waited for."""

    async def take(self, actor: str, merchant_id: str, was: str) -> None:
        """`actor` takes the merchant from `was`."""

    async def dedicated(self) -> Sequence[str]:
        """Those that run for one merchant alone."""

    def end(self, actor: str) -> None: ...


class Placing:
    def __init__(
        self,
        engine: AsyncEngine,
        fleet: Fleet,
        *,
        dedicated_products: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._fleet = fleet
        self._limit = dedicated_products
        self._monotonic = monotonic
        self._left_at: dict[str, float] = {}

    async def run(self) -> None:
        """One round. A merchant is weighed while it is loaded: otherwise it is in nobody's way."""
        async with autocommit(self._engine) as connection:
            marked = {placed.merchant_id: placed for placed in await placement.marked(connection)}
            actors = await placement.actors(connection)
        for placed in marked.values():
            if placed.dedicated != is_dedicated(placed.actor):
                await _tried(f"merchant {placed.merchant_id} is not moved", self._move(placed))
        for actor in actors:
            await _tried(f"nothing is known of {actor}", self._weigh(actor, but=marked))
        await self._end_left()

    async def _weigh(self, actor: str, *, but: dict[str, Placed]) -> None:
        for merchant_id, size in (await self._fleet.sizes(actor)).items():
            if merchant_id not in but and self._misplaced(actor, size):
                async with autocommit(self._engine) as connection:
                    placed = await placement.of(connection, merchant_id)
                if placed.actor == actor:
                    await _tried(f"merchant {merchant_id} is not moved", self._move(placed))

    def _misplaced(self, actor: str, size: int) -> bool:
        return size <= self._limit * BACK_AT if is_dedicated(actor) else size > self._limit

    async def _move(self, placed: Placed) -> None:
        if is_dedicated(placed.actor):
            to = self._fleet.shared(placed.merchant_id)
        else:
            to = dedicated_name(placed.merchant_id, placed.epoch)
            self._fleet.start(to)
        await self._fleet.take(to, placed.merchant_id, placed.actor)
        log.info("merchant %s has moved from %s to %s", placed.merchant_id, placed.actor, to)

    async def _end_left(self) -> None:
        running = await self._fleet.dedicated()
        async with autocommit(self._engine) as connection:
            needed = set(await placement.actors(connection))
        now = self._monotonic()
        self._left_at = {actor: self._left_at.get(actor, now) for actor in running if actor not in needed}
        for actor, left_at in self._left_at.items():
            if now - left_at > LINGER_S:
                self._fleet.end(actor)


async def _tried(otherwise: str, step: Awaitable[None]) -> None:
    """One that fails holds up no other; the next round tries again."""
    try:
        await step
    except Exception:
        log.exception(otherwise)
