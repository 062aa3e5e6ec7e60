"""What every route has in common, and those that belong to nobody."""

import json
from collections.abc import AsyncIterator
from io import BytesIO

import pytest

from tests.cluster.api import Api
from tests.cluster.shops import Shop

MEBIBYTE = 1024 * 1024
JSON = {"Content-Type": "application/json"}


async def test_it_says_that_it_is_up_and_ready(nobody: Api) -> None:
    assert (await nobody.get("/healthz")).body == {"status": "up"}
    ready = await nobody.get("/readyz")
    assert ready.status == 200
    assert ready.body == {"status": "ready", "database": "ready", "actors": "ready"}


@pytest.mark.parametrize("path", ["/nothing/here", "/api/nothing", "/media/demo/none.png"])
async def test_a_path_that_is_not_there_is_a_problem(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.problem()["type"]) == (404, "urn:shopkeep:problem:not-found")


async def test_a_method_that_is_not_there_is_a_problem(api: Api) -> None:
    answer = await api.delete("/api/merchants")
    assert (answer.status, answer.problem()["title"]) == (405, "Method Not Allowed")


@pytest.mark.parametrize("body", [b"{", b'{"name": }', b"\xff\xfe", b'{"name": "\xff"}', b"[" * 100_000])
async def test_a_body_that_is_no_json_is_a_problem_of_the_body(api: Api, body: bytes) -> None:
    answer = await api.post("/api/merchants", data=body, headers=JSON)
    assert answer.field() == "body"


async def test_half_a_surrogate_pair_is_no_name(api: Api) -> None:
    answer = await api.post("/api/merchants", data=rb'{"name": "\ud800"}', headers=JSON)
    assert answer.field() == "name"


@pytest.mark.parametrize("path", ["/api/merchants", "/webhooks/instagram", "/api/merchants/demo/chat"])
async def test_a_body_that_is_too_large_is_refused(api: Api, path: str) -> None:
    body = json.dumps({"name": "x" * 5 * MEBIBYTE}).encode()
    answer = await api.post(path, data=BytesIO(body), headers=JSON)
    assert (answer.status, answer.problem()["field"]) == (413, "body")


@pytest.mark.parametrize("path", ["/api/merchants", "/webhooks/instagram"])
async def test_a_body_that_does_not_say_how_large_it_is_is_refused_as_well(api: Api, path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * MEBIBYTE

    answer = await api.post(path, data=pieces(), headers=JSON)
    assert (answer.status, answer.problem()["field"]) == (413, "body")


async def test_a_file_may_be_larger(shop: Shop) -> None:
    file = BytesIO(b"product_id,name,price\n" + b" " * 5 * MEBIBYTE)
    assert (await shop.post("/imports", data=file, params={"format": "csv"})).status == 202


async def test_an_id_that_no_database_holds_is_not_there(api: Api, demo: Shop) -> None:
    for path in ("/api/merchants/%00", f"{demo.path}/products/%00", f"{demo.path}/executions/a%00b"):
        assert (await api.get(path)).status == 404


async def test_pictures_of_the_demo_shop_are_png_and_need_no_token(demo: Shop, nobody: Api) -> None:
    product = (await demo.get("/products", params={"limit": "1"})).body["items"][0]
    picture = await nobody.get(product["main_image"])
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.raw.startswith(b"\x89PNG\r\n\x1a\n")
    assert "max-age" in picture.headers["Cache-Control"]


async def test_the_api_describes_itself(nobody: Api) -> None:
    described = (await nobody.get("/api/openapi.json")).body
    assert "/api/merchants/{m}/chat" in described["paths"]
    assert (await nobody.get("/api/docs")).status == 200
