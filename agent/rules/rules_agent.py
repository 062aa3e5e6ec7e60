"""The agent that needs no key: one list of rules, the first that answers wins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from agent.answer import Answer
from agent.desk import Desk
from agent.language import language
from agent.rules import comparing, prices, products, shop, variants
from agent.rules.shelf import shelf_of
from agent.rules.situation import Situation
from agent.rules.understanding import understand
from models.codec import to_jsonable
from models.product import Product

Rule = Callable[[Situation], Awaitable[Answer | None]]

RULES: tuple[Rule, ...] = (
    shop.blank,
    shop.bot,
    shop.support,
    shop.shop_question,
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
    products.more,
    shop.small_talk,
    products.vague,
    shop.lost,
)


class RulesAgent:
    name = "rules"

    async def draft(self, desk: Desk, deadline: float) -> Answer:
        del deadline  # a few milliseconds of work; the ladder keeps the time
        situation = await _situation(desk)
        for rule in RULES:
            answer = await rule(situation)
            if answer:
                return answer
        return await products.search(situation)


async def _situation(desk: Desk) -> Situation:
    turn = desk.turn
    facets, focus = await asyncio.gather(desk.facets(), _focus(desk, turn.memory.focus))
    shop_language = language(turn.merchant.languages[0] if turn.merchant.languages else "en")
    shelf = shelf_of(facets, desk.language, shop_language)
    with desk.trace.step("understand", language=desk.language.code) as data:
        said = understand(turn.text, focus, shelf, desk.language, turn.merchant.currency)
        data |= {
            "signs": sorted(said.signs),
            "noun": said.noun,
            "words": said.words,
            "filters": to_jsonable(said.filters),
            "pointing": said.pointing.ids,
        }
    return Situation(desk=desk, said=said, focus=focus, shelf=shelf)


async def _focus(desk: Desk, ids: Sequence[str]) -> tuple[Product, ...]:
    return await desk.products(ids) if ids else ()
