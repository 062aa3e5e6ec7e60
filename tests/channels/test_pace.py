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


def test_a_burst_leaves_at_once_and_the_rest_in_step(time: Time) -> None:
    bucket = pace(time)
    assert [round(bucket.reserve(), 6) for _ in range(5)] == [0, 0, 0, 0.1, 0.2]


def test_idle_time_saves_up_to_a_burst_and_no_more(time: Time) -> None:
    bucket = pace(time)
    for _ in range(3):
        bucket.reserve()
    time.now += 0.1
    assert bucket.reserve() == pytest.approx(0)
    assert bucket.reserve() == pytest.approx(0.1)
    time.now += 1000
    assert [round(bucket.reserve(), 6) for _ in range(4)] == [0, 0, 0, 0.1]


def test_no_second_sees_more_than_the_rate_and_its_burst(time: Time) -> None:
    bucket = pace(time, per_s=90, burst=10)
    leaves = [time.now + bucket.reserve() for _ in range(500)]
    for first in leaves:
        assert sum(first <= leave < first + 0.999 for leave in leaves) <= 100


async def test_acquiring_waits_for_the_token(time: Time) -> None:
    bucket = pace(time, per_s=2, burst=1)
    await bucket.acquire()
    assert time.now == 100
    await bucket.acquire()
    assert time.now == pytest.approx(100.5)
