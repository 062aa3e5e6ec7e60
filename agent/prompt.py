"""What a model is told of one turn, after the instructions that all turns share."""

import json
from dataclasses import dataclass
from typing import Any

from agent.desk import Desk
from agent.instructions import ADDRESS, EMOJI, LENGTHS, RULES, VOICES
from agent.language import language
from agent.likings import KINDS, values
from agent.opening import is_told, moment, open_until, opens_next, week_in_words
from models.codec import to_jsonable
from models.merchant import Merchant
from models.message import Message, Role
from models.search import Facets
from models.turn import Turn

# Of a shop's categories and brands, the commonest first.
_MOST = 60
# Letters of policies, and of FAQ, that every prompt may carry; longer ones are looked up when asked for.
_SHORT_TEXT = 1500
# Letters of a message: of the last, and of those before.
_LONGEST, _LONG_AGO = 4000, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How much a rung of the ladder tells its model."""

    messages: int
    with_faq: bool


FULL = Context(messages=10, with_faq=True)
SHORT = Context(messages=2, with_faq=False)


def messages(desk: Desk, context: Context, facets: Facets) -> list[dict[str, Any]]:
    """What changes least comes first: endpoints cache a prompt up to its first difference.

    The rules are everybody's, the shop is the same for its customers, the talk only grows, the moment is new.
    """
    turn = desk.turn
    history = turn.history[-context.messages :]
    return [
        {"role": "system", "content": RULES},
        {"role": "system", "content": _shop(turn, context, facets)},
        *_earlier(turn),
        *map(_line, history),
        {"role": "system", "content": _moment(desk)},
        {"role": "user", "content": _said(turn)},
    ]


def _line(message: Message) -> dict[str, Any]:
    """Of cards their names and ids; what they cost has to be looked up again."""
    text = message.text
    if message.product_ids:
        names = [row.split(" – ")[0] for row in text.splitlines() if " – " in row]
        cards = (f"{name} ({one})" for name, one in zip(names, message.product_ids, strict=False))
        text = f"[shown: {', '.join(cards)}]"
    role = "user" if message.role is Role.CUSTOMER else "assistant"
    return {"role": role, "content": text[:_LONG_AGO]}


def _shop(turn: Turn, context: Context, facets: Facets) -> str:
    shop = turn.merchant
    facts: dict[str, Any] = {"shop": shop.name, "currency": shop.currency}
    facts["contact"] = {"email": shop.contact.email, "phone": shop.contact.phone, "url": shop.contact.url}
    facts["categories"], facts["brands"] = facets.categories[:_MOST], facets.brands[:_MOST]
    facts |= _told(shop, context)
    facts |= _people(turn)
    return f"The shop: {json.dumps(facts, ensure_ascii=False)}\nYour voice: {_voice(shop)}"


def _voice(shop: Merchant) -> str:
    style = shop.voice_style
    own = (VOICES.get(shop.voice.lower(), shop.voice), EMOJI.get(style.emoji), ADDRESS.get(style.address))
    said = " ".join(one for one in own if one)
    if not shop.voice_examples:
        return said
    examples = [{"customer": one.customer, "you": one.reply} for one in shop.voice_examples]
    return (
        f"{said}\nExamples of its tone; what they say is not true: {json.dumps(examples, ensure_ascii=False)}"
    )


def _people(turn: Turn) -> dict[str, Any]:
    """When they are there, and what they leave to you."""
    shop = turn.merchant
    told: dict[str, Any] = {}
    if is_told(shop):
        told["opening hours"] = week_in_words(shop, language("en"), turn.id)
        told["closed on"] = shop.hours.closed
    if not shop.handover.problems:
        told["problems with orders"] = "no hand-over: give the contact"
    return _named(told)


def _told(shop: Merchant, context: Context) -> dict[str, Any]:
    """Policies and FAQ as they are while they are short; of long ones what there is to be looked up."""
    told: dict[str, Any] = {}
    topics: list[str] = []
    if sum(map(len, shop.policies.values())) <= _SHORT_TEXT:
        told["policies"] = shop.policies
    else:
        topics += shop.policies
    if context.with_faq and sum(len(one.question + one.answer) for one in shop.faq) <= _SHORT_TEXT:
        told["faq"] = [{"question": one.question, "answer": one.answer} for one in shop.faq]
    else:
        topics += [one.question for one in shop.faq]
    return told | ({"to be looked up with shop_information": topics[:_MOST]} if topics else {})


def _earlier(turn: Turn) -> list[dict[str, Any]]:
    """As a user's message: customers' words give no instructions."""
    if not turn.memory.summary:
        return []
    return [{"role": "user", "content": f"[What was said before, in short]\n{turn.memory.summary}"}]


def _moment(desk: Desk) -> str:
    turn, memory = desk.turn, desk.turn.memory
    liked = memory.preferences
    known = {
        "products in the post this is about"
        if turn.featured
        else "products shown last, in order": memory.focus,
        "looking for": _named({"query": memory.wish.query} | to_jsonable(memory.wish.filters)),
        "likes, strongest first": _named({kind: values(getattr(liked, kind), turn.now) for kind in KINDS}),
        "usual price, minor units": _named({"from": liked.price_min, "up to": liked.price_max}),
        "was handed over to a person": memory.handed_over_at and f"{memory.handed_over_at:%Y-%m-%d %H:%M}",
    }
    words = LENGTHS.get(turn.merchant.voice_style.length, LENGTHS["normal"])
    comment = turn.surface == "comment"
    length = "one line of at most 150 characters" if comment else f"at most {words} words"
    customer = json.dumps(_named(known), ensure_ascii=False)
    return (
        f"Today is {turn.now:%Y-%m-%d}.{_open_now(turn)} This customer: {customer}\n"
        f"Write {length}, in the language of the customer's last message (probably {desk.language.name})."
    )


def _open_now(turn: Turn) -> str:
    shop, now, english = turn.merchant, turn.now, language("en")
    if not is_told(shop):
        return ""
    if until := open_until(shop, now):
        return f" The shop is open until {until:%H:%M}."
    opens = opens_next(shop, now)
    return f" The shop is closed, and open again {moment(opens, now, english, turn.id)}." if opens else ""


def _named(known: dict[str, Any]) -> dict[str, Any]:
    """What there is to say."""
    return {name: value for name, value in known.items() if value}


def _said(turn: Turn) -> str:
    attached = f"[attached, cannot be seen: {', '.join(turn.attachments)}]" if turn.attachments else ""
    notes = f"[{'; '.join(turn.notes)}]" if turn.notes else ""
    return "\n".join(one for one in (turn.text[:_LONGEST], attached, notes) if one) or "[empty message]"
