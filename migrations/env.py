"""Alembic's entry: run by store/migrations.py, or by the `alembic` command with DATABASE_URL set."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from settings import settings
from store.database import async_url
from store.schema import metadata

# Two processes that start at once must not both create the tables.
LOCK = 0x5409_4EE9


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


async def run() -> None:
    url = context.config.attributes.get("database_url") or settings().require_database_url
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(run())
