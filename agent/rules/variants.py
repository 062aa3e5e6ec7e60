"""Questions about products shown before: sizes, colours, stock, and "I'll take it"."""

import asyncio
from collections.abc import Sequence

from agent.answer import Answer
from agent.desk import Desk
from agent.rules.situation import Situation
from agent.rules.wording import colors_of, joined, label, product_price, sizes_of, variant_facts
from models.product import Product, Variant
from models.search import Filters
from models.turn import Intent, Wish


async def take(situation: Situation) -> Answer | None:
    """After "I'll take the second one": its link, after the choice of size or colour is made."""
    said, product = situation.said, situation.about()
    if not said.has("take", "like") or product is None or (said.noun and not said.pointing.exact):
        return None
    if said.filters.sizes or said.filters.colors:
        return None
    choices = sizes_of(product) if len(sizes_of(product)) > 1 else colors_of(product)
    chosen = situation.wish.filters
    if len(choices) > 1 and not (chosen.sizes or chosen.colors):
        text = situation.desk.say("take_which", name=product.name, choices=", ".join(choices))
    else:
        text = situation.desk.say("take", name=product.name, price=product_price(situation.desk, product))
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=(product.id,), filters=chosen)


async def variant(situation: Situation) -> Answer | None:
    """As in "do you have it in medium", "the second one in red", and a bare "medium" after one product."""
    said = situation.said
    wanted = Filters(colors=said.filters.colors, sizes=said.filters.sizes)
    pointed = situation.pointed() or _only_one(situation)
    if not pointed or wanted == Filters() or (said.words and not said.pointing.exact):
        return None
    met = await _meeting(situation.desk, pointed, wanted)
    if len(pointed) == 1:
        return await _of_one(situation, pointed[0], met.get(pointed[0].id), wanted)
    if not met:
        return None
    wish = Wish(query=situation.wish.query, filters=wanted)
    text = situation.desk.say("variant_yes_many", wish=label(situation.desk, wish))
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=tuple(met), filters=wanted)


async def choices(situation: Situation) -> Answer | None:
    """As in "which colours does it come in?" and "is it in stock?"."""
    said, product, desk = situation.said, situation.about(), situation.desk
    if product is None or (said.noun and not said.pointing.ids):
        return None
    if said.has("other_color", "which_sizes"):
        key, values = (
            ("colors", colors_of(product)) if said.has("other_color") else ("sizes", sizes_of(product))
        )
        text = (
            desk.say(key, name=product.name, **{key: joined(desk, values)})
            if values
            else desk.say("one_choice", name=product.name)
        )
    elif said.has("in_stock") and said.pointing.ids:
        best = desk.seen.variant(product.id)
        facts = variant_facts(desk, product, best)
        text = (
            desk.say("stock_yes", name=product.name, facts=facts)
            if product.sellable
            else desk.say("stock_no", name=product.name)
        )
    else:
        return None
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=(product.id,))


def _only_one(situation: Situation) -> tuple[Product, ...]:
    said = situation.said
    alone = len(situation.focus) == 1 and not (said.noun or said.words or said.has("ask"))
    return situation.focus if alone else ()


async def _meeting(desk: Desk, products: Sequence[Product], wanted: Filters) -> dict[str, Variant]:
    """Which of the products have such a variant; the catalogue decides what is blue and what is medium."""
    found = await asyncio.gather(*(desk.search(one.name, wanted) for one in products))
    return {
        product.id: hit.variant
        for product, hits in zip(products, found, strict=True)
        for hit in hits
        if hit.product.id == product.id
    }


async def _of_one(situation: Situation, product: Product, met: Variant | None, wanted: Filters) -> Answer:
    desk = situation.desk
    if met:
        desk.seen.choose(product.id, met)
        text = desk.say("variant_yes", name=product.name, facts=variant_facts(desk, product, met))
        return situation.answer(
            Intent.VARIANT_QUESTION, text, product_ids=(product.id,), filters=wanted, confidence=0.9
        )
    asked = ", ".join((*wanted.colors, *wanted.sizes))
    lines = [desk.say("variant_sold_out", name=product.name, facts=asked)]
    instead = [*colors_of(product), *sizes_of(product)]
    if instead:
        lines.append(desk.say("variant_instead", facts=", ".join(instead)))
    others = await desk.similar(product.id, wanted)
    if others:
        lines.append(desk.say("variant_similar"))
    ids = tuple(hit.product.id for hit in others) if others else (product.id,)
    return situation.answer(Intent.VARIANT_QUESTION, " ".join(lines), product_ids=ids)
