"""What a channel is to the rest of the house. A second channel is a second folder with this shape."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from channels.pace import Rate
from models.turn import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a part goes. With `comment_id` it answers that comment: publicly, if the part is of that type,
    else by the one private reply the comment allows. `late`: a person answers after the standard window.
    """

    account_id: str
    token: str = field(repr=False)
    customer_id: str
    comment_id: str | None = None
    late: bool = False


class Channel(Protocol):
    name: str

    def fit(self, parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:
        """The same reply in bubbles this channel takes, each of them one `send`."""
        ...

    def rate(self, destination: Destination, part: Part) -> Rate:
        """The limit this send counts against, one for each account."""
        ...

    async def send(self, destination: Destination, part: Part) -> str:
        """The provider's id of the message. Raises the tree of channels/errors.py."""
        ...

    def rest_s(self, destination: Destination) -> float:
        """Seconds in which nothing of this account should be sent, as the provider last said."""
        ...

    async def show_typing(self, destination: Destination) -> None:
        """That the customer's message was seen and an answer is being written. A courtesy: never fails."""
        ...
