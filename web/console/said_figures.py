"""Figures as people say them, and how they compare with those of before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

LOCALE = "en"
NOTHING = "–"
# What changed by less than this is the same.
_SAME = 0.005
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000


def count(value: float | None) -> str:
    return NOTHING if value is None else format_decimal(round(value), locale=LOCALE)


def day(value: date) -> str:
    return format_date(value, "d MMM y", locale=LOCALE)


def average(value: float | None) -> str:
    """One digit behind the point: 3.4 messages."""
    return NOTHING if value is None else format_decimal(value, format="#,##0.0", locale=LOCALE)


def confidence(value: float | None) -> str:
    return NOTHING if value is None else format_decimal(value, format="0.00", locale=LOCALE)


def share(value: float | None) -> str:
    """Never rounded to all or nothing: 99.97 % is not 100 %."""
    if value is None:
        return NOTHING
    shown = round(value, 3)
    if shown != value and shown in (0, 1):
        return format_percent(value, format="#,##0.000%", locale=LOCALE)
    return format_percent(value, format="#,##0.#%", locale=LOCALE)


def points(value: float) -> str:
    """Of a difference between two shares: -3.1."""
    return format_decimal(value * 100, format="0.0", locale=LOCALE)


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return NOTHING
    if milliseconds < _SECOND:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 2 * _MINUTE:
        return f"{milliseconds / _SECOND:.1f} s"
    if milliseconds < 2 * _HOUR:
        return f"{milliseconds / _MINUTE:.0f} min"
    return f"{milliseconds / _HOUR:.1f} h"


def dollars(microdollars: float | None) -> str:
    """To the tenth of a cent where it is less than ten cents."""
    if microdollars is None:
        return NOTHING
    amount = Decimal(round(microdollars)) / 1_000_000
    small = 0 < abs(amount) < Decimal("0.1")
    pattern = "¤#,##0.0000" if small else "¤#,##0.00"
    return format_currency(amount, "USD", format=pattern, locale=LOCALE, currency_digits=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`tone` is good, bad or nothing; `way` is up, down or same."""

    said: str
    way: str
    tone: str = ""


def change(
    now: float | None, before: float | None, *, better: str = "", points: bool = False
) -> Change | None:
    """`better` is up or down where one of them is. `points`: of two shares. None: nothing to compare with."""
    if now is None or before is None or (not points and not before):
        return None
    moved = now - before if points else now / before - 1
    if abs(moved) < _SAME:
        return Change(said="", way="same")
    way = "up" if moved > 0 else "down"
    said = f"{abs(moved) * 100:.1f}" if points else format_percent(abs(moved), format="#,##0%", locale=LOCALE)
    tone = "" if not better else "good" if way == better else "bad"
    return Change(said=said, way=way, tone=tone)
