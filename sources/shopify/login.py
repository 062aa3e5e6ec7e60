"""The address where a merchant lets us in, and the tokens that follow: got, and got anew."""

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from sources.shopify.errors import Refused, TokenInvalid, Unreachable, from_status

SCOPES = ("read_products", "read_inventory")
ORDERS = "read_orders"  # only for who wants sales in the analytics
PATIENCE_S = 10.0
# The answer to a refresh that was lost is given again, for a short time: asked at once, or never.
_REFRESH_PAUSES_S = (0.0, 0.2, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """`scopes`: what the merchant agreed to. The last three are None for a token that does not expire."""

    access: str = field(repr=False)
    scopes: tuple[str, ...]
    lives_s: int | None
    refresh: str | None = field(repr=False)
    refresh_lives_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`redirect_uri` must be, to the character, one of those allowed in Shopify's dashboard.

    `admin_url`: where a store is, with `{shop}` in it.
    """

    api_key: str
    api_secret: str = field(repr=False)
    redirect_uri: str
    admin_url: str

    def authorise_url(self, shop: str, state: str, scopes: Collection[str] = SCOPES) -> str:
        asked = urlencode(
            {
                "client_id": self.api_key,
                "scope": ",".join(scopes),
                "redirect_uri": self.redirect_uri,
                "state": state,
            }
        )
        return f"{self._of(shop)}/authorize?{asked}"

    async def exchange(self, session: aiohttp.ClientSession, shop: str, code: str) -> Granted:
        """A code works once. Raises the tree of errors.py."""
        return await self._ask(session, shop, {"code": code, "expiring": "1"})

    async def refresh(self, session: aiohttp.ClientSession, shop: str, token: str) -> Granted:
        """Both tokens anew; this one is dead from then on. TokenInvalid when it was dead before."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        for pause_s in _REFRESH_PAUSES_S:
            await asyncio.sleep(pause_s)
            try:
                return await self._ask(session, shop, form)
            except Unreachable as error:
                failed = error
        raise failed

    async def _ask(self, session: aiohttp.ClientSession, shop: str, form: Mapping[str, str]) -> Granted:
        known = {"client_id": self.api_key, "client_secret": self.api_secret}
        try:
            async with session.post(
                f"{self._of(shop)}/access_token",
                data=known | dict(form),
                headers={"Accept": "application/json"},
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
                allow_redirects=False,  # the secret goes to no other host
            ) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from error
        return _granted(status, body)

    def _of(self, shop: str) -> str:
        return f"{self.admin_url.format(shop=shop).rstrip('/')}/admin/oauth"


def missing(granted: Collection[str], needed: Collection[str] = SCOPES) -> list[str]:
    """What the merchant did not agree to. Who may write may read."""
    return [
        name
        for name in needed
        if name not in granted and f"write_{name.removeprefix('read_')}" not in granted
    ]


def _granted(status: int, body: bytes) -> Granted:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    fields = found if isinstance(found, dict) else {}
    if status >= HTTPStatus.BAD_REQUEST and isinstance(error := fields.get("error"), str):
        # Of a 5xx this says nothing about the token.
        raise TokenInvalid(error[:100]) if status < HTTPStatus.INTERNAL_SERVER_ERROR else from_status(status)
    if status != HTTPStatus.OK:
        raise from_status(status)
    access, scopes = fields.get("access_token"), fields.get("scope")
    if not isinstance(access, str) or not access or not isinstance(scopes, str):
        raise Unreachable("answered without access_token and scope")
    refresh = fields.get("refresh_token")
    if refresh is not None and not isinstance(refresh, str):
        raise Refused("answered with a refresh_token that is none")
    return Granted(
        access=access,
        scopes=tuple(name.strip() for name in scopes.split(",") if name.strip()),
        lives_s=_seconds(fields.get("expires_in")) if refresh else None,
        refresh=refresh or None,
        refresh_lives_s=_seconds(fields.get("refresh_token_expires_in")) if refresh else None,
    )


def _seconds(found: object) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 10**9 else None
