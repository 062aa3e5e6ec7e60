"""A shop that answers: the catalogue, the conversations and the rules are the real ones, in this process."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import EventKind
from store import inbox
from tests.actors.wares import put
from tests.fuzz.world import Actors
from tests.store.rows import CHANNEL, account_of, event, open_shop

WARES = ("Blue dress", "Linen hat", "Mug")


async def open_living_shop(engine: AsyncEngine, actors: Actors) -> None:
    """`m1`, with a connected account and three products."""
    merchant = await open_shop(engine)
    await actors.put(merchant, [put(f"p{number}", name) for number, name in enumerate(WARES)])


async def says(
    actors: Actors, words: str, kind: EventKind = EventKind.MESSAGE, *, answered: bool = True, **rest: Any
) -> int:
    """A customer writes on Instagram. The conversation; `answered` False: it still waits."""
    customer = rest.pop("customer", "990000000000001")
    said = event(
        words,
        kind,
        customer=customer,
        key=uuid4().hex,
        message_id=uuid4().hex,
        **{"at": datetime.now(UTC), "account_id": account_of("m1"), **rest},
    )
    async with actors.engine.begin() as connection:
        (taken,) = await inbox.route(connection, CHANNEL, [said])
    if answered:
        await actors.work(taken.conversation_id)
    return taken.conversation_id
