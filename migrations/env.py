"""Alembic's entry: run by store/migrations.py, or by the `alembic` command with DATABASE_URL set."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from settings import settings
from store import migrations
from store.database import async_url
from store.schema import metadata

# Two processes that start at once must not both create the tables.
LOCK = 0x5409_4EE9


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, on_version_apply=note_oldest_code)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


def note_oldest_code(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001 - Alembic passes them by name
    run_args: Mapping[str, Any],  # noqa: ARG001 - as above
) -> None:
    """So that code which would miss what this migration took away refuses to start."""
    code = migrations.oldest_code(step.up_revision) if step.is_upgrade else None
    if code is not None and ctx.connection is not None:
        ctx.connection.execute(
            text(
                "INSERT INTO installation (key, value) VALUES (:key, to_jsonb(CAST(:code AS text))) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            ),
            {"key": migrations.OLDEST_CODE, "code": code},
        )


async def run() -> None:
    url = context.config.attributes.get("database_url") or settings().require_database_url
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(run())
