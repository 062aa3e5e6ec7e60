"""A merchant is at one catalog actor, and whoever had it before is found out."""

import pickle

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from store import placement, products
from store.placement import Moved
from store.products import Replaced
from tests.store.rows import open_shop
from tests.store.test_products import own, put, row


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def move(engine: AsyncEngine, was: str, actor: str) -> int:
    async with engine.begin() as connection:
        return await placement.move(connection, "m1", was=was, actor=actor)


async def test_only_the_actor_a_merchant_is_placed_at_can_own_it(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert (await placement.of(connection, "m1")).actor == "catalog-0"
        with pytest.raises(Moved) as moved:
            await placement.own(connection, "m1", "catalog-1")
        assert moved.value.actor == "catalog-0"
        for ask in (placement.of(connection, "m2"), placement.own(connection, "m2", "catalog-0")):
            with pytest.raises(NotFound):
                await ask


async def test_after_a_move_the_new_epoch_writes_and_no_older_one(engine: AsyncEngine) -> None:
    before = await own(engine)
    await put(engine, before, row("p1", "Hat"))
    after = await move(engine, "catalog-0", "catalog-1")
    with pytest.raises(Replaced):
        await put(engine, before, row("p1", "Changed by nobody"))
    assert await put(engine, after, row("p2")) == 2
    async with engine.begin() as connection:
        assert (await products.get(connection, "m1", "p1")).name == "Hat"


async def test_a_move_from_where_a_merchant_is_not_changes_nothing(engine: AsyncEngine) -> None:
    epoch = await own(engine)
    with pytest.raises(Moved) as moved:
        await move(engine, "catalog-1", "catalog-2")
    assert moved.value.actor == "catalog-0"
    async with engine.begin() as connection:
        found = await placement.of(connection, "m1")
    assert (found.actor, found.epoch) == ("catalog-0", epoch)


async def test_merchants_that_changed_hands_are_named_and_no_others(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    held = {"m1": await own(engine), "m2": await own(engine, "m2"), "gone": 1}
    await move(engine, "catalog-0", "catalog-1")
    async with engine.begin() as connection:
        assert sorted(await placement.lost(connection, held)) == ["gone", "m1"]


async def test_the_operators_word_stays_until_it_is_taken_back(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        await placement.mark(connection, "m1", dedicated=True)
        await placement.mark(connection, "m2", dedicated=False)
        said = {one.merchant_id: one.dedicated for one in await placement.marked(connection)}
        assert said == {"m1": True, "m2": False}
        await placement.mark(connection, "m1", dedicated=None)
        assert [one.merchant_id for one in await placement.marked(connection)] == ["m2"]


async def test_every_actor_that_has_a_merchant_is_known(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await open_shop(engine, "m3")
    await move(engine, "catalog-0", "catalog-dedicated-1")
    async with engine.begin() as connection:
        assert await placement.actors(connection) == ["catalog-0", "catalog-dedicated-1"]


def test_where_to_ask_survives_the_way_between_processes() -> None:
    assert pickle.loads(pickle.dumps(Moved("catalog-1"))).actor == "catalog-1"  # noqa: S301 - ours
