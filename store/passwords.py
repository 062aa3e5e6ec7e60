"""Passwords: argon2id. It takes a tenth of a second on purpose, so never on the event loop."""

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each takes 64 MiB: a flood of sign-ins waits instead of filling the memory.
AT_ONCE = 2


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _same(password))

    async def fits(self, password: str, known: str | None) -> bool:
        """`known` None: there is no such user, and finding that out takes as long as a wrong password."""
        if self._nobodys is None:
            self._nobodys = await self.hash(secrets.token_urlsafe())
        async with self._room:
            fits = await asyncio.to_thread(self._verify, known or self._nobodys, password)
        return fits and known is not None

    def outdated(self, known: str) -> bool:
        """Made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(known)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, _same(password))
        except (VerificationError, InvalidHashError):
            return False


def _same(password: str) -> str:
    """However the keyboard composed it."""
    return unicodedata.normalize("NFKC", password)
