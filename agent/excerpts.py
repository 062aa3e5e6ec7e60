"""What a model reads of the catalogue, in few words: each is paid for in every call that follows."""

from collections.abc import Sequence
from typing import Any

from models.money import minor_digits
from models.product import Product, Variant
from models.search import Hit
from models.shape import Counted, Section

_DESCRIPTION = 120
_VALUES = 20


def of_hit(hit: Hit) -> dict[str, Any]:
    return of_product(hit.product) | {"variant": of_variant(hit.product, hit.variant)}


def of_product(product: Product) -> dict[str, Any]:
    return _present(
        id=product.id,
        name=product.name,
        brand=product.brand,
        category=product.category[-1] if product.category else None,
        about=(product.short_description or product.description)[:_DESCRIPTION],
        colors=_distinct([one.color for one in product.variants]),
        sizes=_distinct([one.size for one in product.variants]),
    )


def of_variant(product: Product, variant: Variant) -> dict[str, Any]:
    """`stock` is missing where the shop doesn't count it."""
    return _present(
        color=variant.color,
        size=variant.size,
        material=variant.material,
        price=_money(variant.price_minor, product.currency),
        price_before=_money(variant.compare_at_price_minor, product.currency) if variant.on_sale else None,
        stock=variant.stock,
        sold_out=not variant.sellable,
    )


def of_section(section: Section, currency: str) -> dict[str, Any]:
    return outline(section, currency) | _present(
        colors=_counted(section.colors),
        sizes=_counted(section.sizes),
        brands=_counted(section.brands),
        cheapest=section.cheapest,
        dearest=section.dearest,
    )


def outline(section: Section, currency: str) -> dict[str, Any]:
    prices = section.prices
    return _present(
        category=" > ".join(section.path),
        products=section.products,
        in_stock=section.in_stock,
        price_from=_money(prices.min_minor, currency) if prices else None,
        price_to=_money(prices.max_minor, currency) if prices else None,
    )


def _counted(values: Sequence[Counted]) -> dict[str, int]:
    """The commonest; what is rarer is searched for."""
    return {one.value: one.count for one in values[:_VALUES]}


def _present(**facts: object) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact or (fact == 0 and fact is not False)}


def _distinct(values: Sequence[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _money(minor: int | None, currency: str) -> str | None:
    """As "59.90 EUR": what a model reads safely."""
    digits = minor_digits(currency)
    return None if minor is None else f"{minor / 10**digits:.{digits}f} {currency}"
