"""Two or more products side by side."""

import asyncio
import re
from collections.abc import Sequence

from agent.answer import Answer
from agent.cards import price
from agent.names import is_called, named_like
from agent.rules.situation import Situation
from agent.rules.wording import colors_of, distinct, product_price, sizes_of
from agent.words import tokens_of
from models.product import Product
from models.search import NO_FILTERS
from models.turn import Intent

_MOST = 4
_TWO = 2


async def with_itself(situation: Situation) -> Answer | None:
    """As in "compare the first one with the first one": with which other?"""
    if not situation.said.has("comparison"):
        return None
    language = situation.desk.language
    nothing = language.filler | {token for phrase in language.signs["comparison"] for token in phrase}
    sides = [frozenset(tokens_of(side)) - nothing for side in _sides(situation)]
    if len(sides) < _TWO or len(set(sides)) > 1 or not (sides[0] or len(situation.focus) == 1):
        return None
    product = situation.about() if situation.said.pointing.ids else await _called(situation)
    text = (
        situation.desk.say("compare_other", name=product.name)
        if product
        else situation.desk.say("compare_what")
    )
    ids = (product.id,) if product else ()
    return situation.answer(Intent.COMPARISON, text, product_ids=ids, confidence=0.6)


async def _called(situation: Situation) -> Product | None:
    hits = await situation.desk.search(situation.said.text, NO_FILTERS)
    return next((hit.product for hit in hits if is_called(situation.said.text, hit.product)), None)


async def comparison(situation: Situation) -> Answer | None:
    said, pointed = situation.said, situation.pointed()
    choice = said.pointing.exact and len(pointed) >= _TWO
    if not choice and not said.has("comparison", "either"):
        return None
    products = _in_order(situation) if choice else await _named(situation)
    if not products and not said.has("comparison"):
        return None
    # "Better in red" is no comparison of those shown.
    products = products or (situation.focus[:_MOST] if said.filters == NO_FILTERS else ())
    if len(products) < _TWO:
        if said.has_wish:
            return None
        return situation.answer(Intent.COMPARISON, situation.desk.say("compare_what"), confidence=0.6)
    text = "\n".join(
        (
            situation.desk.say("compare"),
            *(_line(situation, one) for one in products),
            _verdict(situation, products),
        )
    )
    return situation.answer(
        Intent.COMPARISON, text.strip(), product_ids=tuple(one.id for one in products), confidence=0.9
    )


def _in_order(situation: Situation) -> tuple[Product, ...]:
    known = {one.id: one for one in situation.focus}
    return tuple(known[one] for one in situation.said.pointing.ids)[:_MOST]


async def _named(situation: Situation) -> tuple[Product, ...]:
    """As in "compare A and B" or "A or B?", by names nobody showed yet.

    Each side of the "and" is searched by itself; beside "or" only whole names are a choice of two products.
    """
    sides = _sides(situation)
    if len(sides) < _TWO:
        return ()
    found = await asyncio.gather(*(situation.desk.search(side, NO_FILTERS) for side in sides))
    called = _all_called(situation.said.text, [hit.product for hits in found for hit in hits])
    if len(called) >= _TWO or not situation.said.has("comparison"):
        return called if len(called) >= _TWO else ()
    named = [named_like(side, [hit.product for hit in hits]) for side, hits in zip(sides, found, strict=True)]
    products = {one.id: one for one in named if one}
    return tuple(products.values()) if len(products) >= _TWO else ()


def _sides(situation: Situation) -> list[str]:
    joints = {" ".join(phrase) for phrase in situation.desk.language.signs["joint"]}
    pattern = rf"(?:\s+(?:{'|'.join(map(re.escape, sorted(joints)))})\s+|,\s*)"
    found = re.split(pattern, situation.said.text, flags=re.IGNORECASE)
    return [side for side in found if side.strip()][:_MOST]


def _all_called(text: str, products: Sequence[Product]) -> tuple[Product, ...]:
    """Those whose whole names stand in the text, in its order; none for being part of a longer name."""
    rest = f" {' '.join(tokens_of(text))} "
    places = {}
    for product in sorted(products, key=lambda one: -len(one.name)):
        name = f" {' '.join(tokens_of(product.name))} "
        if product.id not in places and (at := rest.find(name)) >= 0:
            places[product.id] = (at, product)
            rest = rest[:at] + " " + "\0" * (len(name) - 2) + " " + rest[at + len(name) :]
    return tuple(product for _, product in sorted(places.values(), key=lambda one: one[0]))[:_MOST]


def _line(situation: Situation, product: Product) -> str:
    materials = distinct([variant.material for variant in product.variants])
    facts = (
        product_price(situation.desk, product),
        "/".join(materials),
        "/".join(colors_of(product)),
        "/".join(sizes_of(product)),
    )
    return situation.desk.say(
        "compare_line", name=product.name, facts="; ".join(fact for fact in facts if fact)
    )


def _verdict(situation: Situation, products: tuple[Product, ...]) -> str:
    if len(products) != _TWO:
        return ""
    less, more = sorted(products, key=lambda one: one.price_range.min_minor)
    difference = more.price_range.min_minor - less.price_range.min_minor
    if not difference:
        return situation.desk.say("compare_same")
    amount = price(difference, less.currency, situation.desk.language)
    return situation.desk.say("compare_difference", name=less.name, other=more.name, price=amount)
