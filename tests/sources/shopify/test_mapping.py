"""Shopify's product as ours, whatever is wrong with it."""

from typing import Any

import pytest

from sources.drafts import MAX_VARIANTS, ProductDraft
from sources.shopify.answers import Json
from sources.shopify.mapping import Mapped, Rules, mapped
from tests.standins.shopify_store import SHOP, Store

RULES = Rules(shop=SHOP, currency="USD")


@pytest.fixture
def store() -> Store:
    return Store()


def product(store: Store, title: str = "Linen shirt", *variants: Json, **more: Any) -> Json:
    """As Pages gives it."""
    made = store.products[store.put_product(title, variants=variants or ({},), **more)]
    variants_of = [one | {"media": {"nodes": one["media"]}} for one in made["variants"]]
    return made | {"featuredMedia": next(iter(made["media"]), None), "variants": variants_of}


def draft_of(given: Json, rules: Rules = RULES) -> ProductDraft:
    found = mapped(given, rules).draft
    assert found
    return found


def fields(found: Mapped) -> list[tuple[str, str]]:
    return [(remark.kind, remark.field) for remark in found.remarks]


def test_a_product_comes_with_all_that_shopify_says_of_it(store: Store) -> None:
    given = product(
        store,
        "Linen dress",
        {
            "number": 9101,
            "sku": "LD-M",
            "price": "49.00",
            "compareAtPrice": "59.00",
            "inventoryQuantity": 7,
            "selectedOptions": [{"name": "Colour", "value": "Navy"}, {"name": "Size", "value": "M"}],
            "media": [store.media("https://cdn.example/navy.jpg")],
        },
        number=9001,
        descriptionHtml="<p>Light &amp; <b>airy</b>.</p><script>alert(1)</script>",
        productType="Clothing > Dresses",
        tags=["linen", "summer"],
        media=[store.media("https://cdn.example/front.jpg")],
        collections=[store.put_collection("Summer"), store.put_collection("All")],
        metafields=[store.metafield("custom", "care", "Cold wash")],
        onlineStoreUrl="https://demo.example/products/linen-dress",
    )
    found = mapped(given, RULES)
    assert found.remarks == ()
    assert (found.number, found.updated_at) == (9001, "2026-05-01T10:00:00Z")
    draft = draft_of(given)
    assert draft.model_dump(exclude={"metadata", "variants"}) == {
        "id": "shopify-9001",
        "name": "Linen dress",
        "description": "Light & airy.",
        "short_description": "",
        "category": ["Clothing", "Dresses", "Summer"],
        "tags": ["linen", "summer"],
        "brand": "Acme",
        "currency": None,
        "main_image": "https://cdn.example/front.jpg",
        "images": ["https://cdn.example/front.jpg", "https://cdn.example/navy.jpg"],
        "product_url": "https://demo.example/products/linen-dress",
        "is_active": True,
        "is_featured": False,
        "shopify_product_id": "9001",
    }
    assert draft.metadata == {
        "handle": "linen-dress",
        "shopify_shop": SHOP,
        "shopify_updated_at": "2026-05-01T10:00:00Z",
        "metafields": {"custom.care": "Cold wash"},
        "options": {
            "Colour": {"is": "color", "values": ["Navy"]},
            "Size": {"is": "size", "values": ["M"]},
        },
    }
    assert draft.variants[0].model_dump() == {
        "id": "shopify-9101",
        "sku": "LD-M",
        "name": "Navy / M",
        "color": "Navy",
        "size": "M",
        "material": None,
        "price_minor": 4900,
        "compare_at_price_minor": 5900,
        "stock": 7,
        "available": True,
        "oversell": False,
        "images": ["https://cdn.example/navy.jpg"],
    }


@pytest.mark.parametrize(
    ("status", "url", "active"),
    [
        ("ACTIVE", "https://demo.example/p", True),
        ("ACTIVE", None, False),
        ("DRAFT", "https://demo.example/p", False),
        ("ARCHIVED", "https://demo.example/p", False),
        ("UNLISTED", "https://demo.example/p", False),
    ],
)
def test_active_is_what_everybody_finds_in_the_online_store(
    store: Store, status: str, url: str | None, active: bool
) -> None:
    found = mapped(product(store, status=status, onlineStoreUrl=url), RULES)
    assert found.draft
    assert (found.draft.is_active, found.remarks) == (active, ())


@pytest.mark.parametrize("status", ["FROBNICATED", None, 7])
def test_a_status_nobody_knows_is_not_active(store: Store, status: object) -> None:
    found = mapped(product(store) | {"status": status}, RULES)
    assert found.draft
    assert not found.draft.is_active
    assert fields(found) == [("default", "status")]


def test_a_product_without_its_own_address_has_the_one_of_its_handle(store: Store) -> None:
    draft = draft_of(product(store, onlineStoreUrl=None))
    assert draft.product_url == f"https://{SHOP}/products/linen-shirt"


def test_a_variant_without_a_price_is_not_sold(store: Store) -> None:
    found = mapped(product(store, "Shirt", {"price": None}, {"price": "10.00"}), RULES)
    assert found.draft
    assert [variant.price_minor for variant in found.draft.variants] == [1000]
    assert fields(found) == [("default", "price")]
    nothing = mapped(product(store, "Shirt", {"price": None}), RULES)
    assert nothing.draft
    assert not nothing.draft.is_active
    assert not nothing.draft.variants[0].available


@pytest.mark.parametrize(
    ("variant", "stock", "available", "oversell"),
    [
        ({"inventoryQuantity": -3, "availableForSale": False}, 0, False, False),
        ({"inventoryQuantity": 0, "inventoryPolicy": "CONTINUE"}, 0, True, True),
        ({"inventoryQuantity": None}, None, True, False),
        ({"inventoryItem": {"id": "gid://shopify/InventoryItem/1", "tracked": False}}, None, True, False),
        ({"inventoryItem": None}, 7, True, False),
    ],
)
def test_stock_is_what_can_be_bought(
    store: Store, variant: Json, stock: int | None, available: bool, oversell: bool
) -> None:
    given = product(store)
    given["variants"][0] |= variant
    (made,) = draft_of(given).variants
    assert (made.stock, made.available, made.oversell) == (stock, available, oversell)


def test_what_is_missing_has_a_default_and_is_told(store: Store) -> None:
    given = product(store) | {"title": None, "tags": None, "vendor": None, "descriptionHtml": None}
    given["variants"][0] |= {"sku": None, "availableForSale": None, "selectedOptions": None}
    found = mapped(given, RULES)
    assert found.draft
    assert (found.draft.name, found.draft.tags, found.draft.brand) == ("linen shirt", [], None)
    assert fields(found) == [("default", "availableForSale"), ("default", "title")]


def test_a_product_without_variants_comes_in_and_is_not_active(store: Store) -> None:
    found = mapped(product(store) | {"variants": []}, RULES)
    assert found.draft
    assert not found.draft.is_active


def test_a_picture_that_is_still_worked_on_is_left_out(store: Store) -> None:
    given = product(store, media=[store.media("https://cdn.example/a.jpg") | {"preview": None}])
    assert draft_of(given).images == []


def test_what_is_too_long_is_cut_and_told(store: Store) -> None:
    found = mapped(
        product(
            store,
            "x" * 600,
            descriptionHtml="<p>" + "word " * 110_000,
            tags=[str(number) for number in range(300)],
            metafields=[store.metafield("custom", f"key{number}", "x" * 5000) for number in range(8)],
        ),
        RULES,
    )
    assert found.draft
    assert (len(found.draft.name), len(found.draft.description), len(found.draft.tags)) == (500, 19_999, 250)
    assert {field for _, field in fields(found)} == {"title", "descriptionHtml", "tags", "metafields"}


def test_one_bad_value_costs_only_itself(store: Store) -> None:
    given = product(store, tags=["a" * 300, "good", "b" * 300], vendor="x" * 300, onlineStoreUrl="ftp://x")
    given["variants"].append(given["variants"][0] | {"id": "gid://shopify/ProductVariant/5"})
    found = mapped(given, RULES)
    assert found.draft
    assert (found.draft.tags, found.draft.brand, found.draft.product_url) == (["good"], None, None)
    assert [variant.sku is None for variant in found.draft.variants] == [False, True]
    assert {field for _, field in fields(found)} == {
        "tags.0",
        "tags.2",
        "brand",
        "product_url",
        "variants.1.sku",
    }


def test_as_many_variants_as_shopify_has_come_in(store: Store) -> None:
    draft = draft_of(product(store, "Shirt", *({"title": str(index)} for index in range(2048))))
    assert len(draft.variants) == MAX_VARIANTS


def test_ids_stay_exact(store: Store) -> None:
    draft = draft_of(product(store, "Shirt", {"number": 788032119674292925}, number=788032119674292923))
    assert (draft.id, draft.shopify_product_id) == ("shopify-788032119674292923", "788032119674292923")
    assert draft.variants[0].id == "shopify-788032119674292925"


def chosen(*options: tuple[str, str]) -> Json:
    return {"selectedOptions": [{"name": name, "value": value} for name, value in options]}


def test_options_are_known_by_what_they_are_called_or_by_their_values(store: Store) -> None:
    (first, _) = draft_of(
        product(
            store,
            "Shirt",
            chosen(("Farbe", "Mohn"), ("Ausführung", "XL"), ("Typ", "Leinen")),
            chosen(("Farbe", "Nebel"), ("Ausführung", "S"), ("Typ", "Baumwolle")),
        )
    ).variants
    assert (first.color, first.size, first.material) == ("Mohn", "XL", "Leinen")


def test_the_merchant_knows_better_what_an_option_is(store: Store) -> None:
    rules = Rules(shop=SHOP, currency="USD", options={"finish": "color", "SIZE": "none"})
    given = product(store, "Ring", chosen(("Finish", "Matt"), ("Size", "Small"), ("Ton", "Gold")))
    (variant,) = draft_of(given, rules).variants
    assert (variant.color, variant.size, variant.name) == ("Matt", None, "Matt / Small / Gold")


@pytest.mark.parametrize(("currency", "price", "minor"), [("JPY", "4900", 4900), ("KWD", "4.900", 4900)])
def test_prices_are_in_the_units_of_the_currency(store: Store, currency: str, price: str, minor: int) -> None:
    rules = Rules(shop=SHOP, currency=currency)
    assert draft_of(product(store, "Shirt", {"price": price}), rules).variants[0].price_minor == minor


def test_what_each_option_was_taken_for_is_noted_with_some_of_its_values(store: Store) -> None:
    given = product(
        store,
        "Shirt",
        *(chosen(("Farbe", color), ("Passform", "Slim" * 20)) for color in ("Mohn", "Nebel", "Moos", "Meer")),
    )
    assert draft_of(given).metadata["options"] == {
        "Farbe": {"is": "color", "values": ["Mohn", "Nebel", "Moos"]},
        "Passform": {"is": "none", "values": [("Slim" * 20)[:30]]},
    }


def test_a_product_without_options_has_none_to_note(store: Store) -> None:
    assert "options" not in draft_of(product(store, "Mug", chosen(("Title", "Default Title")))).metadata
