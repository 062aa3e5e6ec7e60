"""Every secret at rest, sealed anew with the first key: afterwards the others can go."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.vault import Expired, Vault

# Table, column, and what names a row.
SEALED = (
    ("accounts", "access_token", ("channel", "account_id")),
    ("shopify_stores", "access_token", ("merchant_id",)),
    ("shopify_stores", "refresh_token", ("merchant_id",)),
)


@dataclass(frozen=True, slots=True)
class Resealed:
    """`unreadable`: sealed with a key that is gone; their owners have to connect again."""

    secrets: int
    unreadable: int


async def reseal(engine: AsyncEngine, vault: Vault) -> Resealed:
    """May be repeated, and run while the installation does: a token that is renewed meanwhile stays."""
    done = unreadable = 0
    for table, column, names in SEALED:
        key = ", ".join(names)
        async with engine.connect() as connection:
            found = await connection.execute(
                text(f"SELECT {key}, {column} AS sealed FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608 - from SEALED
            )
            rows = found.mappings().all()
        where = " AND ".join(f"{name} = :{name}" for name in names)
        change = text(f"UPDATE {table} SET {column} = :new WHERE {where} AND {column} = :sealed")  # noqa: S608 - from SEALED
        for row in rows:
            try:
                new = vault.seal(vault.open(row["sealed"]))
            except Expired:
                unreadable += 1
                continue
            async with engine.begin() as connection:
                await connection.execute(change, {**row, "new": new})
            done += 1
    return Resealed(done, unreadable)
