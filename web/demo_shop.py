"""Where the links of the demo shop lead: one public page for each product."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from models.money import format_money
from models.product import Product
from store import products
from store.database import autocommit
from web.deps import Here
from web.pages import render

router = APIRouter(include_in_schema=False)
MERCHANT = "demo"


@router.get("/shop/{slug}")
async def product_page(slug: str, here: Here) -> HTMLResponse:
    async with autocommit(here.engine) as connection:
        product = await products.get(connection, MERCHANT, f"demo-{slug}")
    return render("product.html", product=product, choices=_choices(product))


def _choices(product: Product) -> list[dict[str, str | bool | None]]:
    """A row for each variant, as it is now."""
    return [
        {
            "name": variant.name,
            "price": format_money(variant.price_minor, product.currency),
            "before": format_money(variant.compare_at_price_minor, product.currency)
            if variant.on_sale and variant.compare_at_price_minor
            else None,
            "sellable": variant.sellable,
        }
        for variant in product.variants
    ]
