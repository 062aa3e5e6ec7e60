"""A person is called for what is wrong, not because a machine is being replaced."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from actors.agent import AWAY, unless_away
from agent.ladder import build_ladder
from models.errors import Unavailable
from models.product import Product
from models.search import Facets
from models.turn import Reply, Turn
from tests.agent.shop import MERCHANT, NOW, MemoryCatalogue

TURN = Turn(id="turn-1", merchant=MERCHANT, channel="instagram", surface="dm", text="dresses?", now=NOW)


class Down(MemoryCatalogue):
    async def facets(self) -> Facets:
        raise Unavailable("it is broken")


class Away(Down):
    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        await asyncio.Event().wait()
        return await super().products(ids)


async def answer(catalogue: MemoryCatalogue) -> Reply:
    ladder = build_ladder(
        openai_api_key=None,
        openai_base_url=None,
        model="",
        clock=lambda: NOW,
        monotonic=time.monotonic,
    )
    return await ladder.answer(TURN, catalogue)


async def test_no_turn_ends_in_an_apology_while_nobody_has_the_catalogue() -> None:
    reply = await answer(Away())
    assert reply.rung == "apology"
    with pytest.raises(Unavailable):
        await unless_away(reply, TURN, Away(), NOW, patience_s=0)


async def test_a_catalogue_that_answers_and_fails_is_apologised_for() -> None:
    reply = await answer(Down())
    assert await unless_away(reply, TURN, Down(), NOW) is reply


async def test_nobody_waits_for_ever_for_a_catalogue_that_stays_away() -> None:
    reply = await answer(Away())
    assert await unless_away(reply, TURN, Away(), NOW + AWAY, patience_s=0) is reply


async def test_who_could_be_answered_is_not_asked_again() -> None:
    reply = replace(await answer(Down()), rung="rules")
    assert await unless_away(reply, TURN, Away(), NOW, patience_s=0) is reply
