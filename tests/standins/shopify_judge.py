"""Whether a catalogue is what the store is. Written from Shopify's sheet, not from the code it judges."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from models.product import Product, Variant
from tests.standins.shopify_store import Json, Store, number_of


def differences(store: Store, catalogue: Iterable[Product]) -> list[str]:
    """In words; none: they are equal. `catalogue`: what is not deleted, active or not; prices in cents."""
    theirs = {str(number): product for number, product in store.products.items()}
    ours: dict[str | None, Product] = {}
    found = []
    for product in catalogue:
        number = product.shopify_product_id
        if number in ours:
            found.append(f"product {number} is there twice")
        elif number not in theirs:
            found.append(f"product {number} is not in the store")
        ours[number] = product
    for number, wanted in theirs.items():
        if number in ours:
            found += (f"product {number}: {problem}" for problem in _of_product(wanted, ours[number]))
        else:
            found.append(f"product {number} is missing")
    return sorted(found)


def _of_product(wanted: Json, product: Product) -> Iterator[str]:
    yield from _unlike("title", wanted["title"], product.name)
    yield from _unlike("tags", sorted(wanted["tags"]), sorted(product.tags))
    sold = wanted["status"] == "ACTIVE" and wanted["onlineStoreUrl"] is not None
    yield from _unlike("active", sold, product.is_active)
    ours = {variant.id.rpartition("-")[2]: variant for variant in product.variants}
    theirs = {str(number_of(variant["id"])): variant for variant in wanted["variants"]}
    yield from _unlike("order of variants", list(theirs), list(ours))
    for number in theirs.keys() & ours.keys():
        for problem in _of_variant(theirs[number], ours[number]):
            yield f"variant {number}: {problem}"


def _of_variant(wanted: Json, variant: Variant) -> Iterator[str]:
    options = {option["name"].lower(): option["value"] for option in wanted["selectedOptions"]}
    yield from _unlike("sku", wanted["sku"], variant.sku)
    yield from _unlike("color", options.get("color"), variant.color)
    yield from _unlike("size", options.get("size"), variant.size)
    yield from _unlike("price", _cents(wanted["price"]), variant.price_minor)
    yield from _unlike("price before", _cents(wanted["compareAtPrice"]), variant.compare_at_price_minor)
    left = wanted["inventoryQuantity"] if wanted["inventoryItem"]["tracked"] else None
    yield from _unlike("stock", left and max(0, left), variant.stock)
    yield from _unlike("for sale", wanted["availableForSale"], variant.available)


def _unlike(name: str, wanted: object, found: object) -> Iterator[str]:
    if wanted != found:
        yield f"{name} is {found!r}, not {wanted!r}"


def _cents(written: str | None) -> int | None:
    return int(Decimal(written) * 100) if written is not None else None
