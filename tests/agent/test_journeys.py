"""Conversations with the demo shop, written down in journeys/*.yaml, judged by facts and not by wording.

A turn may expect `intent`; `filters` (those named must be so, lists in any order); `shows`: facts every
product shown meets (`category`, `color`, `size`, `min`, `max` in minor units, `material`, `tag`, `brand`,
`on_sale`), and `first`, `only`, `includes`, `excludes`, `at_least`, `none`; `asks` a question; `handover`;
`says` (any of) and `says_not`; `language`; `query`: words of the wish.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.ladder import Ladder
from demo.catalogue import load
from models.product import Product, Variant
from models.search import Filters
from models.turn import Card, Reply
from tests.agent.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import NOW, MemoryCatalogue, meets

SHOP, PRODUCTS = load("https://shop.example", NOW)
KNOWN = {one.id: one for one in PRODUCTS}
CATALOGUE = MemoryCatalogue(PRODUCTS)


def journeys() -> Iterator[Any]:
    for path in sorted(Path(__file__).parent.glob("journeys/*.yaml")):
        for journey in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(journey, id=f"{path.stem}: {journey['name']}")


@pytest.mark.parametrize("journey", list(journeys()))
async def test_journey(journey: dict[str, Any], rules: Ladder) -> None:
    chat = Chat(rules, CATALOGUE, SHOP)
    chat.surface = journey.get("surface", "dm")
    for number, turn in enumerate(journey["turns"], start=1):
        reply = await chat.say(turn["say"], attachments=turn.get("attached", ()))
        wrong = list(judge(reply, turn))
        assert not wrong, f"turn {number} {turn['say']!r}: {wrong}\n{text_of(reply)}\n{shown(reply)}"


def judge(reply: Reply, turn: dict[str, Any]) -> Iterator[str]:
    if reply.rung != "rules" or failed_steps(reply):
        yield f"rung {reply.rung}, failed {failed_steps(reply)}"
    if "intent" in turn and reply.intent != turn["intent"]:
        yield f"intent {reply.intent}"
    for name, value in turn.get("filters", {}).items():
        got = getattr(reply.filters, name)
        if (sorted(got) if isinstance(value, list) else got) != (
            sorted(value) if isinstance(value, list) else value
        ):
            yield f"filter {name} is {got}"
    if bool(reply.handover) != turn.get("handover", False):
        yield f"handover {reply.handover}"
    if "language" in turn and reply.memory.language != turn["language"]:
        yield f"language {reply.memory.language}"
    if "query" in turn and set(turn["query"].split()) - set(reply.memory.wish.query.split()):
        yield f"query {reply.memory.wish.query!r}"
    yield from judge_text(text_of(reply), turn)
    yield from judge_products(reply, turn.get("shows", {}))


def judge_text(text: str, turn: dict[str, Any]) -> Iterator[str]:
    if turn.get("asks") and "?" not in text:
        yield "asks nothing"
    says = turn.get("says", [])
    if says and not any(one.lower() in text.lower() for one in says):
        yield f"says none of {says}"
    for one in turn.get("says_not", []):
        if one.lower() in text.lower():
            yield f"says {one!r}"
    if re.search(r"[{}]|\bNone\b|  ", text):
        yield "a template shows through"


def judge_products(reply: Reply, wanted: dict[str, Any]) -> Iterator[str]:
    ids = [one.removeprefix("demo-") for one in shown(reply)]
    if wanted.get("none") and ids:
        yield f"shows {ids}"
    if len(ids) < wanted.get("at_least", 1 if wanted and not wanted.get("none") else 0):
        yield f"shows only {ids}"
    if "first" in wanted and ids[:1] != [wanted["first"]]:
        yield f"shows {ids} first"
    if "only" in wanted and sorted(ids) != sorted(wanted["only"]):
        yield f"shows {ids}"
    missing = set(wanted.get("includes", [])) - set(ids)
    wrong = set(wanted.get("excludes", [])) & set(ids)
    if missing or wrong:
        yield f"misses {missing}, should not show {wrong}"
    for card in reply.cards:
        yield from judge_card(card, wanted)


def judge_card(card: Card, wanted: dict[str, Any]) -> Iterator[str]:
    product = KNOWN[card.product_id]
    variant = product.variant(card.variant_id)
    assert variant is not None
    facts: dict[str, Callable[[Any], bool]] = {
        "category": lambda value: value in product.category,
        "color": lambda value: meets(variant, Filters(colors=(value,))),
        "size": lambda value: meets(variant, Filters(sizes=(value,))),
        "max": lambda value: card.price_minor <= value,
        "min": lambda value: card.price_minor >= value,
        "brand": lambda value: product.brand == value,
        "material": lambda value: value in materials(product),
        "tag": lambda value: value in product.tags,
        "on_sale": lambda value: is_on_sale(variant) == value,
    }
    for name, met in facts.items():
        if name in wanted and not met(wanted[name]):
            yield f"{card.product_id} {card.variant_id} is not {name} {wanted[name]}"


def materials(product: Product) -> str:
    return " ".join(one.material or "" for one in product.variants)


def is_on_sale(variant: Variant) -> bool:
    return variant.on_sale
