"""Every row that is a merchant's, table by table: what is handed out when the merchant asks for all of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import LargeBinary, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from store.database import autocommit
from store.schema import metadata

PAGE = 500
# What happened in the last hour, for pages that are open; and what is about nobody's shop.
_NOT = {"events", "deletions"}
# Sealed tokens and hashes of secrets: they are worth nothing to whoever may have them.
_SECRETS = {"hash", "code_hash", "password_hash", "id_hash"}

Row = Mapping[Any, Any]

TABLES = tuple(
    table.name
    for table in metadata.sorted_tables
    if table.name == "merchants" or ("merchant_id" in table.columns and table.name not in _NOT)
)


async def pages(
    engine: AsyncEngine, table: str, merchant_id: str, *, page: int = PAGE
) -> AsyncIterator[Sequence[Row]]:
    """Without secrets and embeddings. No connection is kept from one page to the next."""
    known = metadata.tables[table]
    whose = known.c.id if table == "merchants" else known.c.merchant_id
    place = list(known.primary_key.columns)
    shown = [
        one for one in known.columns if one.name not in _SECRETS and not isinstance(one.type, LargeBinary)
    ]
    query = select(*shown).where(whose == merchant_id).order_by(*place).limit(page)
    rows: Sequence[Row] = ()
    while True:
        further = query
        if rows:
            further = query.where(tuple_(*place) > tuple_(*(rows[-1][one.name] for one in place)))
        async with autocommit(engine) as connection:
            rows = (await connection.execute(further)).mappings().all()
        if rows:
            yield rows
        if len(rows) < page:
            return
