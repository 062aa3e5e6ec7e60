"""Who signs in: operators, and the people of a merchant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, NotFound

Role = Literal["operator", "merchant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`merchants`: the shops it sees; an operator's are all, and none are listed."""

    id: str
    role: Role
    email: str
    name: str
    merchants: tuple[str, ...]
    has_password: bool
    disabled_at: datetime | None
    signed_in_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What signing in is checked against. `password_hash` None: not set yet."""

    user_id: str
    password_hash: str | None
    disabled: bool


_USER = """
    SELECT u.id, u.role, u.email, u.name, u.password_hash IS NOT NULL AS has_password,
           u.disabled_at, u.signed_in_at, u.created_at,
           ARRAY(SELECT merchant_id FROM user_merchants m WHERE m.user_id = u.id ORDER BY 1) AS merchants
    FROM users u
"""


async def create(
    connection: AsyncConnection, *, user_id: str, role: Role, email: str, name: str, merchants: Sequence[str]
) -> None:
    """Without a password. Conflict when somebody has the e-mail; NotFound for a merchant there is not."""
    made = await connection.execute(
        text("""
            INSERT INTO users (id, role, email, email_key, name) VALUES (:id, :role, :email, :key, :name)
            ON CONFLICT (email_key) DO NOTHING
        """),
        {"id": user_id, "role": role, "email": email.strip(), "key": email_key(email), "name": name},
    )
    if not made.rowcount:
        raise Conflict("somebody with this e-mail has an account already", field="email")
    await give(connection, user_id, merchants)


async def give(connection: AsyncConnection, user_id: str, merchants: Sequence[str]) -> None:
    """These shops and no others."""
    await connection.execute(
        text("DELETE FROM user_merchants WHERE user_id = :id AND merchant_id <> ALL(:merchants)"),
        {"id": user_id, "merchants": list(merchants)},
    )
    try:
        await connection.execute(
            text("""
                INSERT INTO user_merchants (user_id, merchant_id)
                SELECT :id, unnest(CAST(:merchants AS text[])) ON CONFLICT DO NOTHING
            """),
            {"id": user_id, "merchants": list(merchants)},
        )
    except IntegrityError as error:
        raise NotFound("no such merchant", field="merchants") from error


async def get(connection: AsyncConnection, user_id: str) -> User:
    found = await connection.execute(text(f"{_USER} WHERE u.id = :id"), {"id": user_id})
    row = found.first()
    if row is None:
        raise NotFound("no such user")
    return _user(row)


async def known(connection: AsyncConnection, email: str) -> Known | None:
    found = await connection.execute(
        text("SELECT id, password_hash, disabled_at FROM users WHERE email_key = :key"),
        {"key": email_key(email)},
    )
    row = found.first()
    return None if row is None else Known(row.id, row.password_hash, row.disabled_at is not None)


async def password_hash(connection: AsyncConnection, user_id: str) -> str | None:
    found = await connection.execute(text("SELECT password_hash FROM users WHERE id = :id"), {"id": user_id})
    hashed: str | None = found.scalar()
    return hashed


async def listing(
    connection: AsyncConnection, *, limit: int, after: str | None, merchants: Sequence[str] | None = None
) -> Sequence[User]:
    """By e-mail. `after`: the e-mail the last page ended with. `merchants` None: everybody."""
    found = await connection.execute(
        text(f"""
            {_USER} WHERE u.email_key > coalesce(CAST(:after AS text), '')
              AND (CAST(:merchants AS text[]) IS NULL OR EXISTS (
                SELECT FROM user_merchants m WHERE m.user_id = u.id AND m.merchant_id = ANY(:merchants)))
            ORDER BY u.email_key LIMIT :limit
        """),
        {"after": after, "limit": limit, "merchants": None if merchants is None else list(merchants)},
    )
    return [_user(row) for row in found]


async def any_operator(connection: AsyncConnection) -> bool:
    """One who can sign in: before there is, the link of the start sets up the first."""
    found = await connection.execute(
        text("""
            SELECT EXISTS (SELECT FROM users WHERE role = 'operator' AND password_hash IS NOT NULL
                           AND disabled_at IS NULL)
        """)
    )
    return bool(found.scalar())


async def lock_set_up(connection: AsyncConnection) -> None:
    """Two first operators at once: the second waits, and then is not the first."""
    await connection.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))


async def rename(connection: AsyncConnection, user_id: str, name: str) -> None:
    await connection.execute(
        text("UPDATE users SET name = :name WHERE id = :id"), {"id": user_id, "name": name}
    )


async def set_password(connection: AsyncConnection, user_id: str, hashed: str) -> None:
    await connection.execute(
        text("UPDATE users SET password_hash = :hashed WHERE id = :id"), {"id": user_id, "hashed": hashed}
    )


async def note_sign_in(connection: AsyncConnection, user_id: str) -> None:
    await connection.execute(text("UPDATE users SET signed_in_at = now() WHERE id = :id"), {"id": user_id})


async def disable(connection: AsyncConnection, user_id: str) -> None:
    """Out at once: with the sessions and the link goes whatever could let them in again."""
    for statement in (
        text("UPDATE users SET disabled_at = coalesce(disabled_at, now()) WHERE id = :id"),
        text("DELETE FROM sessions WHERE user_id = :id"),
        text("DELETE FROM invitations WHERE user_id = :id"),
    ):
        await connection.execute(statement, {"id": user_id})


async def enable(connection: AsyncConnection, user_id: str) -> None:
    await connection.execute(text("UPDATE users SET disabled_at = NULL WHERE id = :id"), {"id": user_id})


def email_key(email: str) -> str:
    """Nobody's provider tells Ana@Shop.example from ana@shop.example."""
    return email.strip().casefold()


def _user(row: Row[Any]) -> User:
    return User(**{**row._mapping, "merchants": tuple(row.merchants)})  # noqa: SLF001 - SQLAlchemy's public name
