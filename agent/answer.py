"""How both agents end a turn: the same structure, from which code makes the reply."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from agent.forms import FiltersForm, Form
from models.search import NO_FILTERS, Filters
from models.turn import Handover, Intent, Wish

Effect = Handover


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`filters` is what the shown products satisfy; `wish` what the customer is looking for from now on."""

    intent: Intent
    confidence: float
    filters: Filters = NO_FILTERS
    product_ids: tuple[str, ...] = ()
    text: str
    effects: tuple[Effect, ...] = ()
    wish: Wish = field(default_factory=Wish)


class EffectForm(Form):
    kind: Literal["handover"]
    reason: str = Field(description="Why a person should take over, for the shop's staff.")


class AnswerForm(Form):
    """End the turn with the reply to the customer. Call it once, after the tools you need."""

    intent: Intent
    confidence: float = Field(description="From 0 to 1: how sure you are of the intent.")
    filters: FiltersForm = Field(description="What the products you show satisfy; nulls and [] if nothing.")
    product_ids: list[str] = Field(description="Ids the tools returned, best first, to be shown as cards.")
    text: str = Field(description="The message in the customer's language. Cards carry prices and links.")
    effects: list[EffectForm]

    def answer(self, currency: str, wish: Wish) -> Answer:
        """ValueError when a price is none."""
        return Answer(
            intent=self.intent,
            confidence=min(1.0, max(0.0, self.confidence)),
            filters=self.filters.filters(currency),
            product_ids=tuple(dict.fromkeys(self.product_ids)),
            text=self.text.strip(),
            effects=tuple(Handover(reason=effect.reason) for effect in self.effects),
            wish=wish,
        )
