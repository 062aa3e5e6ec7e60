"""The way into the browser pages: a one-use link becomes a session."""

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from store import installation
from web.access import SESSION_COOKIE, SESSION_S, Access
from web.deps import Here

router = APIRouter()


def hashed(code: str) -> str:
    """What is stored of a code: who reads the table cannot enter with it."""
    return hashlib.sha256(code.encode()).hexdigest()


@router.get("/enter")
async def enter(code: str, request: Request, here: Here) -> Response:
    async with here.engine.begin() as connection:
        good = await installation.redeem(connection, hashed(code))
    if not good:
        raise HTTPException(
            401, "this link was used or is too old; `make run` prints a new one at each start"
        )
    access: Access = request.app.state.access
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        access.new_session(),
        max_age=SESSION_S,
        httponly=True,
        samesite="lax",  # strict would lose the session on the way in from the link
        secure=here.settings.public_url.startswith("https:"),
    )
    return response
