"""What a search leaves in the log of its turn: days in figures are counted from it (store/turn_facts.py)."""

import math
from dataclasses import astuple, replace
from datetime import UTC, datetime

import pytest

from agent.desk import Desk
from agent.trace import Trace
from indexes.embedders import LocalEmbedder
from indexes.ranking import profile
from models.experiment import Variant
from models.search import NO_FILTERS, Filters, Scores, Weights
from models.turn import Turn
from tests.agent.shop import MERCHANT, MemoryCatalogue

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def test_a_search_says_what_it_was_asked_found_and_gave_up(catalogue: MemoryCatalogue) -> None:
    trace = Trace(lambda: NOW, lambda: 0.0)
    turn = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text="a dress", now=NOW)
    desk = Desk(turn, catalogue, trace)
    await desk.search("dress", NO_FILTERS)
    await desk.nearest("dress", Filters(price_max=1))
    plain, relaxed = trace.steps
    assert (plain.name, plain.status, plain.data["query"]) == ("search_products", "ok", "dress")
    assert plain.data["found"] > 0
    assert (list(plain.data["relaxed"]), plain.data["remembered"]) == ([], False)
    assert list(relaxed.data["relaxed"]) == ["price"]


async def test_a_search_ranks_as_the_variant_of_its_customer_does(catalogue: MemoryCatalogue) -> None:
    fresh = Weights(semantic=0, keyword=0, popularity=0, availability=0, price_match=0, recency=1)
    variant = Variant(name="fresh", share=50, weights={LocalEmbedder().name: fresh})
    usual = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text="a dress", now=NOW)
    varied = replace(usual, merchant=MERCHANT.varied(variant), experiment="ranking", variant=variant.name)
    for turn, weights in ((usual, profile(LocalEmbedder().name).weights), (varied, fresh)):
        (best, *_) = await Desk(turn, catalogue, Trace(lambda: NOW, lambda: 0.0)).search("dress", NO_FILTERS)
        assert best.score == pytest.approx(weighted(best.scores, weights), abs=1e-5)


def weighted(scores: Scores, weights: Weights) -> float:
    return math.fsum(score * weight for score, weight in zip(astuple(scores), astuple(weights), strict=True))
