"""Hollin & Fay: the invented shop a new installation starts with."""

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from demo.source import HERE, Entry, color_slug, entries, picture_path
from models.codec import from_jsonable
from models.merchant import Merchant
from models.money import parse_amount
from models.product import Product, Variant

UNTRACKED = "x"
# The oldest piece was put on sale about seven months ago, the newest days ago.
_NEWEST_HOURS, _SPREAD_HOURS = 48, 24 * 210


def load(app_url: str, now: datetime) -> tuple[Merchant, tuple[Product, ...]]:
    """The same ids, prices and stock every time; links under `app_url`, dates before `now`."""
    shop = app_url.rstrip("/") + "/shop"
    merchant = _merchant(shop)
    return merchant, tuple(_product(entry, merchant, shop, now) for entry in entries().values())


def _merchant(shop: str) -> Merchant:
    written: dict[str, Any] = tomllib.loads((HERE / "shop.toml").read_text(encoding="utf-8"))
    written["contact"]["url"] = shop
    return from_jsonable(Merchant, written)


def _product(entry: Entry, merchant: Merchant, shop: str, now: datetime) -> Product:
    images = tuple(picture_path(entry.slug, color) for color in entry.drawn_colors)
    age = timedelta(hours=_NEWEST_HOURS + crc32(entry.slug.encode()) % _SPREAD_HOURS)
    return Product(
        id=f"{merchant.id}-{entry.slug}",
        name=entry.name,
        description=entry.text,
        short_description=entry.short,
        category=entry.category,
        tags=tuple(entry.tags.split(", ")),
        brand=entry.brand,
        currency=merchant.currency,
        variants=tuple(_variants(entry, merchant)),
        main_image=images[0],
        images=images,
        product_url=f"{shop}/{entry.slug}",
        is_featured=entry.featured,
        created_at=now - age,
    )


def _variants(entry: Entry, merchant: Merchant) -> list[Variant]:
    return [
        _variant(entry, merchant, color, size, pieces)
        for color in entry.colors or (None,)
        for size, pieces in zip(entry.sizes, entry.pieces(color), strict=True)
    ]


def _variant(entry: Entry, merchant: Merchant, color: str | None, size: str, pieces: str) -> Variant:
    slug = "-".join((entry.slug, *([color_slug(color)] if color else []), _size_slug(size)))
    price, before = _prices(entry, color, size)
    return Variant(
        id=f"{merchant.id}-{slug}",
        sku=slug.upper(),
        name=" / ".join((*([color.capitalize()] if color else []), size)),
        color=color,
        size=size,
        material=entry.material_in(color),
        price_minor=_minor(price, merchant),
        compare_at_price_minor=_minor(before, merchant) if before else None,
        stock=None if pieces == UNTRACKED else int(pieces),
        images=(picture_path(entry.slug, color or entry.drawn_colors[0]),),
    )


def _prices(entry: Entry, color: str | None, size: str) -> tuple[Decimal, Decimal | None]:
    """What it costs and what it cost before a sale."""
    regular = entry.by_size.get(size, entry.price)
    if color in entry.sale:
        return entry.sale[color], regular
    return regular, entry.was


def _minor(price: Decimal, merchant: Merchant) -> int:
    return parse_amount(str(price), merchant.currency)


def _size_slug(size: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in size.lower())
