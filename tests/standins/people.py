"""Customers and the merchant's own people: whoever makes Instagram post a webhook."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.standins.meta_webhooks import (
    ACCOUNT_ID,
    APP_SECRET,
    build_comment_event,
    build_echo,
    build_message_event,
    encode,
    sign,
)


@dataclass(slots=True, kw_only=True)
class People:
    """`prefix` begins every message id, so that two runs against one database never share any.
    Every webhook arrives `copies` times.
    """

    webhook_url: str | None = None
    app_secret: str = APP_SECRET
    clock: Callable[[], float] = time.time
    copies: int = 1
    prefix: str = field(default_factory=lambda: f"aWdf{uuid.uuid4().hex[:8]}")
    spoke_at: dict[tuple[str, str], float] = field(default_factory=dict)
    commenters: dict[str, str] = field(default_factory=dict)
    session: aiohttp.ClientSession | None = None
    _written: int = 0

    def open_session(self) -> None:
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close_session(self) -> None:
        assert self.session
        await self.session.close()

    async def customer_says(
        self,
        customer_id: str,
        text: str,
        mid: str | None = None,
        timestamp: int | None = None,
        *,
        account_id: str = ACCOUNT_ID,
        attempts: int = 1,
    ) -> int:
        """The webhook's status; 0 when nobody answered. `timestamp` in milliseconds."""
        self._written += 1
        self.spoke_at[account_id, customer_id] = timestamp / 1000 if timestamp else self.clock()
        event = build_message_event(
            account_id=account_id,
            customer_id=customer_id,
            text=text,
            mid=mid or f"{self.prefix}in{self._written}",
            timestamp=timestamp or self.now_ms(),
        )
        return await self.post_webhook(event, attempts=attempts)

    async def customer_comments(
        self,
        customer_id: str,
        text: str,
        comment_id: str,
        *,
        account_id: str = ACCOUNT_ID,
        attempts: int = 1,
        **more: Any,
    ) -> int:
        self.commenters[comment_id] = customer_id
        event = build_comment_event(
            account_id=account_id,
            customer_id=customer_id,
            text=text,
            comment_id=comment_id,
            timestamp=self.now_ms(),
            **more,
        )
        return await self.post_webhook(event, attempts=attempts)

    async def person_types(self, customer_id: str, text: str, *, account_id: str = ACCOUNT_ID) -> int:
        """The merchant answers in the app: an echo of a message we never sent."""
        self._written += 1
        message = {"mid": f"{self.prefix}person{self._written}", "text": text}
        return await self.post_webhook(build_echo(account_id, customer_id, self.now_ms(), message))

    async def post_webhook(self, payload: Any, *, attempts: int = 1, headers: Any = None) -> int:
        """Signed unless `headers` says otherwise; tried again, less and less often, until it gets 200."""
        body = encode(payload)
        signed = headers or {"X-Hub-Signature-256": sign(body, self.app_secret)}
        status = 0
        for _ in range(self.copies):
            status = await self._post(body, signed)
            for attempt in range(1, attempts):
                if status == web.HTTPOk.status_code:
                    break
                await asyncio.sleep(0.1 * 2**attempt)
                status = await self._post(body, signed)
        return status

    async def _post(self, body: bytes, headers: Any) -> int:
        assert self.session
        assert self.webhook_url, "no webhook_url to post to"
        headers = {"Content-Type": "application/json", **headers}
        try:
            async with self.session.post(self.webhook_url, data=body, headers=headers) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    def now_ms(self) -> int:
        return int(self.clock() * 1000)
