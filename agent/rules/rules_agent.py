"""The agent that needs no key: one list of rules, the first that answers wins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from agent.answer import Answer
from agent.desk import Desk
from agent.names import is_called, only_named_like
from agent.rules import comparing, overview, posts, prices, products, several, shop, variants, waiting
from agent.rules.correcting import corrections
from agent.rules.shelf import shelf_of
from agent.rules.situation import Situation
from agent.rules.understanding import Understanding, understand
from models.codec import to_jsonable
from models.product import Product
from models.search import Filters

Rule = Callable[[Situation], Awaitable[Answer | None]]

RULES: tuple[Rule, ...] = (
    posts.without_words,
    shop.blank,
    shop.bot,
    shop.support,
    waiting.agreed,
    waiting.notify,
    shop.shop_question,
    overview.assortment,
    shop.unclear,
    variants.gone,
    comparing.with_itself,
    comparing.comparison,
    variants.take,
    variants.variant,
    prices.cheaper,
    prices.similar,
    variants.choices,
    prices.price_question,
    prices.superlative,
    variants.details,
    prices.sale,
    overview.overview,
    products.popular,
    products.more,
    posts.featured,
    shop.small_talk,
    products.vague,
    shop.lost,
    shop.in_the_shop_s_words,
    shop.off_topic,
    several.several,
)

# Signs of a question about one product.
_ABOUT_ONE = (
    *("other_color", "which_sizes", "in_stock", "price_question", "take", "like"),
    *("similar", "cheaper", "definite", "question", "notify", "about"),
)


class RulesAgent:
    name = "rules"
    costs = False

    async def draft(self, desk: Desk, deadline: float) -> Answer:
        del deadline  # a few milliseconds of work; the ladder keeps the time
        situation = await _situation(desk)
        answer = await _first_answer(situation)
        return replace(answer, effects=(*answer.effects, *corrections(situation)))


async def _first_answer(situation: Situation) -> Answer:
    for rule in RULES:
        answer = await rule(situation)
        if answer:
            return answer
    return await products.search(situation)


async def _situation(desk: Desk) -> Situation:
    turn = desk.turn
    shown = turn.memory.focus
    facets, focus = await asyncio.gather(desk.facets(), _focus(desk, shown))
    shelf = shelf_of(facets, desk.language, desk.shop_language)
    said = understand(turn.text, focus, shelf, desk.language, turn.merchant.currency, shown=shown)
    named = await _named(desk, said)
    with desk.trace.step("understand", language=desk.language.code) as data:
        if named:
            focus = (*named, *focus)
            said = understand(turn.text, focus, shelf, desk.language, turn.merchant.currency, shown=shown)
        data |= {
            "signs": sorted(said.signs),
            "noun": said.noun,
            "words": said.words,
            "filters": to_jsonable(said.filters),
            "pointing": said.pointing.ids,
        }
    return Situation(desk=desk, said=said, focus=focus, shelf=shelf)


async def _named(desk: Desk, said: Understanding) -> tuple[Product, ...]:
    """The product a question calls by its whole name, though it was not shown before."""
    asks = said.has(*_ABOUT_ONE) or said.filters.sizes
    if said.pointing.exact or not asks or not (said.noun or said.words):
        return ()
    # By all its words: those of the name may have been read as a colour or a price.
    hits = await desk.search(said.text, Filters(in_stock=False))
    called = [hit.product for hit in hits if is_called(said.text, hit.product)]
    if not called and said.has("definite") and not said.has("dearest", "cheapest"):
        called = list(filter(None, [only_named_like(said.text, [hit.product for hit in hits])]))
    return tuple(sorted(called, key=lambda one: -len(one.name)))[:1]


async def _focus(desk: Desk, ids: Sequence[str]) -> tuple[Product, ...]:
    return await desk.products(ids) if ids else ()
