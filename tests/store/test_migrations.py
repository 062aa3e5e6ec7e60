"""The schema, forward and back."""

import asyncio

from alembic import command
from sqlalchemy import text

from models.turn import Memory
from store import conversations, migrations
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


async def test_preferences_of_before_keep_their_words_forth_and_back(database_url: str) -> None:
    await asyncio.to_thread(migrations.downgrade, database_url, "0003")
    memory = '{"preferences": {"price_max": 8000, "colors": ["blue", "red"], "sizes": []}, "focus": []}'
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO merchants (id, profile) VALUES ('m1', '{}')"))
        await connection.execute(
            text(
                "INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket, memory) "
                "VALUES ('m1', 'c', 'a', 'x', 0, CAST(:memory AS jsonb)), ('m1', 'c', 'a', 'y', 0, NULL)"
            ),
            {"memory": memory},
        )
    await asyncio.to_thread(migrations.upgrade, database_url)
    async with engine.begin() as connection:
        (kept, new) = [await conversations.find(connection, "m1", one) for one in ("x", "y")]
    assert [(one.value, one.weight) for one in kept.memory.preferences.colors] == [("blue", 1), ("red", 1)]
    assert kept.memory.preferences.price_max == 8000
    assert new.memory == Memory()
    await asyncio.to_thread(migrations.downgrade, database_url, "0003")
    async with engine.begin() as connection:
        found = await connection.execute(
            text("SELECT memory = CAST(:memory AS jsonb) FROM conversations WHERE customer_id = 'x'"),
            {"memory": memory},
        )
        assert found.scalar_one()
    await engine.dispose()
