"""The schema, forward and back."""

import asyncio

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import migrations


async def tables(engine: AsyncEngine) -> set[str]:
    async with engine.begin() as connection:
        found = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return set(found.scalars())


async def test_all_tables_go_and_come_back(engine: AsyncEngine, database_url: str) -> None:
    before = await tables(engine)
    assert {"inbox", "outbox", "products"} <= before
    await asyncio.to_thread(migrations.downgrade, database_url, "base")
    assert await tables(engine) == {"alembic_version"}
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert await tables(engine) == before


async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    before = await tables(engine)
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert await tables(engine) == before


async def test_the_tables_in_code_are_the_tables_in_the_database(database_url: str) -> None:
    await asyncio.to_thread(command.check, migrations.config(database_url))
