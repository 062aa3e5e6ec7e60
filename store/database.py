"""One small pool of connections a process. PostgreSQL allows 100 in all, we take at most 4 here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

CONNECTIONS_PER_PROCESS = 4


def connect(database_url: str) -> AsyncEngine:
    """Lazily: nothing is opened before the first statement."""
    engine = create_async_engine(
        async_url(database_url),
        pool_size=CONNECTIONS_PER_PROCESS,
        max_overflow=0,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: DBAPIConnection, *_: object) -> None:
    """After a restart of PostgreSQL the first statement would meet a connection that has ended.

    The driver knows without asking the server, so this costs nothing. All others of the pool are as old.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


@asynccontextmanager
async def autocommit(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Each statement by itself, without the two round trips of a transaction around it."""
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


def async_url(database_url: str) -> str:
    """Any postgresql:// address, spoken by asyncpg."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    return url.render_as_string(hide_password=False)
