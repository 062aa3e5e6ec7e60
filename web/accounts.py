"""Signing in, and all that decides who can: what the pages and the API both do."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import uuid4

from fastapi import Request
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Conflict, Invalid
from store import invitations, sessions, sign_in_failures, users
from store.database import autocommit
from store.users import Role, User
from web.access import hashed
from web.deps import Shopkeep
from web.storable import Storable

SHORTEST: Final = 10
LONGEST: Final = 200
# Beside what a stranger would guess of its owner, a password has this many different characters.
DIFFERENT: Final = 5
_GUESSED_LEAST: Final = 3
# In a quarter of an hour. Behind one address there may be a whole office.
MOST_OF_AN_EMAIL: Final = 10
MOST_OF_AN_ADDRESS: Final = 40
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def _email(written: str) -> str:
    if not _EMAIL.fullmatch(written.strip()):
        raise ValueError("this is not an e-mail address such as ana@shop.example")
    return written.strip()


def _name(written: str) -> str:
    if not written.strip():
        raise ValueError("must not be blank")
    return " ".join(written.split())


Email = Annotated[Storable, Field(max_length=254), AfterValidator(_email)]
Name = Annotated[Storable, Field(max_length=100), AfterValidator(_name)]


class TooManyTries(Exception):
    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class NotSignedIn(Exception):
    """Whatever it was: no such user, another password, disabled. Which of them is nobody's business."""


async def check(here: Shopkeep, *, email: str, password: str, address: str) -> str:
    """The user's id. It takes as long whether there is such a user or not."""
    of_email, of_address = f"email:{users.email_key(email)}", f"address:{address}"
    async with autocommit(here.engine) as connection:
        counts = [
            (await sign_in_failures.count(connection, of_email), MOST_OF_AN_EMAIL),
            (await sign_in_failures.count(connection, of_address), MOST_OF_AN_ADDRESS),
        ]
        if waits := [counted.resets_in_s for counted, most in counts if counted.count > most]:
            raise TooManyTries(max(waits))
        known = await users.known(connection, email)
    usable = None if known is None or known.disabled else known.password_hash
    # Nobody's password is longer, and hashing megabytes costs.
    fits = await here.passwords.fits(password[:LONGEST], usable)
    if not fits or known is None or usable is None:
        raise NotSignedIn
    anew = await here.passwords.hash(password) if here.passwords.outdated(usable) else None
    async with here.engine.begin() as connection:
        await sign_in_failures.forgive(connection, {of_email: MOST_OF_AN_EMAIL, of_address: 1})
        await users.note_sign_in(connection, known.user_id)
        if anew is not None:
            await users.set_password(connection, known.user_id, anew)
    return known.user_id


def address_of(request: Request) -> str:
    """Behind a proxy on this machine, which says whom it speaks for, it is not the proxy's."""
    return request.client.host if request.client else ""


def require_strong(password: str, *others: str) -> None:
    """`others`: what a stranger would guess first, such as the e-mail. Invalid says what is missing."""
    if len(password) < SHORTEST:
        raise Invalid(
            f"at least {SHORTEST} characters, please: a short sentence is a good one", field="password"
        )
    if len(password) > LONGEST:
        raise Invalid(f"at most {LONGEST} characters", field="password")
    plain = password.casefold()
    guessed = [
        part
        for other in others
        for part in re.split(r"[@\s]", other.casefold())
        if len(part) >= _GUESSED_LEAST
    ]
    left = plain
    for part in (*guessed, "password", "shopkeep"):
        left = left.replace(part, "")
    if len(set(left)) < DIFFERENT:
        raise Invalid("this would be guessed among the first; take other words", field="password")


async def require_password(here: Shopkeep, user_id: str, password: str) -> None:
    """Whoever sits at an open session proves that they are its user."""
    async with autocommit(here.engine) as connection:
        known = await users.password_hash(connection, user_id)
    if not await here.passwords.fits(password[:LONGEST], known):
        raise Invalid("this is not your present password", field="current")


async def set_password(here: Shopkeep, user: User, password: str) -> None:
    """All sessions of the user end with it; the caller begins a new one."""
    require_strong(password, user.email, user.name)
    made = await here.passwords.hash(password)
    async with here.engine.begin() as connection:
        await users.set_password(connection, user.id, made)
        await sessions.end_all(connection, user.id)


@dataclass(frozen=True, slots=True)
class Invited:
    """The link is shown once; nobody can be told it again."""

    user: User
    url: str


async def set_up(here: Shopkeep, *, name: str, email: str, password: str) -> User:
    """The first operator. Conflict when there is one."""
    require_strong(password, email, name)
    made = await here.passwords.hash(password)
    user_id = uuid4().hex
    async with here.engine.begin() as connection:
        await users.lock_set_up(connection)
        if await users.any_operator(connection):
            raise Conflict("this installation has an operator already; sign in, or ask for an invitation")
        await users.create(connection, user_id=user_id, role="operator", email=email, name=name, merchants=())
        await users.set_password(connection, user_id, made)
        await users.note_sign_in(connection, user_id)
        return await users.get(connection, user_id)


async def invite(here: Shopkeep, *, role: Role, email: str, name: str, merchants: Sequence[str]) -> Invited:
    require_shops(role, merchants)
    user_id = uuid4().hex
    async with here.engine.begin() as connection:
        await users.create(
            connection, user_id=user_id, role=role, email=email, name=name, merchants=merchants
        )
        return await _linked(here, connection, user_id)


async def new_link(here: Shopkeep, user_id: str) -> Invited:
    """For who lost the first one, or the password. Any link of before is void."""
    async with here.engine.begin() as connection:
        if (await users.get(connection, user_id)).disabled_at is not None:
            raise Conflict("this account is disabled; enable it first")
        return await _linked(here, connection, user_id)


async def _linked(here: Shopkeep, connection: AsyncConnection, user_id: str) -> Invited:
    code = secrets.token_urlsafe(24)
    await invitations.issue(connection, user_id, hashed(code))
    user = await users.get(connection, user_id)
    return Invited(user, f"{here.settings.public_url}/console/invitations/{code}")


async def accept(here: Shopkeep, code: str, password: str) -> User | None:
    """The user, whose password this is from now on. None: the link was used, replaced, or is too old."""
    async with autocommit(here.engine) as connection:
        user_id = await invitations.whose(connection, hashed(code))
        user = None if user_id is None else await users.get(connection, user_id)
    if user is None:
        return None
    require_strong(password, user.email, user.name)
    made = await here.passwords.hash(password)
    async with here.engine.begin() as connection:
        if await invitations.redeem(connection, hashed(code)) is None:
            return None
        await users.set_password(connection, user.id, made)
        await sessions.end_all(connection, user.id)
        await users.note_sign_in(connection, user.id)
    return user


async def change(
    here: Shopkeep, user_id: str, *, name: str | None = None, merchants: Sequence[str] | None = None
) -> User:
    """What is None stays. An operator has no shops of its own: it sees all."""
    async with here.engine.begin() as connection:
        user = await users.get(connection, user_id)
        if name is not None:
            await users.rename(connection, user_id, name)
        if merchants is not None:
            require_shops(user.role, merchants)
            await users.give(connection, user_id, merchants)
        return await users.get(connection, user_id)


async def disable(here: Shopkeep, user_id: str, *, by: str) -> User:
    """`by`: the user who does it, if it is one."""
    if user_id == by:
        raise Conflict("you cannot disable your own account; another operator can")
    async with here.engine.begin() as connection:
        await users.get(connection, user_id)
        await users.disable(connection, user_id)
        return await users.get(connection, user_id)


async def enable(here: Shopkeep, user_id: str) -> User:
    async with here.engine.begin() as connection:
        await users.get(connection, user_id)
        await users.enable(connection, user_id)
        return await users.get(connection, user_id)


def require_shops(role: Role, merchants: Sequence[str]) -> None:
    if role == "merchant" and not merchants:
        raise Invalid("choose at least one shop: without one there is nothing to see", field="merchants")
    if role == "operator" and merchants:
        raise Invalid("an operator sees every shop; choose none", field="merchants")
