"""Wishes for products: searches, refinements, more of the same list."""

import re
from dataclasses import replace

from agent.answer import Answer
from agent.compose import notify
from agent.names import is_called
from agent.rules.finding import Found, cheapest_first, find
from agent.rules.liking import liked_first
from agent.rules.situation import Situation
from agent.rules.wishes import next_wish
from agent.rules.wording import joined, label, product_price
from agent.words import Words, tokens_of
from models.product import searchable_text
from models.search import NO_FILTERS, Hit
from models.turn import Intent, Wish

# A vague wish is answered with a question that names the shop's first categories.
_CHOICES = 4
# How far down "show me more" goes.
_DEEP = 50
# In a long story a capital is a place or a person, unless the kind of product follows.
_SHORT = 8
# Capitalised words, but not the first of a sentence.
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")


async def vague(situation: Situation) -> Answer | None:
    """With nothing to search for ("something nice") one question helps more than a guess."""
    said, desk = situation.said, situation.desk
    vague_words = {token for phrase in desk.language.signs["vague"] for token in phrase}
    wished = said.noun or said.filters != NO_FILTERS or not vague_words.issuperset(said.words)
    if wished or not said.has("vague", "more") or (said.has("more") and situation.focus):
        return None
    choices = [category.lower() for category in situation.shelf.choices[:_CHOICES]]
    text = desk.say("clarify_facets", choices=", ".join(choices)) if choices else desk.say("clarify")
    return situation.answer(Intent.PRODUCT_SEARCH, text, confidence=0.5)


async def popular(situation: Situation) -> Answer | None:
    """Best sellers and new arrivals: without words to look for, the catalogue's own order decides."""
    said = situation.said
    if not said.has("popular") or said.noun or said.words:
        return None
    hits = await _tagged(situation) or await situation.desk.search("", said.filters)
    ids, wish = tuple(hit.product.id for hit in hits), Wish(filters=said.filters)
    text = situation.desk.say("found_all")
    return situation.answer(Intent.PRODUCT_SEARCH, text, product_ids=ids, filters=said.filters, wish=wish)


async def _tagged(situation: Situation) -> tuple[Hit, ...]:
    """What the shop itself calls so, with a tag: "bestseller" for "best sellers"."""
    said, shelf, language = situation.said, situation.shelf, situation.desk.language
    found = Words(said.text).find(language.signs["popular"])
    called = {"".join(shelf.stems(phrase)) for _, phrase in found}
    hits = await situation.desk.search(" ".join(called), said.filters)
    return tuple(
        hit for hit in hits if called & {"".join(shelf.stems(tokens_of(tag))) for tag in hit.product.tags}
    )


async def more(situation: Situation) -> Answer | None:
    """More of what was found before."""
    said, wish = situation.said, situation.wish
    if said.has_wish or not said.has("more") or not situation.focus or wish == Wish():
        return None
    shown = {one.id for one in situation.focus}
    shown |= {one for message in situation.desk.turn.history for one in message.product_ids}
    hits = await situation.desk.search(wish.query, wish.filters, _DEEP)
    if wish.filters.categories and all(hit.product.id in shown for hit in hits):
        # All that is called so was shown: others of its category.
        hits = await situation.desk.search("", wish.filters, _DEEP)
    ids = tuple(hit.product.id for hit in hits if hit.product.id not in shown)
    if not ids:
        return situation.answer(Intent.PRODUCT_SEARCH, situation.desk.say("more_none"))
    text = situation.desk.say("found", wish=label(situation.desk, wish))
    return situation.answer(Intent.PRODUCT_SEARCH, text, product_ids=ids, filters=wish.filters)


async def search(situation: Situation) -> Answer:
    said, desk = situation.said, situation.desk
    wish = next_wish(situation.wish, said, situation.shelf)
    found = await find(desk, wish, situation.shelf)
    if found.far and not (said.noun or said.has("ask") or said.filters != NO_FILTERS):
        # A word nobody sells and no wish around it: "lol".
        return situation.answer(Intent.GENERAL_QUESTION, desk.say("clarify"), confidence=0.3)
    if said.has("cheap"):
        found = replace(found, hits=cheapest_first(found.hits))
    elif "price" not in found.left_out:  # else the nearest to the budget stand first
        liked = desk.turn.memory.preferences
        found = replace(found, hits=liked_first(found.hits, wish.filters, liked, desk.turn.now))
        desk.seen.add_hits(found.hits)
    # Who says a whole name wants no others.
    called = tuple(hit for hit in found.hits if is_called(said.text, hit.product))
    found = replace(found, hits=called or found.hits)
    return situation.answer(
        _intent(situation),
        _text(situation, wish, found),
        product_ids=tuple(hit.product.id for hit in found.hits),
        filters=found.filters,
        wish=wish,
        confidence=0.9 if _fits(found) else 0.6,
    )


def _intent(situation: Situation) -> Intent:
    """Who asks "do you have THE blue dress in medium?" asks for a variant of a product the customer knows."""
    said = situation.said
    short = len(said.text.split()) <= _SHORT
    if (short or said.has("question")) and said.has("definite") and said.filters.sizes and said.noun:
        return Intent.VARIANT_QUESTION
    return Intent.PRICE_INQUIRY if said.has("price_question", "cheap") else Intent.PRODUCT_SEARCH


def _text(situation: Situation, wish: Wish, found: Found) -> str:
    desk = situation.desk
    if not found.hits:
        return desk.say("nothing", notify=notify(desk))
    if name := _unknown_name(situation, found):
        return desk.say("unknown_product", name=name, notify=notify(desk))
    if situation.said.has("price_question") and len(found.hits) == 1 and _fits(found):
        product = found.hits[0].product
        return desk.say("price_of", name=product.name, price=product_price(desk, product))
    what = [*(desk.say(f"excuse_{part}") for part in found.left_out), *found.missing]
    understood = label(desk, wish)
    key = "closest" if found.near and situation.said.has("sells") else _key(found, understood)
    return desk.say(key, wish=understood, what=joined(desk, what), notify=notify(desk))


def _fits(found: Found) -> bool:
    return not (found.far or found.near or found.left_out or found.missing)


def _key(found: Found, understood: str) -> str:
    if found.far:
        return "closest"
    if found.left_out or found.missing:
        return "relaxed"
    if not understood:
        return "found_all"
    if found.near:
        return "near"
    return "found_one" if len(found.hits) == 1 else "found"


def _unknown_name(situation: Situation, found: Found) -> str:
    """As in "the Aurora dress": words written like a name that no product has."""
    desk = situation.desk
    shouted = situation.said.text.isupper()
    if shouted or not desk.language.names_are_capitalised or desk.turn.surface == "comment":
        return ""
    known = {token for hit in found.hits for token in tokens_of(searchable_text(hit.product))}
    strange = set(situation.said.words) - known
    said = situation.said
    short = len(said.text.split()) <= _SHORT
    for match in _NAME.finditer(said.text):
        after = situation.shelf.stems(tokens_of(said.text[match.start() :]))[: len(match.group().split()) + 1]
        if strange.intersection(tokens_of(match.group())) and (short or set(after) & set(said.noun)):
            return match.group()
    return ""
