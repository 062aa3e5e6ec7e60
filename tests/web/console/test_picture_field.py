"""The field for pictures: what is kept, moved, taken off and added, with script and without."""

import io
from typing import Any, cast

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI, Request
from starlette.datastructures import FormData, UploadFile

from models.merchant import Merchant
from tests.sources.photos import photo
from tests.web.console.visitor import Visitor
from web.console.desk import Desk
from web.console.picture_field import Chosen, chosen_pictures
from web.pages import pages
from web.principal import Principal

A, B, C = (f"https://pictures.example/{name}.jpg" for name in "abc")


@pytest.fixture
def desk(app: FastAPI, shop: Merchant) -> Desk:
    return Desk(cast(Request, None), app.state.shopkeep, Principal(kind="link"), "token", (), shop)


async def _chosen(desk: Desk, *fields: tuple[str, Any]) -> Chosen:
    return await chosen_pictures(FormData(list(fields)), desk)


async def test_pictures_stand_in_the_order_of_their_numbers(desk: Desk) -> None:
    sent = [("pictures", A), ("pictures", B), ("pictures", C)]
    numbers = [("pictures_position", text) for text in ("3", "1", "2")]
    assert (await _chosen(desk, *sent, *numbers)).urls == (B, C, A)


async def test_a_number_that_is_none_leaves_a_picture_where_it_was(desk: Desk) -> None:
    sent = [("pictures", A), ("pictures", B)]
    assert (await _chosen(desk, *sent, ("pictures_position", "first"), ("pictures_position", ""))).urls == (
        A,
        B,
    )


async def test_what_is_ticked_is_taken_off(desk: Desk) -> None:
    assert (await _chosen(desk, ("pictures", A), ("pictures", B), ("pictures_remove", A))).urls == (B,)


async def test_an_address_that_nobody_could_show_is_not_taken(desk: Desk) -> None:
    assert (await _chosen(desk, ("pictures", "javascript:alert(1)"), ("pictures", A))).urls == (A,)


async def test_uploads_and_an_address_come_after_what_was_there(desk: Desk) -> None:
    files = [("pictures_files", _file("new.png", photo("PNG"))), ("pictures_files", _file("", b""))]
    chosen = await _chosen(desk, ("pictures", A), *files, ("pictures_address", f" {B} "))
    assert not chosen.faults
    kept, uploaded, named = chosen.urls
    assert (kept, named) == (A, B)
    assert uploaded.startswith("/media/")


async def test_what_is_wrong_is_said_and_what_was_right_is_kept(desk: Desk) -> None:
    files = [
        ("pictures_files", _file("evil.png", b"<svg onload=alert(1)>")),
        ("pictures_files", _file("b.jpg", photo())),
    ]
    chosen = await _chosen(desk, *files, ("pictures_address", "ftp://nowhere"))
    assert len(chosen.urls) == 1
    svg, address = chosen.faults
    assert svg == "evil.png: this is an SVG drawing; upload a PNG, JPEG, WebP or GIF"
    assert "is not an http or https address" in address
    assert chosen.address == "ftp://nowhere"


async def test_a_picture_chosen_in_the_page_comes_back_as_its_entry(visitor: Visitor, shop: Merchant) -> None:
    fields = {"name": "pictures", "number": "2"}
    answer = await visitor.send(
        f"/{shop.id}/pictures", fields, files={"file": ("a.png", photo("PNG"), "image/png")}
    )
    assert answer.status_code == 201
    entry = BeautifulSoup(answer.text, "html.parser")
    hidden, position = entry.select_one('input[type="hidden"]'), entry.select_one('input[type="number"]')
    image = entry.select_one("img")
    assert hidden
    assert position
    assert image
    assert hidden["name"] == "pictures"
    assert image["src"] == str(hidden["value"]).replace(".jpg", ".thumb.jpg")
    assert (position["name"], position["value"]) == ("pictures_position", "2")


async def test_a_page_chosen_as_a_picture_is_refused_in_words(visitor: Visitor, shop: Merchant) -> None:
    file = ("<b>.html", b"<!doctype html><script>alert(1)</script>", "image/png")
    answer = await visitor.send(f"/{shop.id}/pictures", {"name": "pictures"}, files={"file": file})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "<b>.html: this is a web page; upload a PNG, JPEG, WebP or GIF"


async def test_pictures_without_the_token_of_the_page_are_not_taken(visitor: Visitor, shop: Merchant) -> None:
    answer = await visitor.client.post(
        f"/console/{shop.id}/pictures", files={"file": ("a.png", photo(), "image/png")}
    )
    assert answer.status_code == 403


async def test_an_address_with_markup_in_it_stays_an_address(desk: Desk) -> None:
    source = '{% import "_pictures.html" as p with context %}{{ p.field("p", urls, ["<i>bad</i>"]) }}'
    urls = ['https://x.example/"><script>alert(1)</script>']
    html = pages().from_string(source).render(desk=desk, urls=urls)
    field = BeautifulSoup(html, "html.parser")
    assert not field.select("script, i")
    assert field.select_one(".fault")


def _file(name: str, data: bytes) -> UploadFile:
    return UploadFile(io.BytesIO(data), filename=name)
