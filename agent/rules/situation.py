"""What every rule looks at: what was said, what was shown before, and the desk to work on."""

from dataclasses import dataclass

from agent.answer import Answer
from agent.desk import Desk
from agent.rules.shelf import Shelf
from agent.rules.understanding import Understanding
from models.product import Product
from models.search import NO_FILTERS, Filters
from models.turn import Handover, Intent, RestockWish, Wish

# Five products are a choice, three fit under a post.
SHOWN = {"dm": 5, "comment": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    desk: Desk
    said: Understanding
    focus: tuple[Product, ...]
    shelf: Shelf

    @property
    def wish(self) -> Wish:
        """So far; who starts over has none."""
        return Wish() if self.said.has("reset", "forget_me") else self.desk.turn.memory.wish

    @property
    def most(self) -> int:
        return SHOWN.get(self.desk.turn.surface, SHOWN["dm"])

    def pointed(self) -> tuple[Product, ...]:
        return tuple(one for one in self.focus if one.id in self.said.pointing.ids)

    def about(self) -> Product | None:
        """The one product the message is about: the one pointed to first, else the first shown.

        None when it points to one that is gone.
        """
        ids = self.said.pointing.ids
        if self.said.pointing.exact and not self.pointed():
            return None
        return next((one for wanted in ids for one in self.focus if one.id == wanted), None) or next(
            iter(self.focus), None
        )

    def answer(
        self,
        intent: Intent,
        text: str,
        *,
        product_ids: tuple[str, ...] = (),
        filters: Filters = NO_FILTERS,
        wish: Wish | None = None,
        handover: str | None = None,
        restock: RestockWish | None = None,
        offer: RestockWish | None = None,
        confidence: float = 0.8,
    ) -> Answer:
        return Answer(
            intent=intent,
            confidence=confidence,
            filters=filters,
            product_ids=tuple(dict.fromkeys(product_ids))[: self.most],
            # A phrase without its contact leaves two spaces.
            text=text.replace("  ", " ").strip(),
            effects=(*([Handover(reason=handover)] if handover else ()), *([restock] if restock else ())),
            wish=wish or self.wish,
            said=self.said.filters,
            offer=offer,
        )
