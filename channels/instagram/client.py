"""The Graph API calls that say something to a customer."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from channels.errors import (
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    PermissionMissing,
    RateLimited,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.instagram.fields import identifier
from channels.instagram.graph import Graph
from channels.instagram.templates import generic_template
from models.turn import Card

NO_TAG: Mapping[str, str] = {}
HUMAN_AGENT: Mapping[str, str] = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


class InstagramClient:
    """Every method raises the tree of channels/errors.py. `app_url` is where relative links live."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        graph_url: str,
        api_version: str,
        app_url: str,
        timeout_s: float = 10.0,
    ) -> None:
        root = f"{graph_url.rstrip('/')}/{api_version}"
        self._graph = Graph(session, root=root, timeout_s=timeout_s)
        self.app_url = app_url

    async def send_text(
        self, account_id: str, token: str, customer_id: str, text: str, *, human_agent: bool = False
    ) -> str:
        """`human_agent`: a person answers within 7 days instead of 24 hours. Never for the assistant."""
        tag = HUMAN_AGENT if human_agent else NO_TAG
        return await self._message(account_id, token, {"id": customer_id}, {"text": text}, tag)

    async def send_cards(
        self, account_id: str, token: str, customer_id: str, cards: Sequence[Card], *, pictures: bool = True
    ) -> str:
        template = generic_template(cards, app_url=self.app_url, pictures=pictures)
        return await self._message(account_id, token, {"id": customer_id}, template)

    async def private_reply(self, account_id: str, token: str, comment_id: str, text: str) -> str:
        """A direct message to who wrote the comment: one for each comment, within 7 days."""
        recipient = {"comment_id": comment_id}
        return await _once(self._message(account_id, token, recipient, {"text": text}))

    async def public_reply(self, comment_id: str, token: str, text: str) -> str:
        """The id of the new comment."""
        return await _once(self._created(f"{_segment(comment_id)}/replies", token, {"message": text}, "id"))

    async def sender_action(self, account_id: str, token: str, customer_id: str, action: str) -> None:
        """`typing_on`, `typing_off` or `mark_seen`."""
        body = {"recipient": {"id": customer_id}, "sender_action": action}
        await self._graph.post(f"{_segment(account_id)}/messages", token, body)

    def rest_s(self, token: str) -> float:
        """Seconds this token's account had better not call, as its last answer said."""
        return self._graph.rest_s(token)

    async def _message(
        self,
        account_id: str,
        token: str,
        recipient: Mapping[str, str],
        message: Mapping[str, Any],
        tag: Mapping[str, str] = NO_TAG,
    ) -> str:
        # The account's own id, never `me`: a token of another account fails instead of speaking for it.
        path = f"{_segment(account_id)}/messages"
        body = {"recipient": recipient, "message": message, **tag}
        return await self._created(path, token, body, "message_id")

    async def _created(self, path: str, token: str, body: Mapping[str, Any], field: str) -> str:
        created = identifier(await self._graph.post(path, token, body), field)
        if created is None:
            raise OutcomeUnknown(f"answered without {field}")
        return created


async def _once(call: Awaitable[str]) -> str:
    """For what the customer must never see twice: only a sure failure allows another try.

    A comment that cannot be replied to is refused like a permission that is missing.
    """
    try:
        return await call
    except PermissionMissing as error:
        raise NotAllowed(error.detail, reason=error.reason) from error
    except SendError as error:
        error.again = isinstance(error, (NotSent, Transient, RateLimited, TokenInvalid))
        raise


def _segment(external_id: str) -> str:
    return quote(external_id, safe="")
