"""What is kept about a customer after a turn."""

from agent.answer import Answer
from models.search import Filters
from models.turn import Memory, Preferences

# What a customer liked long ago says little; what was asked last stands last.
MOST_LIKED = 10


def remember(memory: Memory, answer: Answer, shown: tuple[str, ...], language: str) -> Memory:
    return Memory(
        preferences=learn(memory.preferences, answer.wish.filters),
        wish=answer.wish,
        focus=shown or memory.focus,
        summary=memory.summary,
        language=language,
        disclosed=True,
    )


def learn(known: Preferences, asked: Filters) -> Preferences:
    return Preferences(
        price_min=known.price_min if asked.price_min is None else asked.price_min,
        price_max=known.price_max if asked.price_max is None else asked.price_max,
        colors=_newest_last(known.colors, asked.colors),
        sizes=_newest_last(known.sizes, asked.sizes),
        categories=_newest_last(known.categories, asked.categories),
        brands=_newest_last(known.brands, asked.brands),
    )


def _newest_last(known: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    return (*(one for one in known if one not in asked), *asked)[-MOST_LIKED:]
