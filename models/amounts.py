"""Amounts as people type them into a field, and as a field shows them."""

from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from models.money import minor_digits, parse_amount


def typed_amount(text: str, currency: str) -> int:
    """Minor units of "19.90", "19,90" or "1,234.50". ValueError says what is wrong with it."""
    plain = "".join(text.split())
    try:
        number = format(parse_decimal(plain, locale="en", strict=True), "f")
    except NumberFormatError:
        # Not as the language of the page has it; a comma before the last digits is a decimal one.
        number = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    return parse_amount(number, currency)


def amount_to_type(minor: int | None, currency: str) -> str:
    """All its decimals, and no sign of the currency: 19.90, 1990, 1.990."""
    if minor is None:
        return ""
    return format(Decimal(minor).scaleb(-minor_digits(currency)), "f")
