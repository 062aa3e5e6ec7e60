"""What a model is told of one turn, after the instructions that all turns share."""

import json
from dataclasses import dataclass
from typing import Any

from agent.desk import Desk
from agent.instructions import RULES, VOICES
from models.message import Role
from models.search import Facets
from models.turn import Turn

# Of a shop's categories and brands, the commonest first.
_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How much a rung of the ladder tells its model."""

    messages: int
    with_faq: bool


FULL = Context(messages=10, with_faq=True)
SHORT = Context(messages=2, with_faq=False)


def messages(desk: Desk, context: Context, facets: Facets) -> list[dict[str, Any]]:
    turn = desk.turn
    history = turn.history[-context.messages :]
    return [
        {"role": "system", "content": RULES},
        {"role": "system", "content": _shop(turn, context, facets)},
        {"role": "system", "content": _moment(desk)},
        *(
            {"role": "user" if one.role is Role.CUSTOMER else "assistant", "content": one.text}
            for one in history
        ),
        {"role": "user", "content": _said(turn)},
    ]


def _shop(turn: Turn, context: Context, facets: Facets) -> str:
    shop = turn.merchant
    facts: dict[str, Any] = {"shop": shop.name, "currency": shop.currency, "policies": shop.policies}
    facts["contact"] = {"email": shop.contact.email, "phone": shop.contact.phone, "url": shop.contact.url}
    facts["categories"], facts["brands"] = facets.categories[:_MOST], facets.brands[:_MOST]
    if context.with_faq:
        facts["faq"] = [{"question": one.question, "answer": one.answer} for one in shop.faq]
    voice = VOICES.get(shop.voice.lower(), shop.voice)
    return f"The shop: {json.dumps(facts, ensure_ascii=False)}\nYour voice: {voice}"


def _moment(desk: Desk) -> str:
    turn, memory = desk.turn, desk.turn.memory
    known = {
        "date": turn.now.date().isoformat(),
        "products shown last, in order": list(memory.focus),
        "looking for": memory.wish.query,
        "likes": {"colors": memory.preferences.colors, "sizes": memory.preferences.sizes},
        "earlier": memory.summary,
    }
    length = "one line of at most 150 characters" if turn.surface == "comment" else "at most 60 words"
    return (
        f"This customer: {json.dumps(known, ensure_ascii=False)}\n"
        f"Write {length}, in the language of the customer's last message (probably {desk.language.name})."
    )


def _said(turn: Turn) -> str:
    attached = f"[attached, cannot be seen: {', '.join(turn.attachments)}]" if turn.attachments else ""
    return "\n".join(one for one in (turn.text, attached) if one) or "[empty message]"
