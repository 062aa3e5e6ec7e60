"""Instagram's business login: the page that asks, the code, the two tokens, and their ends."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.standins.graph_rules import GraphError, token_invalid
from tests.standins.meta_webhooks import ACCOUNT_ID
from tests.standins.people import People

APP_ID = "1234567890123456"
SCOPES = (
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)
CODE_S = 3600
SHORT_S = 3600
LONG_S = 60 * 24 * 3600
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A code or a token. `used_for`: the redirect address of a code."""

    account_id: str
    at: float
    expires_at: float
    used_for: str = ""


@dataclass(slots=True, kw_only=True)
class Login(People):
    """Who logs in is `owner`, with `agrees_to`; `denies` presses Cancel.
    `envelope` is how answers are wrapped: "flat" as seen live, or "data" as documented.
    """

    app_id: str = APP_ID
    owner: str = ACCOUNT_ID
    agrees_to: tuple[str, ...] = SCOPES
    denies: bool = False
    envelope: str = "flat"
    professional: bool = True
    codes: dict[str, Issued] = field(default_factory=dict)
    short_lived: dict[str, Issued] = field(default_factory=dict)
    long_lived: dict[str, Issued] = field(default_factory=dict)
    _issues: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def login_routes(self) -> list[web.RouteDef]:
        return [
            web.get("/oauth/authorize", self._authorise),
            web.post("/oauth/access_token", self._exchange),
            web.get("/access_token", self._long_lived),
            web.get("/refresh_access_token", self._refresh),
        ]

    def issue(self, account_id: str, *, lives_s: float = LONG_S) -> str:
        """A long-lived token, as if the account had logged in."""
        return self._issue(self.long_lived, "IGAA_long", account_id, lives_s)

    def revoke(self, account_id: str) -> None:
        """As a change of password does."""
        for issued in (self.short_lived, self.long_lived):
            for token in [token for token, one in issued.items() if one.account_id == account_id]:
                del issued[token]

    def wrapped(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {"data": [fields]} if self.envelope == "data" else fields

    def profile_of(self, account_id: str) -> dict[str, Any]:
        """Of an account that is not professional there is one id only."""
        fields = {"id": app_scoped(account_id), "username": f"shop_{account_id[-4:]}"}
        if not self.professional:
            return fields | {"account_type": "PERSONAL"}
        return fields | {"user_id": account_id, "account_type": "BUSINESS"}

    def account_of(self, token: str | None) -> str | None:
        """Whose valid token this is."""
        issued = self.long_lived.get(token or "") or self.short_lived.get(token or "")
        return issued.account_id if issued and issued.expires_at > self.clock() else None

    async def _authorise(self, request: web.Request) -> web.Response:
        asked = request.query
        if asked.get("client_id") != self.app_id or asked.get("response_type") != "code":
            return web.Response(status=400, text="Invalid platform app")
        if set(asked.get("scope", "").split(",")) != set(SCOPES):
            return web.Response(status=400, text="Invalid scopes")
        address = asked["redirect_uri"]
        answer = {"state": asked.get("state", "")}
        if self.denies:
            answer |= {
                "error": "access_denied",
                "error_reason": "user_denied",
                "error_description": "The user denied your request.",
            }
        else:
            code = self._issue(self.codes, "AQ", self.owner, CODE_S, used_for=address)
            answer |= {"code": code}
        # Not a fragment: whoever follows this by hand sends it back to us.
        raise web.HTTPFound(f"{address}?{urlencode(answer)}" + ("" if self.denies else "#_"))

    async def _exchange(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form.get("client_id"), form.get("client_secret")) != (self.app_id, self.app_secret):
            return _refused("Invalid platform app")
        if form.get("grant_type") != "authorization_code":
            return _refused("Invalid grant_type")
        issued = self.codes.pop(str(form.get("code")), None)
        if issued is None or issued.expires_at <= self.clock():
            return _refused("This authorization code has been used")
        if form.get("redirect_uri") != issued.used_for:
            return _refused("Error validating verification code: redirect_uri must be identical")
        token = self._issue(self.short_lived, "IGAA_short", issued.account_id, SHORT_S)
        # A bare number, flat; the documented form has a text with commas.
        fields: dict[str, Any] = {"access_token": token, "user_id": int(app_scoped(issued.account_id))}
        agreed = ",".join(self.agrees_to) if self.envelope == "data" else list(self.agrees_to)
        return web.json_response(self.wrapped(fields | {"permissions": agreed}))

    async def _long_lived(self, request: web.Request) -> web.Response:
        asked = request.query
        if (asked.get("grant_type"), asked.get("client_secret")) != ("ig_exchange_token", self.app_secret):
            raise GraphError(100, None, "Invalid client_secret")
        issued = self.short_lived.get(asked.get("access_token", ""))
        if issued is None or issued.expires_at <= self.clock():
            raise token_invalid()
        return self._token_answer(self.issue(issued.account_id))

    async def _refresh(self, request: web.Request) -> web.Response:
        asked = request.query
        issued = self.long_lived.get(asked.get("access_token", ""))
        if asked.get("grant_type") != "ig_refresh_token":
            raise GraphError(100, None, "Invalid grant_type")
        if issued is None or issued.expires_at <= self.clock():
            raise token_invalid()
        if self.clock() - issued.at < DAY_S:
            raise GraphError(100, None, "The token must be at least 24 hours old")
        return self._token_answer(self.issue(issued.account_id))

    def _token_answer(self, token: str) -> web.Response:
        return web.json_response({"access_token": token, "token_type": "bearer", "expires_in": LONG_S})

    def _issue(
        self, among: dict[str, Issued], prefix: str, account_id: str, lives_s: float, *, used_for: str = ""
    ) -> str:
        made = f"{prefix}_{next(self._issues)}"
        now = self.clock()
        among[made] = Issued(account_id=account_id, at=now, expires_at=now + lives_s, used_for=used_for)
        return made


def app_scoped(account_id: str) -> str:
    """The app's own id of an account: another number than webhooks name."""
    return f"9{account_id[1:]}"


def _refused(message: str) -> web.Response:
    """Flat, unlike the Graph API's errors."""
    body = {"error_type": "OAuthException", "code": 400, "error_message": message}
    return web.json_response(body, status=400)
