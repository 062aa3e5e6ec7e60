"""Who may call: a bearer token, or a browser's session with its CSRF token."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException

from store import api_tokens, sessions
from store.database import autocommit
from store.vault import Expired, Vault
from web.deps import Shopkeep
from web.principal import Principal, require_scope
from web.rates import require_rate

SESSION_COOKIE: Final = "shopkeep_session"
VISIT_COOKIE: Final = "shopkeep_visit"
CSRF_HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_PREFIX: Final = "shopkeep_"  # noqa: S105 - by which people and scanners of leaks know one
# The row decides when a session ends; a cookie that outlives it is worth nothing.
_SESSION_COOKIE_S = 400 * 24 * 3600
_VISIT_COOKIE_S = 24 * 3600
_CSRF_S = sessions.LASTS_S
_GUESTS = ("session:", "visit:")


def hashed(secret: str) -> str:
    """What is stored of a code, a token or a session: who reads the table cannot enter with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Access:
    """A cookie is sealed with the installation's keys: a made-up one costs no look into the table."""

    admin_token: str
    vault: Vault
    engine: AsyncEngine
    public_url: str

    async def principal(self, request: Request) -> Principal | None:
        """By token, else by session: a proxy's Basic credentials are in the same header, and none of ours."""
        by_token = await self._by_token(request.headers.get("Authorization", ""))
        return by_token or await self.by_session(request)

    async def _by_token(self, authorization: str) -> Principal | None:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer":
            return None
        if hmac.compare_digest(token.encode(), self.admin_token.encode()):
            return Principal(kind="admin_token")
        if not token.startswith(TOKEN_PREFIX):
            return None
        async with autocommit(self.engine) as connection:
            found = await api_tokens.use(connection, hashed(token))
        if found is None:
            return None
        merchants = None if found.merchant_id is None else frozenset({found.merchant_id})
        return Principal(kind="api_token", id=found.id, name=found.name, merchants=merchants)

    async def by_session(self, request: Request) -> Principal | None:
        """The pages of the console know no tokens."""
        session = self._opened(self._cookie(request, SESSION_COOKIE), "session:")
        if session is None:
            return None
        async with autocommit(self.engine) as connection:
            found = await sessions.find(connection, hashed(session))
            if found is None:
                return None
            if found.stale:
                await sessions.prolong(connection, hashed(session))
        if found.user_id is None:
            return Principal(kind="link")
        return Principal(
            kind="user",
            id=found.user_id,
            name=found.name,
            email=found.email,
            merchants=None if found.role == "operator" else frozenset(found.merchants),
        )

    async def new_session(self, user_id: str | None) -> str:
        """The cookie of one. None: whoever has the link of the start."""
        session = secrets.token_urlsafe(32)
        async with autocommit(self.engine) as connection:
            await sessions.begin(connection, hashed(session), user_id)
        return self.vault.seal(f"session:{session}").decode()

    async def begin(self, request: Request, response: Response, user_id: str | None) -> None:
        """A new id at every sign-in; whatever this browser came with is over."""
        await self._end_session(request)
        session = await self.new_session(user_id)
        self._set(request, response, SESSION_COOKIE, session, _SESSION_COOKIE_S)
        self._forget(request, response, VISIT_COOKIE)

    async def end(self, request: Request, response: Response) -> None:
        await self._end_session(request)
        for cookie in (SESSION_COOKIE, VISIT_COOKIE):
            self._forget(request, response, cookie)

    async def _end_session(self, request: Request) -> None:
        session = self._opened(self._cookie(request, SESSION_COOKIE), "session:")
        if session is not None:
            async with autocommit(self.engine) as connection:
                await sessions.end(connection, hashed(session))

    def guest(self, request: Request) -> str:
        """The cookie this browser's forms belong to: of its session, or before there is one of its visit."""
        session = self._cookie(request, SESSION_COOKIE)
        return session if self._guest(session) else self._cookie(request, VISIT_COOKIE)

    def visit(self, request: Request) -> "Visit":
        """Forms before anybody has signed in have a token too, or others' pages could sign people in."""
        known = self.guest(request)
        if self._guest(known):
            return Visit(self.csrf_token(known), None)
        new = self.vault.seal(f"visit:{secrets.token_urlsafe(18)}").decode()
        return Visit(self.csrf_token(new), new)

    def remember(self, request: Request, response: Response, visit: "Visit") -> None:
        if visit.cookie is not None:
            self._set(request, response, VISIT_COOKIE, visit.cookie, _VISIT_COOKIE_S)

    def csrf_token(self, cookie: str) -> str:
        """Good for this session, or this visit, only."""
        return self.vault.seal(f"csrf:{self._guest(cookie)}").decode()

    def csrf_ok(self, cookie: str, token: str) -> bool:
        guest = self._guest(cookie)
        return guest is not None and guest == self._opened(token, "csrf:", max_age_s=_CSRF_S)

    def _guest(self, cookie: str) -> str | None:
        opened = self._opened(cookie, "")
        return opened if opened and opened.startswith(_GUESTS) else None

    def _opened(self, sealed: str, kind: str, max_age_s: int | None = None) -> str | None:
        if not sealed:
            return None
        try:
            opened = self.vault.open(sealed.encode(), max_age_s=max_age_s)
        except Expired:
            return None
        return opened.removeprefix(kind) if opened.startswith(kind) else None

    def _cookie(self, request: Request, cookie: str) -> str:
        return request.cookies.get(self._name(request, cookie), "")

    def _set(self, request: Request, response: Response, cookie: str, value: str, lasts_s: int) -> None:
        response.set_cookie(
            self._name(request, cookie),
            value,
            max_age=lasts_s,
            httponly=True,
            samesite="lax",  # strict would lose the session on the way in from a link
            secure=self._secure(request),
        )

    def _forget(self, request: Request, response: Response, cookie: str) -> None:
        name = self._name(request, cookie)
        if name in request.cookies:
            response.delete_cookie(name, secure=self._secure(request), httponly=True, samesite="lax")

    def _name(self, request: Request, cookie: str) -> str:
        """Under https no neighbouring host can plant a cookie of this name; plain http has no such names."""
        return f"__Host-{cookie}" if self._secure(request) else cookie

    def _secure(self, request: Request) -> bool:
        """Whether this browser came by https: what ends TLS in front of us need not say so."""
        public = urlsplit(self.public_url)
        at_public = request.headers.get("Host", "").lower() == public.netloc.lower()
        return request.url.scheme == "https" or (public.scheme == "https" and at_public)


@dataclass(frozen=True, slots=True)
class Visit:
    """`cookie` None: the browser has one."""

    csrf_token: str
    cookie: str | None


def access_of(here: Shopkeep) -> Access:
    return Access(here.settings.require_admin_token, here.vault, here.engine, here.settings.public_url)


async def require_access(request: Request) -> None:
    """A dependency of everything under /api: who it is, and that they may."""
    access: Access = request.app.state.access
    principal = await access.principal(request)
    if principal is None:
        raise HTTPException(
            401,
            "send `Authorization: Bearer <token>`: the one printed at start, or one made in the console",
            headers={"WWW-Authenticate": "Bearer"},
        )
    here: Shopkeep = request.app.state.shopkeep
    require_rate(here.rates.token, f"{principal.kind}:{principal.id}", "REQUESTS_PER_TOKEN")
    if (
        principal.by_browser
        and request.method not in SAFE
        and not access.csrf_ok(access.guest(request), request.headers.get(CSRF_HEADER, ""))
    ):
        raise HTTPException(403, f"this call changes something and needs the page's {CSRF_HEADER} header")
    request.state.principal = principal
    require_scope(request, principal)
