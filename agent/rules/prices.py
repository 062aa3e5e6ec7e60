"""Prices, superlatives, sales, and products like another one."""

from dataclasses import replace

from agent.answer import Answer
from agent.cards import price
from agent.rules.finding import cheapest_first, find
from agent.rules.situation import Situation
from agent.rules.wishes import next_wish
from agent.rules.wording import label, product_price
from models.product import Product
from models.search import Filters, Hit, Order
from models.turn import Intent, Wish

# What is reduced stands anywhere in the list.
_ALL = 200


async def price_question(situation: Situation) -> Answer | None:
    """As in "how much is the second one?". With a product nobody showed yet it is a search."""
    said, desk = situation.said, situation.desk
    pointed = situation.pointed()
    if (
        said.has("any_price")
        or not said.has("price_question")
        or not (pointed or situation.focus)
        or (said.noun and not pointed)
    ):
        return None
    asked = pointed or situation.focus
    if len(asked) > 1:
        text = desk.say("price_of_many")
    else:
        text = desk.say("price_of", name=asked[0].name, price=product_price(desk, asked[0]))
    return situation.answer(Intent.PRICE_INQUIRY, text, product_ids=tuple(one.id for one in asked))


async def superlative(situation: Situation) -> Answer | None:
    """The cheapest of all that fit, not of the ten best matches."""
    said, desk = situation.said, situation.desk
    if not said.has("cheapest", "dearest"):
        return None
    if said.has("among") and situation.focus and not said.noun:
        return _among_shown(situation)
    wish = next_wish(situation.wish, said, situation.shelf)
    key, order = ("cheapest", Order.CHEAPEST) if said.has("cheapest") else ("dearest", Order.DEAREST)
    found = await find(desk, wish, situation.shelf, order)
    if not found.hits or found.left_out or found.missing or found.far:
        # The lowest price of something else is no answer; the search says what it left out.
        return None
    best = found.hits[0]
    name = label(desk, wish) or desk.turn.merchant.name
    amount = price(best.variant.price_minor, best.product.currency, desk.language)
    text = desk.say(key, wish=name, name=best.product.name, price=amount)
    return situation.answer(
        Intent.PRICE_INQUIRY,
        text,
        product_ids=_ids(found.hits),
        filters=found.filters,
        wish=wish,
        confidence=0.9,
    )


def _among_shown(situation: Situation) -> Answer:
    """As in "which one is the cheapest?" and "which is cheaper?"."""
    desk, seen = situation.desk, situation.desk.seen
    choose = max if situation.said.has("dearest") else min
    best = choose(situation.focus, key=lambda one: seen.variant(one.id, situation.wish.filters).price_minor)
    amount = price(seen.variant(best.id, situation.wish.filters).price_minor, best.currency, desk.language)
    text = desk.say("price_of", name=best.name, price=amount)
    return situation.answer(Intent.PRICE_INQUIRY, text, product_ids=(best.id,), confidence=0.9)


async def sale(situation: Situation) -> Answer | None:
    said, desk = situation.said, situation.desk
    if not said.has("sale"):
        return None
    wish = next_wish(situation.wish, said, situation.shelf)
    hits = await desk.search(wish.query, wish.filters, _ALL)
    reduced = tuple(hit for hit in hits if hit.variant.on_sale)
    text = desk.say("on_sale" if reduced else "no_sale")
    shown = _ids(reduced or cheapest_first(hits))
    return situation.answer(Intent.PRICE_INQUIRY, text, product_ids=shown, filters=wish.filters, wish=wish)


async def cheaper(situation: Situation) -> Answer | None:
    """Asked for "the same but cheaper": the same kind of product for less, cheapest first."""
    product, desk, said = situation.about(), situation.desk, situation.said
    if not said.has("cheaper") or product is None or said.filters.price_max is not None:
        return None
    if said.pointing.exact and said.has("cheaper_one") and len(situation.focus) > 1:
        return None
    if said.has("among") and not said.noun:
        return _among_shown(situation)
    wish = next_wish(situation.wish, said, situation.shelf)
    own = desk.seen.variant(product.id, wish.filters).price_minor
    less = replace(wish.filters, price_min=None, price_max=own - 1, categories=product.category[-1:])
    filters, hits = less, await desk.cheaper(product.id, less)
    if not hits:
        filters = replace(less, colors=(), sizes=())
        hits = await desk.cheaper(product.id, filters)
    if not hits:
        return await _like(situation, product, "no_cheaper", Intent.PRICE_INQUIRY)
    amount = price(own, product.currency, desk.language)
    text = desk.say("cheaper", name=product.name, price=amount)
    return situation.answer(
        Intent.PRICE_INQUIRY,
        text,
        product_ids=_ids(hits),
        filters=filters,
        wish=Wish(query=wish.query, filters=filters),
    )


async def similar(situation: Situation) -> Answer | None:
    product = situation.about()
    if not situation.said.has("similar") or product is None or situation.said.noun:
        return None
    return await _like(situation, product, "similar", Intent.PRODUCT_SEARCH)


async def _like(situation: Situation, product: Product, key: str, intent: Intent) -> Answer:
    said = situation.said.filters
    filters = Filters(
        price_max=said.price_max, price_min=said.price_min, colors=said.colors, sizes=said.sizes
    )
    hits = await situation.desk.similar(product.id, filters)
    text = situation.desk.say(key, name=product.name)
    return situation.answer(intent, text, product_ids=_ids(hits), filters=filters)


def _ids(hits: tuple[Hit, ...]) -> tuple[str, ...]:
    return tuple(hit.product.id for hit in hits)
