"""Pictures over HTTP: what is given out, to whom, and what never is."""

import re
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import media
from tests.sources.photos import opened, photo
from web.picture_sizes import sized

UPLOADS = "/api/merchants/{}/media"


@pytest.fixture
async def shop(api: httpx.AsyncClient) -> str:
    return str((await api.post("/api/merchants", json={"name": "Shop"})).json()["id"])


async def _uploaded(api: httpx.AsyncClient, shop: str, data: bytes | None = None) -> dict[str, Any]:
    answer = await api.post(UPLOADS.format(shop), content=data or photo())
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_uploaded_picture_is_shown_to_everybody(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, shop: str
) -> None:
    kept = await _uploaded(api, shop, photo("PNG", (1000, 500)))
    assert kept == {"key": kept["key"], "url": f"/media/{kept['key']}.jpg", "width": 1000, "height": 500}
    shown = await browser.get(kept["url"])
    assert shown.status_code == 200
    assert opened(shown.content).size == (1000, 500)
    thumb = await browser.get(sized(kept["url"], "thumb") or "")
    assert opened(thumb.content).size == (160, 80)


async def test_whatever_it_was_it_is_given_out_as_a_picture_that_can_do_nothing(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, shop: str
) -> None:
    shown = await browser.get((await _uploaded(api, shop))["url"])
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "immutable" in shown.headers["Cache-Control"]
    assert re.fullmatch(r'inline; filename="[0-9a-f]{12}\.jpg"', shown.headers["Content-Disposition"])


async def test_a_form_may_bring_it(api: httpx.AsyncClient, shop: str) -> None:
    raw = await _uploaded(api, shop)
    answer = await api.post(
        UPLOADS.format(shop), files={"file": ("../../etc/passwd.html", photo(), "text/html")}
    )
    assert answer.status_code == 201
    assert answer.json() == raw


async def test_the_same_picture_of_two_shops_is_two(api: httpx.AsyncClient, shop: str) -> None:
    other = (await api.post("/api/merchants", json={"name": "Other"})).json()["id"]
    mine, theirs = await _uploaded(api, shop), await _uploaded(api, other)
    assert mine["key"] != theirs["key"]
    gone = await api.delete(f"{UPLOADS.format(other)}/{mine['key']}")
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "an SVG drawing"),
        (b"<!doctype html><script>alert(1)</script>", "a web page"),
        (photo("GIF") + b"/*<script>alert(1)</script>*/", "a web page or a script"),
        (b"", "empty"),
    ],
)
async def test_what_is_no_picture_is_refused_in_words(
    api: httpx.AsyncClient, shop: str, body: bytes, said: str
) -> None:
    answer = await api.post(UPLOADS.format(shop), content=body, headers={"Content-Type": "image/png"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "file"
    assert said in answer.json()["detail"]


async def test_a_form_without_a_file_is_refused(api: httpx.AsyncClient, shop: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nwords\r\n--b--\r\n'
    answer = await api.post(UPLOADS.format(shop), content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "the form has no file"


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    api: httpx.AsyncClient, shop: str
) -> None:
    answer = await api.post(UPLOADS.format(shop), content=b"", headers={"Content-Length": str(2**30)})
    assert answer.status_code == 413


async def test_nobody_uploads_without_a_token(browser: httpx.AsyncClient, shop: str) -> None:
    assert (await browser.post(UPLOADS.format(shop), content=photo())).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/media/" + "0" * 40 + ".jpg",
        "/media/" + "0" * 40 + ".svg",
        "/media/" + "0" * 40 + ".full.jpg",
        "/media/..%2F..%2Fadmin_token",
        "/media/%2e%2e/admin_token",
        "/media/x%00.jpg",
    ],
)
async def test_an_address_that_is_no_picture_reaches_no_file(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_a_removed_picture_is_gone_unless_a_product_shows_it(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, engine: AsyncEngine, shop: str
) -> None:
    kept = await _uploaded(api, shop)
    address = f"{UPLOADS.format(shop)}/{kept['key']}"
    await _product(engine, shop, kept["url"])
    refused = await api.delete(address)
    assert refused.status_code == 409
    assert "'dress'" in refused.json()["detail"]
    await _product(engine, shop, "https://elsewhere.example/a.jpg")
    assert (await api.delete(address)).status_code == 204
    assert (await browser.get(kept["url"])).status_code == 404
    assert (await api.delete(address)).status_code == 404


async def test_what_no_product_shows_is_marked_and_what_one_shows_again_is_kept(
    api: httpx.AsyncClient, engine: AsyncEngine, shop: str
) -> None:
    kept = await _uploaded(api, shop)
    at_once = timedelta(seconds=-1)
    async with engine.begin() as connection:
        await media.mark_unused(connection, shop)
        assert await media.remove_unused(connection, shop) == []
    await _product(engine, shop, kept["url"])
    async with engine.begin() as connection:
        await media.mark_unused(connection, shop)
        assert await media.remove_unused(connection, shop, unused_for=at_once) == []
    await _product(engine, shop, "https://elsewhere.example/a.jpg")
    async with engine.begin() as connection:
        await media.mark_unused(connection, shop)
        (gone,) = await media.remove_unused(connection, shop, unused_for=at_once)
    assert gone.url == kept["url"]


async def _product(engine: AsyncEngine, shop: str, image: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO products (merchant_id, id, seq, body, text_hash) "
                "VALUES (:shop, 'dress', 1, jsonb_build_object('main_image', CAST(:image AS text)), '') "
                "ON CONFLICT (merchant_id, id) DO UPDATE SET body = excluded.body"
            ),
            {"shop": shop, "image": image},
        )
