"""One small pool of connections a process. PostgreSQL allows 100 in all, we take at most 4 here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

log = logging.getLogger(__name__)

CONNECTIONS_PER_PROCESS = 4
CONNECT_S = 10.0
# Counting every table of a large installation takes minutes; a server that has gone silent takes for ever.
STATEMENT_S = 900.0
# Two minutes: longer than a restart, or another server taking over, should be.
INSIST_S = (0.1, 0.2, 0.5, *[1.0] * 120)
# Classes of SQLSTATE: connections, resources, somebody who stops the server, the system below it.
_AWAY = ("08", "53", "57", "58")


def connect(database_url: str) -> AsyncEngine:
    """Lazily: nothing is opened before the first statement."""
    engine = create_async_engine(
        async_url(database_url),
        pool_size=CONNECTIONS_PER_PROCESS,
        max_overflow=0,
        connect_args={"timeout": CONNECT_S, "command_timeout": STATEMENT_S},
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


async def insist(write: Callable[[], Awaitable[None]]) -> None:
    """For what only this process knows: while the database is away it is tried again. Then it raises."""
    for pause_s in INSIST_S:
        try:
            await write()
        except Exception:
            log.warning("the database did not take it; it is tried again", exc_info=True)
            await asyncio.sleep(pause_s)
        else:
            return
    await write()


def is_away(error: Exception) -> bool:
    """Whether the database could not be asked at all, rather than had something against what was asked."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return state is None or state.startswith(_AWAY)
    return isinstance(error, OSError | NoConnection)  # OSError: TimeoutError is one


def async_url(database_url: str) -> str:
    """Any postgresql:// address, spoken by asyncpg."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    return url.render_as_string(hide_password=False)
