import json
from typing import Any

import pytest

from models.errors import Invalid
from sources.drafts import ProductDraft
from sources.reading import read
from sources.rows import ProductRow, RowError

PUBLIC = {
    "id": 788032119674292922,
    "title": "Shirt",
    "handle": "shirt",
    "body_html": "<p>Soft</p>",
    "published_at": "2026-03-09T19:25:36+05:30",
    "vendor": "Acme",
    "product_type": "Tops",
    "tags": ["new", "summer"],
    "options": [{"name": "Size", "position": 1, "values": ["M"]}, {"name": "Pack of"}],
    "variants": [
        {
            "id": 51,
            "title": "M / 3",
            "option1": "M",
            "option2": "3",
            "sku": None,
            "available": False,
            "price": "520.00",
            "compare_at_price": "0.00",
            "featured_image": {"src": "https://cdn.example/m.jpg"},
        }
    ],
    "images": [
        {"id": 7, "src": "//cdn.example/1.jpg", "variant_ids": [51]},
        {"src": "https://cdn.example/2.jpg"},
    ],
}
ADMIN = {
    "id": 1,
    "title": "Shirt",
    "body_html": None,
    "vendor": "Acme",
    "product_type": "",
    "tags": "new, summer",
    "status": "active",
    "published_at": "2026-03-09T19:25:36+05:30",
    "options": [{"name": "Title"}],
    "image": {"id": 8, "src": "https://cdn.example/8.jpg"},
    "images": [{"id": 7, "src": "https://cdn.example/7.jpg"}, {"id": 8, "src": "https://cdn.example/8.jpg"}],
    "variants": [
        {
            "id": 2,
            "option1": "Default Title",
            "price": "49.00",
            "compare_at_price": None,
            "sku": "LS-M",
            "inventory_management": "shopify",
            "inventory_policy": "continue",
            "inventory_quantity": -3,
            "image_id": 7,
        }
    ],
}


def with_variant(product: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return product | {"variants": [product["variants"][0] | fields]}


def file(*products: object) -> bytes:
    return json.dumps({"products": products}).encode()


def draft(product: dict[str, Any]) -> ProductDraft:
    (row,) = read("shopify_json", file(product), "EUR")
    assert isinstance(row, ProductRow), row
    return row.draft


def errors(*products: object) -> list[tuple[int, str]]:
    items = read("shopify_json", file(*products), "EUR")
    return [(item.row, item.field) for item in items if isinstance(item, RowError)]


def test_a_public_product_comes_in() -> None:
    assert draft(PUBLIC).model_dump(exclude_defaults=True) == {
        "id": "shopify-788032119674292922",
        "name": "Shirt",
        "description": "Soft",
        "category": ["Tops"],
        "tags": ["new", "summer"],
        "brand": "Acme",
        "variants": [
            {
                "id": "shopify-51",
                "name": "M / 3",
                "size": "M",
                "price_minor": 52000,
                "available": False,
                "images": ["https://cdn.example/m.jpg", "https://cdn.example/1.jpg"],
            }
        ],
        "images": ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"],
        "shopify_product_id": "788032119674292922",
        "metadata": {"handle": "shirt"},
    }


def test_a_product_of_the_admin_api_comes_in() -> None:
    shirt = draft(ADMIN)
    (variant,) = shirt.variants
    assert (shirt.tags, shirt.category, shirt.main_image) == (
        ["new", "summer"],
        [],
        "https://cdn.example/8.jpg",
    )
    assert (variant.stock, variant.oversell, variant.available) == (0, True, True)
    assert (variant.name, variant.images) == (None, ["https://cdn.example/7.jpg"])


def test_no_inventory_management_means_not_tracked() -> None:
    assert draft(with_variant(ADMIN, inventory_management=None)).variants[0].stock is None


@pytest.mark.parametrize("change", [{"status": "draft"}, {"status": "archived"}, {"published_at": None}])
def test_what_is_not_for_sale_is_not_active(change: dict[str, Any]) -> None:
    assert draft(ADMIN).is_active
    assert not draft(ADMIN | change).is_active


@pytest.mark.parametrize("document", [[PUBLIC], {"product": PUBLIC}, {"products": [PUBLIC]}])
def test_a_bare_list_and_a_single_product_are_read_too(document: object) -> None:
    assert len(list(read("shopify_json", json.dumps(document).encode(), "EUR"))) == 1


def test_errors_name_the_product_and_shopifys_own_field() -> None:
    bad = [
        with_variant(PUBLIC, price="free"),
        with_variant(PUBLIC, price=19.9),
        PUBLIC | {"id": 2, "title": " "},
        PUBLIC | {"id": 3, "variants": []},
        PUBLIC | {"id": 4, "images": [{"src": "picture.jpg"}]},
        "no product",
    ]
    assert errors(ADMIN, *bad) == [
        (2, "variants.0.price"),
        (3, "variants.0.price"),
        (4, "title"),
        (5, "variants"),
        (6, "images.0"),
        (7, "row"),
    ]


def test_a_product_that_is_there_twice_is_an_error_of_the_later_one() -> None:
    assert errors(PUBLIC, PUBLIC) == [(2, "id")]


@pytest.mark.parametrize("data", [b'{"products": [', b"[" * 100_000])
def test_what_is_not_json_is_refused_with_its_place(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"not JSON: .* line 1 column"):
        list(read("shopify_json", data, "EUR"))


@pytest.mark.parametrize("data", [b"{}", b'"text"', b'{"products": 5}', b'{"products": []}'])
def test_a_document_without_products_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="product"):
        list(read("shopify_json", data, "EUR"))
