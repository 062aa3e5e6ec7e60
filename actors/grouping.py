"""Group commit: calls that come while one is being carried out are carried out together after it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Grouped(Generic[Ask, Answer]):
    """In the order of the calls, one group at a time.

    `carry_out` answers each of a group, with an exception for who is to be refused; one that it raises is for
    all of them. `size` tells how much an ask weighs, each 1 without it: a group is closed before it weighs
    more than `most`.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int,
        size: Callable[[Ask], int] = lambda _: 1,
    ) -> None:
        self._carry_out = carry_out
        self._size = size
        self._most = most
        self._waiting: deque[tuple[Ask, asyncio.Future[Answer]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def call(self, ask: Ask) -> Answer:
        """A caller that is cancelled does not take back what it asked: others are in the same group."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((ask, answer))
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._one_group(self._next())
        finally:
            self._worker = None

    def _next(self) -> list[tuple[Ask, "asyncio.Future[Answer]"]]:
        group, weight = [self._waiting.popleft()], 0
        while self._waiting:
            weight += self._size(group[-1][0])
            if weight + self._size(self._waiting[0][0]) > self._most:
                break
            group.append(self._waiting.popleft())
        return group

    async def _one_group(self, group: Sequence[tuple[Ask, "asyncio.Future[Answer]"]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            answers = await self._carry_out([ask for ask, _ in group])
        except Exception as error:  # noqa: BLE001 - it is the callers'
            answers = [error] * len(group)
        for (_, waiting), answer in zip(group, answers, strict=True):
            if waiting.done():  # cancelled
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
