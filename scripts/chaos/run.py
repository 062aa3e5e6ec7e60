"""Plays a plan on an installation that runs, and judges it."""

import asyncio
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

from scripts.chaos import record
from scripts.chaos.crowd import Crowd
from scripts.chaos.judge import Killed, Verdict, judge
from scripts.chaos.plan import Plan

# After this nobody comes back.
RECOVERY_S = 120.0
DRAIN_S = 180.0
LOOK_S = 0.1


class Played(Protocol):
    """An installation that may be hurt: `Installation` of victims.py on one machine."""

    @property
    def data(self) -> Path: ...

    async def kill(self, victim: str) -> None: ...

    async def recover(self, victim: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    verdict: Verdict
    kills: Sequence[Killed]
    refused: int
    seconds: float

    def lines(self) -> Iterator[str]:
        verdict = self.verdict
        rate = verdict.messages / self.seconds
        yield f"{verdict.messages} messages accepted, {verdict.turns} turns, {verdict.parts} parts"
        yield f"{self.seconds:.0f} s, {rate:.1f} messages/s, {self.refused} times a webhook got no 200"
        yield (
            f"lost {len(verdict.lost)}, answered twice {len(verdict.doubled)}, "
            f"reordered {len(verdict.reordered)}, taken for a person {verdict.paused}"
        )
        yield f"left twice because the sender had died in between: {verdict.allowed}"
        yield f"turns over messages that came in after newer ones had been read: {verdict.late}"
        yield from (f"  {fault}" for fault in verdict.faults)
        if self.kills:
            yield "| kill -9 | waited just then | half of them answered after | all of them |"
            yield "| --- | --- | --- | --- |"
        for kill in self.kills:
            yield f"| {kill.victim} | {kill.waiting} | {kill.median_s:.1f} s | {kill.slowest_s:.1f} s |"


async def run(plan: Plan, installation: Played, crowd: Crowd) -> Outcome:
    began = time.monotonic()
    with _beside(crowd.ledger.follow()):
        async with asyncio.TaskGroup() as group:
            killing = group.create_task(_kill(plan, installation, crowd))
            group.create_task(crowd.play(plan))
        seconds = time.monotonic() - began
        customers = [customer.id for customer in plan.customers]
        on_record = await record.read(installation.data, customers, DRAIN_S)
    await crowd.ledger.look()
    ledger = {customer_id: crowd.ledger.parts[customer_id] for customer_id in customers}
    kills = killing.result()
    return Outcome(
        verdict=judge(crowd.accepted, on_record, ledger, kills),
        kills=kills,
        refused=crowd.refused,
        seconds=seconds,
    )


async def _kill(plan: Plan, installation: Played, crowd: Crowd) -> list[Killed]:
    """One after the other, each once those whom the one before made wait have been answered."""
    kills = []
    for kill in plan.kills:
        await crowd.reach(kill.after)
        waiting = dict(crowd.waiting)
        at = time.time()
        await installation.kill(kill.victim)
        await installation.recover(kill.victim)
        after = await _answered(crowd, waiting, at)
        kills.append(
            Killed(
                victim=kill.victim,
                at=at,
                waiting=len(after),
                median_s=median(after or [0.0]),
                slowest_s=max(after, default=0.0),
            )
        )
    return kills


async def _answered(crowd: Crowd, waiting: Mapping[str, float], at: float) -> list[float]:
    """Seconds until the next part of each who waited at that time. RECOVERY_S for who never got one."""

    async def after(customer_id: str, wrote_at: float) -> float:
        try:
            async with asyncio.timeout(RECOVERY_S):
                return (await crowd.ledger.next_part(customer_id, after=wrote_at)).at - at
        except TimeoutError:
            return RECOVERY_S

    seconds = await asyncio.gather(*[after(*each) for each in waiting.items()])
    # Of some the answer was there, and only not seen yet.
    return [each for each in seconds if each > 0]


@contextmanager
def _beside(work: Coroutine[None, None, None]) -> Iterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
