"""What an installation is busy with, once a second: processors, queues, memory, connections."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from scripts import processes
from scripts.bench import STATIONS
from store.database import autocommit

EVERY_S = 1.0
GENERATOR = "generator"
POSTGRES = "postgres"

# Replies to comments wait for Instagram's hourly limit, messages for nothing.
_QUEUES = text("""
    SELECT
        (SELECT count(*) FROM inbox WHERE status = 'waiting') AS unanswered,
        (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM inbox
         WHERE status = 'waiting') AS unanswered_s,
        (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending') AND comment_id IS NULL) AS unsent,
        (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox
         WHERE status IN ('pending', 'sending') AND comment_id IS NULL) AS unsent_s,
        (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending') AND comment_id IS NOT NULL)
            AS comment_replies,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """How much waits and how long the first of it has been, in seconds."""

    unanswered: int
    unanswered_s: float
    unsent: int
    unsent_s: float
    comment_replies: int
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`cores` are used by a station's processes together, `fullest` by its busiest one alone. `machine` and
    `memory` are shares of what there is, whoever has it.
    """

    at_s: float
    cores: Mapping[str, float]
    fullest: Mapping[str, float]
    machine: float
    memory: float
    queues: Queues


@dataclass(slots=True)
class Watch:
    engine: AsyncEngine
    data: Path
    at_s: Callable[[], float]
    samples: list[Sample] = field(default_factory=list)

    async def go_on(self) -> None:
        """Until cancelled."""
        before, then = self._spent(), time.monotonic()
        psutil.cpu_percent()
        while True:
            await asyncio.sleep(EVERY_S)
            spent, now = await asyncio.to_thread(self._spent), time.monotonic()
            busy = {
                station: [
                    (cpu_s - before[station][pid]) / (now - then)
                    for pid, cpu_s in each.items()
                    if pid in before[station]
                ]
                for station, each in spent.items()
            }
            async with autocommit(self.engine) as connection:
                queues = await read_queues(connection)
            self.samples.append(
                Sample(
                    at_s=self.at_s(),
                    cores={station: sum(each) for station, each in busy.items()},
                    fullest={station: max(each, default=0.0) for station, each in busy.items()},
                    machine=psutil.cpu_percent() / 100,
                    memory=psutil.virtual_memory().percent / 100,
                    queues=queues,
                )
            )
            before, then = spent, now

    def _spent(self) -> dict[str, dict[int, float]]:
        """Seconds of CPU so far, by station and process."""
        return {
            **{station: processes.cpu_s_each(title) for station, title in STATIONS.items()},
            POSTGRES: processes.postgres_cpu_s_each(self.data),
            GENERATOR: {0: time.process_time()},
        }


async def read_queues(connection: AsyncConnection) -> Queues:
    row = (await connection.execute(_QUEUES)).one()
    return Queues(
        unanswered=row.unanswered,
        unanswered_s=float(row.unanswered_s),
        unsent=row.unsent,
        unsent_s=float(row.unsent_s),
        comment_replies=row.comment_replies,
        connections=row.connections,
    )
