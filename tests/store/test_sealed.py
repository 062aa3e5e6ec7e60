"""After a change of keys the old one is needed for nothing."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from scripts.rotate_keys import rotate
from store import accounts, api_tokens, merchants, sessions
from store.schema import metadata
from store.sealed import SEALED, Resealed, reseal
from store.vault import Expired, Vault

OLD, BOTH, NEW = Vault(["old"]), Vault(["new", "old"]), Vault(["new"])


@pytest.fixture
async def sealed(engine: AsyncEngine) -> None:
    """Two accounts and a store, whose tokens are sealed with the old key."""
    async with engine.begin() as connection:
        await merchants.create(connection, Merchant(id="m1", name="Blue Door"), "catalog-0")
        for account_id in ("a1", "a2"):
            await accounts.connect(
                connection,
                merchant_id="m1",
                channel="instagram",
                account_id=account_id,
                sealed_token=OLD.seal(f"token of {account_id}"),
            )
        await connection.execute(
            text(
                "INSERT INTO shopify_stores (merchant_id, shop, access_token, refresh_token)"
                " VALUES ('m1', 'demo.myshopify.com', :access, :refresh)"
            ),
            {"access": OLD.seal("access"), "refresh": OLD.seal("refresh")},
        )


async def opened(engine: AsyncEngine, vault: Vault) -> list[str]:
    async with engine.connect() as connection:
        found = await connection.execute(
            text(
                "SELECT access_token FROM accounts UNION ALL SELECT access_token FROM shopify_stores"
                " UNION ALL SELECT refresh_token FROM shopify_stores"
            )
        )
        return sorted(vault.open(row[0]) for row in found)


@pytest.mark.usefixtures("sealed")
async def test_the_new_key_alone_reads_everything(engine: AsyncEngine) -> None:
    assert await reseal(engine, BOTH) == Resealed(4, 0)
    assert await opened(engine, NEW) == ["access", "refresh", "token of a1", "token of a2"]
    assert await reseal(engine, BOTH) == Resealed(4, 0)


@pytest.mark.usefixtures("sealed")
async def test_what_no_key_reads_stays_as_it_is_and_is_told(engine: AsyncEngine) -> None:
    assert await reseal(engine, NEW) == Resealed(0, 4)
    assert len(await opened(engine, OLD)) == 4
    with pytest.raises(Expired):
        await opened(engine, NEW)


def test_no_sealed_column_is_forgotten() -> None:
    tokens = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if str(column.type) == "BLOB" and "token" in column.name
    }
    assert tokens == {(table, column) for table, column, _ in SEALED}


async def test_after_a_breach_everybody_is_signed_out_and_no_token_works(
    engine: AsyncEngine,
) -> None:
    async with engine.begin() as connection:
        await sessions.begin(connection, "hash of a session", None)
        await api_tokens.create(
            connection,
            token_id="t1",
            hashed="hash of a token",
            prefix="shopkeep_a",
            name="a program",
            merchant_id=None,
            created_by="the token of the start",
        )
    url = engine.url.render_as_string(hide_password=False)
    await rotate(url, NEW, sign_out=True)
    async with engine.connect() as connection:
        assert await sessions.find(connection, "hash of a session") is None
        assert await api_tokens.use(connection, "hash of a token") is None
