"""Logins at somebody else's page: off with a nonce, and back to this browser once."""

import secrets

from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from store import installation
from web.access import hashed
from web.deps import Shopkeep

LOGIN_S = 15 * 60


class NotConnected(Exception):
    """`step`: where it ended, one of the texts of the page. `detail`: theirs or our words about it."""

    def __init__(self, step: str, status: int, detail: str = "") -> None:
        super().__init__(step, detail)
        self.step = step
        self.status = status
        self.detail = detail


async def begin(connection: AsyncConnection, at: str) -> str:
    """A nonce that is good once, and for a while. `at`: whose login it is."""
    nonce = secrets.token_urlsafe(24)
    await installation.issue(connection, _once(at, nonce), LOGIN_S)
    return nonce


async def end(here: Shopkeep, at: str, nonce: str) -> None:
    async with here.engine.begin() as connection:
        if not await installation.redeem(connection, _once(at, nonce)):
            raise NotConnected("state", 400)


def off_to(here: Shopkeep, address: str, *, cookie: str, sealed: bytes, path: str) -> RedirectResponse:
    response = RedirectResponse(address, 302)
    response.set_cookie(
        cookie,
        sealed.decode(),
        max_age=LOGIN_S,
        path=path,
        httponly=True,
        samesite="lax",  # strict would withhold it on the way back
        secure=here.settings.public_url.startswith("https:"),
    )
    return response


def _once(at: str, nonce: str) -> str:
    return hashed(f"{at}:{nonce}")
