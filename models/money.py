"""Money is an integer of minor units and an ISO 4217 currency, never a float."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies

CURRENCIES = frozenset(list_currencies())
# PostgreSQL's bigint would hold more; a price above this is a typing error, not a price.
MAX_MINOR = 10**12

_PLAIN = re.compile(r"\d+(\.\d+)?")


def minor_digits(currency: str) -> int:
    """How many decimals the currency has: EUR 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def parse_amount(text: str, currency: str) -> int:
    """Minor units of a plain decimal such as "19.90". ValueError says what is wrong with it."""
    text = text.strip()
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a positive decimal number such as 19.90")
    digits = minor_digits(currency)
    try:
        amount = Decimal(text).scaleb(digits)
    except InvalidOperation:  # more digits than the decimal context holds
        raise ValueError(f"{text[:20]}... has too many digits") from None
    if amount != amount.to_integral_value():
        raise ValueError(f"{text} has more decimals than {currency} ({digits})")
    if amount > MAX_MINOR:
        raise ValueError(f"{text} is too large for a price")
    return int(amount)


def plain_amount(minor: int, currency: str) -> str:
    """What `parse_amount` reads: 19.90, without a sign."""
    return f"{Decimal(minor).scaleb(-minor_digits(currency)):f}"


@lru_cache(maxsize=4096)
def format_money(minor: int, currency: str, language: str = "en") -> str:
    """The amount as people write it; whole amounts without decimals: $65, 59,90 €.

    Cached: writing one takes longer than finding its product, and a shop has few different prices.
    """
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    digits = minor_digits(currency)
    amount = Decimal(minor).scaleb(-digits)
    written = format_currency(amount, currency, locale=locale)
    if digits and minor % 10**digits == 0:
        written = format_currency(amount, currency, locale=locale, decimal_quantization=False)
        written = re.sub(r"[.,]0+(?=\D*$)", "", written)
    # Babel separates with no-break spaces; messages are compared and split on plain ones.
    return written.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
