"""Sessions of browsers: a row each, so that signing out ends one at once."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.users import Role

LASTS_S = 7 * 24 * 3600
# How far a session that is used is moved on: writing that down at every request would cost more than it says.
_STEP_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`user_id` None: entered by the link of the start, as an operator. `stale`: its end is to be moved."""

    user_id: str | None
    role: Role
    name: str
    email: str
    merchants: tuple[str, ...]
    stale: bool


async def begin(connection: AsyncConnection, id_hash: str, user_id: str | None) -> None:
    await connection.execute(
        text("""
            INSERT INTO sessions (id_hash, user_id, expires_at)
            VALUES (:id_hash, :user_id, now() + make_interval(secs => :lasts))
        """),
        {"id_hash": id_hash, "user_id": user_id, "lasts": LASTS_S},
    )


# One round trip for every page: the session, whose it is, and which shops those see.
_FIND = text("""
    SELECT s.user_id, u.role, u.name, u.email,
           s.expires_at < now() + make_interval(secs => :fresh) AS stale,
           ARRAY(SELECT merchant_id FROM user_merchants m WHERE m.user_id = s.user_id) AS merchants
    FROM sessions s LEFT JOIN users u ON u.id = s.user_id
    WHERE s.id_hash = :id_hash AND s.expires_at > now() AND u.disabled_at IS NULL
""")


async def find(connection: AsyncConnection, id_hash: str) -> Session | None:
    found = await connection.execute(_FIND, {"id_hash": id_hash, "fresh": LASTS_S - _STEP_S})
    row = found.first()
    if row is None:
        return None
    return Session(
        user_id=row.user_id,
        role=row.role or "operator",
        name=row.name or "",
        email=row.email or "",
        merchants=tuple(row.merchants),
        stale=row.stale,
    )


async def prolong(connection: AsyncConnection, id_hash: str) -> None:
    await connection.execute(
        text(
            "UPDATE sessions SET expires_at = now() + make_interval(secs => :lasts) WHERE id_hash = :id_hash"
        ),
        {"id_hash": id_hash, "lasts": LASTS_S},
    )


async def end(connection: AsyncConnection, id_hash: str) -> None:
    await connection.execute(text("DELETE FROM sessions WHERE id_hash = :id_hash"), {"id_hash": id_hash})


async def end_all(connection: AsyncConnection, user_id: str) -> None:
    await connection.execute(text("DELETE FROM sessions WHERE user_id = :user_id"), {"user_id": user_id})


async def count(connection: AsyncConnection, user_id: str) -> int:
    found = await connection.execute(
        text("SELECT count(*) FROM sessions WHERE user_id = :user_id AND expires_at > now()"),
        {"user_id": user_id},
    )
    return int(found.scalar_one())


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(text("DELETE FROM sessions WHERE expires_at < now()"))
