"""Questions about what there is at all, answered from the whole catalogue, never from one page of results."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agent.answer import Answer
from agent.rules.finding import beside_kind
from agent.rules.situation import Situation
from agent.rules.wishes import next_wish
from agent.rules.wording import in_order, joined, label, price_range
from models.search import NO_FILTERS, Filters, Order
from models.shape import Section, Shape
from models.turn import Intent, Wish

# A longer list tells nobody anything.
_VALUES, _KINDS = 12, 6


@dataclass(frozen=True, slots=True)
class _Question:
    """`part` of the wish is what is asked, so it limits nothing. `text` is empty where there is no answer.

    `shows`: products go with it.
    """

    text: Callable[[Situation, Wish, Shape], str]
    intent: Intent = Intent.PRODUCT_SEARCH
    part: str = ""
    shows: bool = True


async def assortment(situation: Situation) -> Answer | None:
    """As in "what do you sell?"."""
    desk, said = situation.desk, situation.said
    if not said.has("assortment") or said.has_wish:
        return None
    shape = await desk.shape()
    kinds = _kinds(situation, [one for one in shape.categories if len(one.path) == 1])
    if not kinds:
        return None
    text = desk.say("assortment", count=shape.whole.in_stock, kinds=kinds)
    return situation.answer(Intent.PRODUCT_SEARCH, text, wish=Wish(), confidence=0.9)


async def overview(situation: Situation) -> Answer | None:
    """As in "do you sell boots at all?", "how many dresses do you have?", "what sizes do they come in?"."""
    desk, question = situation.desk, _question(situation)
    wish = next_wish(situation.wish, situation.said, situation.shelf)
    # Words beside the kind are not counted: the search finds them.
    if question is None or beside_kind(wish, situation.shelf):
        return None
    asked = Wish(filters=wish.filters.without((question.part,)))
    shape = await desk.shape(asked.filters)
    text = question.text(situation, asked, shape) if shape.whole.in_stock else ""
    if not text:
        return None
    ids = await _examples(situation, asked.filters) if question.shows else ()
    return situation.answer(
        question.intent, text, product_ids=ids, filters=asked.filters, wish=wish, confidence=0.9
    )


async def _examples(situation: Situation, filters: Filters) -> tuple[str, ...]:
    """The cheapest first, the dearest last: the prices named are those of products shown."""
    desk = situation.desk
    popular, low, high = await asyncio.gather(
        desk.search("", filters),
        desk.nearest("", filters, order=Order.CHEAPEST),
        desk.nearest("", filters, order=Order.DEAREST),
    )
    first, last = ([hit.product.id for hit in found.hits[:1]] for found in (low, high))
    between = [hit.product.id for hit in popular if hit.product.id not in {*first, *last}]
    return *first, *between[: situation.most - 2], *last


def _question(situation: Situation) -> _Question | None:
    said = situation.said
    sign = next((one for one in _QUESTIONS if said.has(one)), None)
    only_kind = replace(said.filters, categories=()) == NO_FILTERS
    # "How much is the red dress?" asks for a certain one.
    if sign == "price_question" and not (said.noun and only_kind):
        return None
    return _QUESTIONS[sign] if sign else None


def _amount(key: str, situation: Situation, wish: Wish, shape: Shape) -> str:
    whole = shape.whole
    prices = price_range(situation.desk, whole.prices) if whole.prices else ""
    return situation.desk.say(key, count=whole.in_stock, wish=_named(situation, wish), prices=prices)


def _choice(values: str, situation: Situation, wish: Wish, shape: Shape) -> str:
    """Of sizes or colours of a kind of product; those of all kinds together say nothing."""
    counted = {"sizes": shape.whole.sizes, "colors": shape.whole.colors}[values]
    if wish.filters == NO_FILTERS or not counted:
        return ""
    most = [one.value for one in counted[:_VALUES]]
    listed = joined(situation.desk, in_order(situation.desk, most) if values == "sizes" else most)
    return situation.desk.say("come_in", wish=_named(situation, wish), values=listed)


def _brands(situation: Situation, wish: Wish, shape: Shape) -> str:
    brands = [one.value for one in shape.whole.brands[:_VALUES]]
    if not brands:
        return ""
    return situation.desk.say("brands", wish=_named(situation, wish), values=joined(situation.desk, brands))


def _narrower(situation: Situation, wish: Wish, shape: Shape) -> str:
    """The categories just below those asked for."""
    asked = {category.casefold() for category in wish.filters.categories}
    below = [one for one in shape.categories if len(one.path) > 1 and one.path[-2].casefold() in asked]
    kinds = _kinds(situation, below)
    return situation.desk.say("kinds", kinds=kinds) if kinds else ""


def _kinds(situation: Situation, sections: Sequence[Section]) -> str:
    names = [f"{one.path[-1]} ({one.in_stock})" for one in sections if one.in_stock]
    return joined(situation.desk, names[:_KINDS])


def _named(situation: Situation, wish: Wish) -> str:
    return label(situation.desk, wish) or situation.desk.turn.merchant.name


_QUESTIONS = {
    "how_many": _Question(partial(_amount, "how_many")),
    "kinds": _Question(_narrower, shows=False),
    "which_brands": _Question(_brands, part="brand", shows=False),
    "which_sizes": _Question(partial(_choice, "sizes"), Intent.VARIANT_QUESTION, "size"),
    "other_color": _Question(partial(_choice, "colors"), Intent.VARIANT_QUESTION, "color"),
    "price_question": _Question(partial(_amount, "price_span"), Intent.PRICE_INQUIRY),
    "sells": _Question(partial(_amount, "sells")),
}
