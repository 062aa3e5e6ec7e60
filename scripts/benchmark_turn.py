"""What a turn costs by itself: `python -m scripts.benchmark_turn` (`--profile` says where the time goes).

Over the demo shop, its index in this process, the model a stand-in in this process that answers at once over
HTTP: "around a model" is a turn's whole time. A turn is two calls here: a search, then the answer.

The money is that of three messages at the model's list price. Four letters of JSON count as a token, an
answer as 200, which is 60 words and their filters. What a call shares with an earlier one of its talk,
from the beginning on, has the price of cached input: in steps of 128 tokens from 1,024 on, as at OpenAI.
"""

import argparse
import asyncio
import cProfile
import json
import logging
import pstats
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import mean, quantiles
from typing import Any

from agent.cost import Tokens, cost_microdollars
from agent.ladder import Ladder, build_ladder
from demo.catalogue import load
from models.merchant import Merchant
from scripts.evaluation.chat import Chat
from settings import Settings
from tests.agent.shop import MemoryCatalogue
from tests.standins.openai import OpenAIStandin, openai_standin

TALKS = (
    ("do you have a blue dress under $80?", "in size M", "is the second one available in other colours?"),
    ("hi", "something nice for my sister", "under $50 please"),
    ("a black leather bag", "anything cheaper?", "compare the first two"),
    ("show me shoes and a scarf to match, the scarf under 40", "size 39", "what is your return policy?"),
    ("what is your cheapest candle?", "more like the first one", "I'll take it"),
    ("habt ihr ein rotes Kleid unter 100 €?", "lieber in blau", "und in Größe M?"),
)
LETTERS_A_TOKEN = 4
SEARCH_TOKENS, ANSWER_TOKENS = 80, 200
CACHE_FROM, CACHE_STEP = 1024, 128
MODEL: str = Settings.model_fields["openai_model"].default


@dataclass(slots=True)
class Measured:
    """Milliseconds of our own work in each turn, and what it answered."""

    own_ms: list[float] = field(default_factory=list)
    rungs: set[str] = field(default_factory=set)


async def talk(ladder: Ladder, catalogue: MemoryCatalogue, shop: Merchant, rounds: int) -> Measured:
    measured = Measured()
    for number in range(rounds + 1):
        for words in TALKS:
            chat = Chat(ladder, catalogue, shop)
            for text in words:
                began = time.perf_counter()
                reply = await chat.say(text)
                took = (time.perf_counter() - began) * 1000
                if number:  # the first round loads languages and weights
                    measured.own_ms.append(took)
                    measured.rungs.add(reply.rung)
    return measured


@dataclass(frozen=True, slots=True)
class Cost:
    """Dollars of one conversation: with the endpoint's cache, and had it none."""

    cached: float
    fresh: float


async def cost_of(
    ladder: Ladder, standin: OpenAIStandin, catalogue: MemoryCatalogue, shop: Merchant, words: Sequence[str]
) -> Cost:
    standin.requests.clear()
    chat = Chat(ladder, catalogue, shop)
    for text in words:
        await chat.say(text)
    written = [_written(asked) for asked in standin.requests]
    cached = fresh = 0.0
    for at, asked in enumerate(standin.requests):
        prompt = len(written[at]) // LETTERS_A_TOKEN
        output = SEARCH_TOKENS if asked["messages"][-1]["role"] == "user" else ANSWER_TOKENS
        known = max((_shared(written[at], earlier) for earlier in written[:at]), default=0) // LETTERS_A_TOKEN
        known = known // CACHE_STEP * CACHE_STEP if known >= CACHE_FROM else 0
        cached += cost_microdollars(MODEL, Tokens(prompt=prompt, cached=known, completion=output))
        fresh += cost_microdollars(MODEL, Tokens(prompt=prompt, completion=output))
    return Cost(cached / 1_000_000, fresh / 1_000_000)


def _written(asked: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps([asked["tools"], *asked["messages"]], ensure_ascii=False, separators=(",", ":"))


def _shared(one: str, other: str) -> int:
    """Letters, from the first on."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


async def measure(rounds: int) -> None:
    shop, products = load("https://shop.example", datetime.now(UTC))
    catalogue = MemoryCatalogue(products)
    rules = _ladder(None)
    print(f"{len(products)} products, {rounds * len(TALKS) * len(TALKS[0])} turns each")
    _report("rules", await talk(rules, catalogue, shop, rounds))
    async with openai_standin() as standin:
        ladder = _ladder(standin.url)
        _report("around a model", await talk(ladder, catalogue, shop, rounds))
        costs = [await cost_of(ladder, standin, catalogue, shop, words) for words in TALKS]
        await ladder.close()
    cached, fresh = [one.cached for one in costs], [one.fresh for one in costs]
    print(
        f"three messages at {MODEL}'s list price: ${mean(cached):.4f}, at most ${max(cached):.4f}; "
        f"without a cache ${mean(fresh):.4f}"
    )


def _ladder(url: str | None) -> Ladder:
    return build_ladder(
        openai_api_key="benchmark" if url else None,
        openai_base_url=url,
        model=MODEL,
        clock=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
    )


def _report(name: str, measured: Measured) -> None:
    cuts = quantiles(measured.own_ms, n=100)
    p50, p95, p99 = cuts[49], cuts[94], cuts[98]
    print(f"{name:15} p50 {p50:5.1f}  p95 {p95:5.1f}  p99 {p99:5.1f} ms   {sorted(measured.rungs)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    logging.disable(logging.INFO)  # a line for every call, which is no work of ours
    profiler = cProfile.Profile()
    if chosen.profile:
        profiler.enable()
    asyncio.run(measure(chosen.rounds))
    if chosen.profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
