"""Instagram as a channel."""

from collections.abc import Sequence
from contextlib import suppress

from channels.channel import Destination
from channels.errors import PictureRefused, SendError
from channels.instagram import limits
from channels.instagram.client import InstagramClient
from channels.instagram.direct import CHANNEL
from channels.pace import Rate
from models.turn import Part, PartType


class InstagramChannel:
    name = CHANNEL

    def __init__(self, client: InstagramClient) -> None:
        self._client = client

    def fit(self, parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:
        return limits.fit(parts, comment=comment, app_url=self._client.app_url)

    def rate(self, destination: Destination, part: Part) -> Rate:
        if part.type is PartType.COMMENT:
            return limits.COMMENT_RATE
        if destination.comment_id:
            return limits.PRIVATE_REPLY_RATE
        return limits.CARDS_RATE if part.type is PartType.CARDS else limits.TEXT_RATE

    async def send(self, destination: Destination, part: Part) -> str:
        account_id, token, customer_id = destination.account_id, destination.token, destination.customer_id
        if destination.comment_id and part.type is PartType.COMMENT:
            return await self._client.public_reply(destination.comment_id, token, part.text)
        if destination.comment_id:
            return await self._client.private_reply(account_id, token, destination.comment_id, part.text)
        if part.type is PartType.TEXT:
            return await self._client.send_text(
                account_id, token, customer_id, part.text, human_agent=destination.late
            )
        try:
            return await self._client.send_cards(account_id, token, customer_id, part.cards)
        except PictureRefused:
            # The products matter more than how they look.
            return await self._client.send_cards(account_id, token, customer_id, part.cards, pictures=False)

    def rest_s(self, destination: Destination) -> float:
        return self._client.rest_s(destination.token)

    async def show_typing(self, destination: Destination) -> None:
        for action in ("mark_seen", "typing_on"):
            with suppress(SendError):
                await self._client.sender_action(
                    destination.account_id, destination.token, destination.customer_id, action
                )
