"""Calls find who has an actor's name now."""

import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError

from actors.calls import call
from actors.placement import Named


class Asked:
    """A method of an actor."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    async def remote(self) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Actor:
    def __init__(self, answer: object) -> None:
        self.version = Asked(answer)


DEAD = Actor(ActorDiedError())


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors.calls.REPLACED_S", (0.0, 0.0, 0.0))


async def test_a_call_to_an_actor_that_was_replaced_is_made_again_of_the_new_one() -> None:
    found = iter([DEAD, Actor("new")])
    assert await call(Named("jobs", lambda _: next(found)).version) == "new"


async def test_it_waits_for_the_new_one_to_be_there() -> None:
    found = iter([DEAD, None, Actor("new")])

    def find(_: str) -> Actor:
        if one := next(found):
            return one
        raise ValueError("nobody has this name")

    assert await call(Named("jobs", find).version) == "new"


async def test_where_nobody_takes_the_name_the_caller_is_told() -> None:
    with pytest.raises(ActorDiedError):
        await call(Named("jobs", lambda _: DEAD).version)


async def test_an_actor_that_starts_again_by_itself_is_no_other() -> None:
    looks = []

    def find(name: str) -> Actor:
        looks.append(name)
        return Actor(ActorUnavailableError("starting", None))

    with pytest.raises(ActorUnavailableError):
        await call(Named("jobs", find).version)
    assert looks == ["jobs"]
