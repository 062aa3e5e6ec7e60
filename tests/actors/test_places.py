"""Who asks a catalog actor that a merchant has left is led to where it is, and remembers."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Answer, Change
from actors.gateway import Gateway
from actors.placement import Directory, dedicated_name, is_dedicated
from actors.places import KNOWN_S, Places
from actors.remote_catalogue import RemoteCatalogue
from models.errors import NotFound
from models.shape import Shape
from store import placement
from store.placement import Moved
from tests.store.rows import open_shop


class Actor:
    """As a handle is called; it has the merchant, or knows who has."""

    def __init__(self, moved_to: str | None = None) -> None:
        self.moved_to = moved_to
        self.asked = 0

    @property
    def shape(self) -> "Actor":
        return self

    @property
    def change(self) -> "Changed":
        return Changed(self)

    async def remote(self, merchant_id: str, *_: object) -> str:
        self.asked += 1
        if self.moved_to:
            raise Moved(self.moved_to)
        return f"the shape of {merchant_id}"


class Changed:
    """One that loses the merchant after the first change of a call."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def remote(self, _: str, changes: Sequence[Change]) -> list[Answer]:
        self._actor.asked += len(changes)
        if self._actor.moved_to is None:
            return [() for _ in changes]
        return [(), *(Moved(self._actor.moved_to) for _ in changes[1:])]


class Actors(dict[str, Actor]):
    """A directory of them."""

    def catalog(self, name: str) -> Actor:
        return self[name]


@pytest.fixture
def actors() -> Actors:
    return Actors({"catalog-0": Actor("catalog-1"), "catalog-1": Actor("catalog-2"), "catalog-2": Actor()})


NO_FILTERS: Any = None
ANSWER = cast(Shape, "the shape of m1")


async def test_the_agent_is_led_to_where_the_catalogue_is_and_stays_there(actors: Actors) -> None:
    catalogue = RemoteCatalogue(actors["catalog-0"], "m1", lambda: 0.0, actors.catalog)
    assert [await catalogue.shape(NO_FILTERS) for _ in range(2)] == [ANSWER, ANSWER]
    assert [actor.asked for actor in actors.values()] == [1, 1, 2]


async def test_the_web_is_led_to_where_the_catalogue_is_and_stays_there(
    engine: AsyncEngine, actors: Actors
) -> None:
    await open_shop(engine)
    gateway = Gateway(engine, cast(Directory, actors))
    assert [await gateway.shape("m1", NO_FILTERS) for _ in range(2)] == [ANSWER, ANSWER]
    assert [actor.asked for actor in actors.values()] == [1, 1, 2]


async def test_what_was_not_changed_before_a_move_is_changed_after_it_and_nothing_twice(
    engine: AsyncEngine, actors: Actors
) -> None:
    await open_shop(engine)
    gateway = Gateway(engine, cast(Directory, actors))
    calls = [gateway.delete("m1", f"p{number}", None) for number in range(6)]
    await asyncio.gather(*calls)
    # They travel together, and one is left done at each stop but the last.
    assert [actor.asked for actor in actors.values()] == [6, 5, 4]


async def test_a_place_is_read_again_when_it_may_be_where_nobody_is_any_more(engine: AsyncEngine) -> None:
    await open_shop(engine)
    now = 0.0
    places = Places(engine, lambda: now)
    assert await places.of("m1") == "catalog-0"
    async with engine.begin() as connection:
        await placement.move(connection, "m1", was="catalog-0", actor="catalog-1")
    assert await places.of("m1") == "catalog-0"
    now = KNOWN_S
    assert await places.of("m1") == "catalog-1"
    with pytest.raises(NotFound):
        await places.of("m2")


def test_all_catalog_actors_are_those_that_are_shared_and_those_that_have_a_merchant() -> None:
    directory = Directory(catalog_actors=2, conversation_shards=1, delivery_shards=1)
    own = dedicated_name("m1", 7)
    assert is_dedicated(own)
    assert own not in (dedicated_name("m1", 8), dedicated_name("m2", 7))
    assert not is_dedicated(directory.shared_catalog("m1"))
    assert directory.catalogs(["catalog-1", "catalog-5", own]) == ["catalog-0", "catalog-1", "catalog-5", own]
