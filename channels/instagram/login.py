"""Business login: the address where a merchant says yes, and what the code that comes back is worth."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from channels.errors import BadRequest, OutcomeUnknown, SendError
from channels.instagram.account_api import unwrapped
from channels.instagram.fields import text
from channels.instagram.graph import Graph

SCOPES = (
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortLivedToken:
    """Lives an hour. `permissions`: what the merchant agreed to; None when Instagram did not say."""

    token: str = field(repr=False)
    permissions: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`redirect_uri` must be, to the character, the one in Meta's dashboard."""

    app_id: str
    app_secret: str = field(repr=False)
    redirect_uri: str
    login_url: str
    api_url: str

    def authorise_url(self, state: str) -> str:
        asked = urlencode(
            {
                "client_id": self.app_id,
                "redirect_uri": self.redirect_uri,
                "response_type": "code",
                "scope": ",".join(SCOPES),
                "state": state,
            }
        )
        return f"{self.login_url.rstrip('/')}/oauth/authorize?{asked}"

    async def exchange(self, session: aiohttp.ClientSession, code: str) -> ShortLivedToken:
        """A code works once, for an hour. Raises the tree of channels/errors.py."""
        form = {
            "client_id": self.app_id,
            "client_secret": self.app_secret,
            "grant_type": "authorization_code",
            "redirect_uri": self.redirect_uri,
            # Instagram appends this to the address it sends the merchant back to.
            "code": code.removesuffix("#_"),
        }
        answer = await Graph(session, root=self.api_url).answer("POST", "oauth/access_token", data=form)
        if not answer.ok or "error_message" in answer.fields:
            raise _refusal(text(answer.fields, "error_type"), answer.status)
        fields = unwrapped(answer.fields)
        token = text(fields, "access_token")
        if not token:
            raise OutcomeUnknown("answered without access_token")
        return ShortLivedToken(token=token, permissions=_permissions(fields.get("permissions")))


def _refusal(kind: str, status: int) -> SendError:
    """Flat here, unlike the Graph API. The message may repeat what was sent, so it is not kept."""
    return BadRequest(f"HTTP {status}" + (f", {kind}" if kind else ""))


def _permissions(found: object) -> tuple[str, ...] | None:
    """Seen as a text with commas and as an array. None at all would be no login: then it was not said."""
    names = found.split(",") if isinstance(found, str) else found
    if not isinstance(names, list):
        return None
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip()) or None
