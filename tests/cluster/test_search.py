from typing import Any

import pytest

from tests.cluster.shops import Shop, dress
from tests.cluster.wishes import BLUES

PARTS = {"semantic", "keyword", "popularity", "availability", "price_match", "recency"}


async def hits(shop: Shop, query: str = "", limit: int = 20, **filters: Any) -> list[Any]:
    answer = await shop.post("/search", {"query": query, "filters": filters, "limit": limit})
    assert answer.status == 200, answer.raw
    return list(answer.body["hits"])


async def test_a_hit_says_how_its_score_came_about(demo: Shop) -> None:
    answer = (await demo.post("/search", {"query": "blue linen dress"})).body
    assert answer["took_ms"] >= 0
    assert len(answer["hits"]) == 5
    for hit in answer["hits"]:
        assert hit["scores"].keys() == PARTS
        assert all(0 <= part <= 1 for part in hit["scores"].values())
        assert hit["variant"] in hit["product"]["variants"]
        assert "price_range" in hit["product"]
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)


async def test_filters_are_met_by_one_variant(demo: Shop) -> None:
    found = await hits(demo, "dress", colors=["blue"], sizes=["M"], price_max=8000, in_stock=True)
    assert found
    for hit in found:
        variant = hit["variant"]
        assert variant["color"] in BLUES
        assert variant["size"] == "M"
        assert variant["price_minor"] <= 8000
        assert variant["available"]
        assert variant["stock"] != 0


@pytest.mark.parametrize(("order", "extreme"), [("cheapest", min), ("dearest", max)])
async def test_the_cheapest_or_dearest_of_all_is_one_call_away(demo: Shop, order: str, extreme: Any) -> None:
    catalogue = (await demo.get("/products", params={"limit": "200"})).body["items"]
    prices = [
        variant["price_minor"]
        for product in catalogue
        if "Dresses" in product["category"]
        for variant in product["variants"]
        if variant["available"] and variant["stock"] != 0
    ]
    (hit,) = (await demo.post("/search", {"query": "dress", "limit": 1, "order": order})).body["hits"]
    assert hit["variant"]["price_minor"] == extreme(prices)


async def test_an_order_that_is_none_is_named(demo: Shop) -> None:
    assert (await demo.post("/search", {"order": "random"})).field() == "order"


async def test_where_nothing_fits_a_relaxed_search_says_what_it_gave_up(demo: Shop) -> None:
    body = {"query": "dress", "filters": {"colors": ["blue"], "price_max": 2000}, "limit": 3}
    assert (await demo.post("/search", body)).body["hits"] == []
    answer = (await demo.post("/search", {**body, "relax": True})).body
    assert answer["relaxed"] == ["price"]
    prices = [hit["variant"]["price_minor"] for hit in answer["hits"]]
    assert prices == sorted(prices)
    assert {hit["variant"]["color"] for hit in answer["hits"]} <= BLUES
    assert (await demo.post("/search", {"query": "dress", "relax": True})).body["relaxed"] == []


async def test_others_like_a_product_and_cheaper_ones_of_its_category(demo: Shop) -> None:
    path = "/products/demo-knee-high-boot"
    own = (await demo.get(path)).body
    similar = (await demo.post(f"{path}/similar", {"limit": 3})).body["hits"]
    assert [hit["product"]["category"] for hit in similar] == [own["category"]] * 3
    less = (await demo.post(f"{path}/cheaper", {"filters": {"colors": ["black"]}})).body["hits"]
    prices = [hit["variant"]["price_minor"] for hit in less]
    assert prices == sorted(prices)
    assert prices[-1] < own["price_range"]["min_minor"]
    for hit in less:
        assert (hit["product"]["category"], hit["variant"]["color"]) == (own["category"], "black")


async def test_the_shape_of_a_catalogue_follows_every_change(shop: Shop) -> None:
    empty = (await shop.get("/shape")).body
    assert (empty["whole"]["products"], empty["categories"]) == (0, [])
    await shop.add(dress("ocean", "Blue", price_minor=9000), dress("cherry", "Red", "Blue", stock=0))

    whole = (await shop.get("/shape")).body["whole"]
    assert (whole["products"], whole["in_stock"], whole["dearest"]) == (2, 1, "ocean")
    assert whole["prices"] == {"min_minor": 9000, "max_minor": 9000}
    everything = (await shop.get("/shape?in_stock=false&colors=blue&colors=red")).body
    assert [section["path"] for section in everything["categories"]] == [
        ["Clothing"],
        ["Clothing", "Dresses"],
    ]
    assert everything["categories"][1]["colors"] == [
        {"value": "Blue", "count": 2},
        {"value": "Red", "count": 1},
    ]
    assert (await shop.get("/shape?price_max=8000")).body["whole"]["in_stock"] == 0
    assert (await shop.get("/shape?price_min=9&price_max=8")).field() == "filters.price_min"
    assert (await shop.get("/shape?colour=blue")).field() == "colour"


async def test_nothing_is_found_from_a_product_that_is_not_there(demo: Shop) -> None:
    for found in ("similar", "cheaper"):
        answer = await demo.post(f"/products/nothing/{found}")
        assert (answer.status, answer.problem()["detail"]) == (404, "no product nothing")


async def test_two_variants_together_do_not_meet_a_filter(shop: Shop) -> None:
    split = dress("split")
    split["variants"] = [
        {"color": "Blue", "size": "S", "price_minor": 1000, "stock": 1},
        {"color": "Red", "size": "M", "price_minor": 1000, "stock": 1},
        {"color": "Blue", "size": "M", "price_minor": 1000, "stock": 0},
    ]
    await shop.add(split)
    assert await hits(shop, "dress", colors=["Blue"], sizes=["M"]) == []
    assert len(await hits(shop, "dress", colors=["Blue"], sizes=["M"], in_stock=False)) == 1
    assert len(await hits(shop, "dress", colors=["Red"], sizes=["M"])) == 1


async def test_a_product_is_found_as_soon_as_it_is_written(shop: Shop) -> None:
    await shop.add(dress("ocean", price_minor=5000))
    assert [hit["variant"]["price_minor"] for hit in await hits(shop, "ocean")] == [5000]
    await shop.put("/products/ocean", dress("ocean", price_minor=7000))
    assert [hit["variant"]["price_minor"] for hit in await hits(shop, "ocean", price_min=6000)] == [7000]


async def test_an_inactive_product_is_not_found(shop: Shop) -> None:
    await shop.add(dress("ocean", is_active=False))
    assert await hits(shop, "ocean", in_stock=False) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        '"',
        'title:"blue" AND (NOT red) OR [a TO z]^2 ~3 + - && || ! { } \\ /re/ * ?',
        "' OR 1=1; DROP TABLE products; --",
        "dress\0dress",
        "🦄" * 100,
        "null undefined %s %00 ../../etc/passwd",
        "supercalifragilistic " * 500,
        "x" * 10_000,
    ],
)
async def test_a_query_is_words_whatever_it_holds(demo: Shop, query: str) -> None:
    assert (await demo.post("/search", {"query": query})).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filters": {"price_min": 5000, "price_max": 4000}}, "filters.price_min"),
        ({"filters": {"price_min": -1}}, "filters.price_min"),
        ({"filters": {"price_max": "cheap"}}, "filters.price_max"),
        ({"filters": {"colour": ["blue"]}}, "filters.colour"),
        ({"filters": {"colors": "blue"}}, "filters.colors"),
        ({"filters": {"sizes": [1]}}, "filters.sizes.0"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"query": "x" * 100_001}, "query"),
        ({"q": "dress"}, "q"),
    ],
)
async def test_a_search_that_is_wrong_names_its_field(demo: Shop, body: Any, field: str) -> None:
    assert (await demo.post("/search", body)).field() == field
