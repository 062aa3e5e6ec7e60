"""The schema, forward and back."""

import asyncio

from alembic import command
from sqlalchemy import text

from store import migrations
from store.database import connect


async def tables(database_url: str) -> set[str]:
    engine = connect(database_url)
    async with engine.begin() as connection:
        found = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = set(found.scalars())
    await engine.dispose()
    return names


async def test_all_tables_go_and_come_back(database_url: str) -> None:
    before = await tables(database_url)
    assert {"inbox", "outbox", "products"} <= before
    await asyncio.to_thread(migrations.downgrade, database_url, "base")
    assert await tables(database_url) == {"alembic_version"}
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert await tables(database_url) == before


async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    before = await tables(database_url)
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert await tables(database_url) == before


async def test_the_tables_in_code_are_the_tables_in_the_database(database_url: str) -> None:
    await asyncio.to_thread(command.check, migrations.config(database_url))
