"""An answer becomes a reply: checked, disclosed, cut to what the surface takes, with its cards."""

from dataclasses import replace
from zlib import crc32

from agent import cards
from agent.answer import Answer
from agent.desk import Desk
from agent.disclosure import disclosed
from agent.grounding import Grounding
from agent.memory import remember
from agent.opening import back_again
from agent.words import says
from models.turn import Card, Handover, Intent, Part, PartType, Reply, RestockWish

DM_BYTES = 1000


def compose(desk: Desk, answer: Answer, rung: str) -> Reply:
    answer = with_return(desk, ground(desk, handed_over_by_word(desk, answer)))
    shown = cards.cards(answer, desk.seen, desk.language)
    with desk.trace.step("compose", products=[one.product_id for one in shown]):
        comment = desk.turn.surface == "comment"
        parts = (_comment if comment else _messages)(desk, answer.text, shown)
    return Reply(
        parts=parts,
        cards=shown,
        intent=answer.intent,
        confidence=answer.confidence,
        filters=answer.filters,
        memory=remember(desk.turn, answer, tuple(one.product_id for one in shown), desk.language.code),
        rung=rung,
        handover=next((one for one in answer.effects if isinstance(one, Handover)), None),
        restock_wishes=tuple(one for one in answer.effects if isinstance(one, RestockWish)),
        steps=desk.trace.steps,
        cost_microdollars=round(desk.cost_microdollars),
    )


def ground(desk: Desk, answer: Answer) -> Answer:
    """The last word on a text: what is still not true is replaced by a template that is."""
    with desk.trace.step("grounding") as data:
        grounding = Grounding(desk.turn, desk.seen)
        found = grounding.check(answer.text, answer.product_ids, answer.filters)
        if not found:
            return answer
        data |= {"status": "failed", "reason": found[0], "found": found, "text": answer.text}
    known = tuple(one for one in answer.product_ids if one in desk.seen.products)
    return replace(answer, product_ids=known, text=_plain(desk, answer, known))


def _plain(desk: Desk, answer: Answer, known: tuple[str, ...]) -> str:
    """True whatever was found. Who is handed over is told so."""
    if _hands_over(answer):
        return handed_over(desk)
    return desk.say("plain_found") if known else desk.say("plain_nothing", contact=contact(desk))


def handed_over(desk: Desk, key: str = "handed_over") -> str:
    """That a person takes over, in the merchant's own words if there are any."""
    return desk.turn.merchant.handover.text or desk.say(key, contact=contact(desk)).strip()


def handed_over_by_word(desk: Desk, answer: Answer) -> Answer:
    """What the merchant's people want to answer themselves, whoever drafted this."""
    turn = desk.turn
    keyword = next((one for one in turn.merchant.handover.keywords if says(turn.text, one)), None)
    if keyword is None or _hands_over(answer):
        return answer
    handover = Handover(reason=f"The customer wrote “{keyword}”.")
    return replace(
        answer,
        intent=Intent.SUPPORT,
        product_ids=(),
        text=handed_over(desk),
        effects=(*answer.effects, handover),
    )


def with_return(desk: Desk, answer: Answer) -> Answer:
    """Who is handed over while nobody is there is told when somebody will be."""
    turn = desk.turn
    if not _hands_over(answer):
        return answer
    back = back_again(turn.merchant, turn.now, desk.language, turn.id)
    return replace(answer, text=f"{answer.text} {back}".strip())


def _hands_over(answer: Answer) -> bool:
    return any(isinstance(effect, Handover) for effect in answer.effects)


def contact(desk: Desk) -> str:
    """How to reach the shop, as a sentence; nothing when it told us no way."""
    ways = ", ".join(_ways(desk))
    return desk.say("contact", ways=ways) if ways else ""


def notify(desk: Desk) -> str:
    """An offer to tell the customer once there is what was asked for; too long for a comment."""
    ways = _ways(desk) if desk.turn.surface == "dm" else ()
    return desk.say("notify", way=ways[0]) if ways else ""


def _ways(desk: Desk) -> tuple[str, ...]:
    shop = desk.turn.merchant.contact
    return tuple(way for way in (shop.email, shop.phone, shop.url) if way)


def _messages(desk: Desk, text: str, shown: tuple[Card, ...]) -> tuple[Part, ...]:
    texts = tuple(
        Part(type=PartType.TEXT, text=one)
        for one in split(disclosed(desk.turn, desk.language, text), DM_BYTES)
    )
    if not shown:
        return texts
    return (*texts, Part(type=PartType.CARDS, text=cards.listed(shown), cards=shown))


def _comment(desk: Desk, text: str, shown: tuple[Card, ...]) -> tuple[Part, ...]:
    """Privately as in a direct message, and a line under the comment that says so.

    Nothing of the answer is public: prices change, and what a stranger wrote is not repeated. Live and
    under another comment there is no such line.
    """
    turn, private = desk.turn, _messages(desk, text, shown)
    if turn.live or turn.in_thread or not turn.merchant.comments.public_reply:
        return private
    return (*private, Part(type=PartType.COMMENT, text=_public_line(desk)))


def _public_line(desk: Desk) -> str:
    own = desk.turn.merchant.comments.public_replies
    return own[crc32(desk.turn.id.encode()) % len(own)] if own else desk.say("comment_reply")


def split(text: str, most: int) -> list[str]:
    """Pieces of at most `most` UTF-8 bytes: between paragraphs if possible, else sentences, else words."""
    pieces = []
    while len(text.encode()) > most:
        head = text.encode()[:most].decode(errors="ignore")
        cut = next(
            (at for mark in ("\n\n", "\n", ". ", "! ", "? ", " ") if (at := _after(head, mark)) > 0),
            len(head),
        )
        pieces.append(text[:cut].strip())
        text = text[cut:].strip()
    return [piece for piece in (*pieces, text) if piece]


def _after(head: str, mark: str) -> int:
    at = head.rfind(mark)
    return at + len(mark) if at > 0 else 0
