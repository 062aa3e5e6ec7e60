"""What keeps one account from working: asked of Instagram, and read from what happened."""

from datetime import UTC, datetime

from channels.errors import SendError, TokenInvalid
from channels.instagram.account_api import SUBSCRIBED_FIELDS, AccountApi
from channels.instagram.login import SCOPES
from settings import Settings
from store import arrivals
from store.accounts import CONNECTED, DEAUTHORIZED, Account
from store.arrivals import Echoes
from store.database import autocommit
from store.vault import Expired
from web.check import Check, when
from web.deps import Shopkeep

AGAIN = "Connect the account again."
_STOPPED = {
    DEAUTHORIZED: "Its owner removed the app at Instagram.",
    "token_invalid": "Its token has expired or was revoked, as by a change of password.",
    "permission_missing": (
        "Instagram refused a message: a permission is missing, or the owner allows no access to messages."
    ),
    "capability_missing": "Instagram refused a message because the app lacks the capability.",
}
_FIXES = {
    "permission_missing": (
        "In the Instagram app, under Settings > Messages and story replies > Message controls > Connected "
        f"tools, allow access to messages. {AGAIN} Leave everything ticked."
    ),
}


async def account_checks(here: Shopkeep, api: AccountApi, account: Account) -> list[Check]:
    async with autocommit(here.engine) as connection:
        echoes = await arrivals.echoes(connection, account)
    token = _opened(here, account)
    return [
        await _token(api, account, token),
        _life(account),
        _permissions(account),
        await _subscription(api, account, token),
        _events(here.settings, account),
        _echoes(account, echoes),
    ]


def _opened(here: Shopkeep, account: Account) -> str:
    """Empty when there is none, or none we can read."""
    try:
        return here.vault.open(account.sealed_token) if account.sealed_token else ""
    except Expired:
        return ""


async def _token(api: AccountApi, account: Account, token: str) -> Check:
    if account.status != CONNECTED:
        why = _STOPPED.get(account.status, f"It was stopped: {account.status}.")
        return _failed(account, "token", f"{why} Replies wait.", _FIXES.get(account.status, AGAIN))
    if not token:
        return _failed(account, "token", "It was sealed with a key that is not in ENCRYPTION_KEYS.", AGAIN)
    try:
        profile = await api.profile(token)
    except TokenInvalid as error:
        return _failed(account, "token", f"Instagram does not take it: {error}.", AGAIN)
    except SendError as error:
        return _failed(account, "token", f"Instagram could not be asked: {error}.", "Try again later.")
    if profile.account_id != account.account_id:
        return _failed(account, "token", f"It speaks for another account, @{profile.username}.", AGAIN)
    return _passed(account, "token", "Instagram takes it.")


def _life(account: Account) -> Check:
    if account.facts.expires_at is None:
        return _passed(
            account, "token_life", "Not known before the token is renewed, a day after connecting."
        )
    days = (account.facts.expires_at - datetime.now(UTC)).days
    detail = f"It lives {days} more days, until {account.facts.expires_at:%Y-%m-%d}."
    if account.expires_soon(datetime.now(UTC)):
        return _failed(account, "token_life", f"{detail} It could not be renewed.", AGAIN)
    return _passed(account, "token_life", f"{detail} It is renewed by itself.")


def _permissions(account: Account) -> Check:
    known = account.facts.permissions
    if known is None:
        return _passed(account, "permissions", "Not known of an account that was connected by hand.")
    if missing := [name for name in SCOPES if name not in known]:
        return _failed(
            account,
            "permissions",
            f"Not permitted: {', '.join(missing)}.",
            f"{AGAIN} Leave everything ticked.",
        )
    return _passed(account, "permissions", "All that is needed is permitted.")


async def _subscription(api: AccountApi, account: Account, token: str) -> Check:
    if not token:
        return _failed(account, "subscription", "Without a token it cannot be looked at.", AGAIN)
    try:
        fields = await api.subscribed_fields(account.account_id, token)
    except SendError as error:
        return _failed(account, "subscription", f"Instagram does not say: {error}.", "Try again later.")
    if missing := [name for name in SUBSCRIBED_FIELDS if name not in fields]:
        return _failed(
            account,
            "subscription",
            f"Not subscribed to {', '.join(missing)}: Instagram sends nothing of these.",
            f"It is subscribed again within the hour. If this stays: {AGAIN}",
        )
    return _passed(account, "subscription", f"Subscribed to {', '.join(fields)}.")


def _events(configuration: Settings, account: Account) -> Check:
    if account.last_event_at is None:
        return _failed(
            account,
            "events",
            "No event of this account has ever arrived.",
            f"In Meta's dashboard: the webhook's address is {configuration.public_url}/webhooks/instagram "
            "and confirmed, the app is live, and its fields include messages and comments. Then write a "
            "message to the account from another one.",
        )
    return _passed(account, "events", f"The last event arrived at {when(account.last_event_at)}.")


def _echoes(account: Account, echoes: Echoes) -> Check:
    if echoes.sent and not echoes.came:
        return _failed(
            account,
            "echoes",
            f"None of the last {echoes.sent} messages we sent was reported back, so nobody would notice "
            "when a person answers in the app: the assistant would talk over them.",
            "Subscribe the field message_echoes in Meta's dashboard.",
        )
    detail = "Messages we send are reported back." if echoes.sent else "Nothing has been sent yet."
    return _passed(account, "echoes", detail)


def _passed(account: Account, name: str, detail: str) -> Check:
    return Check(name=name, ok=True, detail=detail, account_id=account.account_id)


def _failed(account: Account, name: str, detail: str, fix: str) -> Check:
    return Check(name=name, ok=False, detail=detail, fix=fix, account_id=account.account_id)
