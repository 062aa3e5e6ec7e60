"""Users of each kind, and a browser of theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2 as httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from store import users
from store.users import Role
from tests.web.conftest import APP_URL
from tests.web.console.visitor import Visitor
from web.access import SESSION_COOKIE, TOKEN_PREFIX, Access
from web.principal import Principal
from web.tokens import create_token

SESSION = f"__Host-{SESSION_COOKIE}"
OPERATOR = Principal(kind="admin_token")


async def user(
    engine: AsyncEngine, *merchants: str, role: Role = "merchant", email: str = "ana@shop.example"
) -> str:
    """The id of one without a password."""
    user_id = uuid4().hex
    async with engine.begin() as connection:
        await users.create(
            connection, user_id=user_id, role=role, email=email, name="Ana", merchants=merchants
        )
    return user_id


def hold(client: httpx.AsyncClient, session: str) -> None:
    """As if the application had set the cookie."""
    client.cookies.set(SESSION, session, domain=urlsplit(APP_URL).netloc)


@asynccontextmanager
async def at_console(app: FastAPI, user_id: str | None) -> AsyncIterator[Visitor]:
    """Signed in. None: by the link of the start."""
    access: Access = app.state.access
    session = await access.new_session(user_id)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL) as client:
        hold(client, session)
        yield Visitor(client, access.csrf_token(session))


async def token(app: FastAPI, merchant_id: str | None = None, name: str = "the till") -> dict[str, str]:
    """The header of a new one."""
    made = await create_token(app.state.shopkeep, OPERATOR, name, merchant_id)
    assert made.secret.startswith(TOKEN_PREFIX)
    return {"Authorization": f"Bearer {made.secret}"}


def form_token(page: str) -> str:
    """What the page's forms are sent with."""
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
