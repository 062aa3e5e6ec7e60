"""A merchant leaves by an operator's hand: all is handed out, then erased, and a page says how it stands."""

import io
import json
from zipfile import ZipFile

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from settings import Settings
from store import merchant_rows
from store.files import files_at
from store.media import file_name
from tests.store.filled import fill
from tests.store.rows import arrive, event, open_shop, select
from tests.web.conftest import Actors
from tests.web.people import at_console, token, user

SHOP = "/api/merchants/m1"
CONSOLE = "/m1/settings/erasure"
PICTURE = file_name("word", "full", "word")


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    await fill(engine)
    await open_shop(engine, "m2")
    await arrive(engine, event("not yours", merchant="m2"))


async def test_the_archive_has_every_row_and_file_of_the_shop_and_nothing_secret_or_anothers(
    api: httpx.AsyncClient, configuration: Settings
) -> None:
    await files_at(configuration.uploads_location).write("imports/word", b"name,price")
    answer = await api.get(f"{SHOP}/data")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    tables = {
        name.removeprefix("tables/").removesuffix(".jsonl"): archive.read(name).decode().splitlines()
        for name in archive.namelist()
        if name.startswith("tables/")
    }
    assert set(tables) == set(merchant_rows.TABLES)
    assert [name for name, lines in tables.items() if not lines] == []
    assert len(tables["products"]) == 4
    assert json.loads(tables["merchants"][0])["profile"]["name"] == "Linden & Lark"
    everything = "\n".join(line for lines in tables.values() for line in lines)
    assert "a blue one?" in everything
    assert "not yours" not in everything
    assert "sealed" not in everything
    assert '"hash"' not in everything
    assert archive.read("files/imports/word") == b"name,price"


async def test_many_pages_of_rows_come_once_each_in_their_order(engine: AsyncEngine) -> None:
    found = [page async for page in merchant_rows.pages(engine, "messages", "m1", page=2)]
    numbers = [row["id"] for page in found for row in page]
    assert len(found) > 1
    assert numbers == [
        row.id for row in await select(engine, "id FROM messages WHERE merchant_id = 'm1' ORDER BY id")
    ]


async def test_who_was_erased_is_not_found_any_more_and_the_page_says_how_far_it_is(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, engine: AsyncEngine, actors: Actors
) -> None:
    answer = await api.delete(SHOP)
    assert answer.status_code == 202
    told = answer.json()
    assert told["url"] == f"https://shop.example/deletion/{told['code']}"
    assert actors.jobs_started == 1
    assert (await api.get(SHOP)).status_code == 404
    assert (await api.delete(SHOP)).status_code == 404
    assert [shop["id"] for shop in (await api.get("/api/merchants")).json()["items"]] == ["m2"]
    page = await browser.get(told["url"])
    assert "being deleted" in page.text
    assert "Linden" not in page.text
    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE deletions SET done_at = now()")
    assert "The data is deleted" in (await browser.get(told["url"])).text
    (line,) = await select(
        engine, "merchant_id, target FROM audit_log WHERE action = 'merchant_leaving.erase'"
    )
    assert tuple(line) == ("m1", told["code"])


@pytest.mark.parametrize(("method", "path"), [("GET", f"{SHOP}/data"), ("DELETE", SHOP)])
async def test_a_merchants_own_token_neither_erases_the_shop_nor_takes_all_of_it(
    app: FastAPI, browser: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await browser.request(method, path, headers=await token(app, "m1"))
    assert answer.status_code == 403


async def test_at_the_console_a_shop_goes_once_its_name_was_typed(app: FastAPI, engine: AsyncEngine) -> None:
    async with at_console(app, await user(engine, role="operator")) as visitor:
        assert "Download everything" in (await visitor.page(CONSOLE)).get_text()
        answer = await visitor.send(CONSOLE, {"typed": "Linden"})
        assert (answer.status_code, "nothing was erased" in answer.text) == (422, True)
        assert await select(engine, "1 FROM merchants WHERE leaving_at IS NOT NULL") == []
        answer = await visitor.send(CONSOLE, {"typed": " Linden & Lark "})
        said = (await visitor.follow(answer)).get_text()
        (code,) = (row.code for row in await select(engine, "code FROM deletions WHERE what = 'merchant'"))
        assert f"https://shop.example/deletion/{code}" in said
        await visitor.page("/m1/settings", status=404)


async def test_a_merchant_is_not_offered_to_leave_by_one_click(app: FastAPI, engine: AsyncEngine) -> None:
    async with at_console(app, await user(engine, "m1")) as visitor:
        assert "Leaving" not in (await visitor.page("/m1/settings")).get_text()
        await visitor.page(CONSOLE, status=403)
        assert (await visitor.send(CONSOLE, {"typed": "Linden & Lark"})).status_code == 403
