"""Several wishes in one message, each with its own filters: "a dress under 80 and black shoes"."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from agent.answer import Answer
from agent.rules.finding import Found, find
from agent.rules.situation import Situation
from agent.rules.stories import is_story
from agent.rules.understanding import Understanding, understand
from agent.rules.wording import label
from models.search import NO_FILTERS, Filters
from models.turn import Intent, Wish

_MOST_WISHES = 4


# Two of each kind are a choice; together they are at most one carousel.
_CARDS = 6


async def several(situation: Situation) -> Answer | None:
    wishes = _wishes(situation)
    if len(wishes) < 2:  # noqa: PLR2004 - one wish is a plain search
        return None
    found = await asyncio.gather(*(find(situation.desk, wish, situation.shelf) for wish in wishes))
    each = max(2, min(_CARDS, situation.most + 1) // len(wishes))
    ids = dict.fromkeys(hit.product.id for one in found for hit in one.hits[:each])
    answer = situation.answer(Intent.PRODUCT_SEARCH, _text(situation, wishes, found), wish=wishes[-1])
    return replace(answer, product_ids=tuple(ids), filters=_shared([one.filters for one in found]))


def _wishes(situation: Situation) -> list[Wish]:
    """One for each part that names another kind of product."""
    turn, desk = situation.desk.turn, situation.desk
    joints = "|".join(re.escape(" ".join(phrase)) for phrase in desk.language.signs["and"])
    parts = re.split(rf"\s+(?:{joints})\s+|[,;\n&+]|[.!?](?=\s)", turn.text, flags=re.IGNORECASE)
    if len(parts) < 2 or is_story(turn.text):  # noqa: PLR2004 - nothing to divide
        return []
    said = [
        understand(part, (), situation.shelf, desk.language, turn.merchant.currency)
        for part in parts[: _MOST_WISHES * 2]
    ]
    kinds: list[Understanding] = []
    again = False
    for one in said:
        # "... and shoes, the shoes under 60" says more of what was named before.
        same = next((at for at, other in enumerate(kinds) if set(one.noun) & set(other.noun)), None)
        if one.noun and same is None:
            kinds.append(one)
        elif kinds:
            at = len(kinds) - 1 if same is None else same
            again = again or same is not None
            kinds[at] = replace(kinds[at], filters=_filled(kinds[at].filters, one.filters))
    kinds = kinds[:_MOST_WISHES] if again else _trailing(kinds)
    # "Both in size M", "each under 70": of colours alone one is seldom said of all.
    shared = [replace(one.filters, colors=(), categories=()) for one in said if one.has("each")]
    for filters in shared:
        kinds = [replace(one, filters=_filled(one.filters, filters)) for one in kinds]
    return [Wish(query=" ".join((*one.words, *one.noun)), filters=one.filters) for one in kinds]


def _trailing(kinds: list[Understanding]) -> list[Understanding]:
    """What only the last names ("dresses and skirts under 50") is said of all."""
    if len(kinds) < 2 or any(_own(one) != NO_FILTERS for one in kinds[:-1]):  # noqa: PLR2004 - nothing to share
        return kinds[:_MOST_WISHES]
    last = _own(kinds[-1])
    return [replace(one, filters=_filled(one.filters, last)) for one in kinds[:_MOST_WISHES]]


def _own(said: Understanding) -> Filters:
    return replace(said.filters, categories=())


def _filled(filters: Filters, other: Filters) -> Filters:
    """The filters, and where they say nothing those of the other."""
    priced = filters if (filters.price_min, filters.price_max) != (None, None) else other
    return replace(
        filters,
        price_min=priced.price_min,
        price_max=priced.price_max,
        colors=filters.colors or other.colors,
        sizes=filters.sizes or other.sizes,
        brands=filters.brands or other.brands,
    )


def _shared(all_filters: Sequence[Filters]) -> Filters:
    """What holds for every product shown: the widest of the prices, all of the values or none."""
    lows = [one.price_min for one in all_filters]
    highs = [one.price_max for one in all_filters]
    return Filters(
        price_min=None if None in lows else min(low for low in lows if low is not None),
        price_max=None if None in highs else max(high for high in highs if high is not None),
        colors=_union([one.colors for one in all_filters]),
        sizes=_union([one.sizes for one in all_filters]),
        categories=_union([one.categories for one in all_filters]),
        brands=_union([one.brands for one in all_filters]),
    )


def _union(values: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for one in values for value in one)) if all(values) else ()


def _text(situation: Situation, wishes: Sequence[Wish], found: Sequence[Found]) -> str:
    desk, lines = situation.desk, [situation.desk.say("several")]
    for wish, one in zip(wishes, found, strict=True):
        exact = one.hits and not (one.left_out or one.missing or one.far)
        lines.append(desk.say("several_found" if exact else "several_near", wish=label(desk, wish)))
    return "\n".join(lines)
