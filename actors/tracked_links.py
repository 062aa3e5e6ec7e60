"""A reply's links on their way out lead through us, so that a click is counted.

The record of the conversation keeps the shop's own addresses, and so does what is written out as text:
there people read where a link leads.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from models.turn import Card, Part, PartType
from store import links
from store.database import autocommit
from store.outbox import Delivery

# Of randomness in a code: nobody finds one by trying. Written out they are 11 characters.
CODE_BYTES = 8


class TrackedLinks:
    def __init__(self, engine: AsyncEngine, new_code: Callable[[], str]) -> None:
        self._engine = engine
        self._new_code = new_code

    async def put_into(self, delivery: Delivery) -> Part:
        """The part with links of ours on its cards: the same ones when it is sent again."""
        part = delivery.part
        urls = {card.product_id: card.url for card in part.cards if card.url and links.is_web(card.url)}
        if part.type is not PartType.CARDS or delivery.execution_id is None or not urls:
            return part
        async with autocommit(self._engine) as connection:
            codes = await links.make(
                connection,
                merchant_id=delivery.key.merchant_id,
                conversation_id=delivery.conversation_id,
                execution_id=delivery.execution_id,
                urls=urls,
                codes={product_id: self._new_code() for product_id in urls},
            )
        return replace(part, cards=tuple(_led(card, codes.get(card.product_id)) for card in part.cards))


def _led(card: Card, code: str | None) -> Card:
    """Relative: the channel knows under which address we are reached."""
    return replace(card, url=f"/r/{code}") if code else card
