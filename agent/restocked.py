"""What a customer has waited for can be bought again: told once, before anything else."""

from dataclasses import replace

from agent import cards
from agent.desk import Desk
from agent.disclosure import disclosed
from models.product import Product, Variant
from models.search import NO_FILTERS
from models.turn import Intent, Part, PartType, Reply, RestockWish

SOLD_OUT_AGAIN = "sold_out_again"
NOT_TOLD = "not_told"  # the next message is answered with it


async def tell(desk: Desk) -> Reply:
    """What is sold out again meanwhile is wished for as before."""
    turn = desk.turn
    found = {one.id: one for one in await desk.products([wish.product_id for wish in turn.restocked])}
    back, gone = [], []
    for wish in turn.restocked:
        product = found.get(wish.product_id)
        variant = _buyable(product, wish) if product else None
        if product and variant:
            desk.seen.choose(product.id, variant)
            back.append(cards.card(product, variant, desk.language))
        elif product:
            gone.append(wish)
    shown = tuple(back)
    said = disclosed(turn, desk.language, _words(desk, [card.name for card in shown]))
    parts = (
        Part(type=PartType.TEXT, text=said),
        Part(type=PartType.CARDS, text=cards.listed(shown), cards=shown),
    )
    return Reply(
        parts=parts if shown else (),
        cards=shown,
        intent=Intent.PRODUCT_SEARCH,
        confidence=1.0,
        filters=NO_FILTERS,
        memory=replace(turn.memory, focus=tuple(card.product_id for card in shown)) if shown else turn.memory,
        rung="rules",
        restock_wishes=tuple(gone),
        told=tuple(wish.product_id for wish in turn.restocked),
        silence=None if shown else SOLD_OUT_AGAIN,
        steps=desk.trace.steps,
    )


def before(news: Reply, reply: Reply) -> Reply:
    """One reply of the two. What the answer shows is what "it" means from then on."""
    return replace(
        reply,
        parts=(*news.parts, *reply.parts),
        cards=(*news.cards, *reply.cards),
        told=news.told,
        memory=reply.memory if reply.cards else replace(reply.memory, focus=news.memory.focus),
        restock_wishes=(*news.restock_wishes, *reply.restock_wishes),
    )


def _words(desk: Desk, names: list[str]) -> str:
    return desk.say("back_one", name=names[0]) if len(names) == 1 else desk.say("back_many")


def _buyable(product: Product, wish: RestockWish) -> Variant | None:
    wished = [one for one in product.variants if one.id in wish.variant_ids or not wish.variant_ids]
    buyable = [one for one in wished if one.sellable and product.is_active]
    return min(buyable, key=lambda one: one.price_minor, default=None)
