"""An application for thousands of requests, and how many of them there are to be."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from tests.conftest import NewDatabase
from tests.fuzz.cases import Asked
from tests.fuzz.world import World

Result = TypeVar("Result")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fuzz-cases", type=int, help="cases in all, drawn anew (--hypothesis-seed repeats them)"
    )


def pytest_configure(config: pytest.Config) -> None:
    Asked.cases = config.getoption("--fuzz-cases", default=None)


class Fuzzed:
    """The world, for tests that are no coroutines: hypothesis calls what it is given."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self.world = world
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)


@pytest.fixture(scope="session")
def opened(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    loop = asyncio.new_event_loop()
    url = loop.run_until_complete(new_database())
    world = loop.run_until_complete(World(url, tmp_path_factory.mktemp("fuzz")).open())
    yield Fuzzed(world, loop)
    loop.run_until_complete(world.close())
    loop.close()


@pytest.fixture
def fuzzed(opened: Fuzzed) -> Fuzzed:
    opened.run(opened.world.connect_account())
    return opened
