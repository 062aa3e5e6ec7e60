"""The schema, forward and back."""

import asyncio
import shutil
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from models.product import Source, Variant
from models.turn import Memory
from store import conversations, migrations, products
from store.database import connect
from tests.store.listed_shop import product, stock_up
from tests.store.rows import open_shop, select

BEFORE_LISTS = "0016"


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


async def leave(database_url: str, revision: str, oldest_code: str | None) -> None:
    """As newer code than this left the database."""
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
        if oldest_code:
            await connection.execute(
                text("INSERT INTO installation (key, value) VALUES (:key, to_jsonb(CAST(:code AS text)))"),
                {"key": migrations.OLDEST_CODE, "code": oldest_code},
            )
    await engine.dispose()


async def test_code_runs_on_with_what_a_newer_version_only_added_to(database_url: str) -> None:
    for oldest in (None, migrations.head()):
        await leave(database_url, "9998", oldest)
        await asyncio.to_thread(migrations.upgrade, database_url)
        assert (await migrations.level(database_url)).revision == "9998"


async def test_code_that_would_miss_what_a_newer_version_took_away_does_not_start(database_url: str) -> None:
    await leave(database_url, "9998", "9997")
    with pytest.raises(migrations.TooNew, match=f"alembic downgrade {migrations.head()}"):
        await asyncio.to_thread(migrations.upgrade, database_url)


TAKES_AWAY = """
from alembic import op

revision = "9998"
down_revision = "{before}"
oldest_code = "{before}"


def upgrade():
    op.drop_column("jobs", "lease_until")
"""


async def test_a_migration_that_takes_away_says_in_the_database_what_code_has_to_know(
    database_url: str, tmp_path: Path
) -> None:
    newer = tmp_path / "migrations"
    shutil.copytree(migrations.SCRIPTS, newer)
    before = migrations.head()
    (newer / "versions/9998_takes_away.py").write_text(TAKES_AWAY.format(before=before))
    await asyncio.to_thread(command.upgrade, migrations.config(database_url, newer), "head")
    at = await migrations.level(database_url)
    assert (at.revision, at.oldest_code) == ("9998", before)
    migrations.require_fits(at, before)
    with pytest.raises(migrations.TooNew):
        migrations.require_fits(at, "0020")


async def test_what_is_to_come_is_known_beforehand(database_url: str) -> None:
    assert migrations.pending(await migrations.level(database_url)) == []
    await asyncio.to_thread(migrations.downgrade, database_url, "0019")
    assert [each.revision for each in migrations.pending(await migrations.level(database_url))][:2] == [
        "0020",
        "0021",
    ]
    await asyncio.to_thread(migrations.downgrade, database_url, "base")
    assert migrations.pending(await migrations.level(database_url))[0].revision == "0001"


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


async def test_products_of_before_are_listed_as_new_ones_are(database_url: str) -> None:
    engine = connect(database_url)
    await open_shop(engine)
    variants = (
        Variant(id="a", name="A", sku="S-1", price_minor=100, stock=2),
        Variant(id="b", name="B", price_minor=300, stock=3, available=False),
    )
    await stock_up(
        engine,
        product("plain", "Étui"),
        product("many", variants=variants, category=("A", "B"), brand="Brand", is_featured=True),
        product("any", stock=None, is_active=False),
        product("synced", source=Source.SHOPIFY, metadata={"shopify_shop": "one.myshopify.com"}),
    )
    await stock_up(engine, product("gone", stock=0), deleted=True)
    before = await select(engine, "* FROM product_listing ORDER BY id")
    await asyncio.to_thread(migrations.downgrade, database_url, BEFORE_LISTS)
    assert not await select(engine, "id FROM products WHERE body ? 'source'")
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert await select(engine, "* FROM product_listing ORDER BY id") == before
    async with engine.begin() as connection:
        assert (await products.get(connection, "m1", "synced")).source is Source.SHOPIFY
    await engine.dispose()
