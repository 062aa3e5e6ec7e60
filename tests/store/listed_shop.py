"""Products for lists, written as the catalog actor writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from models.product import Product, Variant
from store import placement, products
from store.products import ProductRow

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def product(
    product_id: str, name: str = "Linen hat", *, price: int = 1990, age: int = 0, **rest: Any
) -> Product:
    """One variant of `stock`, unless variants are given; `age` in days."""
    stock = rest.pop("stock", 10)
    variants = rest.pop("variants", (Variant(id="v", name=name, price_minor=price, stock=stock),))
    return Product(
        id=product_id,
        name=name,
        currency=rest.pop("currency", "EUR"),
        variants=tuple(variants),
        created_at=NOW - timedelta(days=age),
        **rest,
    )


async def stock_up(engine: AsyncEngine, *wares: Product, merchant: str = "m1", deleted: bool = False) -> None:
    rows = [
        ProductRow(product=one, text_hash="h", embedder=None, embedding=None, deleted=deleted)
        for one in wares
    ]
    async with engine.begin() as connection:
        epoch = await placement.own(connection, merchant, "catalog-0")
        await products.write(connection, merchant, epoch, rows)
