"""The Graph API calls that say something to a customer."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp

from channels.errors import NotSent, OutcomeUnknown, RateLimited, SendError, TokenInvalid, Transient
from channels.instagram.errors import from_answer
from channels.instagram.fields import Json, child, identifier
from channels.instagram.templates import generic_template
from models.turn import Card


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
        self._session = session
        self._root = f"{graph_url.rstrip('/')}/{api_version}"
        self._app_url = app_url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=timeout_s / 2)

    async def send_text(self, account_id: str, token: str, customer_id: str, text: str) -> str:
        return await self._message(account_id, token, {"id": customer_id}, {"text": text})

    async def send_cards(
        self, account_id: str, token: str, customer_id: str, cards: Sequence[Card], *, pictures: bool = True
    ) -> str:
        template = generic_template(cards, app_url=self._app_url, pictures=pictures)
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
        await self._post(f"{_segment(account_id)}/messages", token, body)

    async def _message(
        self, account_id: str, token: str, recipient: Mapping[str, str], message: Mapping[str, Any]
    ) -> str:
        # The account's own id, never `me`: a token of another account fails instead of speaking for it.
        path = f"{_segment(account_id)}/messages"
        return await self._created(path, token, {"recipient": recipient, "message": message}, "message_id")

    async def _created(self, path: str, token: str, body: Mapping[str, Any], field: str) -> str:
        created = identifier(await self._post(path, token, body), field)
        if created is None:
            raise OutcomeUnknown(f"answered without {field}")
        return created

    async def _post(self, path: str, token: str, body: Mapping[str, Any]) -> Json:
        if not (token.isascii() and token.isprintable()):  # would break the header it travels in
            raise TokenInvalid("not a token")
        try:
            async with self._session.post(
                f"{self._root}/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=self._timeout,
                allow_redirects=False,  # the token goes to no other host
            ) as response:
                return _checked(response.status, response.headers, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(type(error).__name__) from error


def _checked(status: int, headers: Mapping[str, str], body: bytes) -> Json:
    """The answer, or the error it reports, whatever the HTTP status."""
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    fields: Json = answer if isinstance(answer, dict) else {}
    if status >= HTTPStatus.MULTIPLE_CHOICES or not fields or "error" in fields:
        raise from_answer(status, headers, child(fields, "error"))
    return fields


async def _once(call: Awaitable[str]) -> str:
    """For what the customer must never see twice: only a sure failure allows another try."""
    try:
        return await call
    except SendError as error:
        error.again = isinstance(error, (NotSent, Transient, RateLimited))
        raise


def _segment(external_id: str) -> str:
    return quote(external_id, safe="")
