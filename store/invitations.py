"""Links with which a user sets a password: for the first time, or because the old one is lost."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LASTS_S = 7 * 24 * 3600


async def issue(connection: AsyncConnection, user_id: str, code_hash: str) -> None:
    """It takes the place of any the user had."""
    await connection.execute(
        text("""
            INSERT INTO invitations (user_id, code_hash, expires_at)
            VALUES (:user_id, :code_hash, now() + make_interval(secs => :lasts))
            ON CONFLICT (user_id) DO UPDATE
            SET code_hash = excluded.code_hash, expires_at = excluded.expires_at
        """),
        {"user_id": user_id, "code_hash": code_hash, "lasts": LASTS_S},
    )


async def whose(connection: AsyncConnection, code_hash: str) -> str | None:
    """The user's id, without using the link up: messengers open links before people do."""
    found = await connection.execute(
        text("SELECT user_id FROM invitations WHERE code_hash = :code_hash AND expires_at > now()"),
        {"code_hash": code_hash},
    )
    user_id: str | None = found.scalar()
    return user_id


async def redeem(connection: AsyncConnection, code_hash: str) -> str | None:
    """The user's id, once."""
    found = await connection.execute(
        text("""
            DELETE FROM invitations WHERE code_hash = :code_hash AND expires_at > now() RETURNING user_id
        """),
        {"code_hash": code_hash},
    )
    user_id: str | None = found.scalar()
    return user_id


async def prune(connection: AsyncConnection) -> None:
    await connection.execute(text("DELETE FROM invitations WHERE expires_at < now()"))
