"""The one place that writes the audit log: every change by a principal, as soon as it has succeeded."""

import json
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, TypeVar

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store import audit
from store.audit import Change
from store.database import autocommit
from web.access import SAFE
from web.principal import Principal

log = logging.getLogger(__name__)

# Larger ones are products with thousands of variants: their fields' names are not worth reading them twice.
_READ_BYTES: Final = 256 * 1024
_UNSAID: Final = frozenset({"csrf_token", "next", "version"})
_MOST_FIELDS: Final = 50
_LONGEST: Final = 100

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_UNRECORDED: Final[set[Callable[..., Any]]] = set()


def changes_nothing(endpoint: Endpoint) -> Endpoint:
    """Put on a POST that only asks, tries out or is what a customer would do: it is in no audit log."""
    _UNRECORDED.add(endpoint)
    return endpoint


def action_of(endpoint: Callable[..., Any]) -> str:
    """products.change: the subject is its file, the verb its own name."""
    return f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}"


def changed(
    request: Request, *fields: str, target: str | None = None, merchant_id: str | None = None
) -> None:
    """What a route knows better than its form or its address says."""
    if fields:
        request.state.changed = _fields(fields)
    if target:
        request.state.changed_target = target
    if merchant_id:
        request.state.changed_merchant = merchant_id


def unchanged(request: Request) -> None:
    """What was sent came back as a page, and nothing was done."""
    request.state.unchanged = True


class Auditing:
    def __init__(self, app: ASGIApp, engine: AsyncEngine) -> None:
        self._app = app
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or "shopkeep.audited" in scope:
            await self._app(scope, receive, send)
            return
        scope["shopkeep.audited"] = True  # the console is mounted in the front door, which records, too
        body = _Body(receive)

        began: list[Message] = []

        async def recorded(message: Message) -> None:
            """On record before the answer leaves. Its beginning says whether, its body what was made."""
            if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
                began.append(message)
                return
            if began:
                start = began.pop()
                made = _made(message) if start["status"] == HTTPStatus.CREATED else None
                await self._record(scope, body, made)
                await send(start)
            await send(message)

        await self._app(scope, body.receive, recorded)

    async def _record(self, scope: Scope, body: "_Body", made: str | None) -> None:
        change = _change(scope, body, made)
        if change is None:
            return
        try:
            async with autocommit(self._engine) as connection:
                await audit.record(connection, change)
        except Exception:
            # What was done is done, and who did it must hear so.
            log.exception(
                "%s by %s %s is not in the audit log", change.action, change.actor_kind, change.actor_id
            )


class _Body:
    """The beginning of what was sent, beside its way to the route."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[bytes] = []
        self._size = 0

    async def receive(self) -> Message:
        message = await self._receive()
        part = message.get("body", b"")
        self._size += len(part)
        if self._size <= _READ_BYTES:
            self._parts.append(part)
        return message

    def fields(self) -> tuple[str, ...]:
        """Of a JSON object; of anything else none."""
        if self._size > _READ_BYTES:
            return ()
        try:
            sent = json.loads(b"".join(self._parts))
        except ValueError:
            return ()
        return _fields(sent) if isinstance(sent, dict) else ()


def _made(message: Message) -> str | None:
    """The id of what a call made, as it tells its caller."""
    try:
        told = json.loads(message.get("body", b""))
    except ValueError:
        return None
    return str(told["id"]) if isinstance(told, dict) and "id" in told else None


def _change(scope: Scope, body: _Body, made: str | None) -> Change | None:
    state = scope.get("state", {})
    principal: Principal | None = state.get("principal")
    endpoint = scope.get("endpoint")
    if principal is None or endpoint is None or endpoint in _UNRECORDED or state.get("unchanged"):
        return None
    named = dict(scope.get("path_params", {}))
    merchant_id = state.get("changed_merchant") or named.pop("m", None)
    target = state.get("changed_target") or made or "/".join(str(one) for one in named.values()) or None
    fields = state.get("changed")
    return Change(
        actor_kind=principal.kind,
        actor_id=principal.id,
        actor_name=principal.name,
        merchant_id=merchant_id,
        action=action_of(endpoint),
        target=target[:_LONGEST] if target else None,
        fields=body.fields() if fields is None else fields,
    )


def _fields(names: Iterable[object]) -> tuple[str, ...]:
    """Each once, in its order: `variants.0.price` and `variants.1.price` are both of `variants`."""
    whole = (str(name).partition(".")[0].partition("[")[0][:_LONGEST].replace("\0", "") for name in names)
    return tuple(dict.fromkeys(name for name in whole if name and name not in _UNSAID))[:_MOST_FIELDS]
