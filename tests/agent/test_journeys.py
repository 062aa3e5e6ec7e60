"""The journeys of scripts/evaluation/, answered by the rules in the demo shop and judged by facts."""

import time
from collections.abc import AsyncIterator

import pytest

from agent.ladder import build_ladder
from indexes.embedders import LocalEmbedder
from scripts.evaluation.filling import filled
from scripts.evaluation.journeys import ANY_SHOP, FRESH, KNOWN, Journey, read_journeys
from scripts.evaluation.playing import Stage, transcript
from scripts.evaluation.report import aims_missed, by_language, failures, wrong_facts
from scripts.evaluation.shops import NOW, IndexedCatalogue, demo_shop

SHOP = demo_shop()
EVERY = [
    pytest.param(journey, id=f"{folder.name} {journey.language}: {journey.name}")
    for folder in (KNOWN, FRESH)
    for journey in read_journeys(folder)
]


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    """The demo shop with the index and the embedder it has in an installation without a key."""
    ladder = build_ladder(
        openai_api_key=None, openai_base_url=None, model="none", clock=lambda: NOW, monotonic=time.monotonic
    )
    yield Stage(SHOP, await IndexedCatalogue.open(SHOP, LocalEmbedder()), ladder, time.monotonic)
    await ladder.close()


@pytest.mark.parametrize("journey", EVERY)
async def test_journey(journey: Journey, stage: Stage) -> None:
    played = await stage.play(journey)
    assert played.passed, transcript(played)


async def test_journeys_filled_with_the_shop_s_own_words_meet_the_aims(stage: Stage) -> None:
    journeys = filled(ANY_SHOP, SHOP, rounds=1, seed=0)
    played = [[one] for one in await stage.play_all(list(journeys), at_once=1)]
    missed = aims_missed(by_language(played), wrong_facts(played))
    assert not missed, "\n".join([*missed, *failures(played)])
