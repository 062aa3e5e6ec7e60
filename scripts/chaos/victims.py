"""The processes of an installation, by what they are, and how each is killed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_S = 0.1

# Ray names a process after what is in it.
TITLES = {
    "conversation actor": "ray::ConversationActor",
    "delivery actor": "ray::DeliveryActor",
    "catalog actor": "ray::CatalogActor",
    "job actor": "ray::JobActor",
    "agent replica": "ray::ServeReplica:shopkeep:Agent",
    "front replica": "ray::ServeReplica:shopkeep:Front",
    "Serve controller": "ray::ServeController",
    "HAProxy": "haproxy.cfg",
}
POSTGRES = "PostgreSQL"
EVERYTHING = "everything"
MACHINE = "machine"  # one of several, with all that runs on it
# As many as there are by default: each conversation actor once.
ALL = (*TITLES, "conversation actor", POSTGRES, EVERYTHING)


@dataclass(slots=True, kw_only=True)
class Installation:
    """`restart` starts the launcher again on the same data and returns its process."""

    data: Path
    launcher: psutil.Process
    restart: Callable[[], Awaitable[psutil.Process]] | None = None

    async def kill(self, victim: str) -> None:
        if victim != EVERYTHING:
            # It may be coming back from the last time.
            while (process := self._one(victim)) is None:  # noqa: ASYNC110 - nobody here is told
                await asyncio.sleep(LOOK_S)
            process.kill()
            return
        assert self.restart, "nobody would start it again"  # noqa: S101 - a programming error
        for process in [self.launcher, *self._below(), *self._postgres()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    async def recover(self, victim: str) -> None:
        """What does not come back by itself."""
        if victim == EVERYTHING and self.restart:
            self.launcher = await self.restart()

    def _one(self, victim: str) -> psutil.Process | None:
        """The oldest: killed twice, each of two gets its turn."""
        if victim == POSTGRES:
            return next(self._postgres())
        alike = [process for process in self._below() if TITLES[victim] in _title(process)]
        return min(alike, key=lambda process: process.create_time(), default=None)

    def _below(self) -> list[psutil.Process]:
        return self.launcher.children(recursive=True)

    def _postgres(self) -> Iterator[psutil.Process]:
        """It is nobody's child; its first process has its pid in the first line of a file."""
        first = psutil.Process(int((self.data / "postgres" / "postmaster.pid").read_text().split()[0]))
        yield from (first, *first.children(recursive=True))


def _title(process: psutil.Process) -> str:
    """Empty for one that has ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
