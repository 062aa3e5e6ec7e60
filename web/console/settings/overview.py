"""All parts of the settings, each with how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from agent.instructions import VOICES
from agent.language import languages
from channels.instagram.direct import CHANNEL
from models.budget import BudgetState, state_of
from models.merchant import Merchant
from store import accounts, shopify_stores, spending
from store.accounts import CONNECTED, Account
from store.database import autocommit
from store.shopify_stores import Status, Store
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import groups_for, settings_page
from web.pages import filled, texts


@dataclass(frozen=True, slots=True)
class State:
    """`tone` is a badge's: good, warn, bad or nothing."""

    words: str
    tone: str = ""


async def overview(desk: TheDesk) -> HTMLResponse:
    return settings_page(desk, "overview", part="", groups=groups_for(desk), states=await _states(desk))


async def _states(desk: Desk) -> Mapping[str, State]:
    shop, here = desk.shop, desk.here
    async with autocommit(here.engine) as connection:
        connected = await accounts.listing(connection, shop.id, CHANNEL)
        store = await shopify_stores.known_of(connection, shop.id)
        spent = await spending.today(connection, shop.id)
    has_model = here.settings.openai_api_key is not None
    return _of_the_profile(shop) | {
        "model": _model(shop, spent, has_model=has_model),
        "instagram": _instagram(connected),
        "shopify": _shopify(store),
    }


def _said(name: str, tone: str = "", **values: object) -> State:
    sentence: str = texts("en")["settings"]["states"][name]
    return State(filled(sentence, **values), tone)


def _of_the_profile(shop: Merchant) -> dict[str, State]:
    first = languages().get(shop.languages[0])
    told = ", ".join(one for one in (shop.currency, first.name if first else shop.languages[0]) if one)
    days = len({one.day for one in shop.hours.week})
    reached = [one for one in (shop.contact.email, shop.contact.phone) if one]
    voice = texts("en")["settings_voice"]["voices"][
        shop.voice.lower() if shop.voice.lower() in VOICES else "own"
    ]
    kept = shop.retention.conversations_days
    return {
        "profile": State(told),
        "hours": _said("hours", days=days) if days else _said("no_hours"),
        "handover": State(", ".join(reached)) if reached else _said("no_contact", "warn"),
        "voice": State(voice),
        "faq": _said("faq", count=len(shop.faq)) if shop.faq else _said("no_faq"),
        "policies": _said("policies", count=len(shop.policies)) if shop.policies else _said("no_policies"),
        "comments": _said(f"comments_{shop.comments.answer}"),
        "experiment": _said("experiment", "good", running=shop.experiment.name)
        if shop.experiment
        else _said("no_experiment"),
        "retention": _said("kept", days=kept) if kept else _said("kept_for_ever"),
    }


def _model(shop: Merchant, spent: int, *, has_model: bool) -> State:
    if not has_model:
        return _said("no_model")
    if not shop.use_model:
        return _said("rules_chosen")
    return {
        BudgetState.UNLIMITED: _said("model", "good"),
        BudgetState.OK: _said("model", "good"),
        BudgetState.WARNING: _said("budget_warning", "warn"),
        BudgetState.USED_UP: _said("budget_used_up", "bad"),
    }[state_of(shop.model_budget_per_day, spent)]


def _instagram(connected: list[Account]) -> State:
    if not connected:
        return _said("not_connected", "warn")
    if any(one.status != CONNECTED for one in connected):
        return _said("needs_you", "bad")
    return State(", ".join(f"@{one.facts.username or one.account_id}" for one in connected), "good")


def _shopify(store: Store | None) -> State:
    if store is None or store.status is Status.DISCONNECTED:
        return _said("not_connected")
    if store.status is Status.CONNECTED:
        return State(store.shop, "good")
    return _said("needs_you" if store.status is Status.RECONNECT else "away", "bad")
