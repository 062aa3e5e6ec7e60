"""Who may call: a bearer token, or a browser session with its CSRF token."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from store.vault import Expired, Vault

SESSION_COOKIE = "shopkeep_session"
CSRF_HEADER = "X-CSRF-Token"
SESSION_S = 7 * 24 * 3600
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """Sessions are sealed with the installation's keys: nothing of them is stored."""

    admin_token: str
    vault: Vault

    def bearer_ok(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode(), self.admin_token.encode()
        )

    def new_session(self) -> str:
        return self.vault.seal(f"session:{secrets.token_urlsafe(18)}").decode()

    def session_ok(self, cookie: str) -> bool:
        return self._opened(cookie, "session:") is not None

    def csrf_token(self, cookie: str) -> str:
        """Good for this session only."""
        return self.vault.seal(f"csrf:{self._opened(cookie, 'session:')}").decode()

    def csrf_ok(self, cookie: str, token: str) -> bool:
        session = self._opened(cookie, "session:")
        return session is not None and session == self._opened(token, "csrf:")

    def _opened(self, sealed: str, kind: str) -> str | None:
        try:
            opened = self.vault.open(sealed.encode(), max_age_s=SESSION_S)
        except Expired:
            return None
        return opened.removeprefix(kind) if opened.startswith(kind) else None


async def require_access(request: Request) -> None:
    """A dependency of everything under /api."""
    access: Access = request.app.state.access
    if access.bearer_ok(request.headers.get("Authorization", "")):
        return
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie and access.session_ok(cookie):
        if request.method in _SAFE or access.csrf_ok(cookie, request.headers.get(CSRF_HEADER, "")):
            return
        raise HTTPException(403, f"this call changes something and needs the page's {CSRF_HEADER} header")
    raise HTTPException(
        401,
        "send `Authorization: Bearer <token>`; the token was printed at start",
        headers={"WWW-Authenticate": "Bearer"},
    )


Signed = Annotated[None, Depends(require_access)]
