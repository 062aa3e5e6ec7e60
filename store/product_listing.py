"""A merchant's products as a person looks through them: filtered, sorted, page by page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_json
from models.errors import Invalid
from models.product import Product, Source
from store.listed import LEVEL, folded

# A product of which so few pieces are left is low.
LOW_STOCK = 5


class Stock(StrEnum):
    IN = "in"
    LOW = "low"
    OUT = "out"


class Sort(StrEnum):
    """With a minus from the other end."""

    ID = "id"
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    NAME_DOWN = "-name"
    PRICE = "price"
    PRICE_DOWN = "-price"
    STOCK = "stock"
    STOCK_DOWN = "-stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All of them must be met; None asks for nothing. `text`: every word of it, wherever it stands in one."""

    text: str = ""
    category: str | None = None
    brand: str | None = None
    collection: str | None = None
    active: bool | None = None
    featured: bool | None = None
    stock: Stock | None = None
    source: Source | None = None
    price_min: int | None = None
    price_max: int | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Between two products of a list. `back`: the page that ends here, not the one that begins."""

    value: str
    id: str
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`before` and `after` are where the pages beside it are; None: there is none."""

    products: tuple[Product, ...]
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Products by their state; `low` and `out` of those that are not deleted."""

    all: int
    active: int
    archived: int
    low: int
    out: int
    deleted: int


# What is compared, its type, and whether the greatest comes first.
_ORDERS: Mapping[Sort, tuple[str, str, bool]] = {
    Sort.ID: ("l.id", "text", False),
    Sort.NEWEST: ("l.created_at", "timestamptz", True),
    Sort.OLDEST: ("l.created_at", "timestamptz", False),
    Sort.NAME: ('l.name COLLATE "C"', "text", False),
    Sort.NAME_DOWN: ('l.name COLLATE "C"', "text", True),
    Sort.PRICE: ("l.price_min", "bigint", False),
    Sort.PRICE_DOWN: ("l.price_max", "bigint", True),
    # What is not counted is more than anything that is.
    Sort.STOCK: ("coalesce(l.stock, 9223372036854775807)", "bigint", False),
    Sort.STOCK_DOWN: ("coalesce(l.stock, 9223372036854775807)", "bigint", True),
}
_LOW = f"(l.sellable AND l.stock <= {LOW_STOCK})"
_STOCKS = {Stock.IN: "l.sellable", Stock.LOW: _LOW, Stock.OUT: "NOT l.sellable"}


async def page(
    connection: AsyncConnection,
    merchant_id: str,
    wanted: Wanted,
    *,
    sort: Sort = Sort.NEWEST,
    limit: int,
    at: Place | None = None,
) -> Page:
    where, values = _where(merchant_id, wanted)
    column, kind, down = _ORDERS[sort]
    back = at is not None and at.back
    sign, direction = ("<", "DESC") if down != back else (">", "ASC")
    if at is not None:
        where += f" AND ({column}, l.id) {sign} (CAST(:at_value AS {kind}), :at_id)"
        values |= {"at_value": _typed(at.value, kind), "at_id": at.id}
    found = await connection.execute(
        text(f"""
            WITH l AS (
                SELECT l.merchant_id, l.id, {column} AS value FROM product_listing l WHERE {where}
                ORDER BY value {direction}, l.id {direction} LIMIT :limit
            )
            SELECT CAST(p.body AS text) AS body, CAST(l.value AS text) AS value, l.id
            FROM l JOIN products p ON p.merchant_id = l.merchant_id AND p.id = l.id
            ORDER BY l.value {direction}, l.id {direction}
        """),  # noqa: S608 - our own words and parameters
        {**values, "limit": limit + 1},
    )
    rows = list(found)
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows.reverse()
    first, last = [Place(value=row.value, id=row.id) for row in (rows[0], rows[-1])] if rows else (None, None)
    return Page(
        products=tuple(from_json(Product, row.body) for row in rows),
        before=replace(first, back=True) if first and (more if back else at is not None) else None,
        after=last if back or more else None,
    )


def _typed(value: str, kind: str) -> str | int | datetime:
    try:
        return _TYPES[kind](value)
    except (ValueError, OverflowError):
        raise Invalid("the cursor is of a list in another order", field="cursor") from None


def _number(value: str) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


_TYPES: Mapping[str, Callable[[str], str | int | datetime]] = {
    "text": str,
    "bigint": _number,
    "timestamptz": _moment,
}


async def count(connection: AsyncConnection, merchant_id: str, wanted: Wanted) -> int:
    where, values = _where(merchant_id, wanted)
    found = await connection.execute(
        text(f"SELECT count(*) FROM product_listing l WHERE {where}"),  # noqa: S608 - see above
        values,
    )
    return int(found.scalar_one())


async def ids(connection: AsyncConnection, merchant_id: str, wanted: Wanted) -> list[str]:
    """Of all that meet it."""
    where, values = _where(merchant_id, wanted)
    found = await connection.execute(
        text(f"SELECT l.id FROM product_listing l WHERE {where} ORDER BY l.name, l.id"),  # noqa: S608 - see above
        values,
    )
    return list(found.scalars())


async def counts(connection: AsyncConnection, merchant_id: str) -> Counts:
    found = await connection.execute(
        text(f"""
            SELECT count(*) FILTER (WHERE NOT deleted) AS all,
                count(*) FILTER (WHERE NOT deleted AND active) AS active,
                count(*) FILTER (WHERE NOT deleted AND {_LOW}) AS low,
                count(*) FILTER (WHERE NOT deleted AND NOT sellable) AS out,
                count(*) FILTER (WHERE deleted) AS deleted
            FROM product_listing l WHERE merchant_id = :merchant_id
        """),  # noqa: S608 - our own words
        {"merchant_id": merchant_id},
    )
    row = found.mappings().one()
    return Counts(**row, archived=row["all"] - row["active"])


async def choices(connection: AsyncConnection, merchant_id: str) -> tuple[Sequence[str], Sequence[str]]:
    """Categories, every level of each, and brands: what can be asked for."""
    found = await connection.execute(
        text(
            "SELECT DISTINCT category, brand FROM product_listing "
            "WHERE merchant_id = :merchant_id AND NOT deleted"
        ),
        {"merchant_id": merchant_id},
    )
    rows = list(found)
    paths = {tuple(row.category.split(LEVEL)) for row in rows if row.category}
    levels = {LEVEL.join(path[: depth + 1]) for path in paths for depth in range(len(path))}
    return _sorted(levels), _sorted({row.brand for row in rows if row.brand})


def _sorted(words: set[str]) -> Sequence[str]:
    return sorted(words, key=lambda word: (folded(word), word))


def _where(merchant_id: str, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"merchant_id": merchant_id, "deleted": wanted.deleted}
    conditions = ["l.merchant_id = :merchant_id", "l.deleted = :deleted"]
    for name, condition in _CONDITIONS.items():
        if (value := getattr(wanted, name)) is not None:
            conditions.append(condition)
            values[name] = value
    if wanted.stock is not None:
        conditions.append(_STOCKS[wanted.stock])
    if wanted.category is not None:
        values["below"] = f"{_literal(wanted.category)}{LEVEL}%"
    if words := folded(wanted.text).split():
        conditions.append("l.words LIKE ALL (CAST(:words AS text[]))")
        values["words"] = [f"%{_literal(word)}%" for word in words]
    return " AND ".join(conditions), values


_CONDITIONS = {
    "category": "(l.category = :category OR l.category LIKE :below)",
    "brand": "l.brand = :brand",
    "collection": (
        "l.id IN (SELECT product_id FROM collection_products "
        "WHERE merchant_id = :merchant_id AND collection_id = :collection)"
    ),
    "active": "l.active = :active",
    "featured": "l.featured = :featured",
    "source": "l.source = :source",
    "price_min": "l.price_max >= :price_min",
    "price_max": "l.price_min <= :price_max",
}


def _literal(word: str) -> str:
    """As LIKE takes it for itself."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
