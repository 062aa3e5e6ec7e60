"""The calls about an account itself: who it is, what it sends us, how long its token lives."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import aiohttp

from channels.errors import BadRequest
from channels.instagram.fields import Json, identifier, text
from channels.instagram.graph import Graph

# What an account is subscribed to. Meta then sends it every field the app has in its dashboard.
SUBSCRIBED_FIELDS = ("messages", "messaging_postbacks", "messaging_seen", "message_reactions", "comments")
# A number beyond it is a mistake.
_LONGEST_LIFE_S = 10 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Webhooks name the professional account's `account_id`; `app_scoped_id` is the app's own for it."""

    account_id: str
    app_scoped_id: str | None
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongLivedToken:
    """`lives_s`: seconds from now; None when Instagram did not say."""

    token: str = field(repr=False)
    lives_s: int | None


class AccountApi:
    """Every method raises the tree of channels/errors.py."""

    def __init__(
        self, session: aiohttp.ClientSession, *, graph_url: str, api_version: str, timeout_s: float = 10.0
    ) -> None:
        self._root = Graph(session, root=graph_url, timeout_s=timeout_s)
        self._graph = Graph(session, root=f"{graph_url.rstrip('/')}/{api_version}", timeout_s=timeout_s)

    async def profile(self, token: str) -> Profile:
        """Whose token this is."""
        answer = unwrapped(await self._graph.get("me", token, fields="id,user_id,username,name,account_type"))
        account_id = identifier(answer, "user_id")
        if account_id is None:
            raise BadRequest("answered without user_id, as for an account that is not professional")
        return Profile(
            account_id=account_id,
            app_scoped_id=identifier(answer, "id"),
            username=text(answer, "username"),
        )

    async def subscribe(self, account_id: str, token: str) -> None:
        """Until this is called Instagram sends nothing of the account, and says nothing about it."""
        fields = ",".join(SUBSCRIBED_FIELDS)
        answer = await self._graph.post(_subscriptions(account_id), token, subscribed_fields=fields)
        if answer.get("success") is not True:
            raise BadRequest("answered without success")

    async def unsubscribe(self, account_id: str, token: str) -> None:
        """From now on Instagram sends nothing of the account."""
        answer = await self._graph.delete(_subscriptions(account_id), token)
        if answer.get("success") is not True:
            raise BadRequest("answered without success")

    async def subscribed_fields(self, account_id: str, token: str) -> tuple[str, ...]:
        """Empty: to nothing."""
        answer = await self._graph.get(_subscriptions(account_id), token)
        return tuple(sorted({name for app in _rows(answer) for name in _names(app.get("subscribed_fields"))}))

    async def long_lived(self, short_lived: str, app_secret: str) -> LongLivedToken:
        """About 60 days instead of an hour."""
        return _long_lived(
            await self._root.get(
                "access_token",
                short_lived,
                grant_type="ig_exchange_token",
                client_secret=app_secret,
                access_token=short_lived,
            )
        )

    async def refreshed(self, token: str) -> LongLivedToken:
        """60 days more. The token must be a day old and not yet expired."""
        return _long_lived(
            await self._root.get(
                "refresh_access_token", token, grant_type="ig_refresh_token", access_token=token
            )
        )


def unwrapped(answer: Json) -> Json:
    """Documented inside `data`, a list of one; seen flat."""
    return next(_rows(answer), answer)


def _rows(answer: Json) -> Iterator[Json]:
    rows = answer.get("data")
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _names(fields: object) -> Iterator[str]:
    """Plain names, or objects that carry one."""
    for one in fields if isinstance(fields, list) else ():
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name


def _long_lived(answer: Json) -> LongLivedToken:
    fields = unwrapped(answer)
    token = text(fields, "access_token")
    if not token:
        raise BadRequest("answered without access_token")
    lives = fields.get("expires_in")
    if not isinstance(lives, int) or isinstance(lives, bool) or not 0 < lives < _LONGEST_LIFE_S:
        return LongLivedToken(token=token, lives_s=None)
    return LongLivedToken(token=token, lives_s=lives)


def _subscriptions(account_id: str) -> str:
    return f"{quote(account_id, safe='')}/subscribed_apps"
