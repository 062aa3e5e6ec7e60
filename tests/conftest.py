"""A real PostgreSQL, started once, and a database of its own for whoever asks."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from launch.postgres import EmbeddedPostgres
from store import migrations
from store.database import async_url, connect

NewDatabase = Callable[[], Awaitable[str]]
# The other tables are theirs, and go with them.
EMPTIED = (
    "merchants",
    "unrouted",
    "installation",
    "deletions",
    "users",
    "sessions",
    "api_tokens",
    "audit_log",
    "sign_in_failures",
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server's own database; tests make theirs beside it."""
    # Unix sockets allow no long paths, and pytest's are long.
    folder = Path(tempfile.mkdtemp(prefix="shopkeep-test-"))
    server = EmbeddedPostgres(folder / "pg")
    yield server.start()
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> str:
    # A test run need not survive a power cut.
    await _execute(postgres_url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    await _execute(postgres_url, 'CREATE DATABASE "template_shopkeep"')
    # In a thread: Alembic's entry runs an event loop of its own.
    await asyncio.to_thread(migrations.upgrade, _named(postgres_url, "template_shopkeep"))
    return "template_shopkeep"


@pytest.fixture(scope="session")
async def new_database(postgres_url: str, template: str) -> NewDatabase:
    """Makes a migrated, empty database and says its address. It goes with the server."""
    numbers = itertools.count(1)

    async def made() -> str:
        name = f"test_{next(numbers)}"
        await _execute(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return _named(postgres_url, name)

    return made


@pytest.fixture(scope="session")
async def shared_engine(new_database: NewDatabase) -> AsyncIterator[AsyncEngine]:
    made = connect(await new_database())
    yield made
    await made.dispose()


@pytest.fixture
async def engine(shared_engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """Of a database that is empty again after each test."""
    yield shared_engine
    async with shared_engine.begin() as connection:
        for table in EMPTIED:
            await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - those of this file


@pytest.fixture
async def database_url(new_database: NewDatabase) -> str:
    """A database for one test alone."""
    return await new_database()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def _execute(url: str, *statements: str) -> None:
    """Each by itself: a database is not made inside a transaction."""
    server = create_async_engine(async_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await server.dispose()
