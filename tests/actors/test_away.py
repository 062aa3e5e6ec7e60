"""A person is called for what is wrong, not because a machine is being replaced."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from actors.agent import AWAY, unless_away
from actors.remote_catalogue import RemoteCatalogue
from models.errors import Unavailable
from models.turn import Turn
from tests.agent.shop import MERCHANT, NOW
from tests.store.rows import reply

TURN = Turn(id="turn-1", merchant=MERCHANT, channel="instagram", surface="dm", text="dresses?", now=NOW)
APOLOGY = replace(reply("Sorry."), rung="apology")


@dataclass
class Method:
    remote: Callable[..., object]


@dataclass
class Actor:
    products: Method


async def never(*_: object) -> None:
    await asyncio.Event().wait()


async def at_once(*_: object) -> tuple[()]:
    return ()


def test_no_turn_ends_in_an_apology_while_nobody_has_the_catalogue() -> None:
    with pytest.raises(Unavailable):
        unless_away(APOLOGY, TURN, NOW)


def test_nobody_waits_for_ever_for_a_catalogue_that_stays_away() -> None:
    unless_away(APOLOGY, TURN, NOW + AWAY)


def test_who_could_be_answered_is_not_asked_again() -> None:
    unless_away(reply("Here you are."), TURN, NOW)


async def test_a_catalogue_is_known_to_be_away_when_a_call_is_given_up() -> None:
    catalogue = RemoteCatalogue(Actor(Method(at_once)), "m1", lambda: 7.0)
    await catalogue.products(())
    assert catalogue.gave_up_at < 7
    catalogue.actor = Actor(Method(never))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await catalogue.products(())
    assert catalogue.gave_up_at == 7
