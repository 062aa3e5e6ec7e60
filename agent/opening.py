"""When somebody is in the shop: told when asked, and with a hand-over when nobody is."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from agent.language import Language
from models.merchant import Merchant, Opening

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
# A shop that is closed for longer says nothing of when it is back.
_AHEAD = 60
# A day of this week needs no date.
_WEEK = 7

Span = tuple[datetime, datetime]


def is_told(shop: Merchant) -> bool:
    return bool(shop.hours.week)


def open_until(shop: Merchant, now: datetime) -> datetime | None:
    """In the shop's own time; None while it is closed."""
    here = now.astimezone(_zone(shop))
    until = None
    for opens, closes in _spans(shop, here.date(), days=2):
        # Two intervals that touch are one.
        if opens <= (until or here) < closes:
            until = closes
    return until


def opens_next(shop: Merchant, now: datetime) -> datetime | None:
    """In the shop's own time; None when nobody can tell."""
    here = now.astimezone(_zone(shop))
    return next((opens for opens, _ in _spans(shop, here.date(), days=_AHEAD) if opens > here), None)


def back_again(shop: Merchant, now: datetime, language: Language, seed: str) -> str:
    """A sentence about when somebody is there again; nothing while somebody is, or when it is not told."""
    if not is_told(shop) or open_until(shop, now):
        return ""
    opens = opens_next(shop, now)
    return language.say("back_again", seed, when=moment(opens, now, language, seed)) if opens else ""


def opening_hours(shop: Merchant, now: datetime, language: Language, seed: str) -> str:
    """The week, and how it stands now."""
    until, opens = open_until(shop, now), opens_next(shop, now)
    week = language.say("hours_week", seed, week=week_in_words(shop, language, seed))
    if until:
        return f"{language.say('hours_open', seed, time=_clock(until))} {week}"
    if opens:
        return f"{language.say('hours_closed', seed, when=moment(opens, now, language, seed))} {week}"
    return week


def week_in_words(shop: Merchant, language: Language, seed: str) -> str:
    """Days with the same hours together: "Monday–Friday 09:00–18:00, Saturday 10:00–14:00"."""
    by_day = [_times(one for one in shop.hours.week if one.day == day) for day in DAYS]
    parts = []
    for times, group in groupby(enumerate(by_day), key=lambda one: one[1]):
        days = [language.weekdays[at] for at, _ in group]
        named = days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}"
        parts.append(f"{named} {times or language.say('hours_none', seed)}")
    return ", ".join(parts)


def moment(at: datetime, now: datetime, language: Language, seed: str) -> str:
    """As in "today at 14:00", "on Monday at 09:00" and, a week or more ahead, "on 2026-01-07 at 09:00"."""
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    if days <= 1:
        return language.say("at_tomorrow" if days else "at_today", seed, time=_clock(at))
    day = language.weekdays[at.weekday()] if days < _WEEK else at.date().isoformat()
    return language.say("at_day", seed, day=day, time=_clock(at))


def _times(openings: Iterator[Opening]) -> str:
    return ", ".join(f"{one.opens}–{one.closes}" for one in sorted(openings, key=lambda one: one.opens))


def _spans(shop: Merchant, first: date, *, days: int) -> Iterator[Span]:
    """All intervals from a day on, in order."""
    zone, week = _zone(shop), sorted(shop.hours.week, key=lambda one: one.opens)
    for day in (first + number * _DAY for number in range(days)):
        if day.isoformat() in shop.hours.closed:
            continue
        for one in week:
            if one.day == DAYS[day.weekday()]:
                yield _at(day, one.opens, zone), _at(day, one.closes, zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + _DAY, time(), zone)
    return datetime.combine(day, time.fromisoformat(clock), zone)


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def _zone(shop: Merchant) -> ZoneInfo:
    return ZoneInfo(shop.time_zone)
