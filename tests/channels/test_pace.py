import asyncio
from dataclasses import dataclass

import pytest

from channels.pace import Pace, Rate


@dataclass
class Time:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        due = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, due)


@pytest.fixture
def time() -> Time:
    return Time()


def pace(time: Time, per_s: float = 10, burst: int = 3) -> Pace:
    return Pace(Rate(per_s=per_s, burst=burst), clock=time, sleep=time.sleep)


async def leaves(time: Time, bucket: Pace, number: int = 1) -> list[float]:
    """When so many leave, one after another."""
    times = []
    for _ in range(number):
        async with bucket.queue:
            await bucket.due()
            bucket.take()
            times.append(round(time.now, 6))
    return times


async def test_a_burst_leaves_at_once_and_the_rest_in_step(time: Time) -> None:
    assert await leaves(time, pace(time), 5) == [100, 100, 100, 100.1, 100.2]


async def test_idle_time_saves_up_to_a_burst_and_no_more(time: Time) -> None:
    bucket = pace(time)
    await leaves(time, bucket, 3)
    time.now += 0.1
    assert await leaves(time, bucket, 2) == [100.1, 100.2]
    time.now += 1000
    assert await leaves(time, bucket, 4) == [1100.2, 1100.2, 1100.2, 1100.3]


async def test_no_second_sees_more_than_the_rate_and_its_burst(time: Time) -> None:
    times = await leaves(time, pace(time, per_s=90, burst=10), 500)
    for first in times:
        assert sum(first <= each < first + 0.999 for each in times) <= 100


async def test_who_was_kept_from_leaving_when_it_was_due_makes_no_crowd(time: Time) -> None:
    """All of a second's callers wait for the database, which takes five seconds."""
    bucket = pace(time, per_s=10, burst=1)
    times = []
    for number in range(30):
        async with bucket.queue:
            await bucket.due()
            if number == 10:
                time.now += 5
            bucket.take()
            times.append(time.now)
    for first in times:
        assert sum(first <= each < first + 0.999 for each in times) <= 11


async def test_waiting_takes_no_token(time: Time) -> None:
    bucket = pace(time, burst=1)
    async with bucket.queue:
        await bucket.due()
    assert await leaves(time, bucket, 2) == [100, 100.1]
