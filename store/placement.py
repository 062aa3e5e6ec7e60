"""Which catalog actor has which merchant.

The epoch is raised whenever a merchant changes hands, in the statement that says to whom: from then on
nobody who had it before writes a product (`products.Replaced`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, ShopkeepError


class Moved(ShopkeepError):
    """The merchant is placed at another actor: ask `actor`."""

    def __init__(self, actor: str) -> None:
        super().__init__(f"the catalogue is with {actor}")
        self.actor = actor

    def __reduce__(self) -> tuple[object, ...]:
        return Moved, (self.actor,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """`dedicated` is the operator's word: True, False, or None where the size decides."""

    merchant_id: str
    actor: str
    epoch: int
    dedicated: bool | None


async def of(connection: AsyncConnection, merchant_id: str) -> Placed:
    found = await connection.execute(
        text("SELECT merchant_id, actor, epoch, dedicated FROM placement WHERE merchant_id = :id"),
        {"id": merchant_id},
    )
    row = found.first()
    if row is None:
        raise NotFound("no such merchant")
    return _placed(row)


async def seq(connection: AsyncConnection, merchant_id: str) -> int:
    """Of the last change of its catalogue."""
    found = await connection.execute(
        text("SELECT seq FROM placement WHERE merchant_id = :id"), {"id": merchant_id}
    )
    last = found.scalar()
    if last is None:
        raise NotFound("no such merchant")
    return int(last)


async def own(connection: AsyncConnection, merchant_id: str, actor: str) -> int:
    """The new epoch. A new incarnation takes the merchant: whoever had it before can write no more. Moved."""
    found = await connection.execute(
        text(
            "UPDATE placement SET epoch = epoch + 1 WHERE merchant_id = :id AND actor = :actor "
            "RETURNING epoch"
        ),
        {"id": merchant_id, "actor": actor},
    )
    epoch = found.scalar()
    if epoch is None:
        raise Moved((await of(connection, merchant_id)).actor)
    return int(epoch)


async def move(connection: AsyncConnection, merchant_id: str, *, was: str, actor: str) -> int:
    """From `was` to `actor`; the new epoch. Moved when it was not at `was`: then nothing has changed."""
    found = await connection.execute(
        text(
            "UPDATE placement SET epoch = epoch + 1, actor = :actor WHERE merchant_id = :id AND actor = :was "
            "RETURNING epoch"
        ),
        {"id": merchant_id, "was": was, "actor": actor},
    )
    epoch = found.scalar()
    if epoch is None:
        raise Moved((await of(connection, merchant_id)).actor)
    return int(epoch)


async def lost(connection: AsyncConnection, epochs: Mapping[str, int]) -> list[str]:
    """Of merchants and the epochs they are held under, those that have changed hands since."""
    found = await connection.execute(
        text("""
            SELECT held.merchant_id
            FROM unnest(CAST(:ids AS text[]), CAST(:epochs AS bigint[])) AS held(merchant_id, epoch)
            LEFT JOIN placement p ON p.merchant_id = held.merchant_id AND p.epoch = held.epoch
            WHERE p.merchant_id IS NULL
        """),
        {"ids": list(epochs), "epochs": list(epochs.values())},
    )
    return [row.merchant_id for row in found]


async def mark(connection: AsyncConnection, merchant_id: str, *, dedicated: bool | None) -> None:
    await connection.execute(
        text("UPDATE placement SET dedicated = :dedicated WHERE merchant_id = :id"),
        {"id": merchant_id, "dedicated": dedicated},
    )


async def marked(connection: AsyncConnection) -> Sequence[Placed]:
    """Those of whom the operator said something."""
    found = await connection.execute(
        text(
            "SELECT merchant_id, actor, epoch, dedicated FROM placement WHERE dedicated IS NOT NULL "
            "ORDER BY merchant_id"
        )
    )
    return [_placed(row) for row in found]


async def merchants(connection: AsyncConnection) -> list[str]:
    """All that have a place."""
    found = await connection.execute(text("SELECT merchant_id FROM placement"))
    return list(found.scalars())


async def actors(connection: AsyncConnection) -> list[str]:
    """All that have a merchant."""
    found = await connection.execute(text("SELECT DISTINCT actor FROM placement ORDER BY actor"))
    return [row.actor for row in found]


def _placed(row: Row[Any]) -> Placed:
    return Placed(merchant_id=row.merchant_id, actor=row.actor, epoch=row.epoch, dedicated=row.dedicated)
