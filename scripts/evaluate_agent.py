"""Plays written conversations with the assistant and judges every answer by facts.

    python -m scripts.evaluate_agent                                  # the rules, in the demo shop
    python -m scripts.evaluate_agent --agent model                    # OPENAI_API_KEY, OPENAI_BASE_URL
    python -m scripts.evaluate_agent --catalogue products.csv --format csv --currency EUR

In the demo shop every journey is played; over a catalogue of yours those that fit any shop, filled with its
own words. With a model each journey is played four times and passes only if it passes every time. Exit status
1: an aim is missed (90 % of the English journeys, 75 % in every other language, no wrong fact).
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from agent.ladder import Ladder, build_ladder
from indexes.embedders import LocalEmbedder
from models.errors import Invalid
from scripts.evaluation.filling import filled
from scripts.evaluation.journeys import ANY_SHOP, FRESH, KNOWN, Journey, read_journeys
from scripts.evaluation.playing import Stage
from scripts.evaluation.report import Runs, aims_missed, by_language, failures, tables, wrong_facts
from scripts.evaluation.shops import NOW, IndexedCatalogue, Shop, demo_shop, shop_of_file
from settings import settings
from sources.reading import FORMATS

# pass^4: what a customer can rely on, not what happens now and then.
_RUNS_OF_A_MODEL = 4


def _ladder(agent: str) -> Ladder:
    configuration = settings()
    key = configuration.openai_api_key if agent == "model" else None
    if agent == "model" and key is None:
        raise SystemExit("OPENAI_API_KEY is not set: a model cannot be asked without it")
    return build_ladder(
        openai_api_key=key.get_secret_value() if key else None,
        openai_base_url=configuration.openai_base_url,
        model=configuration.openai_model,
        clock=lambda: NOW,
        monotonic=time.monotonic,
    )


def _shop(given: argparse.Namespace) -> Shop:
    if given.catalogue is None:
        return demo_shop()
    try:
        return shop_of_file(given.catalogue, given.format, given.currency)
    except (OSError, Invalid) as error:
        raise SystemExit(f"{given.catalogue}: {error}") from error


def _sets(given: argparse.Namespace, shop: Shop) -> Iterator[tuple[str, list[Journey]]]:
    if given.catalogue is None:
        for folder in (KNOWN, FRESH):
            yield folder.name, list(read_journeys(folder))
    yield "any shop", list(filled(ANY_SHOP, shop, given.rounds, given.seed))


async def _play(given: argparse.Namespace, shop: Shop) -> dict[str, list[Runs]]:
    ladder = _ladder(given.agent)
    stage = Stage(shop, await IndexedCatalogue.open(shop, LocalEmbedder()), ladder, time.monotonic)
    runs = _RUNS_OF_A_MODEL if given.agent == "model" else 1
    # One after another where the time of a turn is the machine's alone.
    at_once = given.at_once if given.agent == "model" else 1
    played: dict[str, list[Runs]] = {}
    for name, journeys in _sets(given, shop):
        every = await stage.play_all([one for one in journeys for _ in range(runs)], at_once)
        played[name] = [every[at : at + runs] for at in range(0, len(every), runs)]
    await ladder.close()
    return played


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--agent", choices=["rules", "model"], default="rules")
    parser.add_argument(
        "--catalogue", type=Path, help="a file a merchant would import; default the demo shop"
    )
    parser.add_argument("--format", choices=sorted(FORMATS), default="csv", help="the file's format")
    parser.add_argument("--currency", default="USD", help="the merchant's, for files that name none")
    parser.add_argument("--rounds", type=int, default=3, help="times each journey of any shop is filled")
    parser.add_argument("--seed", type=int, default=0, help="which words they are filled with")
    parser.add_argument("--at-once", type=int, default=8, help="journeys played side by side with a model")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    shop = _shop(given)
    played = asyncio.run(_play(given, shop))
    every = [runs for some in played.values() for runs in some]
    for failure in failures(every):
        print(failure, end="\n\n")
    print(
        f"{shop.merchant.name}: {len(shop.products)} products, {len(every)} journeys, agent: {given.agent}\n"
    )
    print("\n".join(tables(played)))
    missed = aims_missed(by_language(every), wrong_facts(every))
    print("\n".join(["", *(f"Missed: {one}" for one in missed)] if missed else ["", "All aims are met."]))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
