"""What stands beside a conversation: who it is, what is remembered, how long anything can be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from actors.windows import MESSAGE_WINDOW, PERSON_WINDOW
from agent.likings import values
from channels import simulator
from models.search import Filters
from models.turn import Preferences
from store import products
from store.conversations import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`state`: open for everybody until `until`, for a person alone until `until`, or closed.

    `always` on a channel without one; `silent` where the customer has written nothing but comments.
    """

    state: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InView:
    """A product that was shown last. `name` is its id where it is gone."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    conversation: Conversation
    window: Window
    paused: bool
    liked: Filters
    wish: Filters
    focus: Sequence[InView]


async def side(connection: AsyncConnection, conversation: Conversation) -> Side:
    now = datetime.now(UTC)
    memory = conversation.memory
    return Side(
        conversation=conversation,
        window=window_of(conversation, now),
        paused=conversation.paused(now),
        liked=preferred(memory.preferences, now),
        wish=memory.wish.filters,
        focus=await _in_view(connection, conversation),
    )


def preferred(liked: Preferences, now: datetime) -> Filters:
    """The strongest first, as filters have them."""
    return Filters(
        price_min=liked.price_min,
        price_max=liked.price_max,
        colors=tuple(values(liked.colors, now)),
        sizes=tuple(values(liked.sizes, now)),
        categories=tuple(values(liked.categories, now)),
        brands=tuple(values(liked.brands, now)),
    )


def window_of(conversation: Conversation, now: datetime) -> Window:
    if conversation.key.channel == simulator.NAME:
        return Window(state="always")
    spoke_at = conversation.last_customer_at
    if spoke_at is None:
        return Window(state="silent")
    for state, length in (("open", MESSAGE_WINDOW), ("person", PERSON_WINDOW)):
        if now < spoke_at + length:
            return Window(state=state, until=spoke_at + length)
    return Window(state="closed", until=spoke_at + PERSON_WINDOW)


async def _in_view(connection: AsyncConnection, conversation: Conversation) -> Sequence[InView]:
    ids = conversation.memory.focus
    if not ids:
        return ()
    found = await products.get_many(connection, conversation.key.merchant_id, ids)
    return [InView(id=one, name=found[one].product.name if one in found else one) for one in ids]
