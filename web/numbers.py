"""Numbers in addresses and headers, where anybody may write anything."""

_MOST_DIGITS = 18  # a bigint holds them


def whole_number(text: str) -> int | None:
    """None for all but plain digits that make a bigint: `isdigit` alone is true of ² and ٣ too."""
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain else None
