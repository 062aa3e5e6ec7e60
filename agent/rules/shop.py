"""Questions about the shop, problems, people, and small talk: everything that shows no product."""

import re
from dataclasses import replace

from agent.answer import Answer
from agent.compose import contact, handed_over
from agent.opening import is_told, opening_hours
from agent.rules.situation import Situation
from agent.rules.understanding import Understanding
from agent.words import Words, tokens_of
from models.merchant import FaqEntry
from models.product import searchable_text
from models.search import NO_FILTERS
from models.turn import Intent, Wish

# How much of a stored question must be asked for its answer to fit.
_ENOUGH = 0.6
_ORDER_NUMBER = re.compile(r"\d{4,}")
# How many of a message's own words an answer must have for it, and a product for being meant.
_MOSTLY, _HALF = 0.6, 0.5
# What is asked about a product as often as about the shop, and what even about a certain one.
_OF_PRODUCTS = frozenset({"returns", "shipping", "payment", "warranty", "care", "sizing"})
_OF_ANY_PRODUCT = frozenset({"returns"})
# What is said of attachments of one kind. A mention in the customer's own story is a favour, no question.
_OF_KIND = {"story_mention": "mentioned", "audio": "voice"}


async def blank(situation: Situation) -> Answer | None:
    turn, desk = situation.desk.turn, situation.desk
    if tokens_of(turn.text):
        return None
    key = "picture" if turn.attachments else "empty"
    if len(set(turn.attachments)) == 1:
        key = _OF_KIND.get(turn.attachments[0], key)
    return situation.answer(Intent.GENERAL_QUESTION, desk.say(key), confidence=0.5)


async def bot(situation: Situation) -> Answer | None:
    if not situation.said.has("bot"):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, situation.desk.say("bot"), confidence=0.9)


async def support(situation: Situation) -> Answer | None:
    """A person is wanted or needed: said why, with the shop's contact."""
    said, desk = situation.said, situation.desk
    if said.has("person"):
        key, reason = "person", "The customer asked for a person."
    elif said.has("problem") or (said.has("order") and _ORDER_NUMBER.search(said.text)):
        key, reason = "support", "The customer has a problem with an order."
    else:
        return None
    if key == "support" and not desk.turn.merchant.handover.problems:
        text = desk.say("support_contact", contact=contact(desk))
        return situation.answer(Intent.SUPPORT, text, confidence=0.9)
    return situation.answer(Intent.SUPPORT, handed_over(desk, key), handover=reason, confidence=0.9)


async def shop_question(situation: Situation) -> Answer | None:
    """The shop's own answers, word for word."""
    subjects, ways = _subjects(situation.said), contact(situation.desk)
    found = _from_faq(situation) or _from_policies(situation, subjects)
    if not found and "hours" in subjects:
        found = _hours(situation)
    if not found and "contact" in subjects:
        found = ways
    found = found or _faq_about(situation, subjects)
    if found:
        return situation.answer(Intent.GENERAL_QUESTION, found, confidence=0.9)
    if not subjects or situation.said.noun or situation.said.pointing.exact:
        return None
    text = situation.desk.say("policy_unknown", contact=ways)
    return situation.answer(Intent.GENERAL_QUESTION, text, confidence=0.5)


def _hours(situation: Situation) -> str | None:
    turn = situation.desk.turn
    if not is_told(turn.merchant):
        return None
    return opening_hours(turn.merchant, turn.now, situation.desk.language, turn.id)


def _subjects(said: Understanding) -> frozenset[str]:
    """Beside a product many words mean something else: "open-toe shoes" asks for no opening hours."""
    if not said.noun:
        return said.policies
    only_kind = replace(said.filters, categories=()) == NO_FILTERS
    return said.policies & (_OF_PRODUCTS if only_kind else _OF_ANY_PRODUCT)


def _from_faq(situation: Situation) -> str | None:
    scored = [(_likeness(situation, entry), -at) for at, entry in enumerate(situation.desk.turn.merchant.faq)]
    score, at = max(scored, default=(0.0, 0))
    return situation.desk.turn.merchant.faq[-at].answer if score >= _ENOUGH else None


def _likeness(situation: Situation, entry: FaqEntry) -> float:
    """Of the words of the stored question that say something, how many were asked."""
    stem, filler = situation.shelf.stem, situation.desk.language.filler
    asked = {stem(token) for token in tokens_of(situation.said.text)}
    tokens = tokens_of(entry.question)
    stored = {stem(token) for token in tokens if token not in filler}
    if len(stored) == 1:
        # "Where are your clothes made?" is not asked by everyone who names clothes.
        stored = {stem(token) for token in tokens if token not in situation.desk.language.common}
    return len(stored & asked) / len(stored) if stored else 0.0


def _from_policies(situation: Situation, subjects: frozenset[str]) -> str | None:
    asked = set(tokens_of(situation.said.text))
    for name, text in situation.desk.turn.merchant.policies.items():
        own = set(tokens_of(name))
        if name.lower() in subjects or (own and own <= asked and not situation.said.noun):
            return text
    return None


def _faq_about(situation: Situation, subjects: frozenset[str]) -> str | None:
    """A stored question, else a stored answer, on the same subject: gift wrapping, opening hours."""
    desk = situation.desk
    # Stored answers are in the shop's language, whatever the customer's.
    phrases = {one: (*desk.language.policies[one], *desk.shop_language.policies[one]) for one in subjects}
    entries = situation.desk.turn.merchant.faq
    for entry, text in (*((one, one.question) for one in entries), *((one, one.answer) for one in entries)):
        stored = Words(text)
        if any(stored.has(phrases[subject]) for subject in subjects):
            return entry.answer
    return None


async def small_talk(situation: Situation) -> Answer | None:
    said, desk = situation.said, situation.desk
    if said.has_wish or said.pointing.exact:
        return None
    if said.has("reset", "forget_me"):
        key = "forgotten" if said.has("forget_me") else "reset"
        return situation.answer(Intent.GENERAL_QUESTION, desk.say(key), wish=Wish())
    for sign, key in (("thanks", "thanks"), ("bye", "bye"), ("greeting", "greeting"), ("no", "declined")):
        if said.has(sign) and not said.has("vague", "ask"):
            return situation.answer(Intent.GENERAL_QUESTION, desk.say(key))
    return None


async def unclear(situation: Situation) -> Answer | None:
    """As in "how much is this?" under a picture: no product was shown, and none is named."""
    said = situation.said
    budget = (said.filters.price_min, said.filters.price_max) != (None, None) or said.has("any_price")
    if situation.focus or said.noun or said.words or budget:
        return None
    asks = said.has("price_question", "take") or (said.has("ask") and said.has("pointer"))
    points = said.has("definite", "question") and said.has(
        "pointer", "in_stock", "which_sizes", "other_color"
    )
    if not (asks or points):
        return None
    return situation.answer(Intent.VARIANT_QUESTION, situation.desk.say("which_one"), confidence=0.5)


async def in_the_shop_s_words(situation: Situation) -> Answer | None:
    """Words that name no product and stand in a stored answer: "are you in Portland?", "instalments?"."""
    said, desk = situation.said, situation.desk
    about_kind = said.has("question") and replace(said.filters, categories=()) == NO_FILTERS
    if not said.words or said.pointing.exact or not (about_kind or _names_nothing(said)):
        return None
    stem = situation.shelf.stem
    asked = {stem(word) for word in said.words}
    merchant = desk.turn.merchant
    stored = [(f"{one.question} {one.answer}", one.answer) for one in merchant.faq]
    stored += [(text, text) for text in merchant.policies.values()]
    shares = [len(asked & {stem(token) for token in tokens_of(text)}) / len(asked) for text, _ in stored]
    best = max(shares, default=0.0)
    if best < _MOSTLY or await _sold(situation, asked):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, stored[shares.index(best)][1], confidence=0.6)


def _names_nothing(said: Understanding) -> bool:
    return not said.noun and said.filters == NO_FILTERS


async def _sold(situation: Situation, words: set[str]) -> bool:
    """Whether a product has all of the words."""
    hits = await situation.desk.search(" ".join(situation.said.words), NO_FILTERS)
    stem = situation.shelf.stem
    return any(words <= {stem(one) for one in tokens_of(searchable_text(hit.product))} for hit in hits)


async def off_topic(situation: Situation) -> Answer | None:
    """Talk that asks for no product: its words happen to stand in some, but no product has most of them."""
    said, desk = situation.said, situation.desk
    if said.noun or said.filters != NO_FILTERS or not said.words or said.has("ask", "vague", "polite"):
        return None
    if situation.wish != Wish() and len(said.words) == 1:
        # "Cosier": one word more about the wish so far.
        return None
    stem = situation.shelf.stem
    asked = {stem(word) for word in said.words}
    if asked & situation.shelf.materials:
        return None  # "my wife loves pearls"
    hits = await desk.search(" ".join(said.words), NO_FILTERS)
    own = ({stem(token) for token in tokens_of(searchable_text(hit.product))} for hit in hits)
    if any(len(asked & words) / len(asked) > _HALF for words in own):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, desk.say("clarify"), confidence=0.3)


async def lost(situation: Situation) -> Answer | None:
    """Words that ask for nothing we know."""
    if situation.said.has_wish or situation.said.has("any_price", "any_color", "any_size"):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, situation.desk.say("clarify"), confidence=0.3)
