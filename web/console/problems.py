"""Errors as a page that says what to do next."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from models.errors import ShopkeepError
from web.console.guests import HOME, onward_from, sign_in_page
from web.pages import render, texts
from web.problems import field_of, status_of

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    app.add_exception_handler(ShopkeepError, _told)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _unexpected)


def _page(status: int, detail: str | None = None) -> HTMLResponse:
    known: dict[str, dict[str, str]] = texts("en")["console"]["problem"]
    words = known.get(str(status), {})
    title = words.get("title", HTTPStatus(status).phrase)
    return render("problem.html", status=status, title=title, text=detail or words.get("text", ""))


async def _told(_: Request, error: Exception) -> HTMLResponse:
    if not isinstance(error, ShopkeepError):
        raise error
    status = status_of(error)
    # A conflict says in its own words what to do; what is missing or busy, the console does.
    own_words = status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(status, error.detail if own_words else None)


async def _unreadable(_: Request, error: Exception) -> HTMLResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    return _page(HTTPStatus.UNPROCESSABLE_ENTITY, f"{field_of(first)}: {first['msg']}")


async def _http(request: Request, error: Exception) -> HTMLResponse:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        # Of a form that was sent there is nothing to go on with but the beginning.
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        onward = onward_from(asked if request.method == "GET" else HOME)
        return sign_in_page(request, status=error.status_code, onward=onward)
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
    return _page(error.status_code, said)


async def _hung_up(_: Request, __: Exception) -> HTMLResponse:
    """In the middle of a form. Nobody sees it, and nobody here has to hear of it."""
    return _page(HTTPStatus.BAD_REQUEST)


async def _unexpected(request: Request, error: Exception) -> HTMLResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR)
