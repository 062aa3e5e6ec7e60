"""Secrets at rest: encrypted with the first key, readable with any of them (key rotation)."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Expired(Exception):
    """Too old, or sealed with none of our keys."""


class Vault:
    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("ENCRYPTION_KEYS holds no key")
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes, *, max_age_s: int | None = None) -> str:
        try:
            return self._fernet.decrypt(sealed, ttl=max_age_s).decode()
        except InvalidToken as error:
            raise Expired from error


def _fernet_key(key: str) -> bytes:
    """Any text is a key: a Fernet key as it is, everything else by its hash."""
    try:
        Fernet(key)
    except ValueError:
        return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
    return key.encode()
