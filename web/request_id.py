"""Every request has an id, the caller's where it is plain: in the answer and in all lines of the log."""

import re
import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import logs

HEADER: Final = "X-Request-Id"
_NAME: Final = HEADER.lower().encode()
_PLAIN = re.compile(rb"[\w.:-]{1,64}")


class RequestId:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == _NAME), b"")
        request_id = given.decode() if _PLAIN.fullmatch(given) else secrets.token_hex(8)

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with logs.about(request=request_id):
            await self._app(scope, receive, answering)
