"""What Instagram takes: sizes of a bubble, calls in a second."""

from collections.abc import Sequence

from channels.cutting import shorten, split
from channels.pace import Rate
from models.turn import Part, PartType

TEXT_BYTES = 1000
# Nowhere documented; long comments are not read either.
COMMENT_CHARACTERS = 300
CARDS = 10

# Rate promises that no second exceeds per_s + burst: 100 texts, 10 templates.
TEXT_RATE = Rate(per_s=90, burst=10)
CARDS_RATE = Rate(per_s=9, burst=1)
# 750 in an hour.
PRIVATE_REPLY_RATE = Rate(per_s=0.2, burst=30)


def fit(parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:
    return fit_private_reply(parts) if comment else fit_message(parts)


def fit_message(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(piece for part in parts for piece in _pieces(part))


def fit_private_reply(parts: Sequence[Part]) -> tuple[Part, ...]:
    """A comment may be answered by one message, and only text is documented for it."""
    text = shorten("\n\n".join(part.text for part in parts if part.text.strip()), TEXT_BYTES)
    return (Part(type=PartType.TEXT, text=text),) if text else ()


def _pieces(part: Part) -> list[Part]:
    if part.type is PartType.CARDS and part.cards:
        chunks = [part.cards[start : start + CARDS] for start in range(0, len(part.cards), CARDS)]
        # The plain rendering is of all cards; the first carousel keeps it.
        return [
            Part(type=part.type, text="" if number else part.text, cards=chunk)
            for number, chunk in enumerate(chunks)
        ]
    return [Part(type=PartType.TEXT, text=piece) for piece in split(part.text, TEXT_BYTES)]
