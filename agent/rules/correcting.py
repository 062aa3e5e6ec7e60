"""What a message says of the customer beside its wish: a new size, what is liked no more, a fresh start."""

from collections.abc import Iterator

from agent.effects import Effect, Forget, Prefer, StartOver
from agent.rules.attributes import refused_colors
from agent.rules.situation import Situation
from models.search import Filters


def corrections(situation: Situation) -> Iterator[Effect]:
    said = situation.said
    if said.has("own_size") and said.filters.sizes:
        yield Prefer(filters=Filters(sizes=said.filters.sizes))
    refused = refused_colors(said.text, situation.shelf, situation.desk.language)
    if refused or said.has("any_price"):
        yield Forget(values=refused, price=said.has("any_price"))
    if said.has("reset", "forget_me"):
        yield StartOver(preferences=said.has("forget_me"))
