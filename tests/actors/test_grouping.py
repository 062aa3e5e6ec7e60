"""Calls that come while one is carried out are carried out together."""

import asyncio
from collections.abc import Sequence

import pytest

from actors.grouping import Grouped


class Work:
    """Carries out a group when it is let go; negative asks are refused."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.go = asyncio.Event()
        self.broken = False

    async def carry_out(self, asks: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(asks))
        await self.go.wait()
        if self.broken:
            raise RuntimeError("the database is gone")
        return [ask * 10 if ask >= 0 else ValueError(f"{ask} is negative") for ask in asks]


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def grouped(work: Work) -> Grouped[int, int]:
    return Grouped(work.carry_out, size=abs, most=10)


async def start(grouped: Grouped[int, int], *asks: int) -> list["asyncio.Task[int]"]:
    """All of them waiting, the first under way."""
    calls = [asyncio.ensure_future(grouped.call(ask)) for ask in asks]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return calls


async def test_what_waits_is_carried_out_together_in_order(grouped: Grouped[int, int], work: Work) -> None:
    calls = await start(grouped, 1)
    calls += await start(grouped, 2, 3, 4)
    work.go.set()
    assert await asyncio.gather(*calls) == [10, 20, 30, 40]
    assert work.groups == [[1], [2, 3, 4]]


async def test_a_group_grows_no_heavier_than_allowed_and_a_heavy_ask_goes_alone(
    grouped: Grouped[int, int], work: Work
) -> None:
    calls = await start(grouped, 1)
    calls += await start(grouped, 4, 6, 1, 50, 2)
    work.go.set()
    assert await asyncio.gather(*calls) == [10, 40, 60, 10, 500, 20]
    assert work.groups == [[1], [4, 6], [1], [50], [2]]


async def test_who_is_refused_is_refused_alone(grouped: Grouped[int, int], work: Work) -> None:
    calls = await start(grouped, 1)
    calls += await start(grouped, 2, -3, 4)
    work.go.set()
    good, refused = [calls[0], calls[1], calls[3]], calls[2]
    assert await asyncio.gather(*good) == [10, 20, 40]
    with pytest.raises(ValueError, match="-3 is negative"):
        await refused


async def test_when_nothing_can_be_carried_out_all_of_the_group_hear_why(
    grouped: Grouped[int, int], work: Work
) -> None:
    calls = await start(grouped, 1, 2)
    work.broken = True
    work.go.set()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(end) for end in ends] == ["the database is gone"] * 2
    work.broken = False
    assert await grouped.call(3) == 30


async def test_a_caller_that_leaves_takes_nobody_with_it(grouped: Grouped[int, int], work: Work) -> None:
    calls = await start(grouped, 1, 2, 3)
    calls[0].cancel()
    calls[1].cancel()
    work.go.set()
    assert await calls[2] == 30
    assert calls[0].cancelled()
