"""What every answer says to browsers and to whatever keeps copies on the way, unless it says so itself."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANY = {"X-Content-Type-Options": "nosniff"}  # it is what its type says, and nothing that runs
_API = {"Cache-Control": "no-store"}  # customers' messages among them
_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}  # who came by https comes by nothing else


class AnswerHeaders:
    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._any = _ANY | (_HTTPS if public_url.startswith("https://") else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said: Mapping[str, str] = self._any | (_API if scope["path"].startswith("/api/") else {})

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in said.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, answering)
