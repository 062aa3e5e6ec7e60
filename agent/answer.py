"""How both agents end a turn: the same structure, from which code makes the reply."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from agent.effects import Effect, Forget, Prefer, StartOver
from agent.forms import FiltersForm, Form
from models.search import NO_FILTERS, Filters
from models.turn import Handover, Intent, RestockWish, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`filters` is what the shown products satisfy; `wish` what the customer is looking for from now on.

    `said` is what of it this turn's message named; `offer` what a "yes" to the text would ask for.
    """

    intent: Intent
    confidence: float
    filters: Filters = NO_FILTERS
    product_ids: tuple[str, ...] = ()
    text: str
    effects: tuple[Effect, ...] = ()
    wish: Wish = field(default_factory=Wish)
    said: Filters = NO_FILTERS
    offer: RestockWish | None = None


class HandoverForm(Form):
    kind: Literal["handover"]
    reason: str = Field(description="Why a person should take over, for the shop's staff.")


class NotifyForm(Form):
    kind: Literal["notify"]
    product_id: str
    color: str | None
    size: str | None


class PreferForm(Form):
    kind: Literal["prefer"]
    colors: list[str]
    sizes: list[str]
    categories: list[str]
    brands: list[str]


class ForgetForm(Form):
    kind: Literal["forget"]
    values: list[str] = Field(description="Colours, sizes, categories, brands.")
    price: bool
    everything: bool


class AnswerForm(Form):
    """End the turn with the reply to the customer. Call it once, after the tools you need."""

    intent: Intent
    confidence: float = Field(description="From 0 to 1, of the intent.")
    filters: FiltersForm = Field(description="What the products you show satisfy.")
    product_ids: list[str] = Field(description="To be shown as cards, best first.")
    text: str = Field(description="The message, in the customer's language.")
    effects: list[HandoverForm | NotifyForm | PreferForm | ForgetForm]

    def answer(self, currency: str) -> Answer:
        """Without its wish and without what needs the catalogue. ValueError when a price is none."""
        return Answer(
            intent=self.intent,
            confidence=min(1.0, max(0.0, self.confidence)),
            filters=self.filters.filters(currency),
            product_ids=tuple(dict.fromkeys(self.product_ids)),
            text=self.text.strip(),
            effects=tuple(_effect(one) for one in self.effects if not isinstance(one, NotifyForm)),
        )

    @property
    def notify(self) -> list[NotifyForm]:
        return [one for one in self.effects if isinstance(one, NotifyForm)]


def _effect(form: HandoverForm | PreferForm | ForgetForm) -> Effect:
    match form:
        case HandoverForm():
            return Handover(reason=form.reason)
        case PreferForm():
            return Prefer(
                filters=Filters(
                    colors=tuple(form.colors),
                    sizes=tuple(form.sizes),
                    categories=tuple(form.categories),
                    brands=tuple(form.brands),
                )
            )
        case ForgetForm():
            if form.everything:
                return StartOver(preferences=True)
            return Forget(values=tuple(form.values), price=form.price)
