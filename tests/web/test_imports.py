"""Imports over HTTP: taken in, looked at, stopped, taken back; what the jobs do is tested with them."""

import json
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.files import Files
from tests.store.listed_shop import product, stock_up
from tests.web.conftest import Actors

CSV = b"product_id,name,price\np1,Dress,10\n"


@pytest.fixture
async def shop(api: httpx.AsyncClient) -> str:
    return str((await api.post("/api/merchants", json={"name": "Shop"})).json()["id"])


@pytest.fixture
def imports(shop: str) -> str:
    return f"/api/merchants/{shop}/imports"


async def _started(api: httpx.AsyncClient, imports: str, file: bytes = CSV, **asked: Any) -> str:
    answer = await api.post(imports, params={"format": "csv"} | asked, content=file)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def _status(api: httpx.AsyncClient, imports: str, import_id: str) -> str:
    return str((await api.get(f"{imports}/{import_id}")).json()["status"])


async def test_a_file_is_kept_and_the_job_actor_told(
    api: httpx.AsyncClient, imports: str, actors: Actors, tmp_path: Path
) -> None:
    import_id = await _started(api, imports, name="spring.csv")
    answer = (await api.get(f"{imports}/{import_id}")).json()
    assert (answer["status"], answer["total"], answer["done"], answer["errors"]) == ("running", 0, 0, [])
    assert (answer["name"], answer["bytes"]) == ("spring.csv", len(CSV))
    assert await Files(str(tmp_path / "uploads")).read(f"imports/{import_id}") == CSV
    assert actors.jobs_started == 1


async def test_a_preview_imports_nothing_before_it_is_started(
    api: httpx.AsyncClient, imports: str, engine: AsyncEngine
) -> None:
    import_id = await _started(api, imports, preview="true")
    assert await _status(api, imports, import_id) == "checking"
    assert (await api.post(f"{imports}/{import_id}/start")).status_code == 409
    async with engine.begin() as connection:
        kinds = (await connection.execute(text("SELECT kind FROM jobs"))).scalars().all()
        await connection.execute(text("UPDATE imports SET status = 'ready'"))
    assert kinds == ["import_check"]
    assert (await api.post(f"{imports}/{import_id}/start")).status_code == 202
    assert await _status(api, imports, import_id) == "running"


async def test_an_import_is_paused_goes_on_is_cancelled_and_taken_back(
    api: httpx.AsyncClient, imports: str
) -> None:
    import_id = await _started(api, imports)
    for action, status in (
        ("pause", "paused"),
        ("resume", "running"),
        ("cancel", "cancelled"),
        ("undo", "undoing"),
    ):
        assert (await api.post(f"{imports}/{import_id}/{action}")).status_code == 202
        assert await _status(api, imports, import_id) == status
    refused = await api.post(f"{imports}/{import_id}/pause")
    assert (refused.status_code, refused.json()["detail"]) == (409, "the import is undoing")
    assert (await api.post(f"{imports}/{import_id}/explode")).status_code == 422


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"encoding": "rot13"}, "encoding"),
        ({"mapping": "{"}, "mapping"),
        ({"mapping": '{"fields": {}}'}, "mapping"),
        ({"format": "jsonl", "mapping": '{"fields": {}, "key": "a"}'}, "mapping"),
        ({"missing": "delete"}, "missing"),
        ({"format": "xls"}, "format"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_the_file_is_kept(
    api: httpx.AsyncClient, imports: str, tmp_path: Path, asked: dict[str, str], field: str
) -> None:
    answer = await api.post(imports, params={"format": "csv"} | asked, content=CSV)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not [file for file in (tmp_path / "uploads").rglob("*") if file.is_file()]


async def test_a_mapping_is_kept_with_the_import(
    api: httpx.AsyncClient, imports: str, engine: AsyncEngine
) -> None:
    mapping = {"fields": {"Titel": "name", "Preis": "price"}, "key": "Titel", "decimal": ","}
    await _started(api, imports, mapping=json.dumps(mapping), encoding="windows-1252")
    async with engine.begin() as connection:
        reading = (await connection.execute(text("SELECT reading FROM imports"))).scalar_one()
    assert reading == {"format": "csv", "encoding": "windows-1252", "mapping": mapping}


async def test_an_empty_file_is_refused(api: httpx.AsyncClient, imports: str) -> None:
    answer = await api.post(imports, params={"format": "csv"}, content=b"")
    assert (answer.status_code, answer.json()["field"]) == (422, "body")


async def test_imports_are_listed_the_newest_first_by_pages(api: httpx.AsyncClient, imports: str) -> None:
    made = [await _started(api, imports) for _ in range(3)]
    first = (await api.get(imports, params={"limit": 2})).json()
    second = (await api.get(imports, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


async def test_an_import_is_its_shops_alone(api: httpx.AsyncClient, imports: str) -> None:
    import_id = await _started(api, imports)
    other = (await api.post("/api/merchants", json={"name": "Other"})).json()["id"]
    theirs = f"/api/merchants/{other}/imports/{import_id}"
    assert (await api.get(theirs)).status_code == 404
    assert (await api.post(f"{theirs}/cancel")).status_code == 404
    assert (await api.get(f"{theirs}/bad-rows.csv")).status_code == 404
    assert await _status(api, imports, import_id) == "running"


async def test_bad_rows_are_a_download_that_no_browser_opens(
    api: httpx.AsyncClient, imports: str, tmp_path: Path
) -> None:
    import_id = await _started(api, imports)
    bad = f"{imports}/{import_id}/bad-rows"
    assert (await api.get(f"{bad}.csv")).status_code == 404
    await Files(str(tmp_path / "uploads")).write(f"imports/{import_id}.bad.csv", b"row,field,detail\n")
    answer = await api.get(f"{bad}.csv")
    assert answer.content == b"row,field,detail\n"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await api.get(f"{bad}.html")).status_code == 404


async def test_products_are_exported_in_pages_however_many_there_are(
    api: httpx.AsyncClient, shop: str, engine: AsyncEngine
) -> None:
    await stock_up(engine, *(product(f"p{number:04}") for number in range(1100)), merchant=shop)
    csv = await api.get(f"/api/merchants/{shop}/export")
    assert csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert csv.headers["Content-Disposition"] == 'attachment; filename="products.csv"'
    assert csv.text.startswith("\ufeffproduct_id,name,")
    assert len(csv.text.splitlines()) == 1101
    lines = (await api.get(f"/api/merchants/{shop}/export", params={"format": "jsonl"})).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"p{number:04}" for number in range(1100)]


async def test_what_the_filters_of_the_list_choose_is_exported_alone(
    api: httpx.AsyncClient, shop: str, engine: AsyncEngine
) -> None:
    await stock_up(engine, product("a", "Linen hat"), product("b", "Silk scarf"), merchant=shop)
    asked = {"format": "jsonl", "q": "scarf"}
    lines = (await api.get(f"/api/merchants/{shop}/export", params=asked)).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["b"]


async def test_a_shop_without_products_exports_the_columns(api: httpx.AsyncClient, shop: str) -> None:
    assert len((await api.get(f"/api/merchants/{shop}/export")).text.splitlines()) == 1
