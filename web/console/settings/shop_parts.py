"""The shop itself: its profile, its hours, how it is reached and when a person takes over."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.language import languages
from agent.opening import DAYS
from models.merchant import Merchant
from store import products
from store.database import autocommit
from web.console.desk import Desk
from web.console.settings.part import Part, Read
from web.console.settings.typed import Typed
from web.profile import time_zones

_INTERVALS = range(2)
_MIDNIGHT = {"24:00": "00:00"}  # as a field for times has it


def _profile(shop: Merchant) -> Typed:
    first, *others = shop.languages
    return Typed(
        {
            "name": shop.name,
            "currency": shop.currency,
            "first_language": first,
            "languages": others,
            "url": shop.contact.url or "",
            "time_zone": shop.time_zone,
        }
    )


def _read_profile(typed: Typed, shop: Merchant) -> Read:
    first = typed.get("first_language")
    contact = {"email": shop.contact.email, "phone": shop.contact.phone, "url": typed.optional("url")}
    body: dict[str, Any] = {
        "name": typed.get("name"),
        "languages": list(dict.fromkeys([first, *typed.all("languages")])),
        "contact": contact,
        "time_zone": typed.get("time_zone").strip(),
    }
    # A field that is switched off sends nothing.
    if currency := typed.optional("currency"):
        body["currency"] = currency.upper()
    return Read(body, {"contact.url": "url", "languages": "first_language"})


async def _around_profile(desk: Desk) -> dict[str, Any]:
    shop = desk.shop
    async with autocommit(desk.here.engine) as connection:
        fixed = await products.were_any(connection, shop.id)
    known = {code: one.name for code, one in languages().items()}
    return {
        "currency_fixed": fixed,
        # What the API was told stays to be chosen.
        "spoken": list((known | {code: code for code in shop.languages if code not in known}).items()),
        "zones": sorted(time_zones()),
        "local_time": datetime.now(UTC).astimezone(ZoneInfo(shop.time_zone)),
    }


PROFILE = Part(
    name="profile",
    fields=frozenset({"name", "currency", "languages", "contact", "time_zone"}),
    typed=_profile,
    read=_read_profile,
    more=_around_profile,
)


def _hours(shop: Merchant) -> Typed:
    values = {"closed": "\n".join(shop.hours.closed)}
    for day in DAYS:
        openings = sorted((one for one in shop.hours.week if one.day == day), key=lambda one: one.opens)
        for number, one in enumerate(openings):
            values |= {
                f"{day}.{number}.opens": one.opens,
                f"{day}.{number}.closes": _MIDNIGHT.get(one.closes, one.closes),
            }
    return Typed(values)


def _read_hours(typed: Typed, _: Merchant) -> Read:
    week: list[dict[str, str]] = []
    places: dict[str, str] = {}
    for day in DAYS:
        for number in typed.numbers(day):
            name = f"{day}.{number}"
            opens, closes = (typed.get(f"{name}.{end}").strip() for end in ("opens", "closes"))
            if not (opens or closes):
                continue
            at = f"hours.week.{len(week)}"
            places |= {at: name, f"{at}.opens": name, f"{at}.closes": name}
            week.append({"day": day, "opens": opens, "closes": "24:00" if closes == "00:00" else closes})
    return Read(
        {"hours": {"week": week, "closed": typed.lines("closed")}}, places | {"hours.closed": "closed"}
    )


async def _around_hours(desk: Desk) -> dict[str, Any]:
    most = max((sum(one.day == day for one in desk.shop.hours.week) for day in DAYS), default=0)
    return {"days": DAYS, "intervals": range(max(len(_INTERVALS), most))}


HOURS = Part(name="hours", fields=frozenset({"hours"}), typed=_hours, read=_read_hours, more=_around_hours)


def _handover(shop: Merchant) -> Typed:
    rules = shop.handover
    return Typed(
        {
            "email": shop.contact.email or "",
            "phone": shop.contact.phone or "",
            "problems": "1" if rules.problems else "",
            "keywords": "\n".join(rules.keywords),
            "text": rules.text or "",
            "pause_hours": str(rules.pause_hours or ""),
        }
    )


def _read_handover(typed: Typed, shop: Merchant) -> Read:
    names = ("problems", "keywords", "text", "pause_hours")
    return Read(
        {
            "contact": {
                "email": typed.optional("email"),
                "phone": typed.optional("phone"),
                "url": shop.contact.url,
            },
            "handover": {
                "problems": typed.ticked("problems"),
                "keywords": typed.lines("keywords"),
                "text": typed.optional("text"),
                "pause_hours": typed.optional("pause_hours"),
            },
        },
        {"contact.email": "email", "contact.phone": "phone"} | {f"handover.{name}": name for name in names},
    )


async def _around_handover(desk: Desk) -> dict[str, Any]:
    return {"usual_pause": f"{desk.here.settings.pause_hours:g}"}


HANDOVER = Part(
    name="handover",
    fields=frozenset({"contact", "handover"}),
    typed=_handover,
    read=_read_handover,
    more=_around_handover,
)


def _retention(shop: Merchant) -> Typed:
    kept = shop.retention
    days = {
        "conversations_days": kept.conversations_days,
        "executions_days": kept.executions_days,
        "uploads_days": kept.uploads_days,
    }
    return Typed({name: str(value or "") for name, value in days.items()})


def _read_retention(typed: Typed, _: Merchant) -> Read:
    names = ("conversations_days", "executions_days", "uploads_days")
    body = {name: typed.optional(name) for name in names}
    return Read({"retention": body}, {f"retention.{name}": name for name in names})


RETENTION = Part(name="retention", fields=frozenset({"retention"}), typed=_retention, read=_read_retention)
