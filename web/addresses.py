"""What no address of ours contains, refused before anything is looked up."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import problem


class PlainAddress:
    """PostgreSQL fails on a NUL instead of not finding it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            nothing = problem(HTTPStatus.NOT_FOUND, "no address here contains a NUL character")
            await nothing(scope, receive, send)
        else:
            await self._app(scope, receive, send)
