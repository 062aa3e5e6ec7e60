"""Merchants end where they belong, and no actor is ended that anybody may still ask."""

from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.placement import is_dedicated
from actors.placing import LINGER_S, Placing
from store import placement
from tests.store.rows import open_shop

LIMIT = 100


class Fleet:
    """Actors that hold what `products` says, wherever it is placed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.products: dict[str, int] = {}
        self.running: list[str] = []
        self.refuses: set[str] = set()

    def shared(self, merchant_id: str) -> str:  # noqa: ARG002 - a fleet's shape
        return "catalog-0"

    async def sizes(self, actor: str) -> dict[str, int]:
        return {each: size for each, size in self.products.items() if await self.place(each) == actor}

    def start(self, actor: str) -> None:
        if actor not in self.running:
            self.running.append(actor)

    async def take(self, actor: str, merchant_id: str, was: str) -> None:
        assert actor == "catalog-0" or actor in self.running
        if merchant_id in self.refuses:
            raise RuntimeError("it cannot be loaded there")
        async with self.engine.begin() as connection:
            await placement.move(connection, merchant_id, was=was, actor=actor)

    async def dedicated(self) -> Sequence[str]:
        return list(self.running)

    def end(self, actor: str) -> None:
        self.running.remove(actor)

    async def place(self, merchant_id: str) -> str:
        async with self.engine.begin() as connection:
            return (await placement.of(connection, merchant_id)).actor


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fleet(engine: AsyncEngine) -> Fleet:
    for merchant_id in ("m1", "m2"):
        await open_shop(engine, merchant_id)
    return Fleet(engine)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def placing(engine: AsyncEngine, fleet: Fleet, clock: Clock) -> Placing:
    return Placing(engine, fleet, dedicated_products=LIMIT, monotonic=clock)


async def mark(fleet: Fleet, merchant_id: str, *, dedicated: bool | None) -> None:
    async with fleet.engine.begin() as connection:
        await placement.mark(connection, merchant_id, dedicated=dedicated)


async def test_a_merchant_that_outgrows_the_limit_gets_an_actor_of_its_own(
    fleet: Fleet, placing: Placing
) -> None:
    fleet.products = {"m1": LIMIT, "m2": LIMIT}
    await placing.run()
    assert fleet.running == []
    fleet.products["m1"] = LIMIT + 1
    await placing.run()
    await placing.run()
    assert fleet.running == [await fleet.place("m1")]
    assert is_dedicated(fleet.running[0])
    assert await fleet.place("m2") == "catalog-0"


async def test_it_goes_back_only_when_it_has_shrunk_to_half(fleet: Fleet, placing: Placing) -> None:
    fleet.products = {"m1": LIMIT + 1}
    await placing.run()
    fleet.products["m1"] = LIMIT // 2 + 1
    await placing.run()
    assert is_dedicated(await fleet.place("m1"))
    fleet.products["m1"] = LIMIT // 2
    await placing.run()
    assert await fleet.place("m1") == "catalog-0"


async def test_the_operators_word_goes_before_the_size(fleet: Fleet, placing: Placing) -> None:
    fleet.products = {"m1": LIMIT + 1}
    await mark(fleet, "m1", dedicated=False)
    await mark(fleet, "m2", dedicated=True)  # not even loaded
    await placing.run()
    assert await fleet.place("m1") == "catalog-0"
    assert is_dedicated(await fleet.place("m2"))
    await mark(fleet, "m1", dedicated=None)
    await mark(fleet, "m2", dedicated=False)
    await placing.run()
    assert is_dedicated(await fleet.place("m1"))
    assert await fleet.place("m2") == "catalog-0"


async def test_an_actor_that_was_left_is_ended_when_nobody_can_ask_it_any_more(
    fleet: Fleet, placing: Placing, clock: Clock
) -> None:
    await mark(fleet, "m1", dedicated=True)
    await placing.run()
    (left,) = fleet.running
    await mark(fleet, "m1", dedicated=False)
    await placing.run()
    clock.now = LINGER_S
    await placing.run()
    assert fleet.running == [left]
    await mark(fleet, "m1", dedicated=True)
    clock.now += 1.0
    await placing.run()
    assert fleet.running == [await fleet.place("m1")] != [left]


async def test_a_merchant_that_cannot_be_moved_holds_up_no_other(fleet: Fleet, placing: Placing) -> None:
    await mark(fleet, "m1", dedicated=True)
    await mark(fleet, "m2", dedicated=True)
    fleet.refuses.add("m1")
    await placing.run()
    assert await fleet.place("m1") == "catalog-0"
    assert is_dedicated(await fleet.place("m2"))
    fleet.refuses.clear()
    await placing.run()
    assert is_dedicated(await fleet.place("m1"))
