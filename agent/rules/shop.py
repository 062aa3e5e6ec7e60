"""Questions about the shop, problems, people, and small talk: everything that shows no product."""

from agent.answer import Answer
from agent.compose import contact
from agent.rules.situation import Situation
from agent.words import Words, tokens_of
from models.merchant import FaqEntry
from models.turn import Intent, Wish

# How much of a stored question must be asked for its answer to fit.
_ENOUGH = 0.6


async def blank(situation: Situation) -> Answer | None:
    turn, desk = situation.desk.turn, situation.desk
    if tokens_of(turn.text):
        return None
    text = desk.say("picture" if turn.attachments else "empty")
    return situation.answer(Intent.GENERAL_QUESTION, text, confidence=0.5)


async def bot(situation: Situation) -> Answer | None:
    if not situation.said.has("bot"):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, situation.desk.say("bot"), confidence=0.9)


async def support(situation: Situation) -> Answer | None:
    """A person is wanted or needed: said why, with the shop's contact."""
    said, desk = situation.said, situation.desk
    if said.has("person"):
        key, reason = "person", "The customer asked for a person."
    elif said.has("problem"):
        key, reason = "support", "The customer has a problem with an order."
    else:
        return None
    text = desk.say(key, contact=contact(desk))
    return situation.answer(Intent.SUPPORT, text, handover=reason, confidence=0.9)


async def shop_question(situation: Situation) -> Answer | None:
    """The shop's own answers, word for word."""
    said, shop = situation.said, situation.desk.turn.merchant
    found = _from_faq(situation) or _from_policies(situation)
    if found:
        return situation.answer(Intent.GENERAL_QUESTION, found, confidence=0.9)
    if not said.policies or said.noun or said.filters.colors or said.pointing.exact:
        return None
    ways = contact(situation.desk)
    if "contact" in said.policies and ways:
        return situation.answer(Intent.GENERAL_QUESTION, ways)
    text = situation.desk.say("policy_unknown", contact=ways, shop=shop.name)
    return situation.answer(Intent.GENERAL_QUESTION, text, confidence=0.5)


def _from_faq(situation: Situation) -> str | None:
    scored = [(_likeness(situation, entry), -at) for at, entry in enumerate(situation.desk.turn.merchant.faq)]
    score, at = max(scored, default=(0.0, 0))
    return situation.desk.turn.merchant.faq[-at].answer if score >= _ENOUGH else None


def _likeness(situation: Situation, entry: FaqEntry) -> float:
    """Of the words of the stored question that say something, how many were asked."""
    stem, filler = situation.shelf.stem, situation.desk.language.filler
    asked = {stem(token) for token in tokens_of(situation.said.text)}
    stored = {stem(token) for token in tokens_of(entry.question) if token not in filler}
    return len(stored & asked) / len(stored) if stored else 0.0


def _from_policies(situation: Situation) -> str | None:
    said = situation.said
    asked = set(tokens_of(said.text))
    for name, text in situation.desk.turn.merchant.policies.items():
        if name.lower() in said.policies or (tokens_of(name) and set(tokens_of(name)) <= asked):
            return text
    return _faq_about(situation)


def _faq_about(situation: Situation) -> str | None:
    """A stored question on the same subject: gift wrapping, payment."""
    policies = situation.desk.language.policies
    for entry in situation.desk.turn.merchant.faq:
        stored = Words(entry.question)
        if any(stored.has(policies[subject]) for subject in situation.said.policies):
            return entry.answer
    return None


async def small_talk(situation: Situation) -> Answer | None:
    said, desk = situation.said, situation.desk
    if said.has_wish or said.pointing.exact:
        return None
    if said.has("reset"):
        return situation.answer(Intent.GENERAL_QUESTION, desk.say("reset"), wish=Wish())
    for sign, key in (("thanks", "thanks"), ("bye", "bye"), ("greeting", "greeting"), ("no", "declined")):
        if said.has(sign) and not said.has("vague", "ask"):
            return situation.answer(Intent.GENERAL_QUESTION, desk.say(key))
    return None


async def lost(situation: Situation) -> Answer | None:
    """Words that ask for nothing we know."""
    if situation.said.has_wish or situation.said.has("any_price", "any_color", "any_size"):
        return None
    return situation.answer(Intent.GENERAL_QUESTION, situation.desk.say("clarify"), confidence=0.3)
