"""A post, story or ad in which the merchant named products."""

from agent.answer import Answer
from agent.rules.situation import Situation
from agent.rules.wording import product_price
from agent.words import tokens_of
from models.search import NO_FILTERS
from models.turn import Intent

# Who says one of these speaks of something else.
_ELSEWHERE = ("thanks", "bye", "no", "reset", "popular", "vague", "more")


async def without_words(situation: Situation) -> Answer | None:
    """A post that is shared, and nothing said."""
    return None if tokens_of(situation.desk.turn.text) else _products_of(situation)


async def featured(situation: Situation) -> Answer | None:
    """Under it, words that ask for nothing else: "LINK", "info please", "any pockets?"."""
    said = situation.said
    if said.noun or said.filters != NO_FILTERS or said.has(*_ELSEWHERE):
        return None
    return _products_of(situation)


def _products_of(situation: Situation) -> Answer | None:
    desk, shown = situation.desk, situation.focus
    if not desk.turn.featured or not shown:
        return None
    if len(shown) == 1:
        text = desk.say("in_post_one", name=shown[0].name, price=product_price(desk, shown[0]))
    else:
        text = desk.say("in_post")
    return situation.answer(
        Intent.PRODUCT_SEARCH, text, product_ids=tuple(one.id for one in shown), confidence=0.7
    )
