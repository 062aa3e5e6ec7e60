import asyncio
from typing import Any

import pytest

from tests.cluster.api import Api
from tests.cluster.shops import Shop, dress, open_shop


async def test_a_product_comes_back_as_it_was_given_and_completed(shop: Shop) -> None:
    created = await shop.post("/products", dress("ocean", "Blue", "Red", price_minor=5900))
    assert created.status == 201
    product = created.body
    assert product["id"] == "ocean"
    assert product["currency"] == "USD"
    assert product["version"] == 1
    assert product["price_range"] == {"min_minor": 5900, "max_minor": 5900}
    assert len({variant["id"] for variant in product["variants"]}) == 2
    assert (await shop.get("/products/ocean")).body == product


async def test_a_product_without_an_id_is_given_one(shop: Shop) -> None:
    body = dress("ocean")
    del body["id"]
    first, second = [await shop.post("/products", body) for _ in range(2)]
    assert first.body["id"] != second.body["id"]


async def test_a_second_product_of_the_same_id_is_a_conflict(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    refused = await shop.post("/products", dress("ocean"))
    assert (refused.status, refused.problem()["field"]) == (409, "id")


async def test_a_change_raises_the_version_and_keeps_the_ids_of_variants(shop: Shop) -> None:
    before = (await shop.post("/products", dress("ocean", "Blue", "Red"))).body
    changed = await shop.put("/products/ocean", dress("ocean", "Red", "Green", price_minor=100))
    assert changed.status == 200
    assert changed.body["version"] == 2
    assert changed.body["created_at"] == before["created_at"]
    red = {v["color"]: v["id"] for v in before["variants"]}["Red"]
    assert {v["color"]: v["id"] for v in changed.body["variants"]}["Red"] == red


async def test_what_was_read_can_be_written_back(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    read = (await shop.get("/products/ocean")).body
    written = (await shop.put("/products/ocean", read)).body
    assert written == read | {"version": 2}


async def test_a_stale_version_changes_nothing(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    etag = (await shop.get("/products/ocean")).headers["ETag"]
    first = await shop.put("/products/ocean", dress("ocean", "Red"), headers={"If-Match": etag})
    late = await shop.put("/products/ocean", dress("ocean", "Pink"), headers={"If-Match": etag})
    gone = await shop.delete("/products/ocean", headers={"If-Match": etag})
    assert (first.status, late.status, gone.status) == (200, 412, 412)
    assert late.problem()["field"] == "If-Match"
    assert (await shop.get("/products/ocean")).body == first.body


async def test_of_two_changes_at_once_to_one_version_one_wins(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    changes = [
        shop.put("/products/ocean", dress("ocean", color), headers={"If-Match": '"1"'})
        for color in ("Red", "Pink", "Green", "Gold")
    ]
    statuses = [answer.status for answer in await asyncio.gather(*changes)]
    assert sorted(statuses) == [200, 412, 412, 412]


async def test_a_deleted_product_is_gone_for_every_call(shop: Shop) -> None:
    await shop.add(dress("ocean"), dress("river"))
    assert (await shop.delete("/products/ocean")).status == 204
    assert (await shop.get("/products/ocean")).status == 404
    assert (await shop.put("/products/ocean", dress("ocean"))).status == 404
    assert (await shop.delete("/products/ocean")).status == 404
    assert [item["id"] for item in (await shop.get("/products")).body["items"]] == ["river"]
    found = (await shop.post("/search", {"query": "dress"})).body["hits"]
    assert [hit["product"]["id"] for hit in found] == ["river"]


async def test_a_deleted_product_can_be_created_again(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    await shop.delete("/products/ocean")
    assert (await shop.post("/products", dress("ocean"))).status == 201
    assert (await shop.get("/products/ocean")).status == 200


def _with(**changes: Any) -> Any:
    return dress("ocean") | changes


def _variant(**changes: Any) -> Any:
    return _with(variants=[{"price_minor": 1, **changes}])


@pytest.mark.parametrize(
    ("product", "field"),
    [
        (_variant(price_minor=-1), "variants.0.price_minor"),
        (_variant(price_minor="59.90"), "variants.0.price_minor"),
        (_variant(price_minor=59.9), "variants.0.price_minor"),
        (_variant(stock=-3), "variants.0.stock"),
        (_variant(stock=True), "variants.0.stock"),
        (_variant(colour="Blue"), "variants.0.colour"),
        (_variant(images=["javascript:alert(1)"]), "variants.0.images.0"),
        (_with(variants=[]), "variants"),
        (_with(name=""), "name"),
        (_with(name=None), "name"),
        (_with(currency="EUR"), "currency"),
        (_with(currency="XXQ"), "currency"),
        (_with(prize=1), "prize"),
        (_with(id="ü" * 200), "id"),
        (_with(product_url="ftp://shop.example/1"), "product_url"),
        ("a dress", "body"),
        ([dress("ocean")], "body"),
        (None, "body"),
    ],
)
async def test_a_product_that_is_wrong_names_its_field(shop: Shop, product: Any, field: str) -> None:
    assert (await shop.post("/products", product)).field() == field
    assert (await shop.get("/products")).body["items"] == []


async def test_every_wrong_field_is_named_at_once(shop: Shop) -> None:
    refused = (await shop.post("/products", _variant(price_minor=-1, stock=-1))).problem()
    assert [each["field"] for each in refused["errors"]] == ["variants.0.price_minor", "variants.0.stock"]


async def test_an_id_in_the_body_that_is_not_the_addressed_one_is_refused(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    assert (await shop.put("/products/ocean", dress("river"))).field() == "id"


async def test_a_version_that_is_no_version_is_refused(shop: Shop) -> None:
    await shop.add(dress("ocean"))
    answer = await shop.put("/products/ocean", dress("ocean"), headers={"If-Match": '"latest"'})
    assert answer.field() == "If-Match"


async def test_a_merchant_sees_nothing_of_another_one(api: Api, shop: Shop) -> None:
    await shop.add(dress("ocean"))
    other = await open_shop(api)
    assert (await other.get("/products/ocean")).status == 404
    assert (await other.put("/products/ocean", dress("ocean"))).status == 404
    assert (await other.delete("/products/ocean")).status == 404
    assert (await other.get("/products")).body["items"] == []
    assert (await other.post("/search", {"query": "ocean dress"})).body["hits"] == []
    # The same id is free there.
    assert (await other.post("/products", dress("ocean", "Red"))).status == 201
    assert (await shop.get("/products/ocean")).body["variants"][0]["color"] == "Blue"


async def test_pages_show_each_product_once(shop: Shop) -> None:
    names = ["ocean", "river", "lake", "brook", "rain"]
    await shop.add(*[dress(name) for name in names])
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await shop.get("/products", params=params)).body
        pages.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == sorted(names)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "two"}, "limit"),
        ({"cursor": "~~~"}, "cursor"),
        ({"cursor": "AA=="}, "cursor"),  # a NUL
    ],
)
async def test_a_page_that_cannot_be_asked_for_names_its_field(
    shop: Shop, params: dict[str, str], field: str
) -> None:
    assert (await shop.get("/products", params=params)).field() == field


async def test_a_deleted_product_comes_back_as_it_was_and_is_found_again(shop: Shop) -> None:
    before = (await shop.post("/products", dress("ocean", "Blue"))).body
    await shop.delete("/products/ocean")
    assert [item["id"] for item in (await shop.get("/products?deleted=true")).body["items"]] == ["ocean"]
    back = await shop.post("/products/ocean/restore")
    assert (back.status, back.body) == (200, before | {"version": 3})
    hits = (await shop.post("/search", {"query": "dress"})).body["hits"]
    assert [hit["product"]["id"] for hit in hits] == ["ocean"]


async def test_many_products_are_changed_at_once_and_changed_back(shop: Shop) -> None:
    await shop.add(dress("ocean", price_minor=1000), dress("river", price_minor=2000))
    body = {"where": {"q": "dress"}, "edit": {"kind": "price", "mode": "percent", "percent": -10}}
    looked = (await shop.post("/products/bulk", body | {"preview": True})).body
    assert (looked["total"], len(looked["changes"])) == (2, 2)
    done = (await shop.post("/products/bulk", body | {"seq": looked["seq"]})).body
    assert (done["changed"], done["left"]) == (2, [])
    prices = [item["price_range"]["min_minor"] for item in (await shop.get("/products")).body["items"]]
    assert prices == [900, 1800]
    undone = (await shop.post(f"/products/bulk/{done['id']}/undo")).body
    assert undone["changed"] == 2
    assert (await shop.get("/products/ocean")).body["price_range"]["min_minor"] == 1000
