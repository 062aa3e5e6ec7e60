"""Turns of one shard, read and kept together: a statement costs more than its rows."""

from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.grouping import Grouped
from models.errors import NotFound
from store import endings, turns
from store.database import autocommit, is_away
from store.endings import Finished, Kept
from store.turns import Start

MOST_AT_ONCE = 50


class GroupedTurns:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reads = Grouped[int, Start](self._read, most=MOST_AT_ONCE)
        self._commits = Grouped[Finished, Kept](self._commit, most=MOST_AT_ONCE)

    async def read(self, conversation_id: int) -> Start:
        """NotFound when the customer has been erased."""
        return await self._reads.call(conversation_id)

    async def commit(self, finished: Finished) -> Kept:
        return await self._commits.call(finished)

    async def _read(self, conversation_ids: Sequence[int]) -> list[Start | Exception]:
        async with autocommit(self._engine) as connection:
            found = await turns.read(connection, conversation_ids)
        return [found.get(each) or NotFound("no such conversation") for each in conversation_ids]

    async def _commit(self, group: Sequence[Finished]) -> list[Kept | Exception]:
        try:
            return [*await self._keep(group)]
        except DBAPIError as error:
            if len(group) == 1 or is_away(error):
                raise
        # One of them cannot be kept; the others can.
        return [await self._alone(finished) for finished in group]

    async def _alone(self, finished: Finished) -> Kept | Exception:
        try:
            return (await self._keep([finished]))[0]
        except DBAPIError as error:
            return error

    async def _keep(self, group: Sequence[Finished]) -> list[Kept]:
        async with autocommit(self._engine) as connection:
            return await endings.commit(connection, group)
