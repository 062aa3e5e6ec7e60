"""Questions about products shown before: sizes, colours, stock, and "I'll take it"."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from agent.answer import Answer
from agent.cards import price
from agent.claims import sentences
from agent.desk import Desk
from agent.restock import wish_for
from agent.rules.situation import Situation
from agent.rules.wording import colors_of, distinct, joined, label, product_price, sizes_of, variant_facts
from agent.words import tokens_of
from models.product import Product, Variant
from models.search import NO_FILTERS, Filters
from models.turn import Intent, Wish

# Words of the shortest sentence that says something, and letters of the longest one repeated in an answer.
_SENTENCE, _LONGEST = 4, 200


async def take(situation: Situation) -> Answer | None:
    """After "I'll take the second one": its link, once the choice of size or colour is made."""
    said, product, desk = situation.said, situation.about(), situation.desk
    if not said.has("take", "like") or product is None or (said.noun and not said.pointing.exact):
        return None
    if said.filters.sizes or said.filters.colors:
        return None
    chosen = _choice(situation.wish.filters, NO_FILTERS)
    met = await _meeting(desk, [product], chosen)
    options = sizes_of(product) if len(sizes_of(product)) > 1 else colors_of(product)
    if len(options) > 1 and (chosen == NO_FILTERS or not met):
        text = desk.say("take_which", name=product.name, choices=", ".join(options))
        return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=(product.id,))
    amount = price(desk.seen.variant(product.id).price_minor, product.currency, desk.language)
    text = desk.say("take", name=product.name, price=amount)
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=(product.id,), filters=chosen)


async def gone(situation: Situation) -> Answer | None:
    """What the customer saw as "the second one" and the shop has taken away since: others like it."""
    pointing = situation.said.pointing
    if not pointing.exact or {one.id for one in situation.focus}.issuperset(pointing.ids):
        return None
    wish = situation.wish
    hits = await situation.desk.search(wish.query, wish.filters)
    key = "gone" if hits else "which_one"
    ids = tuple(hit.product.id for hit in hits)
    return situation.answer(
        Intent.VARIANT_QUESTION,
        situation.desk.say(key),
        product_ids=ids,
        filters=wish.filters,
        confidence=0.5,
    )


async def variant(situation: Situation) -> Answer | None:
    """As in "do you have it in medium", "the second one in red", and a bare "medium" after one product."""
    said = situation.said
    asked = _choice(said.filters, NO_FILTERS)
    pointed = situation.pointed() or _only_one(situation)
    if not pointed or asked == NO_FILTERS or (said.words and not said.pointing.exact):
        return None
    # Who asks for it in medium after blue dresses means the blue one, if there is such a one.
    wanted = _choice(said.filters, situation.wish.filters)
    both, only = await asyncio.gather(
        _meeting(situation.desk, pointed, wanted), _meeting(situation.desk, pointed, asked)
    )
    met, wanted = (both, wanted) if both else (only, asked)
    for product_id, one in met.items():
        situation.desk.seen.choose(product_id, one)
    wish = replace(situation.wish, filters=_choice(wanted, situation.wish.filters, keep=True))
    if len(pointed) == 1:
        return await _of_one(situation, pointed[0], met.get(pointed[0].id), wish)
    if not met:
        return None
    kind = replace(wanted, categories=wish.filters.categories)
    understood = label(situation.desk, Wish(query=wish.query, filters=kind))
    text = situation.desk.say("variant_yes_many", wish=understood)
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=tuple(met), filters=wanted, wish=wish)


async def details(situation: Situation) -> Answer | None:
    """The product pointed to and nothing asked of it: "the second one", "tell me about the Linen Dress"."""
    said, product, desk = situation.said, situation.about(), situation.desk
    asked = said.pointing.ids and ((said.has("question") and said.words) or said.has("about"))
    if product is None or not (asked or (said.pointing.exact and not said.noun)):
        return None
    materials = distinct([one.material for one in product.variants])
    lists = (", ".join(values) for values in (materials, colors_of(product), sizes_of(product)))
    facts = (product_price(desk, product), *lists)
    text = desk.say("details", name=product.name, facts="; ".join(fact for fact in facts if fact))
    about = _sentence_about(product, situation) or product.short_description or _beginning(product)
    offer = None if product.sellable else wish_for(product)
    if not product.sellable:
        text = f"{_sold_out(desk, product)} {text}"
    return situation.answer(
        Intent.VARIANT_QUESTION, f"{text} {about}", product_ids=(product.id,), offer=offer
    )


def _sold_out(desk: Desk, product: Product) -> str:
    return f"{desk.say('stock_no', name=product.name)} {desk.say('notify_offer')}"


def _beginning(product: Product) -> str:
    """Of a description the first sentence: headings are shorter, and the page has the rest."""
    told = (one for one in sentences(product.description) if len(one.split()) >= _SENTENCE)
    return next((one for one in told if len(one) <= _LONGEST), "")


def _sentence_about(product: Product, situation: Situation) -> str:
    """The shop's own sentence with a word that was asked for: "is it waterproof?"."""
    asked = set(situation.shelf.stems(situation.said.words))
    for sentence in sentences(product.description):
        if len(sentence) <= _LONGEST and asked & set(situation.shelf.stems(tokens_of(sentence))):
            return sentence
    return ""


async def choices(situation: Situation) -> Answer | None:
    """As in "which colours does it come in?" and "is it in stock?"."""
    said, product, desk = situation.said, situation.about(), situation.desk
    if product is None or (said.noun and not said.pointing.ids):
        return None
    offer = None
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
            else _sold_out(desk, product)
        )
        offer = wish_for(product)
    else:
        return None
    return situation.answer(Intent.VARIANT_QUESTION, text, product_ids=(product.id,), offer=offer)


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


async def _of_one(situation: Situation, product: Product, met: Variant | None, wish: Wish) -> Answer:
    desk, wanted = situation.desk, _choice(wish.filters, NO_FILTERS)
    if met:
        text = desk.say("variant_yes", name=product.name, facts=variant_facts(desk, product, met))
        return situation.answer(
            Intent.VARIANT_QUESTION,
            text,
            product_ids=(product.id,),
            filters=wanted,
            wish=wish,
            confidence=0.9,
        )
    asked = _choice(situation.said.filters, NO_FILTERS)
    lines = [
        desk.say(
            "variant_sold_out",
            name=product.name,
            facts=", ".join((*map(desk.language.color_word, asked.colors), *asked.sizes)),
        )
    ]
    instead = [*colors_of(product), *sizes_of(product)]
    if instead:
        lines.append(desk.say("variant_instead", facts=", ".join(instead)))
    others = await desk.similar(product.id, asked)
    offer = wish_for(product, asked.colors, asked.sizes)
    if offer:
        lines.append(desk.say("notify_offer"))
    if others:
        lines.append(desk.say("variant_similar"))
    ids = tuple(hit.product.id for hit in others) if others else (product.id,)
    return situation.answer(Intent.VARIANT_QUESTION, " ".join(lines), product_ids=ids, offer=offer)


def _choice(said: Filters, before: Filters, *, keep: bool = False) -> Filters:
    """Colours and sizes said, else those of before; `keep` the other filters of before too."""
    rest = before if keep else NO_FILTERS
    return replace(rest, colors=said.colors or before.colors, sizes=said.sizes or before.sizes)
