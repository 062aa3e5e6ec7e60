"""Figures and filters as pages say them."""

import re
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from models.money import format_money
from models.search import Filters

_SECOND_MS = 1000
_FEW = 10


def duration(ms: float) -> str:
    """`12 ms`, `1.4 s`."""
    if ms >= _SECOND_MS:
        return f"{format_decimal(ms / _SECOND_MS, '0.##', locale='en')} s"
    return f"{format_decimal(ms, '0.#' if ms < _FEW else '0', locale='en')} ms"


def dollars(microdollars: int) -> str:
    """`$0.0046`: calls of a model cost parts of a cent."""
    return format_currency(microdollars / 1e6, "USD", "¤0.00##", locale="en", currency_digits=False)


def day(of: date) -> str:
    return format_date(of, "EEEE, d MMMM y", locale="en")


def initials(name: str) -> str:
    """Of an id its last two digits: the first are the same for all."""
    words = re.findall(r"[^\W_]+", name)
    if not words:
        return "?"
    if name.isdecimal():
        return name[-2:]
    return "".join(word[0].upper() for word in words[:2])


def filter_words(filters: Filters, currency: str, words: Mapping[str, str]) -> list[str]:
    """A few words each. `words`: from_price, up_to_price, in_stock, sold_out_too."""
    found = []
    if filters.price_min is not None:
        found.append(words["from_price"].format(price=format_money(filters.price_min, currency)))
    if filters.price_max is not None:
        found.append(words["up_to_price"].format(price=format_money(filters.price_max, currency)))
    found += [*filters.categories, *filters.colors, *filters.sizes, *filters.brands]
    if filters.in_stock is not None:
        found.append(words["in_stock" if filters.in_stock else "sold_out_too"])
    return found
