"""Who is let into the console. Every route is shut unless it says otherwise."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeVar

from fastapi import Request
from starlette.exceptions import HTTPException

from web.access import CSRF_HEADER, SAFE, Access
from web.auditing import changed
from web.pages import texts
from web.principal import require_scope

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
# A product has at most 2,048 variants, each with a dozen fields. What a request may weigh is web/limits.py's.
MOST_FIELDS: Final = 40_000
_OPEN: Final[set[Callable[..., Any]]] = set()


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Put on a page for whoever has not signed in yet."""
    _OPEN.add(endpoint)
    return endpoint


async def admit(request: Request) -> None:
    """A dependency of every console page: somebody is signed in, and sees the shop of the address.

    Without a shop in it, it is for operators, unless the page limits itself (web/principal.py).
    """
    access: Access = request.app.state.access
    principal = await access.by_session(request)
    if principal is not None:
        request.state.principal = principal
    if request.scope["endpoint"] in _OPEN:
        return
    if principal is None:
        raise HTTPException(401)
    require_scope(request, principal)


async def require_form_token(request: Request) -> AsyncIterator[None]:
    """A dependency of every console page: what changes something was sent by one of our own pages.

    The form is open until the page is made: files in it lie on the disk.
    """
    try:
        if request.method not in SAFE:
            await _check_form_token(request)
        yield
    finally:
        await request.close()


async def _check_form_token(request: Request) -> None:
    access: Access = request.app.state.access
    token: object = request.headers.get(CSRF_HEADER)
    if not token:
        form = await request.form(max_fields=MOST_FIELDS)
        token = form.get("csrf_token")
        changed(request, *form)
    if not isinstance(token, str) or not access.csrf_ok(access.guest(request), token):
        raise HTTPException(403, texts("en")["console"]["form"]["expired"])
