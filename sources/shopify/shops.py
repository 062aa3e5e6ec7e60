"""A shop's name at Shopify. What passes here may stand in an address, a query and a log."""

import re

# The whole of it: the documented pattern has no end and takes a.myshopify.com.evil.test.
_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com")


def shop_name(given: str) -> str | None:
    """In lower case; None for what is no such name."""
    lower = given.lower()
    return lower if given.isascii() and _SHOP.fullmatch(lower) else None


def typed(given: str) -> str | None:
    """As a person writes it: with https://, with what follows, or without .myshopify.com."""
    host = given.strip().lower().removeprefix("https://").removeprefix("http://").split("/", 1)[0]
    return shop_name(host if "." in host else f"{host}.myshopify.com")
