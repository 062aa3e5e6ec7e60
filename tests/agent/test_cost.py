"""A prompt that grows is paid for by every merchant."""

import time

import pytest

from agent.cost import Tokens, cost_microdollars
from agent.ladder import build_ladder
from demo.catalogue import load
from scripts.benchmark_turn import MODEL, TALKS, cost_of
from tests.agent.shop import NOW, MemoryCatalogue
from tests.standins.openai import OpenAIStandin


async def test_three_messages_cost_at_most_half_a_cent(openai: OpenAIStandin) -> None:
    shop, products = load("https://shop.example", NOW)
    catalogue = MemoryCatalogue(products)
    ladder = build_ladder(
        openai_api_key="test-key",
        openai_base_url=openai.url,
        model=MODEL,
        clock=lambda: NOW,
        monotonic=time.monotonic,
        patience_s=60.0,  # a busy machine must not make it cheaper
    )
    for words in TALKS:
        assert (await cost_of(ladder, openai, catalogue, shop, words)).cached <= 0.005
        assert len(openai.requests) == 2 * len(words)
    await ladder.close()


def test_the_default_model_has_a_price() -> None:
    assert cost_microdollars(MODEL, Tokens(prompt=1_000_000)) == pytest.approx(400_000)


def test_the_longest_name_that_fits_has_the_price() -> None:
    assert cost_microdollars("gpt-4.1-mini-2025-04-14", Tokens(prompt=1000, cached=1000)) == 100
    assert cost_microdollars("gpt-4.1-2025-04-14", Tokens(completion=1000)) == 8000
    assert cost_microdollars("somebody-elses", Tokens(prompt=1000)) == 0
