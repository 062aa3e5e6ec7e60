"""The judge of a catalogue notices whatever is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.product import Product
from sources.drafts import to_product
from sources.shopify.mapping import Rules, mapped, our_id
from tests.standins.shopify_judge import differences
from tests.standins.shopify_store import SHOP, Store

Wrong = Callable[[Sequence[Product]], list[Product]]


def two() -> Store:
    store = Store(currency="EUR")
    store.put_product(
        "Linen shirt", variants=[{"price": "49.00"}, {"price": "51.00", "inventoryQuantity": 0}]
    )
    store.put_product("Wool coat", status="DRAFT")
    return store


def copied(store: Store) -> list[Product]:
    drafts = [mapped(product, Rules(shop=SHOP, currency="EUR")).draft for product in store.products.values()]
    return [
        to_product(draft, "EUR", id=our_id(number), now=datetime.now(UTC), new_id=lambda: "")
        for number, draft in zip(store.products, drafts, strict=True)
        if draft
    ]


def first(**changes: object) -> Wrong:
    return lambda kept: [replace(kept[0], **changes), *kept[1:]]  # type: ignore[arg-type]


def variant(**changes: object) -> Wrong:
    """Of the first product the second one."""

    def changed(kept: Sequence[Product]) -> list[Product]:
        one, two = kept[0].variants
        return [replace(kept[0], variants=(one, replace(two, **changes))), *kept[1:]]  # type: ignore[arg-type]

    return changed


def test_a_copy_is_equal() -> None:
    store = two()
    assert differences(store, copied(store)) == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (lambda kept: list(kept[1:]), "is missing"),
        (lambda kept: [*kept, replace(kept[0], id="shopify-1", shopify_product_id="1")], "not in the store"),
        (lambda kept: [*kept, replace(kept[0], id="another")], "twice"),
        (lambda kept: [replace(kept[0], variants=kept[0].variants[:1]), *kept[1:]], "variants"),
        (lambda kept: [replace(kept[0], variants=kept[0].variants[::-1]), *kept[1:]], "variants"),
        (first(name="Old name"), "title"),
        (first(tags=("old",)), "tags"),
        (first(is_active=False), "active"),
        (variant(price_minor=4900), "price"),
        (variant(compare_at_price_minor=6000), "price before"),
        (variant(stock=1), "stock"),
        (variant(stock=None), "stock"),
        (variant(available=False), "for sale"),
        (variant(size="S"), "size"),
        (variant(sku=None), "sku"),
    ],
)
def test_what_is_wrong_is_noticed_and_named(wrong: Wrong, word: str) -> None:
    store = two()
    (found,) = differences(store, wrong(copied(store)))
    assert word in found


def test_what_was_sold_beyond_its_stock_has_none() -> None:
    store = two()
    number = next(iter(store.products))
    store.set_stock(number, 0, -3)
    assert differences(store, copied(store)) == []
