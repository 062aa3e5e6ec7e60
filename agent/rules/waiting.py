"""What is sold out can be waited for: offered, asked for, agreed to."""

from agent.answer import Answer
from agent.restock import wish_for
from agent.rules.situation import Situation
from models.product import Product
from models.turn import Intent, RestockWish


async def agreed(situation: Situation) -> Answer | None:
    """A "yes" to the offer of the last reply."""
    offer, said, desk = situation.desk.turn.memory.offer, situation.said, situation.desk
    if offer is None or not said.has("yes") or said.has_wish:
        return None
    product = next(iter(await desk.products([offer.product_id])), None)
    return _noted(situation, product, offer) if product else None


async def notify(situation: Situation) -> Answer | None:
    """As in "let me know when the blue one is back in M"."""
    said, product = situation.said, situation.about()
    if not said.has("notify") or product is None:
        return None
    wish = wish_for(product, said.filters.colors, said.filters.sizes) or wish_for(product)
    return _noted(situation, product, wish) if wish else None


def _noted(situation: Situation, product: Product, wish: RestockWish) -> Answer:
    text = situation.desk.say("notify_yes", name=product.name)
    return situation.answer(Intent.VARIANT_QUESTION, text, restock=wish, confidence=0.9)
