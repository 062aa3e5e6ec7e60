import json
from typing import Any

import pytest

from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.shops import Shop, dress, open_shop

CSV = """\
product_id,name,price,color,size,stock,category,tags
dress-1,Linen dress,59.90,Blue,S,4,Clothing > Dresses,summer|linen
dress-1,,59.90,Blue,M,0,,
shirt-1,Cotton shirt,free,White,M,1,,
shirt-2,Silk shirt,120.00,White,M,1,Clothing > Shirts,
"""
JSONL = "\n".join(
    [
        json.dumps(dress("linen", "Blue")),
        '{"name": "Half a product"',
        json.dumps(dress("silk", "White") | {"prize": 3}),
        "",
        json.dumps(dress("wool", "Grey")),
    ]
)
SHOPIFY_JSON = json.dumps(
    {
        "products": [
            {
                "id": 9001,
                "title": "Linen dress",
                "handle": "linen-dress",
                "body_html": "<p>Light &amp; airy.</p>",
                "vendor": "Acme",
                "product_type": "Dresses",
                "tags": "summer, linen",
                "options": [{"name": "Colour"}, {"name": "Size"}],
                "variants": [
                    {"id": 9101, "option1": "Blue", "option2": "S", "price": "59.90", "available": True}
                ],
            },
            {"id": 9002, "title": "Broken", "variants": [{"id": 1, "price": "a lot"}]},
        ]
    }
)
SHOPIFY_CSV = """\
Handle,Title,Option1 Name,Option1 Value,Variant Inventory Tracker,Variant Inventory Qty,\
Variant Inventory Policy,Variant Price
linen-dress,Linen dress,Size,S,shopify,4,deny,59.90
linen-dress,,,M,shopify,0,continue,59.90
no-price,Priceless,Size,S,shopify,1,deny,
"""


async def imported(shop: Shop, kind: str, file: str | bytes) -> Any:
    """The import's end."""
    data = file.encode() if isinstance(file, str) else file
    started = await shop.post("/imports", data=data, params={"format": kind})
    assert started.status == 202, started.raw

    async def ended() -> Any:
        progress = (await shop.get(f"/imports/{started.body['id']}")).body
        assert progress["done"] <= progress["total"]
        return progress if progress["status"] != "running" else None

    return await until(ended, what="the end of the import")


async def found(shop: Shop, query: str) -> list[str]:
    return [hit["product"]["id"] for hit in (await shop.post("/search", {"query": query})).body["hits"]]


async def test_a_csv_file_comes_in_but_for_its_wrong_rows(shop: Shop) -> None:
    end = await imported(shop, "csv", CSV)
    assert (end["status"], end["total"], end["done"]) == ("done", 3, 3)
    assert [(fault["row"], fault["field"]) for fault in end["errors"]] == [(4, "price")]
    product = (await shop.get("/products/dress-1")).body
    assert product["category"] == ["Clothing", "Dresses"]
    assert [variant["stock"] for variant in product["variants"]] == [4, 0]
    assert (await shop.get("/products/shirt-1")).status == 404
    assert (await found(shop, "silk shirt"))[0] == "shirt-2"


async def test_a_jsonl_file_comes_in_but_for_its_wrong_lines(shop: Shop) -> None:
    end = await imported(shop, "jsonl", JSONL)
    assert end["status"] == "done"
    assert [(fault["row"], fault["field"]) for fault in end["errors"]] == [(2, "row"), (3, "prize")]
    assert set(await found(shop, "dress")) == {"linen", "wool"}


async def test_a_shopify_json_file_comes_in_but_for_its_wrong_products(shop: Shop) -> None:
    end = await imported(shop, "shopify_json", SHOPIFY_JSON)
    assert end["status"] == "done"
    assert [fault["row"] for fault in end["errors"]] == [2]
    assert await found(shop, "light linen") == ["shopify-9001"]
    product = (await shop.get("/products/shopify-9001")).body
    assert product["description"] == "Light & airy."
    assert product["variants"][0]["color"] == "Blue"


async def test_a_shopify_export_comes_in_but_for_its_wrong_products(shop: Shop) -> None:
    end = await imported(shop, "shopify_csv", SHOPIFY_CSV)
    assert end["status"] == "done"
    assert [fault["row"] for fault in end["errors"]] == [4]
    assert await found(shop, "linen dress") == ["shopify-linen-dress"]


async def test_a_file_of_many_batches_comes_in_whole(shop: Shop) -> None:
    end = await imported(shop, "jsonl", "\n".join(json.dumps(dress(f"dress-{n}")) for n in range(250)))
    assert (end["status"], end["total"], end["done"], end["errors"]) == ("done", 250, 250, [])
    page = (await shop.get("/products", params={"limit": "200"})).body
    assert len(page["items"]) == 200
    assert (await found(shop, "dress-249"))[0] == "dress-249"


async def test_a_second_import_changes_what_is_there(shop: Shop) -> None:
    await imported(shop, "csv", CSV)
    before = (await shop.get("/products/dress-1")).body
    await imported(shop, "csv", CSV.replace("59.90", "49.90"))
    after = (await shop.get("/products/dress-1")).body
    assert after["price_range"] == {"min_minor": 4990, "max_minor": 4990}
    assert [v["id"] for v in after["variants"]] == [v["id"] for v in before["variants"]]
    assert len((await shop.get("/products")).body["items"]) == 2


@pytest.mark.parametrize(
    ("kind", "file", "field"),
    [
        ("csv", CSV.encode("utf-16"), "file"),
        ("csv", CSV.replace("Linen", "Léinen").encode("latin-1"), "file"),
        ("csv", CSV.replace("price", "cost"), "price"),
        ("csv", "   \n", "file"),
        ("jsonl", b"\xff\xfe{}", "file"),
        ("shopify_json", "{", "file"),
        ("shopify_csv", CSV, "Handle"),
    ],
)
async def test_a_file_that_cannot_be_read_fails_as_a_whole(
    shop: Shop, kind: str, file: str | bytes, field: str
) -> None:
    end = await imported(shop, kind, file)
    assert end["status"] == "failed"
    assert [(fault["row"], fault["field"]) for fault in end["errors"]] == [(0, field)]
    assert (await shop.get("/products")).body["items"] == []


async def test_an_import_of_nothing_or_of_an_unknown_kind_is_refused(shop: Shop) -> None:
    assert (await shop.post("/imports", data=b"", params={"format": "csv"})).field() == "body"
    assert (await shop.post("/imports", data=b"x", params={"format": "xlsx"})).field() == "format"
    assert (await shop.post("/imports", data=b"x")).field() == "format"


async def test_an_import_is_its_merchants_own(api: Api, shop: Shop) -> None:
    end = await imported(shop, "csv", CSV)
    other = await open_shop(api)
    assert (await shop.get(f"/imports/{end['id']}")).status == 200
    assert (await other.get(f"/imports/{end['id']}")).status == 404
