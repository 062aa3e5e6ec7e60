"""What an actor holds, and merchants that move from one to another while they are searched and written."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Puts
from actors.holdings import IDLE_S, Holdings
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from actors.snapshot_file import SnapshotFile
from indexes.embedders import Vectors
from models.errors import ShopkeepError
from store import placement
from store.placement import Moved
from tests.actors.wares import CountingEmbedder, put
from tests.store.rows import open_shop

ACTORS = ("catalog-0", "catalog-1")


class Gate(CountingEmbedder):
    """Embeds only while it is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.reached = asyncio.Event()
        self.open.set()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.reached.set()
        await self.open.wait()
        return await super().embed(texts)


class Machine:
    """Two actors, and callers who remember where each merchant was."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.engine = engine
        self.embedder = Gate()
        self.now = 0.0
        self.deaf: set[str] = set()  # actors that cannot be told
        self.cut_off: set[str] = set()  # actors whose caller dies while telling them
        self.actors = {name: self.started(name, folder) for name in ACTORS}
        self.places: dict[str, str] = {}

    def started(self, name: str, folder: Path, most_products: int = 1000) -> Holdings:
        return Holdings(
            engine=self.engine,
            actor=name,
            embedder=self.embedder,
            folder=folder,
            most_products=most_products,
            release=self._release,
            monotonic=lambda: self.now,
        )

    async def _release(self, actor: str, merchant_id: str) -> None:
        if actor in self.cut_off:
            raise asyncio.CancelledError
        if actor not in self.deaf:
            self.actors[actor].release(merchant_id)

    async def set_price(self, price: int, merchant_id: str = "m1") -> None:
        await self.save(put("p1", price=price), merchant_id=merchant_id)

    async def save(self, *puts: Put, merchant_id: str = "m1") -> None:
        actor = self.places.get(merchant_id, "catalog-0")
        (answer,) = await self.actors[actor].change(merchant_id, [Puts(puts=puts, currency="EUR")])
        if isinstance(answer, Moved):
            self.places[merchant_id] = answer.actor
            await self.save(*puts, merchant_id=merchant_id)
        elif isinstance(answer, ShopkeepError):
            raise answer

    async def price(self, merchant_id: str = "m1", actor: str | None = None) -> int:
        """As a caller sees it who believes that `actor` has it."""
        try:
            return price_of(
                await self.actors[actor or self.places.get(merchant_id, "catalog-0")].get(merchant_id)
            )
        except Moved as moved:
            return await self.price(merchant_id, moved.actor)


def price_of(owned: OwnedCatalogue) -> int:
    (product,) = owned.products(["p1"])
    return product.variants[0].price_minor


def saved(folder: Path, merchant_id: str) -> bool:
    return SnapshotFile(folder, merchant_id, CountingEmbedder()).path.exists()


@pytest.fixture
async def machine(engine: AsyncEngine, tmp_path: Path) -> Machine:
    await open_shop(engine)
    return Machine(engine, tmp_path)


async def test_no_call_fails_and_no_price_is_old_while_a_merchant_moves_to_and_fro(machine: Machine) -> None:
    written, done = 0, asyncio.Event()
    await machine.set_price(0)

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            await machine.set_price(written + 1)
            written += 1

    async def read(believed: str) -> None:
        while not done.is_set():
            least = written
            assert await machine.price(actor=believed) >= least
            await asyncio.sleep(0)

    async def move() -> None:
        for _ in range(5):
            for was, to in (ACTORS, reversed(ACTORS)):
                await machine.actors[to].take("m1", was)
                assert await machine.price(actor=was) >= 0
                assert "m1" not in machine.actors[was].sizes()
        done.set()

    await asyncio.gather(write(), move(), *(read(actor) for actor in ACTORS for _ in range(3)))
    assert await machine.price() == written


async def test_who_was_not_told_of_a_move_is_refused_the_next_write(machine: Machine) -> None:
    await machine.set_price(1)
    machine.deaf.add("catalog-0")
    await machine.actors["catalog-1"].take("m1", "catalog-0")
    await machine.set_price(2)
    assert machine.places == {"m1": "catalog-1"}
    assert machine.actors["catalog-0"].sizes() == {}
    assert await machine.price(actor="catalog-0") == 2


async def test_who_was_not_told_of_a_move_notices_by_itself(machine: Machine) -> None:
    await machine.set_price(1)
    machine.deaf.add("catalog-0")
    await machine.actors["catalog-1"].take("m1", "catalog-0")
    machine.places["m1"] = "catalog-1"
    await machine.set_price(2)
    await machine.actors["catalog-0"].watch()
    await machine.actors["catalog-1"].watch()
    assert await machine.price(actor="catalog-0") == 2
    assert machine.actors["catalog-1"].sizes() == {"m1": 1}


async def test_a_move_that_was_cut_off_after_its_commit_is_finished_by_the_next(machine: Machine) -> None:
    await machine.set_price(1)
    machine.cut_off.add("catalog-0")
    with pytest.raises(asyncio.CancelledError):
        await machine.actors["catalog-1"].take("m1", "catalog-0")
    machine.cut_off.clear()
    await machine.actors["catalog-1"].take("m1", "catalog-0")
    assert machine.actors["catalog-0"].sizes() == {}
    await machine.set_price(2)
    assert await machine.price() == 2


async def test_a_merchant_that_is_not_where_it_should_be_taken_from_stays(machine: Machine) -> None:
    await machine.set_price(1)
    with pytest.raises(Moved):
        await machine.actors["catalog-1"].take("m1", "catalog-2")
    await machine.set_price(2)
    assert machine.places == {}


async def test_a_merchant_that_moves_away_while_it_is_loaded_is_not_kept(machine: Machine) -> None:
    machine.embedder.down = True
    await machine.set_price(1)
    machine.embedder.down = False
    machine.actors["catalog-0"].release("m1")
    machine.embedder.reached.clear()
    machine.embedder.open.clear()
    loading = asyncio.create_task(machine.actors["catalog-0"].get("m1"))
    await machine.embedder.reached.wait()
    async with machine.engine.begin() as connection:
        await placement.move(connection, "m1", was="catalog-0", actor="catalog-1")
    machine.actors["catalog-0"].release("m1")
    machine.embedder.open.set()
    with pytest.raises(Moved):
        await loading
    assert machine.actors["catalog-0"].sizes() == {}


async def test_a_write_is_made_again_when_a_later_incarnation_had_the_merchant(
    machine: Machine, tmp_path: Path
) -> None:
    await machine.set_price(1)
    await machine.started("catalog-0", tmp_path).get("m1")
    await machine.set_price(2)
    assert await machine.price() == 2


async def test_beyond_the_limit_the_least_recently_used_are_saved_and_dropped(
    machine: Machine, tmp_path: Path
) -> None:
    machine.actors["catalog-0"] = small = machine.started("catalog-0", tmp_path, most_products=2)
    for number, merchant_id in enumerate(("m1", "m2", "m3")):
        if number:
            await open_shop(machine.engine, merchant_id)
        machine.now += 1
        await machine.set_price(number, merchant_id)
    machine.now += 1
    await machine.price("m1")
    # The third came empty, and has grown since.
    assert set(small.sizes()) == {"m1", "m2", "m3"}
    await small.watch()
    assert set(small.sizes()) == {"m1", "m3"}
    machine.now += 1
    assert await machine.price("m2") == 1
    assert set(small.sizes()) == {"m1", "m2"}
    assert all(saved(tmp_path, merchant_id) for merchant_id in ("m2", "m3"))


async def test_a_merchant_beyond_the_limit_is_held_alone(machine: Machine, tmp_path: Path) -> None:
    await machine.set_price(1)
    tiny = machine.started("catalog-0", tmp_path, most_products=1)
    machine.actors["catalog-0"] = tiny
    await machine.save(put("p2"), put("p3"))
    for look in (tiny.watch, tiny.tidy):
        await look()
        assert tiny.sizes() == {"m1": 3}


async def test_a_merchant_nobody_asks_for_is_saved_and_dropped(machine: Machine, tmp_path: Path) -> None:
    await machine.set_price(1)
    machine.now = IDLE_S
    await machine.actors["catalog-0"].tidy()
    assert machine.actors["catalog-0"].sizes() == {"m1": 1}
    machine.now = IDLE_S + 1
    await machine.actors["catalog-0"].tidy()
    assert machine.actors["catalog-0"].sizes() == {}
    assert saved(tmp_path, "m1")
    assert await machine.price() == 1
