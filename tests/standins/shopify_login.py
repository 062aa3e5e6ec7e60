"""Shopify's side of connecting: the page where a merchant agrees, codes, tokens that expire, refreshes."""

import itertools
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from sources.shopify.signatures import sign_query
from tests.standins.shopify_store import Store

API_KEY = "0123456789abcdef0123456789abcdef"
API_SECRET = "shpss_test"
ACCESS_S = 3600
REFRESH_S = 90 * 24 * 3600


@dataclass(slots=True, kw_only=True)
class ShopifyLogin:
    """`agrees_to`: what the merchant leaves in the address of what is asked for; None: all of it.

    `now` stamps the addresses it sends browsers to. A refresh token serves once; while `repeats` the last
    answer is given again for the one that it came from, as Shopify does for a short time.
    """

    stores: MutableMapping[str, Store]
    api_key: str = API_KEY
    api_secret: str = API_SECRET
    agrees_to: tuple[str, ...] | None = None
    expiring: bool = True
    now: int = 0
    repeats: bool = True
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)  # code -> shop, scopes
    refreshes: dict[str, str] = field(default_factory=dict)  # shop -> the one refresh token that is alive
    refreshed: int = 0
    _spent: dict[str, dict[str, Any]] = field(default_factory=dict)  # refresh token -> what it brought
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{shop}/admin/oauth/authorize", self._authorise),
            web.post("/{shop}/admin/oauth/access_token", self._token),
        ]

    def opened(self, path: str, **params: str) -> str:
        """An address as Shopify opens it: with a time, and signed."""
        query = urlencode({"timestamp": str(self.now), **params})
        return f"{path}?{query}&hmac={sign_query(query, self.api_secret)}"

    def revoke(self, shop: str) -> None:
        """The merchant removes the app."""
        self.stores[shop].tokens.clear()
        self.refreshes.pop(shop, None)
        self._spent.clear()

    async def _authorise(self, request: web.Request) -> web.Response:
        asked, shop = request.query, request.match_info["shop"]
        if asked.get("client_id") != self.api_key or shop not in self.stores:
            return web.Response(status=400, text="Oauth error invalid_request")
        code = f"code{next(self._numbers)}"
        scopes = asked["scope"] if self.agrees_to is None else ",".join(self.agrees_to)
        self.codes[code] = (shop, scopes)
        back = {"code": code, "host": "YWRtaW4uc2hvcGlmeS5jb20", "shop": shop, "state": asked["state"]}
        raise web.HTTPFound(self.opened(asked["redirect_uri"], **back))

    async def _token(self, request: web.Request) -> web.Response:
        form, shop = await request.post(), request.match_info["shop"]
        if (form.get("client_id"), form.get("client_secret")) != (self.api_key, self.api_secret):
            return _refused("invalid_client")
        if form.get("grant_type") == "refresh_token":
            return self._refresh(shop, str(form.get("refresh_token")))
        issued = self.codes.pop(str(form.get("code")), None)
        if issued is None or issued[0] != shop:
            return _refused("invalid_request")
        self.stores[shop].scopes = tuple(issued[1].split(","))
        return web.json_response(self.issue(shop, expiring=self.expiring and form.get("expiring") == "1"))

    def _refresh(self, shop: str, token: str) -> web.Response:
        if self.repeats and token in self._spent:
            return web.json_response(self._spent[token])
        if self.refreshes.get(shop) != token:
            return _refused("invalid_grant")
        self.refreshed += 1
        self._spent[token] = self.issue(shop, expiring=True)
        return web.json_response(self._spent[token])

    def issue(self, shop: str, *, expiring: bool) -> dict[str, Any]:
        number = next(self._numbers)
        store = self.stores[shop]
        answer: dict[str, Any] = {"access_token": f"shpat_{number}", "scope": ",".join(store.scopes)}
        store.tokens.add(answer["access_token"])
        if expiring:
            self.refreshes[shop] = f"shprt_{number}"
            answer |= {
                "expires_in": ACCESS_S,
                "refresh_token": self.refreshes[shop],
                "refresh_token_expires_in": REFRESH_S,
            }
        return answer


def _refused(error: str) -> web.Response:
    return web.json_response({"error": error, "error_description": "It is refused."}, status=400)
