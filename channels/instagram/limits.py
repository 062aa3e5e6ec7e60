"""What Instagram takes: sizes of a bubble, calls in a second."""

from collections.abc import Sequence

from channels.cutting import shorten, split, utf16_units
from channels.instagram.links import absolute
from channels.pace import Rate
from models.turn import Card, Part, PartType

TEXT_BYTES = 1000
# Nowhere documented; long comments are not read either.
COMMENT_CHARACTERS = 300
CARDS = 10

# Instagram takes 100 texts and 10 templates a second. No second of ours exceeds per_s + burst, a tenth less:
# what left in order may arrive in a bunch.
TEXT_RATE = Rate(per_s=80, burst=10)
CARDS_RATE = Rate(per_s=8, burst=1)
# 750 in an hour, and room for another burst of a process that began anew.
PRIVATE_REPLY_RATE = Rate(per_s=0.19, burst=30)
# By how many people see the account; the floor is not documented.
COMMENT_RATE = Rate(per_s=0.5, burst=10)


def fit(parts: Sequence[Part], *, comment: bool, app_url: str) -> tuple[Part, ...]:
    """`app_url` is where relative links live."""
    return fit_comment(parts, app_url) if comment else fit_message(parts)


def fit_message(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(piece for part in parts for piece in _pieces(part))


def fit_comment(parts: Sequence[Part], app_url: str) -> tuple[Part, ...]:
    """One private message, the only one a comment allows, and one public line after it.

    Only text is documented for the private one: cards are written out, as many as fit whole.
    """
    private = [part for part in parts if part.type is not PartType.COMMENT]
    text = shorten("\n\n".join(part.text for part in private if not part.cards), TEXT_BYTES)
    shown: list[Card] = []
    for card in (card for part in private for card in part.cards):
        longer = f"{text}\n\n{_written(card, app_url)}".strip()
        if len(longer.encode()) <= TEXT_BYTES:
            text, shown = longer, [*shown, card]
    lines = (shorten(part.text, COMMENT_CHARACTERS, utf16_units) for part in parts if part not in private)
    return (
        *((Part(type=PartType.TEXT, text=text, cards=tuple(shown)),) if text else ()),
        *(Part(type=PartType.COMMENT, text=line) for line in lines if line),
    )


def _written(card: Card, app_url: str) -> str:
    line, url = f"{card.name} – {card.text}" if card.text else card.name, absolute(card.url, app_url)
    return f"{line}\n{url}" if url else line


def _pieces(part: Part) -> list[Part]:
    if part.type is PartType.CARDS and part.cards:
        chunks = [part.cards[start : start + CARDS] for start in range(0, len(part.cards), CARDS)]
        # The plain rendering is of all cards; the first carousel keeps it.
        return [
            Part(type=part.type, text="" if number else part.text, cards=chunk)
            for number, chunk in enumerate(chunks)
        ]
    return [Part(type=PartType.TEXT, text=piece) for piece in split(part.text, TEXT_BYTES)]
