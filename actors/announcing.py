"""Tells the delivery actors who has something to send. What the calls lose their sweep finds."""

import asyncio
from collections import defaultdict

from actors.calls import call
from actors.placement import Directory, Handle


class Announcer:
    """While a call is under way what is announced gathers, and is told together after it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._waiting: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    def announce(self, merchant_id: str) -> None:
        self._waiting.add(merchant_id)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while self._waiting:
                told, self._waiting = self._waiting, set()
                by_actor: dict[Handle, list[str]] = defaultdict(list)
                for merchant_id in told:
                    by_actor[self._directory.delivery(merchant_id)].append(merchant_id)
                calls = [call(actor.notify, ids) for actor, ids in by_actor.items()]
                await asyncio.gather(*calls, return_exceptions=True)
        finally:
            # Whatever failed, who is announced next is told.
            self._telling = None
