"""What the assistant would answer, with settings that nobody has saved. Nothing is kept but what it cost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from channels import simulator
from models.merchant import Merchant
from models.turn import Memory, PartType, Reply, Turn
from store import spending
from store.database import autocommit
from web.deps import Shopkeep


@dataclass(frozen=True, slots=True)
class Draft:
    """`names` are the products it would show. `rung`: what of the ladder answered."""

    question: str
    text: str
    names: tuple[str, ...]
    rung: str
    handed_over: bool
    microdollars: int


async def draft_all(here: Shopkeep, shop: Merchant, questions: Sequence[str]) -> list[Draft]:
    """Of a customer who has been told already that this is automated; the day's budget holds here, too."""
    async with autocommit(here.engine) as connection:
        spent = await spending.today(connection, shop.id)
    replies = await asyncio.gather(
        *(here.gateway.draft(_turn(shop, question, spent)) for question in questions)
    )
    cost = sum(reply.cost_microdollars for reply in replies)
    if cost:
        async with autocommit(here.engine) as connection:
            await spending.add(connection, shop.id, cost)
    return [_draft(question, reply) for question, reply in zip(questions, replies, strict=True)]


def _turn(shop: Merchant, question: str, spent: int) -> Turn:
    return Turn(
        id=f"draft-{uuid4().hex}",
        merchant=shop,
        channel=simulator.NAME,
        surface="dm",
        text=question,
        memory=Memory(disclosed=True),
        now=datetime.now(UTC),
        spent_microdollars=spent,
    )


def _draft(question: str, reply: Reply) -> Draft:
    return Draft(
        question=question,
        text="\n".join(part.text for part in reply.parts if part.type is PartType.TEXT),
        names=tuple(card.name for card in reply.cards),
        rung=reply.rung,
        handed_over=reply.handover is not None,
        microdollars=reply.cost_microdollars,
    )
