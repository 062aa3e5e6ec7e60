"""How large a request may be. Refused before it is read, or as soon as it is known."""

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sources.pictures import MOST_BYTES
from web.numbers import whole_number
from web.problems import problem

MEBIBYTE = 1024 * 1024
# A thousand events in one webhook are half a mebibyte; a product has at most 2,048 variants.
MOST = 2 * MEBIBYTE
MOST_OF_A_FILE = 100 * MEBIBYTE
# Of a picture, and of the form around it.
MOST_OF_A_PICTURE = MOST_BYTES + MEBIBYTE
# Of several in one form of the console.
MOST_OF_PICTURES = 64 * MEBIBYTE
_PICTURES = re.compile(r"/console/[^/]+/(?:pictures|products(?:/.+)?)")
_IMPORTS = re.compile(r"/console/[^/]+/products/import|.*/imports")


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        length = whole_number(dict(scope["headers"]).get(b"content-length", b"").decode("latin-1"))
        if length is not None and length > limit:
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _refusal(limit), field="body")
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)


def _limit(path: str) -> int:
    if _IMPORTS.fullmatch(path):
        return MOST_OF_A_FILE
    if _PICTURES.fullmatch(path):
        return MOST_OF_PICTURES
    return MOST_OF_A_PICTURE if path.endswith("/media") else MOST


def _refusal(limit: int) -> str:
    return f"the body is larger than {limit // MEBIBYTE} MiB; send it in several pieces"


def _counted(receive: Receive, limit: int) -> Receive:
    """A body that did not say how long it is, or lied."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # Of all exceptions in here only this one passes FastAPI's reading of a body unchanged.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _refusal(limit))
        return message

    return counting
