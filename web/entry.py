"""The way into the browser pages: a one-use link becomes a session."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from store import installation
from web.access import Access, hashed
from web.deps import Here

router = APIRouter()


@router.get("/enter")
async def enter(code: str, request: Request, here: Here) -> Response:
    """As an operator without a name; who has none yet makes an account of it (web/console/set_up.py)."""
    async with here.engine.begin() as connection:
        good = await installation.redeem(connection, hashed(code))
    if not good:
        raise HTTPException(
            401, "this link was used or is too old; `make run` prints a new one at each start"
        )
    access: Access = request.app.state.access
    response = RedirectResponse("/", status_code=303)
    await access.begin(request, response, None)
    return response
