"""Errors as RFC 9457 problem JSON: a stable `type`, a human `detail`, and the `field` at fault."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from models.errors import Conflict, Invalid, NotFound, ShopkeepError, Stale, Unavailable

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
MEDIA_TYPE = "application/problem+json"
# Every answer that is not a success, as the API describes itself.
DESCRIBED: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What is wrong, and with what",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "title": "Problem",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string", "pattern": "^urn:shopkeep:problem:"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "field": {"type": "string"},
                        "errors": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["field", "detail"],
                                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                            },
                        },
                    },
                }
            }
        },
    }
}

_STATUS: Mapping[type[ShopkeepError], HTTPStatus] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(
    status: HTTPStatus | int,
    detail: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    known = HTTPStatus(status)
    body: dict[str, object] = {
        "type": f"urn:shopkeep:problem:{known.name.lower().replace('_', '-')}",
        "title": known.phrase,
        "status": known.value,
        "detail": detail,
    }
    if field is not None:
        body["field"] = field
    return JSONResponse(body | more, status_code=known, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    app.add_exception_handler(ShopkeepError, _told)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _unexpected)


async def _told(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ShopkeepError):
        raise error
    status = status_of(error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable(error.detail, field=error.field)
    return problem(status, error.detail, field=error.field)


def status_of(error: ShopkeepError) -> HTTPStatus:
    known = (_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return next(known, HTTPStatus.SERVICE_UNAVAILABLE)


def unavailable(detail: str, *, field: str | None = None) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, field=field, headers=headers)


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [{"field": field_of(fault), "detail": fault["msg"]} for fault in error.errors()]
    first = faults[0]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{first['field']}: {first['detail']}",
        field=first["field"],
        errors=faults,
    )


def field_of(fault: Mapping[str, Any]) -> str:
    """("body", "variants", 0, "price_minor") -> variants.0.price_minor"""
    location = fault["loc"]
    if fault["type"] == "json_invalid":  # it names a character of the body
        return "body"
    inner = location[1:] if len(location) > 1 and location[0] in ("body", "query", "path") else location
    return ".".join(str(step) for step in inner)


async def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # All that FastAPI says of a body that it could not even decode.
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is not JSON in UTF-8", field="body")
    field = "body" if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    return problem(error.status_code, str(error.detail), field=field, headers=error.headers)


async def _hung_up(_: Request, __: Exception) -> JSONResponse:
    """In the middle of a body. Nobody hears it, and nobody here has to hear of it."""
    return problem(HTTPStatus.BAD_REQUEST, "the body ended too early", field="body")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it is on record, please try again"
    )
