"""One small pool of connections a process. PostgreSQL allows 100 in all, we take at most 4 here."""

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECTIONS_PER_PROCESS = 4


def connect(database_url: str) -> AsyncEngine:
    """Lazily: nothing is opened before the first statement."""
    return create_async_engine(
        async_url(database_url),
        pool_size=CONNECTIONS_PER_PROCESS,
        max_overflow=0,
        # A database that was restarted costs a reconnect, not a failed turn.
        pool_pre_ping=True,
    )


def async_url(database_url: str) -> str:
    """Any postgresql:// address, spoken by asyncpg."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    return url.render_as_string(hide_password=False)
